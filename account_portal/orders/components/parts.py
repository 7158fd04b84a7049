"""Parts of order pages that others may show."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import address_lines
from account_portal.orders.components.cards import arrival_words, order_link
from account_portal.ui import components as ui
from account_portal.ui.store import StoreState


def variant_and_quantity(item: Any) -> rx.Component:
    """What is said of a line below its name: "Teal · Quantity 2"."""
    return rx.fragment(
        rx.cond(item.variant_name, rx.fragment(rx.el.bdi(item.variant_name), " · ")),
        "Quantity ",
        ui.number(item.quantity),
    )


def order_item(item: Any, currency: Any, *, link: Any = None) -> rx.Component:
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
        below=rx.fragment(
            rx.cond(
                item.cancelled_quantity > 0,
                ui.text(
                    ui.number(item.cancelled_quantity), " cancelled", tone="muted", size="small"
                ),
            ),
            rx.cond(
                item.download_url,
                ui.outside_link(
                    "Download",
                    ui.hidden_text(": ", item.product_name),
                    href=item.download_url.to(str),
                ),
            ),
        ),
    )


def order_address(address: Any, phones: Any) -> rx.Component:
    """An address as it stood when the order was made; `phones` are the state's readable ones."""
    number = rx.cond(address.country_code, address.country_code, "") + rx.cond(
        address.phone, address.phone, ""
    )
    phone = rx.cond(number.to(str), phones[number.to(str)], "").to(str)
    note = address.delivery_instructions
    return ui.stack(
        address_lines(address, phone=phone),
        rx.cond(note, ui.text(rx.el.bdi(note.to(str)), size="small", as_typed=True)),
        gap="tight",
    )


def return_until(moment: Any, last: Any = None) -> rx.Component:
    """Until when something can be returned; some items until the `last` moment, if that is said."""
    others: rx.Component = rx.fragment()
    if last is not None:
        some = rx.fragment("; some items until ", ui.date(last, "binding"))
        others = rx.cond(last == moment, rx.fragment(), some)
    date = ui.date(moment, "binding")
    return ui.text("Return until ", date, others, ".", tone="muted", size="small")


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


def withdraw_here(link: Any) -> rx.Component:
    """The way out of the contract, named as the law has it in the reader's language.

    Nothing where none asks for it.
    """
    return rx.cond(
        link,
        ui.screen_only(
            ui.text(ui.outside_link(ui.in_language(StoreState.withdraw_labels), href=link.to(str)))
        ),
    )


def return_link(request_number: Any) -> Any:
    """Address of a return's page, from a var of its number."""
    return routes.RETURNS + "/" + request_number.to(str)


def claim_link(claim_number: Any) -> Any:
    """Address of the page of what was reported, from a var of its number."""
    return routes.CLAIMS + "/" + claim_number.to(str)


def report_link(order_number: Any, parcel: Any = None) -> Any:
    """Address of the form that reports a problem with an order, or that a parcel is missing."""
    form = order_link(order_number) + "/claim"
    return form if parcel is None else form + "?parcel=" + parcel


def refund_id(request_number: Any) -> Any:
    """Where a refund stands on the page of its order."""
    return "refund-" + request_number.to(str)


REFUND_STEPS = ("Requested", "On its way", "With you")


def refund_due(refund: Any) -> rx.Component:
    """By when a refund should be there; nothing of one that ended or waits for goods."""
    return rx.cond(
        refund.due,
        arrival_words(refund.due, arrives="Expected", on="by"),
    )


def _way(refund: Any) -> rx.Component:
    """Where the money goes; names of banks may be written in another direction."""
    return rx.el.bdi(refund.way)


def refund_line(refund: Any, currency: Any, *, leads_on: bool = True) -> rx.Component:
    """One refund in the lines an order begins with: how much, which way, by when.

    `leads_on` where the page says more of it, and who reads it may open their returns.
    """
    amount = ui.money(refund.refund_amount, currency, strong=True)
    here: rx.Component = rx.fragment()
    goods: rx.Component = rx.fragment("your return")
    if leads_on:
        here = ui.link("Follow this refund", to="#" + refund_id(refund.request_number))
        goods = ui.link("your return", to=return_link(refund.return_request_number))
    coming = rx.fragment(
        ui.text(amount, " comes back ", _way(refund), "."),
        rx.cond(refund.due, ui.text(refund_due(refund), ". ", here, tone="muted"), ui.text(here)),
    )
    waiting = ui.text(
        amount,
        " comes back ",
        _way(refund),
        " once ",
        goods,
        " is complete.",
    )
    arrived = rx.fragment(
        ui.text(amount, " came back ", _way(refund), "."),
        ui.text(
            rx.cond(refund.refund_date, rx.fragment("Sent ", ui.date(refund.refund_date), ". ")),
            here,
            tone="muted",
        ),
    )
    return rx.match(
        refund.stage,
        ("follows", waiting),
        (
            "as_is",
            rx.match(
                refund.status,
                ("failed", rx.fragment()),
                ("success", ui.stack(arrived, gap="none")),
                ui.stack(coming, gap="none"),
            ),
        ),
        rx.fragment(),
    )


def refund_row(
    refund: Any, currency: Any, store_email: Any, *, of_order: bool = False
) -> rx.Component:
    """One refund: how much, where to, how far it is, and what follows if that is not plain.

    `of_order` is for the page of its order, which leads to the return it is for.
    """

    def note(*words: Any) -> rx.Component:
        return ui.text(*words, tone="muted", size="small")

    failed = note(
        "The money did not arrive. We know of it and will get in touch with you",
        rx.cond(
            store_email,
            rx.fragment("; you can also write to ", write_to(store_email), "."),
            ".",
        ),
    )
    follows = note(
        "Once the return is complete it comes back",
        rx.cond(
            refund.working_days > 0,
            rx.fragment(" within ", working_days(refund.working_days)),
            " at once",
        ),
        ".",
    )
    late = note(
        "It should have been there by now",
        rx.cond(store_email, rx.fragment("; write to ", write_to(store_email), ""), ""),
        ".",
    )
    what_follows = rx.match(
        refund.stage,
        ("follows", follows),
        ("tried_again", note("The money did not arrive, so we sent it again.")),
        (
            "as_is",
            rx.cond(refund.status == "failed", failed, rx.cond(refund.due.when == "late", late)),
        ),
        rx.fragment(),
    )
    state = rx.match(
        refund.stage,
        ("follows", ui.badge("Not sent yet", tone="info", icon_name="clock")),
        ("withdrawn", ui.badge("Called off", tone="neutral", icon_name="ban")),
        ui.status_badge("refund", refund.status),
    )
    is_under_way = (refund.stage == "as_is") & (
        (refund.status == "pending") | (refund.status == "approved")
    )
    return rx.el.div(
        ui.stack(
            ui.row(
                ui.text("Refund ", _way(refund)),
                ui.money(refund.refund_amount, currency, strong=True),
                justify="between",
            ),
            ui.row(
                state,
                rx.cond(refund.due, ui.text(refund_due(refund), size="small")),
                justify="between",
            ),
            rx.cond(
                is_under_way,
                ui.tracker(
                    REFUND_STEPS,
                    rx.cond(refund.status == "approved", 1, 0),
                    label="Refund progress",
                ),
            ),
            what_follows,
            rx.cond(
                refund.created_at | refund.refund_date | refund.payment_reference_number,
                note(*_refund_facts(refund)),
            ),
            _purpose(refund, note) if of_order else rx.fragment(),
            gap="small",
        ),
        id=refund_id(refund.request_number),
        tab_index=-1,
    )


def _refund_facts(refund: Any) -> list[Any]:
    """What is known of when a refund began and was sent, and of its number at the bank."""
    sent = rx.cond(refund.created_at, ", sent ", "Sent ")
    number = rx.cond(refund.created_at | refund.refund_date, ", reference ", "Reference ")
    return [
        rx.cond(refund.created_at, rx.fragment("Started ", ui.date(refund.created_at))),
        rx.cond(refund.refund_date, rx.fragment(sent, ui.date(refund.refund_date))),
        rx.cond(
            refund.payment_reference_number, number + refund.payment_reference_number.to(str), ""
        ),
    ]


def _purpose(refund: Any, note: Any) -> rx.Component:
    """What a refund is for: a return, which has a page of its own, or what the shop says."""
    return rx.cond(
        refund.return_request_number,
        note(
            "For return ",
            ui.link(
                refund.return_request_number.to(str), to=return_link(refund.return_request_number)
            ),
        ),
        rx.cond(refund.refund_remarks, note(refund.refund_remarks.to(str))),
    )


def working_days(days: Any) -> rx.Component:
    """How many working days something takes."""
    return rx.fragment(ui.number(days), rx.cond(days == 1, " working day", " working days"))
