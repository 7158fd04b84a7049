"""What went back of an order's money: payments cannot turn out to be less."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from account_portal.core.bulk import Row
from account_portal.core.money import exponent, to_major
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.promises import kind_of
from account_portal.merchant.importing.records import RefundPart
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Payment, Refund
from account_portal.orders import rules
from account_portal.states import RefundStatus


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

    def __init__(self, batch: Batch, refunds: Sequence[PartOfOrder]) -> None:
        self._batch = batch
        self._told = {one.part.request_number: one.part for one in refunds}
        """Refunds that are told with the payments, and may turn out to have failed."""
        self._less: dict[str, int] = defaultdict(int)

    def why_not(self, part: PartOfOrder, there: Mapping[str, Any], values: Row) -> str | None:
        """Why a payment cannot become what a record says; none: it can."""
        if _arrived(there) <= _arrived(values):
            return None
        said = self._batch.said_anew(part.part)
        after = dict(there) | {name: value for name, value in values.items() if name in said}
        less = _arrived(there) - _arrived(after)
        if less <= 0:
            return None
        payments = fetch(self._batch.db, Payment, "order_id", [part.order_id])
        left = sum(map(_arrived, payments)) - self._less[part.order_id] - less
        gone = self._gone(part)
        if gone > left:
            amount = to_major(gone, part.currency)
            return f"payment {part.part.request_number}: {amount} of the order went back already"
        self._less[part.order_id] += less
        return None

    def _gone(self, part: PartOfOrder) -> int:
        gone = 0
        for row in fetch(self._batch.db, Refund, "order_id", [part.order_id]):
            status, amount = row["status"], row["refund_amount"]
            told = self._told.get(row["request_number"])
            if isinstance(told, RefundPart):
                status, amount = told.status, minor(told.refund_amount, exponent(part.currency))
            if status == RefundStatus.SUCCESS and kind_of(row) == "money":
                gone += amount
        return gone


def _arrived(payment: Mapping[str, Any]) -> int:
    return payment["amount"] if payment["payment_status"] in rules.ARRIVED else 0
