"""Step three: what happens, and the refund or replacement."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import address_lines
from account_portal.evidence.components import evidence_shown
from account_portal.orders.components import order_address, order_link
from account_portal.returns.components import outcome, outcome_title, wish
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
