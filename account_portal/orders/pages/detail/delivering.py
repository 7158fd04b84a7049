"""The dialog that changes where an order goes."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import in_one_line
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui


def _where(address_id: Any, label: Any, address: Any) -> rx.Component:
    return ui.radio_card(
        "address_id",
        address_id,
        label,
        hint=in_one_line(address),
        checked=State.delivery_to == address_id,
        on_change=State.choose_delivery(address_id),
    )


def _saved(address: Any) -> rx.Component:
    named = rx.cond(address.nickname, address.nickname, address.address_line1).to(str)
    return _where(address.id, named, address)


def delivery_dialog(page: Any) -> rx.Component:
    """Another of the customer's addresses, or other instructions for whoever brings it."""
    present = page.order.shipping_address
    place = rx.cond(present.state, present.state + ", " + present.country, present.country)
    return ui.dialog(
        ui.form(
            ui.radio_cards(
                "Where should it go?",
                _where("", "Where it goes now", present),
                rx.foreach(State.delivery_choices, _saved),
                id="delivery-to",
                error=State.errors["address_id"],
            ),
            ui.text(
                "This order was priced for ",
                rx.el.bdi(place),
                ", so it can only go to your addresses there. ",
                ui.link("Add an address", to=routes.ADDRESSES),
                tone="muted",
                size="small",
            ),
            ui.textarea_field(
                "delivery_instructions",
                "Delivery instructions",
                optional=True,
                max_length=255,
                key=State.delivery_to,
                default_value=State.delivery_note,
                on_blur=State.note_delivery,
                error=State.errors["delivery_instructions"],
            ),
            ui.form_actions(
                ui.submit(
                    "Change delivery",
                    busy=State.busy == "change_delivery",
                    busy_label="Changing…",
                ),
                ui.button("Leave as it is", on_click=State.close_delivery),
                end=True,
            ),
            on_submit=State.change_delivery,
            errors=State.errors,
            labels={
                "address_id": "Where should it go?",
                "delivery_instructions": "Delivery instructions",
            },
        ),
        id="change-delivery",
        title="Change delivery",
        open=State.is_changing_delivery,
        on_close=State.close_delivery,
    )
