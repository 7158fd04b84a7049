"""The dialog that cancels an order."""

from typing import Any

import reflex as rx

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


def cancel_dialog(page: Any) -> rx.Component:
    """Why, and where the money goes."""
    order = page.order
    back = order.cancellation_refund_details
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
            rx.cond(
                back.refundable_amount > 0,
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
            ui.textarea_field("feedback", "Comment", optional=True, max_length=1000),
            ui.price_breakdown(
                [
                    ui.PriceLine("Paid", page.payment.amount_paid),
                    ui.PriceLine(
                        "Cancellation charge", back.cancellation_charges, minus=True, optional=True
                    ),
                    ui.PriceLine("You get back", back.refundable_amount, total=True),
                ],
                order.currency.code,
            ),
            rx.cond(
                back.loyalty_point > 0,
                ui.text(ui.number(back.loyalty_point), " points come back too.", tone="muted"),
            ),
            ui.form_actions(
                ui.submit(
                    "Cancel order",
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
        title="Cancel this order?",
        description="The whole order is cancelled. This cannot be undone.",
        open=State.is_cancelling,
        on_close=State.close_cancel,
    )
