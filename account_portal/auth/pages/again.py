"""The dialog that signs in again over a page."""

from typing import Any

import reflex as rx

from account_portal.auth.components import (
    another_code,
    code_buttons,
    code_fields,
    contact_field,
    passkey_button,
    second_steps,
    sent_form,
)
from account_portal.auth.components.demo import code_hint
from account_portal.auth.state.reauthentication import SignInAgainState as State
from account_portal.ui import components as ui
from account_portal.ui.page_state import PageState


def _password_step() -> rx.Component:
    return sent_form(
        contact_field(State, id="again-contact", default_value=State.contact, key=State.contact),
        ui.password_field(
            "password",
            "Password",
            id="again-password",
            error=State.faults["password"],
            required=True,
            max_length=128,
        ),
        ui.submit("Sign in", full=True, busy=State.underway == "login", busy_label="Signing in…"),
        code_buttons(State, "/api/session/code"),
        passkey_button(State, customer=PageState.viewer.id, on_again=State.done),
        action="/api/session/login",
        state=State,
        on_done=State.code_sent,
        labels={"contact": "E-mail or phone", "password": "Password"},
        customer=PageState.viewer.id,
        on_again=State.done,
    )


def _code_step() -> rx.Component:
    return sent_form(
        code_fields(State, hint=code_hint(), id="again-otp", auto_focus=True),
        ui.submit("Sign in", full=True, busy=State.underway == "verify", busy_label="Signing in…"),
        another_code(State, "/api/session/code"),
        ui.button(
            "Use a password or another contact", variant="quiet", on_click=State.use_password
        ),
        action="/api/session/verify",
        state=State,
        on_done=State.code_sent,
        labels={"otp": "Code"},
        customer=PageState.viewer.id,
        on_again=State.done,
    )


def _second_steps() -> rx.Component:
    def quiet(label: str, handler: Any) -> rx.Component:
        return ui.button(label, variant="quiet", size="small", on_click=handler)

    links = {
        "second": quiet("Choose another way", State.choose_second),
        "recovery": quiet("Use a recovery code", State.use_recovery_code),
        "begin": quiet("Start again", State.use_password),
    }
    form = {"customer": PageState.viewer.id, "on_again": State.done}
    return second_steps(State, prefix="again-", links=links, **form)


@rx.memo
def sign_in_again() -> rx.Component:
    """Opens over any page when its session has ended; closed, the next action asks again."""
    return ui.dialog(
        rx.match(
            State.step,
            ("", _password_step()),
            ("code", _code_step()),
            _second_steps(),
        ),
        id="sign-in-again",
        title="Please sign in again",
        description="Your session has ended. What you typed on this page is kept.",
        size="small",
        open=PageState.signed_out,
        on_close=State.put_off,
    )
