"""Refunds that arise by themselves: of money that is owed back and in no refund yet."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from account_portal.core.ids import new_id, new_number
from account_portal.models import Refund
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundMode,
    RefundPurpose,
    RefundStatus,
    TransactionStatus,
)


def settle_account(facts: OrderFacts, now: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Set how far the order is paid; refund rows of what it owes, and whether money is awaited.

    Money that came after a cancel, twice or too much, and what a bank did not take: none of it
    waits for somebody to notice. The facts take the new refunds in.
    """
    missing = [
        _new_refund(facts, rules.Owed(amount, None), "Sent back by the payment provider", now)
        | {"request_number": number, "status": str(RefundStatus.APPROVED)}
        for number, amount in _sent_back(facts)
    ]
    facts.refunds = [*facts.refunds, *missing]
    money = facts.money()
    account = rules.account_of(money)
    if account.owed:
        owed = [_new_refund(facts, one, _why_owed(one), now) for one in account.owed]
        missing += owed
        facts.refunds = [*facts.refunds, *owed]
        money = facts.money()
        account = rules.account_of(money)
    _set_payment_status(facts, rules.derive_payment_status(money, account))
    # Files open once the money is there, and not by its being reserved.
    is_shut = facts.is_digital and facts.order["status"] != OrderStatus.CANCELLED
    return missing, (account.unpaid if is_shut else rules.awaited(money, account)) > 0


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
    covered = sum(one.amount for one in _living(facts.money()))
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
    failed = next((row for row in facts.refunds if row["id"] == owed.retries_id), None)
    return {
        **_EMPTY_REFUND,
        "id": new_id(),
        "order_id": facts.order["id"],
        "return_id": owed.return_id,
        "retries_id": owed.retries_id,
        "purpose": owed.purpose,
        "shipment_id": failed["shipment_id"] if failed else None,
        "claim_id": failed["claim_id"] if failed else None,
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


def _why_owed(owed: rules.Owed) -> str:
    if owed.retries_id is not None:
        return "The earlier refund did not arrive"
    return _WHY[owed.purpose] if owed.purpose else "From the store"


_WHY = {
    RefundPurpose.CANCELLED: "Paid for an order that is cancelled",
    RefundPurpose.OVERPAID: "More was paid than the order cost",
    RefundPurpose.PARCEL: "Paid for items that did not arrive",
    RefundPurpose.RETURN: "Paid for items that went back",
}


def withdraw_excess(facts: OrderFacts) -> list[dict[str, Any]]:
    """Shrink refunds that wait for money which, as it turns out, is not owed; the changed rows.

    A payment that bounced, or is smaller than it was said to be; a bill that became higher: what is
    asked for is not refunded for goods, too. A refund of which the shop says that it gave back
    more. The facts take the changes in; an amount of 0 calls a refund off. What the shop told
    itself is left alone while its order lives, and so is what others have been told to pay.
    """
    waiting = [
        dict(row)
        for row in reversed(facts.refunds)
        if row["status"] in _WAITING and row["handed_over_at"] is None
    ]
    if not waiting:
        return []
    money = facts.money()
    account = rules.account_of(money)
    living = sum(one.amount for one in _living(money))
    waiting = [row for row in waiting if rules.is_money(row["payment_mode"], row["payment_method"])]
    changed: dict[str, dict[str, Any]] = {}
    if money.status is not OrderStatus.CANCELLED:
        waiting = [row for row in waiting if row["purpose"] is not None]
        overpaid = [row for row in waiting if row["purpose"] == RefundPurpose.OVERPAID]
        too_much = account.overpaid_back - max(0, account.arrived - account.due)
        living -= _shrink(overpaid, too_much, changed)
        living -= _shrink(*_of_ended_returns(money, waiting), changed)
        living -= _shrink(*_of_unpaid_goods(money, waiting, changed), changed)
    _shrink(waiting, living - account.arrived, changed)
    if money.status is not OrderStatus.CANCELLED:  # less goes back now: some may be asked for again
        _shrink(*_of_unpaid_goods(money, waiting, changed), changed)
    kept = [changed.get(row["id"], row) for row in facts.refunds]
    facts.refunds = [row for row in kept if row["refund_amount"] or row["id"] not in changed]
    return list(changed.values())


def _of_ended_returns(
    money: rules.MoneyFacts, waiting: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], int]:
    """Refunds of money that came after goods went back, and what of it is no more for goods."""
    rows = [
        row
        for row in waiting
        if row["purpose"] == RefundPurpose.RETURN and row["return_id"] is None
    ]
    living = _living(money)
    of_returns = sum(one.amount for one in living if one.return_id is not None)
    late = sum(
        one.amount
        for one in living
        if one.return_id is None and one.purpose == RefundPurpose.RETURN
    )
    return rows, late - max(0, rules.returned_money(money) - of_returns)


def _of_unpaid_goods(
    money: rules.MoneyFacts, waiting: list[dict[str, Any]], changed: dict[str, dict[str, Any]]
) -> tuple[list[dict[str, Any]], int]:
    """Refunds of goods, and what is asked for after all changes so far."""
    refunds = [
        replace(one, amount=changed[one.id]["refund_amount"]) if one.id in changed else one
        for one in money.refunds
    ]
    unpaid = rules.account_of(replace(money, refunds=refunds)).unpaid
    return [row for row in waiting if row["purpose"] in _OF_GOODS], unpaid


def _living(money: rules.MoneyFacts) -> list[rules.RefundFact]:
    """Refunds of money that did not fail."""
    return [one for one in money.refunds if one.is_money and one.status is not RefundStatus.FAILED]


def _shrink(rows: Iterable[dict[str, Any]], excess: int, changed: dict[str, dict[str, Any]]) -> int:
    """Take an excess from refunds, those not yet approved first; how much was taken."""
    left = max(0, excess)
    for row in sorted(rows, key=lambda row: row["status"] == RefundStatus.APPROVED):
        taken = min(row["refund_amount"], left)
        if taken:
            left -= taken
            row["refund_amount"] -= taken
            changed[row["id"]] = row
    return max(0, excess) - left


_OF_GOODS = frozenset({RefundPurpose.PARCEL, RefundPurpose.RETURN})
_WAITING = frozenset({RefundStatus.PENDING, RefundStatus.APPROVED})
