"""Where the parcels of an order are."""

from typing import Any

import reflex as rx

from account_portal.orders.components import arrival_words
from account_portal.ui import components as ui


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
    arrival = rx.cond(
        parcel.delivered_date,
        ui.text("Arrived ", ui.date(parcel.delivered_date, "near"), strong=True),
        rx.cond(parcel.arrival, ui.text(arrival_words(parcel.arrival), strong=True)),
    )
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
                ui.status_badge("shipment", parcel.status),
                justify="between",
            ),
            arrival,
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
