"""Orders that share a number: told apart by the shop's own id."""

from collections.abc import Iterable, Sequence

from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.fields import is_order_number
from account_portal.merchant.importing.records import ID, OrderRecord, PaymentPart, RefundPart
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Order

_Ids = dict[str, str | None]
"""The shop's own ids of the orders that are there, by number."""


def tell_apart(batch: Batch, entries: Sequence[Entry[OrderRecord]]) -> None:
    """Give orders that share a number with another numbers of their own, or refuse them.

    Sales channels may give one number twice. The order that comes later gets its id behind its
    number; so do its payments and refunds.
    """
    named = [entry for entry in entries if entry.record.external_id is not None]
    there = _fetch(batch, (entry.record.order_number for entry in named))
    twins = [entry for entry in named if _is_another(entry.record, there)]
    if not twins:
        return
    there |= _fetch(batch, (_own_number(entry.record) for entry in twins))
    taken = {entry.record.order_number for entry in entries}
    for entry in twins:
        record = entry.record
        number, new = record.order_number, _own_number(record)
        if new in taken or not is_order_number(new):
            batch.refuse(entry, f"another order has the number {number}")
            continue
        _rename(record, new)
        if _is_another(record, there):
            batch.refuse(entry, f"other orders have the numbers {number} and {new}")
        taken.add(new)


def _fetch(batch: Batch, numbers: Iterable[str]) -> _Ids:
    rows = fetch(batch.db, Order, "order_number", set(numbers), ("order_number", "extra"))
    return {row["order_number"]: (row["extra"] or {}).get(ID) for row in rows}


def _is_another(record: OrderRecord, there: _Ids) -> bool:
    """Whether the order of this number is not the record's; without ids the number is enough."""
    known = there.get(record.order_number)
    return known is not None and known != record.external_id


def _own_number(record: OrderRecord) -> str:
    return f"{record.order_number}-{record.external_id}"


def _rename(record: OrderRecord, number: str) -> None:
    """Give an order another number, and its payments and refunds the keys that go with it."""
    old, record.order_number = f"{record.order_number}-", number
    parts: list[PaymentPart | RefundPart] = [*record.payments, *record.refunds]
    for part in parts:
        if part.request_number.startswith(old):
            part.request_number = f"{number}-{part.request_number.removeprefix(old)}"[:64]
