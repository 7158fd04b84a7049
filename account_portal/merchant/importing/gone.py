"""What went back of an order's money: payments cannot turn out to be less."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from account_portal.core.bulk import Row, Stored
from account_portal.core.money import exponent, to_major
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.promises import kind_of
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
        self._told = {one.part.request_number: one.part for one in refunds}
        """Refunds that are told with the payments, and may turn out to have failed."""
        self._arrived: dict[str, dict[str, int]] = {}
        """What arrived by payment, for orders that were asked about."""

    def why_not(self, part: PartOfOrder, there: Mapping[str, Any], values: Row) -> str | None:
        """Why a payment cannot become what a record says; none: it can."""
        if _arrived(there) <= _arrived(values):
            return None
        said = self._batch.said_anew(part.part)
        after = dict(there) | {name: value for name, value in values.items() if name in said}
        if _arrived(there) <= _arrived(after):
            return None
        arrived = self._arrived_of(part)
        arrived[part.part.request_number] = _arrived(after)
        reason = self._lacking(part)
        if reason:
            arrived[part.part.request_number] = _arrived(there)
        return reason

    def why_not_new(self, part: PartOfOrder) -> str | None:
        """Why a payment cannot take the place of the one that stood for it; none: it can."""
        arrived = self._arrived_of(part)
        stated = arrived.get(_STATED)
        if not stated or all(is_failed(one.part) for one in self._payments[part.order_id]):
            return None
        arrived[_STATED] = 0
        reason = self._lacking(part)
        arrived[_STATED] = stated
        return reason

    def _lacking(self, part: PartOfOrder) -> str | None:
        gone = went_back(self._batch, part.order_id, part.currency, self._told)
        if gone <= sum(self._arrived_of(part).values()):
            return None
        amount = to_major(gone, part.currency)
        return f"payment {part.part.request_number}: {amount} of the order went back already"

    def _arrived_of(self, part: PartOfOrder) -> dict[str, int]:
        """What arrived by payment, those included that the records bring."""
        if part.order_id in self._arrived:
            return self._arrived[part.order_id]
        found: dict[str, int] = {}
        for row in fetch(self._batch.db, Payment, "order_id", [part.order_id]):
            name = _STATED if row["collection"] == STATED else row["request_number"]
            found[name] = _arrived(row)
        digits = exponent(part.currency)
        for one in self._payments[part.order_id]:
            told = {
                "payment_status": one.part.payment_status,
                "amount": minor(one.part.amount, digits),
            }
            name = one.part.request_number
            found[name] = max(found.get(name, 0), _arrived(told))
        self._arrived[part.order_id] = found
        return found


_STATED = ""
"""Stands for the payment that an order has by its state alone."""


def went_back(batch: Batch, order_id: str, currency: str, told: Mapping[str, Any]) -> int:
    """Money of an order that went back; `told` are records of refunds by number."""
    gone = 0
    for row in fetch(batch.db, Refund, "order_id", [order_id]):
        status, amount = row["status"], row["refund_amount"]
        record = told.get(row["request_number"])
        if isinstance(record, RefundPart):
            status, amount = record.status, minor(record.refund_amount, exponent(currency))
        if status == RefundStatus.SUCCESS and kind_of(row) == "money":
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
    fell = sum(
        lowered[id(one)] - minor(one.amount, digits)
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


def _arrived(payment: Mapping[str, Any]) -> int:
    return payment["amount"] if payment["payment_status"] in rules.ARRIVED else 0
