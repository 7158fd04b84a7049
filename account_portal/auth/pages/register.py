"""A new account."""

import reflex as rx

from account_portal.auth.components import PASSWORD_RULE, contact_field, sent_form
from account_portal.auth.state.register import RegisterState as State
from account_portal.ui import components as ui


def register() -> rx.Component:
    """The page where customers make an account."""
    return rx.fragment(
        ui.heading("Create your account", level=1),
        sent_form(
            ui.grid(
                ui.text_field(
                    "first_name",
                    "First name",
                    error=State.faults["first_name"],
                    auto_complete="given-name",
                    max_length=100,
                    required=True,
                    auto_focus=True,
                ),
                ui.text_field(
                    "last_name",
                    "Last name",
                    error=State.faults["last_name"],
                    auto_complete="family-name",
                    max_length=100,
                    optional=True,
                ),
            ),
            contact_field(State),
            ui.password_field(
                "password",
                "Password",
                new=True,
                hint=PASSWORD_RULE,
                error=State.faults["password"],
                required=True,
                max_length=128,
            ),
            ui.hidden_field("next", State.wanted),
            ui.submit(
                "Create account",
                full=True,
                busy=State.underway == "register",
                busy_label="Creating…",
            ),
            action="/api/session/register",
            state=State,
            on_done=State.code_sent,
            labels={
                "first_name": "First name",
                "last_name": "Last name",
                "contact": "E-mail or phone",
                "password": "Password",
            },
        ),
        ui.divider(),
        ui.text("Already have an account? ", ui.link("Sign in", to=State.login_link)),
    )
