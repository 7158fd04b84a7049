"""Money the portal promised back, and what the shop's records say of the same money.

The shop's systems carry out what was promised here and tell it under numbers of their own. A refund
they tell takes the place of one that waits here, or money would go back twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import delete

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.ids import new_id, new_number
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.stated import STATED
from account_portal.merchant.importing.tables import fetch, update
from account_portal.models import ImportStatement, Order, Payment, Refund
from account_portal.orders import rules
from account_portal.states import PaymentStatus, RefundPurpose, RefundStatus

_WAITING = frozenset({RefundStatus.PENDING, RefundStatus.APPROVED})


class OfOrder(Protocol):
    """What of `parts.OrderPart` is needed here."""

    @property
    def order_id(self) -> str:
        """Whose it is."""


def drop_stated(batch: Batch, new: Sequence[Row]) -> None:
    """Remove the payment that stood for those now told; see `stated.stated_payment`."""
    told = sorted({row["order_id"] for row in new} & batch.before.keys())
    if told:
        table = table_of(Payment)
        gone = delete(table).where(table.c.order_id.in_(told), table.c.collection == STATED)
        batch.db.execute(gone)


class Promises:
    """Refunds that wait here, of the orders of some refund records."""

    def __init__(self, batch: Batch, parts: Sequence[OfOrder]) -> None:
        self._batch = batch
        ids = sorted({part.order_id for part in parts} & batch.before.keys())
        self._refunds: dict[str, list[Row]] = defaultdict(list)
        for row in fetch(batch.db, Refund, "order_id", ids):
            self._refunds[row["order_id"]].append(dict(row))
        self._told = told_refunds(batch, [row for of in self._refunds.values() for row in of])
        self._most: dict[str, int] = {}
        """All that may go back by order, in whichever way."""
        self._arrived = self._arrived_in(ids)
        self._new: list[Row] = []
        self._changes: list[tuple[str, Row]] = []
        self._gone: list[str] = []

    def _arrived_in(self, order_ids: list[str]) -> dict[str, int]:
        """Money that arrived by order; orders that are paid by their state alone are left out."""
        payments: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in fetch(self._batch.db, Payment, "order_id", order_ids):
            payments[row["order_id"]].append((row["amount"], row["payment_status"]))
        arrived = {order_id: rules.arrived_of(paid) for order_id, paid in payments.items()}
        names = ("id", "payment_status", "grand_total", "loyalty_amount", "credit_balance_used")
        for order in fetch(self._batch.db, Order, "id", order_ids, names):
            if order["payment_status"] != PaymentStatus.SUCCESS:
                arrived.setdefault(order["id"], 0)
            otherwise = order["loyalty_amount"] + order["credit_balance_used"]
            paid = arrived.get(order["id"], 0) + otherwise
            self._most[order["id"]] = max(order["grand_total"], paid)
        return arrived

    def _waiting(self, order_id: str, values: Mapping[str, Any]) -> list[Row]:
        """Refunds of the same kind that the portal made and nobody settled yet, oldest first."""
        found = [
            row
            for row in self._refunds[order_id]
            if row["status"] in _WAITING
            and row["request_number"] not in self._told
            and kind_of(row) == kind_of(values)
        ]
        return sorted(found, key=lambda row: (row["created_at"], row["id"]))

    def why_not(self, order_id: str, values: Row, there: Stored | None) -> str | None:
        """Why a refund cannot be true: more would go back than arrived; none: it can.

        Points and credit may go back instead of money, but not for more than the order cost.
        """
        if values["status"] == RefundStatus.FAILED:
            return None
        is_money = kind_of(values) == "money"
        most = (self._arrived if is_money else self._most).get(order_id)
        if most is None:
            return None
        waiting = {row["id"] for row in self._waiting(order_id, values)}
        others = sum(
            row["refund_amount"]
            for row in self._refunds[order_id]
            if row["status"] != RefundStatus.FAILED
            and (kind_of(row) == "money" or not is_money)
            and row["id"] not in waiting
            and (there is None or row["id"] != there["id"])
        )
        if others + values["refund_amount"] > most:
            than = "was paid" if is_money else "the order cost"
            return f"refund {values['request_number']}: more goes back than {than}"
        return None

    def adopt(self, order_id: str, values: Row) -> str | None:
        """Let a refund that waits here become the one the shop tells; its id, if there was one."""
        waiting = self._waiting(order_id, values)
        if not waiting or values["status"] == RefundStatus.FAILED:
            return None
        amount = values["refund_amount"]
        first = next((row for row in waiting if row["refund_amount"] == amount), waiting[0])
        rest = first["refund_amount"] - amount
        if rest > 0:
            number = new_number("RFD", self._batch.now.year)
            left = {
                **first,
                "id": new_id(),
                "request_number": number,
                "refund_amount": rest,
                "modified_at": self._batch.now,
            }
            self._new.append(left)
            self._refunds[order_id].append(left)
        self._take_from(order_id, [row for row in waiting if row is not first], -rest)
        if first["handed_over_at"] is None:  # the shop's systems have it: its amount stays
            values = {**values, "handed_over_at": self._batch.now}
            values |= {"due_at": None, "payment_id": None}
        if rest < 0 and first["purpose"] == RefundPurpose.OVERPAID:
            values = {**values, "purpose": None}  # beyond what came too much it is for other things
        first.update(values)
        self._told.add(values["request_number"])
        self._changes.append((first["id"], {**values, "modified_at": self._batch.now}))
        adopted: str = first["id"]
        return adopted

    def _take_from(self, order_id: str, rows: Sequence[Row], amount: int) -> None:
        """Take an amount, if it is one, from refunds that wait, the first of them first."""
        for row in rows:
            taken = min(max(0, amount), row["refund_amount"])
            if taken:
                amount -= taken
                self._take_off(order_id, row, taken)

    def _take_off(self, order_id: str, row: Row, amount: int) -> None:
        row["refund_amount"] -= amount
        if row["refund_amount"]:
            now = self._batch.now
            changed = {"refund_amount": row["refund_amount"], "modified_at": now}
            self._changes.append((row["id"], changed))
        else:
            self._gone.append(row["id"])
            self._refunds[order_id].remove(row)

    def withdraw_for(self, order_id: str, refund: Row) -> None:
        """Call off what waits here for a refund that failed and is told to live after all.

        That is what was to try it again, and of the rest as much as would be more than arrived.
        """
        refunds = self._refunds[order_id]
        for row in list(refunds):
            if row["retries_id"] == refund["id"] and row["status"] in _WAITING:
                self._take_off(order_id, row, row["refund_amount"])
            elif row["id"] == refund["id"]:
                row.update(refund)
        if kind_of(refund) != "money" or order_id not in self._arrived:
            return
        living = (row for row in refunds if row["status"] != RefundStatus.FAILED)
        given = sum(row["refund_amount"] for row in living if kind_of(row) == "money")
        others = [row for row in self._waiting(order_id, refund) if row["id"] != refund["id"]]
        self._take_from(order_id, others, given - self._arrived[order_id])

    def flush(self) -> None:
        """Write everything that was collected."""
        db = self._batch.db
        insert(db, Refund, self._new)
        update(db, Refund, "id", self._changes)
        if self._gone:
            table = table_of(Refund)
            db.execute(delete(table).where(table.c.id.in_(self._gone)))


def told_refunds(batch: Batch, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Numbers of those of these refunds that the shop itself told once."""
    keys = {f"refund/{row['request_number']}": row["request_number"] for row in rows}
    found = fetch(batch.db, ImportStatement, "key", keys, ("key",))
    return {keys[row["key"]] for row in found}


def kind_of(refund: Mapping[str, Any]) -> str:
    """What goes back: money, points or store credit."""
    if refund["payment_mode"] == rules.POINTS:
        return "points"
    return "credit" if refund["payment_method"] == rules.STORE_CREDIT else "money"
