"""Step three: what happens, and the refund or replacement."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import address_lines
from account_portal.evidence.components import evidence_shown
from account_portal.orders.components import comes_back, order_address, order_link, why_no_more
from account_portal.returns.components import wish
from account_portal.returns.state import OTHER_REASON
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui


def chosen_line(line: Any) -> rx.Component:
    """A line as it goes back; nothing of the others."""
    reason = rx.cond(
        line.reason == OTHER_REASON,
        line.comment,
        rx.cond(line.reason == line.kept_reason, line.kept_words, line.reason),
    )
    return rx.cond(
        line.chosen,
        ui.order_line(
            line.item.product_name,
            picture=line.item.product_image_url,
            detail=rx.fragment("Quantity ", line.quantity, " · ", rx.el.bdi(reason)),
            below=evidence_shown(line.evidence),
            end=ui.text(wish(line.resolution), tone="muted", size="small"),
        ),
    )


def _is_refund(quote: Any) -> Any:
    return (quote.money + quote.credit + quote.points) > 0


def outcome_title(quote: Any) -> Any:
    """What a quote is of."""
    return rx.cond(
        quote.replaced_units == 0,
        "Your refund",
        rx.cond(_is_refund(quote), "Your refund and replacement", "Your replacement"),
    )


def outcome(quote: Any) -> rx.Component:
    """What would come back."""
    is_refund = _is_refund(quote)
    return ui.stack(
        rx.cond(
            quote.goods > quote.replaced_amount,
            comes_back(
                quote,
                "Returned items",
                ui.PriceLine("Restocking fee", quote.fee, minus=True, optional=True),
                ui.PriceLine("Replaced items", quote.replaced_amount, minus=True, optional=True),
            ),
            rx.cond(quote.less_reason, why_no_more(quote)),
        ),
        rx.cond(
            quote.points > 0,
            ui.text(
                ui.number(quote.points),
                rx.cond(is_refund, " points you paid with come back too.", " points come back."),
            ),
        ),
        rx.cond(
            quote.points_taken_back > 0,
            ui.text(
                ui.number(quote.points_taken_back),
                " points you earned with these items are taken back.",
                tone="muted",
            ),
        ),
        rx.cond(
            quote.replaced_units > 0,
            ui.text(
                ui.number(quote.replaced_units),
                rx.cond(
                    quote.replaced_units == 1,
                    " item is sent again, free of charge.",
                    " items are sent again, free of charge.",
                ),
            ),
        ),
    )


def _chosen_address() -> rx.Component:
    def one(address: Any) -> rx.Component:
        return rx.cond(address.id == State.pickup, address_lines(address))

    draft = State.draft
    new = ui.address_block(
        [
            draft["address_line1"],
            draft["address_line2"],
            draft["city"] + " " + draft["pincode"],
            draft["state"],
            draft["country"],
        ],
        name=draft["first_name"] + " " + draft["last_name"],
        phone=State.new_phone,
    )
    return rx.match(
        State.pickup,
        ("order", order_address(State.order_address, State.phones)),
        ("new", new),
        rx.fragment(rx.foreach(State.saved, one)),
    )


def last_look() -> rx.Component:
    """What was chosen, its refund or replacement, and the button that sends it."""
    here = order_link(State.order_number) + "/return"
    what_happens = ui.timeline(
        ui.timeline_event("You send this request", tone="current"),
        ui.timeline_event("We'll review your request and let you know"),
        ui.timeline_event(
            "A courier collects the parcel", detail="Pack the items as they came, with their tags."
        ),
        ui.timeline_event("We check the items, then send your refund or replacement"),
        label="What happens",
    )
    return ui.stack(
        ui.columns(
            ui.stack(
                ui.section(
                    "You return",
                    ui.rows(rx.foreach(State.lines, chosen_line)),
                    action=ui.link("Change items", to=here),
                ),
                ui.section("What happens", ui.card(what_happens)),
                gap="large",
            ),
            ui.stack(
                ui.section(outcome_title(State.quote), ui.card(outcome(State.quote))),
                ui.section(
                    "Pick-up address",
                    ui.card(_chosen_address()),
                    action=ui.link("Change address", to=here + "?step=2"),
                ),
                gap="large",
            ),
        ),
        ui.form_actions(
            ui.send_button(
                "Send return request",
                on_click=State.send,
                busy=State.busy == "send",
            ),
            ui.link_button("Back", to=here + "?step=2"),
        ),
        gap="large",
    )
