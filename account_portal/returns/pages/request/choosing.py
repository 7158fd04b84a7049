"""Step one: what goes back, and why."""

from typing import Any

import reflex as rx

from account_portal.evidence.components import evidence_field
from account_portal.orders.components import (
    order_link,
    return_note,
    return_until,
    variant_and_quantity,
    withdraw_here,
)
from account_portal.returns.rules import BLAMES_THE_STORE
from account_portal.returns.schemas import REASON_CODES
from account_portal.returns.state import OTHER_REASON, REASONS
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui

_FREE = [words for words, code in REASON_CODES.items() if code in BLAMES_THE_STORE]
"""Reasons for which no fee is kept."""


def _is_free(line: Any) -> Any:
    return rx.Var.create(_FREE).contains(line.reason)


def _fee_note(line: Any) -> rx.Component:
    """What a refund costs, for which reasons; before any is chosen."""
    per_cent = rx.fragment(ui.number(line.item.fee_per_cent), " %")
    only_refund = rx.cond(
        line.item.resolutions.contains("replacement"), " A replacement is free.", ""
    )
    return rx.cond(
        line.item.fee_per_cent > 0,
        ui.text(
            rx.cond(
                _is_free(line),
                "Free for this reason: the store keeps nothing of your refund.",
                rx.fragment(
                    "The store keeps ",
                    per_cent,
                    rx.cond(
                        line.reason == "",
                        " of a refund as a restocking fee, but nothing where it is to blame: ",
                        " of a refund for this reason, but nothing for: ",
                    ),
                    ", ".join(_FREE).lower() + ".",
                    only_refund,
                ),
            ),
            tone="muted",
            size="small",
        ),
    )


def _refund_hint(line: Any) -> Any:
    """How the money comes, and what is kept of it."""
    has_fee = (line.item.fee_per_cent > 0) & (line.reason != "") & ~_is_free(line)
    less = rx.fragment(
        "Back the way you paid, less ", ui.number(line.item.fee_per_cent), " % restocking fee"
    )
    return rx.cond(has_fee, less, "Back the way you paid")


def _choices(state: Any, line: Any) -> rx.Component:
    sku = line.item.sku
    reason, comment = "reason-" + sku, "comment-" + sku
    asked = line.item.evidence_for
    return ui.stack(
        ui.grid(
            ui.select_field(
                "quantity-" + sku,
                "How many",
                line.counts,
                value=line.quantity,
                on_change=state.choose_quantity(sku),
            ),
            ui.select_field(
                reason,
                "Reason",
                [(one, one) for one in REASONS],
                placeholder="Choose a reason",
                value=line.reason,
                error=state.errors[reason],
                on_change=state.choose_reason(sku),
            ),
        ),
        _fee_note(line),
        rx.cond(
            line.reason == OTHER_REASON,
            ui.text_field(
                comment,
                "Tell us in a few words",
                default_value=line.comment,
                error=state.errors[comment],
                max_length=500,
            ),
        ),
        evidence_field(
            state,
            "evidence-" + sku,
            line.evidence,
            needed=rx.match(
                line.reason,
                *((words, asked.contains(code)) for words, code in REASON_CODES.items()),
                False,
            ),
            on_add=lambda files: state.add_evidence(sku, files),
            on_remove=lambda evidence_id: state.remove_evidence(sku, evidence_id),
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
                        on_change=state.choose_resolution(sku, resolution),
                    ),
                )
                for resolution, label, hint in (
                    ("refund", "A refund", _refund_hint(line)),
                    ("replacement", "A replacement", "The same item again"),
                )
            ],
            id="resolution-" + sku,
            columns=2,
        ),
    )


def line_to_choose(state: Any, line: Any) -> rx.Component:
    """A line of the order, and what is asked of it once it is chosen; of any return form."""
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
                    on_change=state.choose(item.sku),
                ),
                rx.cond(line.chosen, _choices(state, line)),
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
        ui.card_list(
            rx.foreach(State.lines, lambda line: line_to_choose(State, line)),
            label="Items of the order",
        ),
        ui.form_actions(
            rx.cond(
                State.can_return,
                ui.submit("Continue", busy=State.busy == "choose_items", busy_label="One moment…"),
            ),
            to_order,
        ),
        rx.cond(
            State.withdraw_link,
            ui.stack(
                ui.text(
                    "The store's terms decide what you can return here. The law may let you "
                    "withdraw from more of the contract:",
                    tone="muted",
                    size="small",
                ),
                withdraw_here(State.withdraw_link),
                gap="small",
            ),
        ),
        on_submit=State.choose_items,
        errors=State.errors,
        busy=State.busy == "choose_items",
    )
