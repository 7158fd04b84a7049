"""Step one: what goes back, and why."""

from typing import Any

import reflex as rx

from account_portal.orders.components import (
    order_link,
    return_note,
    return_until,
    variant_and_quantity,
)
from account_portal.returns.state import OTHER_REASON, REASONS
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui


def _choices(line: Any) -> rx.Component:
    sku = line.item.sku
    reason, comment = "reason-" + sku, "comment-" + sku
    return ui.stack(
        ui.grid(
            ui.select_field(
                "quantity-" + sku,
                "How many",
                line.counts,
                value=line.quantity,
                on_change=State.choose_quantity(sku),
            ),
            ui.select_field(
                reason,
                "Reason",
                [(one, one) for one in REASONS],
                placeholder="Choose a reason",
                value=line.reason,
                error=State.errors[reason],
                on_change=State.choose_reason(sku),
            ),
        ),
        rx.cond(
            line.reason == OTHER_REASON,
            ui.text_field(
                comment,
                "Tell us in a few words",
                default_value=line.comment,
                error=State.errors[comment],
                max_length=500,
            ),
        ),
        ui.radio_cards(
            "What would you like?",
            *[
                rx.cond(
                    line.item.resolutions.contains(resolution),
                    ui.radio_card(
                        "resolution-" + sku,
                        resolution,
                        label,
                        hint=hint,
                        checked=line.resolution == resolution,
                        on_change=State.choose_resolution(sku, resolution),
                    ),
                )
                for resolution, label, hint in (
                    ("refund", "A refund", "Back the way you paid"),
                    ("replacement", "A replacement", "The same item again"),
                )
            ],
            id="resolution-" + sku,
            columns=2,
        ),
    )


def _line(line: Any) -> rx.Component:
    item = line.item
    product = ui.order_line(
        item.product_name,
        picture=item.product_image_url,
        detail=variant_and_quantity(item),
        below=rx.cond(
            item.reason,
            return_note(item.reason.to(str), item.returnable_until.to(str)),
            ui.stack(
                return_until(item.returnable_until.to(str)),
                rx.cond(item.held_note, ui.text(item.held_note, tone="muted", size="small")),
                gap="none",
            ),
        ),
    )
    return rx.cond(
        line.counts.length() > 0,
        ui.card(
            ui.stack(
                product,
                ui.checkbox(
                    "item-" + item.sku,
                    rx.fragment("Return this", ui.hidden_text(": ", item.product_name)),
                    checked=line.chosen,
                    on_change=State.choose(item.sku),
                ),
                rx.cond(line.chosen, _choices(line)),
            )
        ),
        ui.card(product, variant="quiet"),
    )


def items() -> rx.Component:
    """The lines of the order, each with what may go back."""
    to_order = ui.link_button("Back to the order", to=order_link(State.order_number))
    return ui.form(
        rx.cond(
            ~State.can_return,
            ui.alert(
                "Below you see why, item by item.",
                title="Nothing from this order can be returned now",
            ),
        ),
        ui.card_list(rx.foreach(State.lines, _line), label="Items of the order"),
        ui.form_actions(
            rx.cond(
                State.can_return,
                ui.submit("Continue", busy=State.busy == "choose_items", busy_label="One moment…"),
            ),
            to_order,
        ),
        on_submit=State.choose_items,
        errors=State.errors,
        busy=State.busy == "choose_items",
    )
