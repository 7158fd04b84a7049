"""Orders that share a number: told apart by the shop's own id."""

from collections.abc import Iterable, Sequence

from account_portal.core.bulk import Stored
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.fields import is_order_number
from account_portal.merchant.importing.records import ID, OrderRecord, PaymentPart, RefundPart
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Order

Orders = dict[str, Stored]


def tell_apart(batch: Batch, entries: Sequence[Entry[OrderRecord]]) -> tuple[Orders, set[int]]:
    """The orders that are there, by number, and the entries that were refused.

    Sales channels may give one number twice. The order that comes later gets its id behind its
    number; so do its payments and refunds.
    """
    there = _fetch(batch, (entry.record.order_number for entry in entries))
    twins = [entry for entry in entries if _is_another(entry.record, there)]
    there |= _fetch(batch, (_own_number(entry.record) for entry in twins))
    taken = {entry.record.order_number for entry in entries}
    unclear: set[int] = set()
    for entry in twins:
        record = entry.record
        number, new = record.order_number, _own_number(record)
        if new in taken or not is_order_number(new):
            batch.refuse(entry, f"another order has the number {number}")
            unclear.add(id(entry))
            continue
        _rename(record, new)
        if _is_another(record, there):
            batch.refuse(entry, f"other orders have the numbers {number} and {new}")
            unclear.add(id(entry))
        taken.add(new)
    return there, unclear


def _fetch(batch: Batch, numbers: Iterable[str]) -> Orders:
    rows = fetch(batch.db, Order, "order_number", set(numbers), lock=True)
    return {row["order_number"]: row for row in rows}


def _is_another(record: OrderRecord, there: Orders) -> bool:
    """Whether the order of this number is not the record's; without ids the number is enough."""
    row = there.get(record.order_number)
    known = (row["extra"] or {}).get(ID) if row is not None else None
    return known is not None and record.external_id is not None and known != record.external_id


def _own_number(record: OrderRecord) -> str:
    return f"{record.order_number}-{record.external_id}"


def _rename(record: OrderRecord, number: str) -> None:
    """Give an order another number, and its payments and refunds the keys that go with it."""
    old, record.order_number = f"{record.order_number}-", number
    parts: list[PaymentPart | RefundPart] = [*record.payments, *record.refunds]
    for part in parts:
        if part.request_number.startswith(old):
            part.request_number = f"{number}-{part.request_number.removeprefix(old)}"[:64]
