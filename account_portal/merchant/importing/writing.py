"""A batch of records in the order they need each other; what is refused leaves nothing behind."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from account_portal.core.races import again_when_lost
from account_portal.core.settings import get_settings
from account_portal.merchant.importing.batch import Batch, Entry, Fault, of_type
from account_portal.merchant.importing.catalog import write_products, write_reviews
from account_portal.merchant.importing.customers import write_customers
from account_portal.merchant.importing.deleted import leave_deleted
from account_portal.merchant.importing.effects import apply_effects
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.identities import keys_of
from account_portal.merchant.importing.memberships import write_activities, write_subscriptions
from account_portal.merchant.importing.orders import write_orders
from account_portal.merchant.importing.parts import PartRecord, write_own_parts
from account_portal.merchant.importing.records import (
    CustomerRecord,
    LoyaltyRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    RefundRecord,
    ReviewRecord,
    ShipmentRecord,
    SubscriptionRecord,
)
from account_portal.merchant.importing.statements import Statements
from account_portal.merchant.importing.tables import fetch
from account_portal.merchant.importing.twins import tell_apart
from account_portal.models import Order
from account_portal.orders.service import refresh_orders


class _HalfIn(Exception):
    """Of a record that cannot go in, a part is in."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch


def write(
    db: Session, entries: Sequence[Entry[Record]], now: datetime, *, since: str, is_last: bool
) -> tuple[Batch, Statements]:
    """Write records, each whole or not at all.

    Whether one can go in may show when a part of it is written. Then all is undone and written
    anew without it; each time at least one record is fewer. All is written anew as well when
    somebody else added a customer, say, that these records were about to add.

    Args:
        db: the session.
        entries: the records.
        now: the time.
        since: ids of rows that this import adds are greater.
        is_last: nothing more will come.

    Returns:
        What became of them; `faults` and `waiting` are those that did not go in.
    """
    faults: list[Fault] = []
    waiting: list[Entry[Record]] = []
    while True:
        begin = partial(Batch, db, now, get_settings().currency, since, is_last)
        try:
            batch, said = again_when_lost(db, partial(_write_once, begin, entries))
        except _HalfIn as half:
            batch = half.batch
            out = batch.left_out
            faults += batch.faults
            waiting += batch.waiting
            entries = [entry for entry in entries if id(entry) not in out]
        else:
            batch.faults[:0] = faults
            batch.waiting[:0] = [*waiting, *said.waiting]
            return batch, said


def _write_once(
    begin: Callable[[], Batch], entries: Sequence[Entry[Record]]
) -> tuple[Batch, Statements]:
    batch = begin()
    # An order may get another number, by which its statement is kept.
    tell_apart(batch, of_type(entries, OrderRecord))
    unclear = batch.left_out
    entries = [entry for entry in entries if id(entry) not in unclear]
    entries = leave_deleted(batch, entries)
    names = keys_of(batch, entries)
    said = Statements(batch.db, entries, names, since=batch.since, is_last=batch.is_last)
    batch.unchanged, batch.last = said.unchanged, said.last
    _lock_orders(batch, said.changed)
    _write_in_turn(batch, said.changed)
    if batch.left_out & batch.begun:
        raise _HalfIn(batch)
    out = batch.left_out | {id(entry) for entry in said.waiting}
    made = [one for one in said.changed if id(one) not in out and id(one.record) not in names]
    said.keep(out, batch.unsettled, keys_of(batch, made))
    return batch, said


def _lock_orders(batch: Batch, entries: Sequence[Entry[Record]]) -> None:
    """Lock the orders that the records are about, before anything else is.

    Whoever changes an order locks it first, and the points of its customer after it.
    """
    numbers = set()
    for entry in entries:
        record = entry.record
        if isinstance(record, OrderRecord | ShipmentRecord | PaymentRecord | RefundRecord):
            numbers.add(record.order_number)
        elif isinstance(record, LoyaltyRecord) and record.reference_number:
            numbers.add(record.reference_number)
    rows = fetch(batch.db, Order, "order_number", numbers, lock=True)
    batch.orders = {row["order_number"]: row for row in rows}


def _write_in_turn(batch: Batch, entries: Sequence[Entry[Record]]) -> None:
    """Write records in the order in which they need each other."""
    write_products(batch, of_type(entries, ProductRecord))
    write_customers(batch, of_type(entries, CustomerRecord))
    write_orders(batch, of_type(entries, OrderRecord))
    parts: list[Entry[PartRecord]] = [
        *of_type(entries, ShipmentRecord),
        *of_type(entries, PaymentRecord),
        *of_type(entries, RefundRecord),
    ]
    write_own_parts(batch, parts)
    refresh_orders(batch.db, batch.changed_orders, batch.now)
    apply_effects(batch)
    write_activities(batch, of_type(entries, LoyaltyRecord))
    write_subscriptions(batch, of_type(entries, SubscriptionRecord))
    write_reviews(batch, of_type(entries, ReviewRecord))
