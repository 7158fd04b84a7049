"""The order that was found: where it is, and what can be done with it."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.guests.state import FoundOrderState as State
from account_portal.orders.components import (
    order_address,
    order_item,
    return_note,
    return_until,
)
from account_portal.ui import components as ui


def _parcel(parcel: Any) -> rx.Component:
    return ui.row(
        ui.text("Parcel ", rx.el.bdi(parcel.reference_number)),
        ui.status_badge("shipment", parcel.status),
        rx.cond(
            parcel.tracking_url,
            ui.outside_link("Follow it", href=parcel.tracking_url.to(str)),
        ),
        justify="between",
    )


def _returnable(line: Any) -> rx.Component:
    name = "quantity-" + line.sku
    choose = rx.el.label(
        ui.hidden_text("How many of ", line.product_name, " go back"),
        rx.el.input(
            type="number",
            name=name,
            min=0,
            max=line.returnable_quantity,
            default_value="0",
            input_mode="numeric",
            class_name="control w-24",
        ),
    )
    return ui.order_line(
        line.product_name,
        picture=line.product_image_url,
        detail=rx.fragment(
            rx.cond(line.variant_name, rx.fragment(rx.el.bdi(line.variant_name), " · ")),
            rx.cond(
                line.returnable_quantity > 0,
                rx.fragment("At most ", ui.number(line.returnable_quantity)),
            ),
        ),
        end=rx.cond(line.returnable_quantity > 0, choose),
        below=rx.cond(
            line.reason,
            return_note(line.reason.to(str), line.returnable_until.to(str)),
            return_until(line.returnable_until.to(str)),
        ),
    )


def _return_form() -> rx.Component:
    return ui.section(
        "Send items back",
        ui.form(
            ui.form_error(State.errors["_"]),
            ui.rows(rx.foreach(State.lines, _returnable)),
            ui.text_field(
                "return_reason", "Reason", optional=True, max_length=500, auto_complete="off"
            ),
            ui.form_actions(
                ui.submit("Ask for a return", busy=State.busy == "send_back", busy_label="Asking…"),
                ui.button("Not now", on_click=State.ask("")),
            ),
            on_submit=State.send_back,
            errors=State.errors,
            busy=State.busy == "send_back",
        ),
    )


def _cancel_dialog() -> rx.Component:
    return ui.dialog(
        ui.form(
            ui.text("What was paid comes back the way it was paid."),
            ui.text_field(
                "cancellation_reason", "Reason", optional=True, max_length=500, auto_complete="off"
            ),
            ui.form_actions(
                ui.submit(
                    "Cancel the order", busy=State.busy == "cancel", busy_label="One moment…"
                ),
                ui.button("Keep it", on_click=State.ask("")),
                end=True,
            ),
            on_submit=State.cancel,
            errors=State.errors,
            busy=State.busy == "cancel",
        ),
        id="cancel-order",
        title="Cancel the whole order?",
        open=State.asking == "cancel",
        on_close=State.ask(""),
    )


def _order(order: Any) -> rx.Component:
    currency = order.currency.code
    return ui.stack(
        ui.card(
            ui.stack(
                ui.split(
                    ui.status_badge("order", order.status, plain=True),
                    ui.text("Ordered ", ui.date(order.order_date), tone="muted"),
                ),
                ui.order_tracker(order.status),
                rx.cond(
                    State.asked,
                    ui.text("Return ", rx.el.bdi(State.asked), " is requested."),
                ),
            )
        ),
        ui.section(
            "Items", ui.rows(rx.foreach(order.order_items, lambda i: order_item(i, currency)))
        ),
        ui.split(ui.text("Total", strong=True), ui.money(order.grand_total, currency, strong=True)),
        rx.cond(
            order.shipments.length() > 0,
            ui.section("Parcels", ui.rows(rx.foreach(order.shipments, _parcel))),
        ),
        rx.cond(
            order.shipping_address,
            ui.section("Delivery", ui.card(order_address(order.shipping_address))),
        ),
        rx.cond(State.asking == "return", _return_form(), _deeds(order)),
        gap="large",
    )


def _deeds(order: Any) -> rx.Component:
    return ui.form_actions(
        rx.cond(
            order.is_cancellation_allowed, ui.button("Cancel order…", on_click=State.ask("cancel"))
        ),
        rx.cond(State.can_return, ui.button("Send items back", on_click=State.ask("return"))),
    )


def found_order() -> rx.Component:
    """The page of the order that was found."""
    order = State.shown
    return rx.fragment(
        ui.heading(
            rx.cond(order, rx.fragment("Order ", ui.unbroken(order.order_number)), "Order"), level=1
        ),
        rx.match(
            State.phase,
            ("ready", rx.cond(order, _order(order))),
            (
                "failed",
                ui.alert(
                    "This could not be shown just now.",
                    tone="danger",
                    action=ui.button("Try again", on_click=State.load),
                ),
            ),
            ui.loading(ui.skeleton("title"), ui.skeleton("card")),
        ),
        _cancel_dialog(),
        ui.divider(),
        ui.native_form(
            ui.button("Forget this order on this device", type="submit", size="small"),
            action="/api/find-order/leave",
        ),
        ui.text("Want all your orders in one place? ", ui.link("Sign in", to=routes.LOGIN)),
    )
