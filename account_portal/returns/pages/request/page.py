"""Asking to send items back: what, where to collect it, for which refund or replacement."""

import reflex as rx

from account_portal import routes
from account_portal.orders.components import order_link
from account_portal.returns.pages.request.checking import last_look
from account_portal.returns.pages.request.choosing import items
from account_portal.returns.pages.request.pickup import pickup
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

STEPS = ("Items", "Pick-up", "Check and send")


def request_return() -> rx.Component:
    """The form of three steps; the step is in the address."""
    number = State.order_number
    return rx.fragment(
        ui.page_header("Return items", back=("Order " + number, order_link(number))),
        page_data(
            State,
            rx.cond(State.can_return, ui.step_list(STEPS, State.step - 1)),
            rx.match(State.step, (2, pickup()), (3, last_look()), items()),
            bones=[ui.skeleton("title"), ui.skeleton("card"), ui.skeleton("card")],
            missing=ui.empty(
                "not_found",
                "There is no such order",
                "The number may be mistyped, or the order belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
