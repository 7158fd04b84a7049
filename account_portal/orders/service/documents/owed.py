"""Refunds that arise by themselves: of money that is owed back and in no refund yet."""

from datetime import datetime
from typing import Any

from account_portal.core.ids import new_id, new_number
from account_portal.models import Refund
from account_portal.models.states import (
    OrderStatus,
    PaymentStatus,
    RefundMode,
    RefundStatus,
    TransactionStatus,
)
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts


def settle_account(
    facts: OrderFacts, now: datetime
) -> tuple[list[dict[str, Any]], rules.OrderAccount]:
    """Set how far the order is paid; its account, and refund rows of what it owes.

    Money that came after a cancel, twice or too much, and what a bank did not take: none of it
    waits for somebody to notice. The facts take the new refunds in.
    """
    missing = [
        _new_refund(facts, rules.Owed(amount), "Sent back by the payment provider", now)
        | {"request_number": number, "status": str(RefundStatus.APPROVED)}
        for number, amount in _sent_back(facts)
    ]
    facts.refunds = [*facts.refunds, *missing]
    money = facts.money()
    account = rules.account_of(money)
    if account.owed:
        owed = [_new_refund(facts, one, _why_owed(facts, one), now) for one in account.owed]
        missing += owed
        facts.refunds = [*facts.refunds, *owed]
        money = facts.money()
        account = rules.account_of(money)
    _set_payment_status(facts, rules.derive_payment_status(money, account))
    return missing, account


def _set_payment_status(facts: OrderFacts, status: PaymentStatus) -> None:
    facts.order["payment_status"] = str(status)
    if facts.payments:
        paid = [
            row["payment_date"]
            for row in facts.payments
            if row["payment_status"] in rules.ARRIVED and row["payment_date"]
        ]
        is_paid = status is PaymentStatus.SUCCESS
        facts.order["payment_success_date"] = max(paid, default=None) if is_paid else None


def _sent_back(facts: OrderFacts) -> list[tuple[str, int]]:
    """Payments a provider is sending back without a refund that says so: its number and amount."""
    if all(row["payment_status"] != TransactionStatus.REFUND_INITIATED for row in facts.payments):
        return []
    known = {row["request_number"] for row in facts.refunds}
    covered = sum(
        one.amount
        for one in facts.money().refunds
        if one.is_money and one.status is not RefundStatus.FAILED
    )
    found = []
    for payment in facts.payments:
        number = f"{payment['request_number'][:59]}-back"
        if payment["payment_status"] == TransactionStatus.REFUND_INITIATED and number not in known:
            amount = max(0, payment["amount"] - covered)
            covered = max(0, covered - payment["amount"])
            if amount:
                found.append((number, amount))
    return found


def _new_refund(facts: OrderFacts, owed: rules.Owed, why: str, now: datetime) -> dict[str, Any]:
    return {
        **_EMPTY_REFUND,
        "id": new_id(),
        "order_id": facts.order["id"],
        "return_id": owed.return_id,
        "retries_id": owed.retries_id,
        "request_number": new_number("RFD", now.year),
        "refund_amount": owed.amount,
        "refund_remarks": why,
        "created_at": now,
        "modified_at": now,
    }


_EMPTY_REFUND: dict[str, Any] = {
    **dict.fromkeys(Refund.model_fields),
    "status": str(RefundStatus.PENDING),
    "payment_mode": str(RefundMode.ORIGINAL_PAYMENT_MODE),
}


OVERPAID = "More was paid than the order cost"
"""Remark of a refund of what arrived beyond what was due."""


def _why_owed(facts: OrderFacts, owed: rules.Owed) -> str:
    if owed.retries_id is not None:
        return "The earlier refund did not arrive"
    if facts.order["status"] == OrderStatus.CANCELLED:
        return "Paid for an order that is cancelled"
    return OVERPAID


def withdraw_excess(facts: OrderFacts) -> list[dict[str, Any]]:
    """Shrink refunds that wait for money which, as it turns out, is not owed; the changed rows.

    A payment that bounced after a cancel, or one that is smaller than it was said to be. The facts
    take the changes in; an amount of 0 calls a refund off.
    """
    waiting = [row for row in reversed(facts.refunds) if row["status"] == RefundStatus.PENDING]
    if not waiting:
        return []
    money = facts.money()
    account = rules.account_of(money)
    if money.status is OrderStatus.CANCELLED:
        living = sum(
            one.amount
            for one in money.refunds
            if one.is_money and one.status is not RefundStatus.FAILED
        )
        excess = living - account.arrived
    else:
        waiting = [row for row in waiting if row["refund_remarks"] == OVERPAID]
        excess = sum(row["refund_amount"] for row in waiting)
        excess -= max(0, account.arrived - account.due)
    changed = []
    for row in waiting:
        taken = min(row["refund_amount"], excess)
        if taken > 0 and row["payment_mode"] != rules.POINTS:
            excess -= taken
            changed.append({**row, "refund_amount": row["refund_amount"] - taken})
    by_id = {row["id"]: row for row in changed}
    kept = [by_id.get(row["id"], row) for row in facts.refunds]
    facts.refunds = [row for row in kept if row["refund_amount"] or row["id"] not in by_id]
    return changed
