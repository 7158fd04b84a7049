"""An order as lists show it, and when what is awaited comes."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.orders.components.placed import is_never_paid
from account_portal.ui import components as ui


def order_link(order_number: Any) -> Any:
    """Address of an order's page, from a var of its number."""
    return routes.ORDERS + "/" + order_number


def arrival_words(
    arrival: Any, *, arrives: Any = "Arrives", was_due: Any = "Was due", on: str = "on"
) -> rx.Component:
    """When a parcel comes, or a refund: "Arrives tomorrow", "Expected by Fri, 4 Dec", or late."""
    return rx.match(
        arrival.when.to(str),
        # The day is one of the place it goes to, "today" the reader's, who may be far away.
        ("today", "tomorrow", rx.fragment(arrives, " ", ui.date(arrival.day, "coming"))),
        ("on", rx.fragment(arrives, f" {on} ", ui.date(arrival.day, "weekday"))),
        ("late", rx.fragment(was_due, " on ", ui.date(arrival.day, "weekday"), ", running late")),
        rx.fragment("Expected: ", rx.el.bdi(arrival.day.to(str))),
    )


def parcel_arrival(parcel: Any) -> rx.Component:
    """When a parcel came, or comes; nothing where nobody knows."""
    return rx.cond(
        parcel.delivered_date,
        ui.text("Arrived ", ui.date(parcel.delivered_date, "near"), strong=True),
        rx.cond(parcel.arrival, ui.text(arrival_words(parcel.arrival), strong=True)),
    )


def order_card(order: Any) -> rx.Component:
    """One order of the history; the whole card is the link."""
    return ui.card(
        ui.lead_row(
            ui.thumbnail_stack(order.pictures, more=order.more_pictures),
            ui.row(
                ui.link(
                    ui.hidden_text("Order "),
                    order.order_number,
                    to=order_link(order.order_number),
                    variant="cover",
                ),
                ui.money(order.grand_total, order.currency, strong=True),
                justify="between",
            ),
            ui.row(
                ui.grow(ui.text(order.summary, tone="muted", size="small", line=True)),
                ui.text(ui.date(order.order_date, "short"), tone="muted", size="small"),
            ),
            ui.row(
                rx.cond(
                    is_never_paid(order, order.payment_status),
                    rx.fragment(),
                    rx.cond(
                        # What is downloaded was not delivered.
                        order.can_download,
                        ui.status_badge("download", "open"),
                        ui.status_badge("order", order.status),
                    ),
                ),
                rx.cond(
                    # Of what was cancelled nobody is asked to pay anything.
                    (order.status != "cancelled")
                    & (order.payment_status != "success")
                    & ((order.payment_status != "pending") | order.awaits_payment),
                    ui.status_badge("payment", order.payment_status),
                ),
                rx.cond(
                    order.arrival,
                    ui.text(arrival_words(order.arrival), size="small", inline=True),
                ),
            ),
        ),
        variant="link",
    )
