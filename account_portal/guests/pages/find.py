"""Find my order: its number and something known of it, then a code."""

import reflex as rx

from account_portal import routes
from account_portal.guests.state import FindOrderState as State
from account_portal.ui import components as ui


def _which() -> rx.Component:
    return ui.native_form(
        ui.form_error(State.faults["_"], id="form-error"),
        ui.text_field(
            "order_number",
            "Order number",
            hint="As in the message that confirmed it.",
            default_value=State.number,
            key=State.number,
            max_length=41,
            required=True,
            auto_capitalize="characters",
            auto_complete="off",
            spell_check=False,
            dir="ltr",
        ),
        ui.text_field(
            "contact",
            "E-mail address or postcode of the order",
            max_length=254,
            required=True,
            auto_capitalize="none",
            auto_complete="email",
            spell_check=False,
            dir="ltr",
        ),
        ui.submit("Send me a code", full=True),
        action="/api/find-order/find",
    )


def _code() -> rx.Component:
    return ui.native_form(
        ui.form_error(State.faults["_"], id="form-error"),
        ui.text(
            "If there is such an order, a code is on its way to its customer's e-mail address "
            "or phone. It is valid for ten minutes.",
            tone="muted",
        ),
        ui.code_field(error=State.faults["otp"], auto_submit=False, required=True),
        ui.submit("Show the order", full=True),
        ui.text(ui.link("Begin again", to=routes.FIND_ORDER), size="small"),
        action="/api/find-order/confirm",
    )


def find_order() -> rx.Component:
    """The page on which an order is looked for."""
    return rx.fragment(
        ui.heading("Find my order", level=1),
        rx.cond(State.step == "code", _code(), _which()),
        ui.divider(),
        ui.text("Have an account? ", ui.link("Sign in", to=routes.LOGIN)),
    )
