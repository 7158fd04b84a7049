"""What the pages of sign-in say in demo mode, and nothing in any other."""

import reflex as rx

from account_portal.core.demo import DEMO_CONTACT, DEMO_PASSWORD
from account_portal.ui import components as ui
from account_portal.ui.store import StoreState


def demo_login() -> rx.Component:
    """One press signs in as the demo customer."""
    form = ui.native_form(
        ui.hidden_field("contact", DEMO_CONTACT),
        ui.hidden_field("password", DEMO_PASSWORD),
        ui.alert(
            ui.text("Sign in as ", ui.text(DEMO_CONTACT, inline=True, strong=True)),
            ui.text("with ", ui.text(DEMO_PASSWORD, inline=True, strong=True)),
            title="This is a demo",
            action=ui.button("Sign in as the demo customer", type="submit", size="small"),
        ),
        action="/api/session/login",
    )
    return rx.cond(StoreState.demo, form)


def code_hint() -> rx.Var[str]:
    """Where the codes of a demo are found, which reach no real mailbox or phone."""
    words = "This is a demo: codes are written to var/outbox on the server."
    return rx.cond(StoreState.demo, words, "")
