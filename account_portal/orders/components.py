"""Parts of order pages that others may show."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import address_lines
from account_portal.ui import components as ui


def order_link(order_number: Any) -> Any:
    """Address of an order's page, from a var of its number."""
    return routes.ORDERS + "/" + order_number


def arrival_words(
    arrival: Any, *, arrives: Any = "Arrives", was_due: Any = "Was due"
) -> rx.Component:
    """When a parcel comes: "Arrives tomorrow", or that it is late."""
    return rx.match(
        arrival.when.to(str),
        ("today", rx.fragment(arrives, " today")),
        ("tomorrow", rx.fragment(arrives, " tomorrow")),
        ("on", rx.fragment(arrives, " on ", ui.date(arrival.day, "weekday"))),
        ("late", rx.fragment(was_due, " on ", ui.date(arrival.day, "weekday"), ", running late")),
        rx.fragment("Expected: ", rx.el.bdi(arrival.day.to(str))),
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
                # An order that was never paid is not placed: one badge says it all.
                rx.cond(
                    (order.status == "draft") & (order.payment_status == "failed"),
                    rx.fragment(),
                    ui.status_badge("order", order.status),
                ),
                rx.cond(
                    (order.payment_status == "failed")
                    | ((order.payment_status == "partially_paid") & (order.status != "cancelled")),
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


def variant_and_quantity(item: Any) -> rx.Component:
    """What is said of a line below its name: "Teal · Quantity 2"."""
    return rx.fragment(
        rx.cond(item.variant_name, rx.fragment(rx.el.bdi(item.variant_name), " · ")),
        "Quantity ",
        ui.number(item.quantity),
    )


def order_item(
    item: Any, currency: Any, *, below: rx.Component | None = None, link: Any = None
) -> rx.Component:
    """One line of an order; what is given away is counted, and costs nothing.

    `link` leads to the product in the shop; nothing for none.
    """
    name = item.product_name
    if link is not None:
        there = ui.outside_link(item.product_name, href=link.to(str), quiet=True)
        name = rx.cond(link, there, item.product_name)
    return ui.order_line(
        name,
        picture=item.product_image_url,
        detail=rx.fragment(
            variant_and_quantity(item),
            rx.cond(
                item.free_quantity > 0, rx.fragment(", ", ui.number(item.free_quantity), " free")
            ),
        ),
        end=ui.money(item.selling_price * (item.quantity - item.free_quantity), currency),
        below=below,
    )


def order_address(address: Any) -> rx.Component:
    """An address as it stood when the order was made."""
    return address_lines(
        address,
        phone=rx.cond(address.country_code, address.country_code + " ", "")
        + rx.cond(address.phone, address.phone, ""),
    )


def return_until(moment: Any) -> rx.Component:
    """Until when something can be returned."""
    return ui.text("Return until ", ui.date(moment, "binding"), ".", tone="muted", size="small")


def return_note(note: Any, closed: Any) -> rx.Component:
    """Why nothing can be returned; `{date}` in it is the moment when that `closed`."""
    return ui.text(
        rx.cond(
            note.contains("{date}"),
            rx.fragment(
                note.split("{date}")[0], ui.date(closed, "binding"), note.split("{date}")[1]
            ),
            note,
        ),
        tone="muted",
        size="small",
    )


def masked(number: Any) -> Any:
    """The end of a card's or account's number, as banks print it; nothing for none."""
    return rx.cond(number, "•••• " + number.to(str)[-4:], "").to(str)


def write_to(store_email: Any) -> rx.Component:
    """Where customers get help, to be pressed or read; the router leaves it to the browser."""
    return ui.link(rx.el.bdi(store_email), to="mailto:" + store_email)


def need_help(link: Any, what: str) -> rx.Component:
    """Where to get help with this order, or this return; nothing where the shop says nowhere."""
    return rx.cond(
        link,
        ui.screen_only(
            ui.text(
                f"Need help with this {what}? ",
                # An e-mail address, or a page of the shop's that would not stand in a frame.
                rx.cond(
                    link.to(str).startswith("mailto:"),
                    ui.link("Contact us", to=link.to(str)),
                    ui.outside_link("Contact us", href=link.to(str)),
                ),
                tone="muted",
                size="small",
            )
        ),
    )


def refund_row(refund: Any, currency: Any, store_email: Any) -> rx.Component:
    """One refund: how much, where to, how far it is, and what follows if that is not plain."""

    def note(*words: Any) -> rx.Component:
        return ui.text(*words, tone="muted", size="small")

    to = rx.match(
        refund.payment_mode,
        (
            "bank_transfer",
            "To "
            + rx.cond(refund.bank_name, refund.bank_name, "your bank").to(str)
            + " "
            + masked(refund.bank_account_number),
        ),
        ("loyalty_point", "As points"),
        rx.cond(refund.payment_method, refund.payment_method, "The way you paid").to(str),
    )
    failed = note(
        "The money did not arrive. We know of it and will get in touch with you",
        rx.cond(
            store_email,
            rx.fragment("; you can also write to ", write_to(store_email), "."),
            ".",
        ),
    )
    what_follows = rx.match(
        refund.stage,
        ("follows", note("Your refund follows once we have checked the items.")),
        ("tried_again", note("The money did not arrive, so we sent it again.")),
        ("as_is", rx.cond(refund.status == "failed", failed)),
        rx.fragment(),
    )
    state = rx.match(
        refund.stage,
        ("follows", ui.badge("Not sent yet", tone="info", icon_name="clock")),
        ("withdrawn", ui.badge("Called off", tone="neutral", icon_name="ban")),
        ui.status_badge("refund", refund.status),
    )
    return ui.stack(
        ui.row(ui.text("Refund"), ui.money(refund.refund_amount, currency), justify="between"),
        ui.row(state, note(to), justify="between"),
        what_follows,
        rx.cond(
            refund.refund_date,
            note(
                "Sent ",
                ui.date(refund.refund_date),
                rx.cond(
                    refund.payment_reference_number,
                    ", reference " + refund.payment_reference_number.to(str),
                    "",
                ),
            ),
        ),
        rx.cond(refund.refund_remarks, note(refund.refund_remarks.to(str))),
        gap="small",
    )
