"""Step two: where it is collected."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import LABELS, address_fields, in_one_line
from account_portal.orders.components import order_link
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui


def _where(value: Any, label: Any, lines: Any = None) -> rx.Component:
    return ui.radio_card(
        "pickup",
        value,
        label,
        hint=lines,
        checked=State.pickup == value,
        on_change=State.choose_address(value),
    )


def _saved(address: Any) -> rx.Component:
    named = rx.cond(address.nickname, address.nickname, address.address_line1).to(str)
    return _where(address.id, named, in_one_line(address))


def pickup() -> rx.Component:
    """Where the goods are collected."""
    return ui.form(
        ui.radio_cards(
            "Where should we collect the parcel?",
            rx.cond(
                State.order_address,
                _where("order", "Where the order went", in_one_line(State.order_address)),
            ),
            rx.foreach(State.saved, _saved),
            _where("new", "Another address"),
            id="pickup",
            columns=2,
        ),
        rx.cond(State.pickup == "new", ui.card(ui.stack(*address_fields(State), gap="large"))),
        ui.form_actions(
            ui.submit("Continue", busy=State.busy == "choose_pickup", busy_label="One moment…"),
            ui.link_button("Back", to=order_link(State.order_number) + "/return"),
        ),
        on_submit=State.choose_pickup,
        errors=State.errors,
        labels=LABELS,
        busy=State.busy == "choose_pickup",
    )
