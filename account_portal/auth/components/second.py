"""The second step of signing in: one more proof, of another kind than the first."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from account_portal.auth.components.demo import code_hint
from account_portal.auth.components.fields import PASSWORD_RULE, another_code, known_as
from account_portal.auth.components.passkeys import passkey_button
from account_portal.auth.components.sent_form import sent_form
from account_portal.ui import components as ui
from account_portal.ui.icons import IconName
from account_portal.ui.store import StoreState

SECOND = "/api/session/second"
SECOND_CODE = "/api/session/second-code"
_WAY_WORDS = {"email": "E-mail a code", "sms": "Code by SMS", "whatsapp": "Code by WhatsApp"}
_ICONS: Mapping[str, IconName] = {
    "email": "mail",
    "sms": "smartphone",
    "whatsapp": "message-circle",
}


def second_steps(
    state: Any, *, prefix: str, links: Mapping[str, rx.Component], **form: Any
) -> rx.Component:
    """The choice of ways, the field of a code, or that of a recovery code: whichever is its turn.

    Args:
        state: of the page; a `SignInForm`.
        prefix: of the fields' ids.
        links: lead to the choice (`second`), to a recovery code (`recovery`), and back to the
            beginning (`begin`).
        **form: more of `sent_form`.
    """
    form = {"state": state, "action": SECOND, "on_done": state.code_sent, **form}
    return rx.match(
        state.step,
        ("second-code", _code(state, prefix, links, form)),
        ("recovery", _recovery(state, prefix, links, form)),
        _ways(state, prefix, links, form),
    )


def _ways(
    state: Any, prefix: str, links: Mapping[str, rx.Component], form: Mapping[str, Any]
) -> rx.Component:
    has_password = state.ways.contains("password")
    password = ui.stack(
        known_as(state.contact),
        _password(state, "password", "Password", prefix),
        _submit(state),
    )
    chosen = ui.stack(
        known_as(state.contact),
        _password(state, "new_password", "New password", prefix, new=True, hint=PASSWORD_RULE),
        ui.submit(
            "Save and sign in",
            full=True,
            busy=state.underway == "second",
            busy_label="Saving…",
        ),
    )
    passkey = {name: form[name] for name in ("customer", "on_again") if name in form}
    return sent_form(
        rx.cond(state.ways.length() > 0, ui.text(_why(state), tone="muted"), _no_way()),
        rx.cond(has_password, password),
        rx.cond(state.ways.contains("new_password"), chosen),
        *[_code_button(state, channel) for channel in _WAY_WORDS],
        rx.cond(state.ways.contains("passkey"), passkey_button(state, **passkey)),
        _hidden(state),
        ui.row(
            rx.cond(state.ways.contains("recovery_code"), links["recovery"]),
            links["begin"],
            gap="medium",
        ),
        labels={"password": "Password", "new_password": "New password"},
        **form,
    )


def _password(state: Any, name: str, label: str, prefix: str, **more: Any) -> rx.Component:
    return ui.password_field(
        name,
        label,
        id=prefix + name.replace("_", "-"),
        error=state.faults[name],
        required=True,
        max_length=128,
        auto_focus=True,
        **more,
    )


def _why(state: Any) -> Any:
    return rx.cond(
        state.ways.contains("new_password"),
        "Signing in takes two different proofs here. Choose a password to be the second one.",
        rx.cond(
            StoreState.asks_for_two,
            "Signing in on a new device takes two different proofs. Confirm it's you in one more "
            "way.",
            "You have not signed in on this device before. Confirm it's you in one more way.",
        ),
    )


def _no_way() -> rx.Component:
    email = StoreState.email
    return ui.text(
        "This account has no second way left to confirm it's you. ",
        rx.cond(email, f"Write to {email} and we will help you.", "Ask the shop for help."),
    )


def _code_button(state: Any, channel: str) -> rx.Component:
    told = state.sent_to[channel]
    words = rx.cond(
        told,
        rx.el.span(f"{_WAY_WORDS[channel]} to ", rx.el.bdi(told), class_name="wrap-anywhere"),
        rx.el.span(_WAY_WORDS[channel]),
    )
    button = ui.button(
        words,
        type="submit",
        name="channel",
        value=channel,
        form_action=SECOND_CODE,
        form_no_validate=True,
        icon_name=_ICONS[channel],
        full=True,
        busy=state.underway == "second-code",
        busy_label="Sending…",
    )
    is_there = state.ways.contains(channel) & StoreState.channels.contains(channel)
    return rx.cond(is_there, button)


def _code(
    state: Any, prefix: str, links: Mapping[str, rx.Component], form: Mapping[str, Any]
) -> rx.Component:
    again = another_code(
        state, SECOND_CODE, shown=state.channel != "", name="channel", value=state.channel
    )
    return sent_form(
        rx.cond(
            state.sent_to_words != "",
            ui.text(
                "Enter the code we sent to ",
                rx.el.strong(rx.el.bdi(state.sent_to_words), class_name="wrap-anywhere"),
                ". It works for 10 minutes.",
                tone="muted",
            ),
            ui.text("Enter the code we sent you. It works for 10 minutes.", tone="muted"),
        ),
        ui.code_field(
            id=f"{prefix}second-otp",
            error=state.faults["otp"],
            hint=code_hint(),
            required=True,
            auto_focus=True,
        ),
        _hidden(state),
        _submit(state),
        again,
        ui.row(links["second"], links["begin"], gap="medium"),
        labels={"otp": "Code"},
        **form,
    )


def _recovery(
    state: Any, prefix: str, links: Mapping[str, rx.Component], form: Mapping[str, Any]
) -> rx.Component:
    return sent_form(
        ui.text_field(
            "recovery_code",
            "Recovery code",
            id=f"{prefix}recovery-code",
            hint="One of the ten you saved when you turned two-step sign-in on.",
            error=state.faults["recovery_code"],
            auto_complete="off",
            auto_capitalize="none",
            spell_check=False,
            max_length=40,
            required=True,
            auto_focus=True,
            dir="ltr",
        ),
        _hidden(state),
        _submit(state),
        ui.row(links["second"], links["begin"], gap="medium"),
        labels={"recovery_code": "Recovery code"},
        **form,
    )


def _hidden(state: Any) -> rx.Component:
    """What a browser without script has to bring along."""
    return rx.fragment(
        ui.hidden_field("next", state.wanted), ui.hidden_field("ways", state.ways_named)
    )


def _submit(state: Any) -> rx.Component:
    return ui.submit(
        "Sign in", full=True, busy=state.underway == "second", busy_label="Signing in…"
    )
