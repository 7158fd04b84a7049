"""The dialog that cancels an order."""

from typing import Any

import reflex as rx

from account_portal.orders.components import comes_back
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui

REASONS = [
    ("No longer needed", "No longer needed"),
    ("Ordered by mistake", "Ordered by mistake"),
    ("Ordered the wrong size or colour", "Ordered the wrong size or colour"),
    ("Takes too long", "Takes too long"),
    ("Found it cheaper", "Found it cheaper"),
    ("Other reason", "Other reason"),
]


def _there_within(days: Any) -> Any:
    return rx.cond(days == 1, "There within 1 working day", f"There within {days} working days")


def _line(line: Any) -> rx.Component:
    return ui.select_field(
        "count-" + line.sku,
        line.product_name,
        line.counts,
        value=line.chosen,
        on_change=State.choose_count(line.sku),
    )


def _scope(order: Any) -> rx.Component:
    """The whole order or some items, where there is a choice."""
    scopes = (
        ("all", "The whole order", "Nothing of it is sent"),
        ("some", "Some items", "The rest is sent as planned"),
    )
    choice = ui.radio_cards(
        "What would you like to cancel?",
        *[
            ui.radio_card(
                "cancel_scope",
                scope,
                label,
                hint=hint,
                checked=State.cancel_scope == scope,
                on_change=State.choose_scope(scope),
            )
            for scope, label, hint in scopes
        ],
        id="cancel-scope",
        columns=2,
    )
    is_one = (order.order_items.length() == 1) & (order.order_items[0].quantity == 1)
    return ui.stack(
        rx.cond(order.is_cancellation_allowed & ~is_one, choice),
        rx.cond(
            State.cancel_scope == "some",
            ui.stack(
                ui.text("How many of each should be cancelled?"),
                ui.grid(rx.foreach(State.cancel_lines, _line)),
                rx.cond(
                    State.errors["cancel_items"],
                    ui.alert(State.errors["cancel_items"], tone="danger"),
                ),
            ),
        ),
    )


def cancel_dialog(page: Any) -> rx.Component:
    """Why, and where the money goes."""
    order = page.order
    back = State.cancelling
    total = back.money + back.credit
    account = ui.select_field(
        "bank_account_id",
        "Bank account",
        page.payout_accounts,
        placeholder="Choose an account",
        error=State.errors["bank_account_id"],
        hint="Only verified accounts can take a refund.",
    )
    return ui.dialog(
        ui.form(
            ui.select_field(
                "cancellation_reason",
                "Reason",
                REASONS,
                placeholder="Choose a reason",
                required=True,
                error=State.errors["cancellation_reason"],
            ),
            _scope(order),
            rx.cond(
                back.money > 0,
                ui.radio_cards(
                    "Where should the money go?",
                    ui.radio_card(
                        "refund_mode",
                        "original_payment_mode",
                        "The way I paid",
                        hint=_there_within(page.refund_days),
                        checked=State.refund_mode == "original_payment_mode",
                        on_change=State.choose_refund_mode("original_payment_mode"),
                    ),
                    rx.cond(
                        page.payout_accounts.length() > 0,
                        ui.radio_card(
                            "refund_mode",
                            "bank_transfer",
                            "To my bank account",
                            hint=_there_within(page.bank_refund_days),
                            checked=State.refund_mode == "bank_transfer",
                            on_change=State.choose_refund_mode("bank_transfer"),
                        ),
                    ),
                    id="refund-mode",
                    error=State.errors["refund_mode"],
                ),
                ui.hidden_field("refund_mode", "original_payment_mode"),
            ),
            rx.cond(State.refund_mode == "bank_transfer", account),
            rx.cond(
                back,
                comes_back(
                    back,
                    "Cancelled items",
                    ui.PriceLine("Cancellation charge", back.charge, minus=True, optional=True),
                ),
            ),
            rx.cond(
                back.points > 0,
                ui.text(ui.number(back.points), " points come back too.", tone="muted"),
            ),
            ui.textarea_field("feedback", "Comment", optional=True, max_length=1000),
            ui.form_actions(
                # Said again below the list, which is longer than a phone.
                rx.cond(
                    (State.cancel_scope == "some") & (total > 0),
                    ui.text("You get back ", ui.money(total, order.currency.code, strong=True)),
                ),
                ui.submit(
                    rx.cond(State.cancel_scope == "some", "Cancel items", "Cancel order"),
                    variant="danger",
                    busy=State.busy == "cancel",
                    busy_label="Cancelling…",
                ),
                ui.button("Keep order", on_click=State.close_cancel),
                end=True,
            ),
            on_submit=State.cancel,
            errors=State.errors,
            labels={"cancellation_reason": "Reason", "bank_account_id": "Bank account"},
        ),
        id="cancel-order",
        title=rx.cond(State.cancel_scope == "some", "Cancel items?", "Cancel this order?"),
        description="This cannot be undone.",
        open=State.is_cancelling,
        on_close=State.close_cancel,
    )
