"""A new password, with a code."""

import reflex as rx

from account_portal.auth.components import (
    PASSWORD_RULE,
    another_code,
    code_buttons,
    code_fields,
    contact_field,
    known_as,
    sent_form,
)
from account_portal.auth.components.demo import code_hint
from account_portal.auth.state.forgot import ForgotState as State
from account_portal.ui import components as ui
from account_portal.ui.store import StoreState


def _contact_step() -> rx.Component:
    return sent_form(
        rx.cond(
            StoreState.channels.length() > 0,
            ui.text("We send you a code. With it you choose a new password.", tone="muted"),
        ),
        contact_field(State, default_value=State.contact, key=State.contact, auto_focus=True),
        ui.hidden_field("next", State.wanted),
        code_buttons(State, "/api/session/forgot", primary=True),
        action="/api/session/forgot",
        state=State,
        on_done=State.code_sent,
        labels={"contact": "E-mail or phone"},
    )


def _code_step() -> rx.Component:
    return sent_form(
        code_fields(
            State,
            hint=code_hint(),
            auto_submit=False,
            auto_focus=True,
        ),
        known_as(State.contact),
        ui.password_field(
            "new_password",
            "New password",
            new=True,
            hint=PASSWORD_RULE,
            error=State.faults["new_password"],
            required=True,
            max_length=128,
        ),
        ui.hidden_field("next", State.wanted),
        ui.submit(
            "Save and sign in", full=True, busy=State.underway == "reset", busy_label="Saving…"
        ),
        ui.text("You will be signed out on all other devices.", size="small", tone="muted"),
        another_code(State, "/api/session/forgot"),
        ui.text(ui.link("Use another contact", to=State.forgot_link), size="small"),
        action="/api/session/reset",
        state=State,
        on_done=State.code_sent,
        labels={"otp": "Code", "new_password": "New password"},
    )


def forgot_password() -> rx.Component:
    """The page where customers set a password anew."""
    return rx.fragment(
        ui.heading("Set a new password", level=1),
        rx.cond(State.step == "code", _code_step(), _contact_step()),
        ui.divider(),
        ui.text(ui.link("Back to sign-in", to=State.login_link)),
    )
