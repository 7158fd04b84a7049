"""Sign-in: a password, or a code."""

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
from account_portal.auth.components.demo import code_hint, demo_login
from account_portal.auth.state.login import LoginState as State
from account_portal.ui import components as ui


def _password_step() -> rx.Component:
    return sent_form(
        contact_field(
            State,
            default_value=State.contact,
            key=State.contact,
            auto_focus=True,
            auto_complete="username webauthn",
        ),
        ui.stack(
            ui.password_field(
                "password",
                "Password",
                error=State.faults["password"],
                required=True,
                max_length=128,
            ),
            ui.text(ui.link("Forgot your password?", to=State.forgot_link), size="small"),
            gap="small",
        ),
        ui.hidden_field("next", State.wanted),
        ui.stack(
            ui.submit(
                "Sign in", full=True, busy=State.underway == "login", busy_label="Signing in…"
            ),
            code_buttons(State, "/api/session/code"),
            passkey_button(State, autofill=True),
        ),
        action="/api/session/login",
        state=State,
        on_done=State.code_sent,
        labels={"contact": "E-mail or phone", "password": "Password"},
    )


def _code_step() -> rx.Component:
    return sent_form(
        ui.step_focus(rx.cond(State.is_closed, "closed", "")),
        rx.cond(
            State.is_closed,
            rx.fragment(),
            ui.stack(
                code_fields(State, hint=code_hint(), auto_focus=True),
                ui.hidden_field("next", State.wanted),
                ui.submit(
                    "Sign in", full=True, busy=State.underway == "verify", busy_label="Signing in…"
                ),
                another_code(State, "/api/session/code"),
            ),
        ),
        ui.text(ui.link("Use a password or another contact", to=State.login_link), size="small"),
        action="/api/session/verify",
        state=State,
        on_done=State.code_sent,
        labels={"otp": "Code"},
    )


def _second_steps() -> rx.Component:
    links = {
        "second": ui.text(ui.link("Choose another way", to=State.second_link), size="small"),
        "recovery": ui.text(ui.link("Use a recovery code", to=State.recovery_link), size="small"),
        "begin": ui.text(ui.link("Start again", to=State.login_link), size="small"),
    }
    return second_steps(State, prefix="", links=links)


def login() -> rx.Component:
    """The page where customers sign in."""
    is_second = (State.step != "") & (State.step != "code")
    return rx.fragment(
        ui.heading(rx.cond(is_second, "One more step", "Sign in"), level=1),
        rx.cond(
            State.farewell != "",
            ui.alert(
                rx.cond(
                    State.farewell == "deleted",
                    "Your account is deleted, and you are signed out everywhere.",
                    "Your account is closed, and you are signed out everywhere.",
                ),
                tone="success",
            ),
        ),
        rx.cond(
            State.known,
            ui.alert("Codes work on this device now. Ask for a new one.", tone="success"),
        ),
        rx.match(
            State.step,
            ("", _password_step()),
            ("code", _code_step()),
            _second_steps(),
        ),
        rx.cond(
            is_second,
            rx.fragment(),
            rx.fragment(
                ui.divider(),
                ui.text("New here? ", ui.link("Create an account", to=State.register_link)),
                ui.text("No account? ", ui.link("Find your order", to=State.find_link)),
            ),
        ),
        rx.cond(State.step == "", demo_login()),
    )
