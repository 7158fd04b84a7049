"""Where the parcels of an order are, and what can be done about those that do not come."""

from typing import Any

import reflex as rx

from account_portal.orders.components import (
    arrival_words,
    parcel_arrival,
    report_link,
    write_to,
)
from account_portal.ui import components as ui


def arrival(page: Any) -> rx.Component:
    """When and where the next parcel comes: what most people open this page for."""
    place = page.order.shipping_address
    return ui.stack(
        ui.text(
            arrival_words(
                page.arrival,
                arrives=rx.cond(page.parcels.length() > 1, "Next parcel arrives", "Arrives"),
                was_due=rx.cond(page.parcels.length() > 1, "A parcel was due", "Was due"),
            ),
            size="title",
            strong=True,
        ),
        rx.cond(
            place,
            ui.text("To ", rx.el.bdi(place.city), tone="muted", size="small"),
        ),
        rx.cond(
            (page.arrival.when == "late") & (page.stray_parcels.length() == 0),
            rx.cond(
                page.missing_parcel,
                ui.screen_only(ui.text("Nothing yet? ", _report(page))),
                rx.cond(
                    page.store_email,
                    ui.text("Nothing yet? Write to ", write_to(page.store_email), "."),
                ),
            ),
        ),
        gap="tight",
    )


def stray(parcel: Any) -> rx.Component:
    """What became of a parcel that did not arrive, and what its courier does with it."""

    def since(words: str) -> rx.Component:
        return rx.cond(parcel.since, rx.fragment(words, ui.date(parcel.since)))

    what = rx.match(
        parcel.status,
        (
            "undelivered",
            rx.fragment(
                " could not be delivered",
                since(" on "),
                ". The courier may try again, or bring it back to us.",
            ),
        ),
        ("lost", rx.fragment(" got lost on its way", since(", we learned on "), ".")),
        rx.fragment(
            rx.cond(parcel.since, " has been", " is"),
            " on its way back to us",
            since(" since "),
            ".",
        ),
    )
    return ui.stack(
        ui.text(rx.cond(parcel.label == "Parcel", "The parcel", parcel.label), what),
        rx.cond(
            parcel.cause,
            ui.text("The reason: ", rx.el.bdi(parcel.cause), tone="muted"),
        ),
        gap="tight",
    )


def what_now(page: Any) -> rx.Component:
    """Nothing happens by itself: the customer reports it, or writes to the shop."""
    wanted = rx.cond(
        page.payment.amount_paid > 0,
        "Would you like it sent again, or your money back? ",
        "Would you still like to have it? ",
    )
    write = rx.cond(
        page.store_email & (page.refunds.length() == 0) & (page.claims.length() == 0),
        ui.text(wanted, "Write to ", write_to(page.store_email), " and name the order number."),
    )
    return rx.cond(page.missing_parcel, ui.screen_only(ui.text(wanted, _report(page))), write)


def _report(page: Any) -> rx.Component:
    to = report_link(page.order.order_number, page.missing_parcel)
    return ui.link("Report that it has not arrived", to=to)


def _step(step: Any, index: Any) -> rx.Component:
    def event(tone: Any) -> rx.Component:
        return ui.timeline_event(
            step.text,
            when=ui.date(step.happened_at, "datetime"),
            detail=rx.cond(step.place, step.place, ""),
            tone=tone,
        )

    return rx.cond(index == 0, event("current"), event("plain"))


def _parcel(parcel: Any) -> rx.Component:
    courier = rx.cond(
        parcel.courier_company_name,
        ui.row(
            ui.text(parcel.courier_company_name, tone="muted", inline=True),
            rx.cond(
                parcel.awb_no,
                rx.fragment(
                    ui.text(parcel.awb_no, tone="muted", inline=True),
                    ui.copy_button(parcel.awb_no, "Copy tracking number"),
                ),
            ),
            rx.cond(
                parcel.tracking_url,
                # On paper there is nothing to press.
                ui.screen_only(
                    ui.outside_link("Follow the parcel", href=parcel.tracking_url.to(str))
                ),
            ),
        ),
    )
    contents = rx.foreach(
        parcel.shipment_items,
        lambda item: ui.order_line(
            item.product_name,
            picture=item.product_image_url,
            size="small",
            detail=rx.fragment("Quantity ", ui.number(item.quantity)),
        ),
    )
    return ui.card(
        ui.stack(
            ui.row(
                ui.heading(parcel.label, level=3),
                ui.status_badge("shipment", rx.cond(parcel.was_lost, "lost", parcel.status)),
                justify="between",
            ),
            parcel_arrival(parcel),
            rx.cond(parcel.note, ui.text(rx.el.bdi(parcel.note), tone="muted", size="small")),
            courier,
            ui.stack(contents, gap="small"),
            rx.cond(
                parcel.steps.length() > 0,
                ui.disclosure(
                    "Tracking history",
                    ui.timeline(rx.foreach(parcel.steps, _step), label="Way of parcel"),
                ),
            ),
        )
    )


def parcels_section(page: Any) -> rx.Component:
    """The parcels, each with its way."""
    return rx.cond(
        page.parcels.length() > 0,
        ui.section(
            "Parcels",
            ui.card_list(rx.foreach(page.parcels, _parcel), label="Parcels"),
            id="parcels",  # on paper they stand last, see the style sheet
        ),
    )
