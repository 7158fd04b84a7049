"""What went back of an order's money: payments cannot turn out to be less."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from account_portal.core.bulk import Row, Stored
from account_portal.core.money import exponent, to_major
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.promises import kind_of, told_refunds
from account_portal.merchant.importing.records import OrderRecord, RefundPart
from account_portal.merchant.importing.stated import STATED
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Payment, Refund
from account_portal.orders import rules
from account_portal.states import RefundStatus, TransactionStatus


class PartOfOrder(Protocol):
    """What of `parts.OrderPart` is needed here."""

    @property
    def part(self) -> Any:
        """The record."""

    @property
    def order_id(self) -> str:
        """Whose it is."""

    @property
    def currency(self) -> str:
        """The order's."""


class Floor:
    """The least that must have arrived, by order: what went back of it."""

    def __init__(
        self, batch: Batch, payments: Sequence[PartOfOrder], refunds: Sequence[PartOfOrder]
    ) -> None:
        self._batch = batch
        self._payments: dict[str, list[PartOfOrder]] = defaultdict(list)
        for one in payments:
            self._payments[one.order_id].append(one)
        self._there: dict[str, list[Stored]] = defaultdict(list)
        names = ("order_id", "request_number", "amount", "payment_status", "collection")
        for row in fetch(batch.db, Payment, "order_id", self._payments.keys(), names):
            self._there[row["order_id"]].append(row)
        self._told = {one.part.request_number: one.part for one in refunds}
        """Refunds that are told with the payments, and may turn out to have failed."""
        self._after: dict[str, dict[str, _Paid]] = {}
        """Payments by number as they will be, for orders that were asked about."""

    def why_not(self, part: PartOfOrder, there: Mapping[str, Any], values: Row) -> str | None:
        """Why a payment cannot become what a record says; none: it can."""
        if _arrived(there) <= _arrived(values):
            return None
        said = self._batch.said_anew(part.part)
        after = dict(there) | {name: value for name, value in values.items() if name in said}
        if _arrived(there) <= _arrived(after):
            return None
        payments = self._payments_of(part)
        payments[part.part.request_number] = _paid(after)
        reason = self._lacking(part)
        if reason:
            payments[part.part.request_number] = _paid(there)
        return reason

    def why_not_new(self, part: PartOfOrder) -> str | None:
        """Why a payment cannot take the place of the one that stood for it; none: it can."""
        if all(row["collection"] != STATED for row in self._there[part.order_id]) or all(
            is_failed(one.part) for one in self._payments[part.order_id]
        ):
            return None
        payments = self._payments_of(part)
        stated = payments.pop(_STATED)
        reason = self._lacking(part)
        payments[_STATED] = stated
        return reason

    def _lacking(self, part: PartOfOrder) -> str | None:
        gone = went_back(self._batch, part.order_id, part.currency, self._told)
        if gone <= rules.arrived_of(self._payments_of(part).values()):
            return None
        amount = to_major(gone, part.currency)
        return f"payment {part.part.request_number}: {amount} of the order went back or is to"

    def _payments_of(self, part: PartOfOrder) -> "dict[str, _Paid]":
        """The payments of an order, with those that the records bring and what they raise."""
        if part.order_id in self._after:
            return self._after[part.order_id]
        found: dict[str, _Paid] = {}
        for row in self._there[part.order_id]:
            name = _STATED if row["collection"] == STATED else row["request_number"]
            found[name] = _paid(row)
        digits = exponent(part.currency)
        for one in self._payments[part.order_id]:
            told = (minor(one.part.amount, digits), one.part.payment_status)
            known = found.get(one.part.request_number)
            if known is None or rules.arrived_of([known]) < rules.arrived_of([told]):
                found[one.part.request_number] = told
        self._after[part.order_id] = found
        return found


_Paid = tuple[int, str]
"""Amount and state of a payment."""
_STATED = ""
"""Stands for the payment that an order has by its state alone."""


def went_back(batch: Batch, order_id: str, currency: str, told: Mapping[str, Any]) -> int:
    """Money of an order that went back, or that the shop says it sends back.

    What waits here is called off when its money never came; the shop's own word is not.
    `told` are records of refunds by number.
    """
    gone = 0
    refunds = fetch(batch.db, Refund, "order_id", [order_id])
    shops = told_refunds(batch, refunds)  # such may have taken the place of one of ours
    for row in refunds:
        status, amount = row["status"], row["refund_amount"]
        record = told.get(row["request_number"])
        if isinstance(record, RefundPart):
            status, amount = record.status, minor(record.refund_amount, exponent(currency))
        is_ours = row["purpose"] is not None and row["request_number"] not in shops
        is_ours = is_ours and status != RefundStatus.SUCCESS
        if status != RefundStatus.FAILED and not is_ours and kind_of(row) == "money":
            gone += amount
    return gone


def netted(batch: Batch, record: OrderRecord, order: Stored, less: int) -> dict[int, int]:
    """What payments of a record (by `id`) really came to, where it tells them less what went back.

    Some shops lower the bill of an order by what they refund, and its payment with it. What a
    customer paid is no less for that.

    Args:
        batch: the batch.
        record: of an order that is there.
        order: its row.
        less: by how much its bill becomes lower.
    """
    if less <= 0 or not record.payments or not record.refunds:
        return {}
    digits = exponent(order["currency"])
    paid = {
        row["request_number"]: row["amount"]
        for row in fetch(batch.db, Payment, "order_id", [order["id"]])
        if row["payment_status"] in rules.ARRIVED
    }
    refunded = {
        row["request_number"]: row["refund_amount"]
        for row in fetch(batch.db, Refund, "order_id", [order["id"]])
        if row["status"] != RefundStatus.FAILED
    }
    lowered = {
        id(one): paid[one.request_number]
        for one in record.payments
        if minor(one.amount, digits) < paid.get(one.request_number, 0)
        and one.payment_status in rules.ARRIVED
    }
    fell = sum(lowered.values()) - rules.arrived_of(
        (minor(one.amount, digits), one.payment_status)
        for one in record.payments
        if id(one) in lowered
    )
    grew = sum(
        minor(one.refund_amount, digits) - refunded.get(one.request_number, 0)
        for one in record.refunds
        if one.status != RefundStatus.FAILED
    )
    return lowered if fell == less == grew else {}


def is_failed(payment: Any) -> bool:
    """Whether an attempt to pay failed."""
    return bool(payment.payment_status == TransactionStatus.FAILED)


def _paid(payment: Mapping[str, Any]) -> _Paid:
    return payment["amount"], payment["payment_status"]


def _arrived(payment: Mapping[str, Any]) -> int:
    return rules.arrived_of([_paid(payment)])
