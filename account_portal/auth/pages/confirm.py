"""The dialog that asks who is signed in to confirm it, over any page."""

import reflex as rx

from account_portal.auth.components import known_as, passkey_proof
from account_portal.auth.components.demo import code_hint
from account_portal.auth.state.proof import ProofState as State
from account_portal.ui import components as ui
from account_portal.ui.icons import IconName
from account_portal.ui.page_state import PageState
from account_portal.ui.store import StoreState

PROOF = PageState.proof


def _by_password() -> rx.Component:
    return ui.form(
        known_as(PageState.viewer.email),
        ui.password_field(
            "password",
            "Password",
            id="proof-password",
            error=State.errors["password"],
            required=True,
            max_length=128,
            auto_focus=True,
        ),
        ui.submit(
            "Confirm", full=True, busy=State.busy == "prove_by_password", busy_label="Checking…"
        ),
        on_submit=State.prove_by_password,
        errors=State.errors,
        labels={"password": "Password"},
        busy=State.busy == "prove_by_password",
    )


def _code_button(channel: str, icon_name: IconName, label: str) -> rx.Component:
    return rx.cond(
        PROOF.codes.contains(channel),
        ui.button(
            rx.el.span(label, rx.el.bdi(PROOF.codes[channel]), class_name="wrap-anywhere"),
            icon_name=icon_name,
            full=True,
            on_click=State.send_proof_code(channel),
            busy=State.busy == "send_proof_code",
            busy_label="Sending…",
        ),
    )


def _by_code() -> rx.Component:
    return ui.stack(
        _code_button("email", "mail", "E-mail a code to "),
        _code_button("sms", "smartphone", "Code by SMS to "),
        _code_button("whatsapp", "message-circle", "Code by WhatsApp to "),
        gap="small",
    )


def _or() -> rx.Component:
    return ui.row(
        ui.grow(ui.divider()),
        ui.text("or", tone="muted", size="small", inline=True),
        ui.grow(ui.divider()),
    )


def _ways() -> rx.Component:
    has_others = PROOF.passkey | (PROOF.codes.length() > 0)
    return ui.stack(
        rx.cond(PROOF.password, _by_password(), ui.form_error(State.errors["_"])),
        rx.cond(PROOF.password & has_others, _or()),
        rx.cond(PROOF.passkey, passkey_proof(State)),
        _by_code(),
        rx.cond(~PROOF.password & ~has_others, _no_way()),
    )


def _no_way() -> rx.Component:
    email = StoreState.email
    return ui.text(
        "Your account has no contact that we could send a code to. ",
        rx.cond(email, f"Write to {email} and we will help you.", "Ask the shop for help."),
    )


def _code() -> rx.Component:
    return ui.form(
        ui.text(
            "Enter the code we sent to ",
            ui.text(rx.el.bdi(State.sent_to), strong=True, inline=True),
            ". It works for 10 minutes.",
        ),
        rx.cond(
            State.was_sent_again,
            ui.alert("Another code is on its way.", tone="success", announce=True),
        ),
        ui.code_field(
            id="proof-otp",
            error=State.errors["otp"],
            hint=code_hint(),
            required=True,
            auto_focus=True,
        ),
        ui.submit("Confirm", full=True, busy=State.busy == "prove_by_code", busy_label="Checking…"),
        ui.row(
            ui.button(
                "Send another code",
                variant="quiet",
                size="small",
                on_click=State.send_proof_code_again,
                busy=State.busy == "send_proof_code_again",
                busy_label="Sending…",
            ),
            ui.button(
                "Confirm another way", variant="quiet", size="small", on_click=State.use_another_way
            ),
        ),
        on_submit=State.prove_by_code,
        errors=State.errors,
        labels={"otp": "Code"},
        busy=State.busy == "prove_by_code",
    )


@rx.memo
def confirm_its_you() -> rx.Component:
    """Opens over any page when something asks for fresh proof; then that goes on."""
    return ui.dialog(
        rx.cond(PROOF, rx.cond(State.channel != "", _code(), _ways())),
        id="confirm-its-you",
        title="Confirm it's you",
        description="So that nobody else can do this on your device.",
        size="small",
        open=PROOF.is_not_none(),
        on_close=State.stay_unproven,
    )
