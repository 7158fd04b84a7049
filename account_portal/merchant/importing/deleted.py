"""Customers who had their account deleted: a file that still knows them does not bring them back.

What a shop's systems tell later is another matter: an order after the deletion is a new customer's.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.customer_changes import phone_of
from account_portal.merchant.importing.customers import find_customers, names_of
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records import (
    CustomerRecord,
    LoyaltyRecord,
    OrderRecord,
    PaymentRecord,
    RefundRecord,
    ReviewRecord,
    ShipmentRecord,
    SubscriptionRecord,
)
from account_portal.personal_data.service import find_deleted, orders_of_deleted

_OF_ORDERS = (OrderRecord, ShipmentRecord, PaymentRecord, RefundRecord)
_OF_CUSTOMERS = (CustomerRecord, OrderRecord, LoyaltyRecord, SubscriptionRecord, ReviewRecord)


def leave_deleted(batch: Batch, entries: Sequence[Entry[Record]]) -> list[Entry[Record]]:
    """The entries without those of deleted customers, which are told of as kept."""
    numbers = {e.record.order_number for e in entries if isinstance(e.record, _OF_ORDERS)}
    books = orders_of_deleted(batch.db, sorted(numbers))
    named = {id(e): _names(batch, e.record) for e in entries if isinstance(e.record, _OF_CUSTOMERS)}
    texts = {text for names in named.values() for text in _texts(names)}
    deleted = find_deleted(batch.db, sorted(texts))
    if not books and not deleted:
        return list(entries)
    suspects = [names for names in named.values() if any(t in deleted for t in _texts(names))]
    living = find_customers(batch, suspects, claiming=False)
    kept: list[Entry[Record]] = []
    for entry in entries:
        record, names = entry.record, named.get(id(entry))
        if isinstance(record, _OF_ORDERS) and record.order_number in books:
            batch.keep(entry, "its customer had the account deleted; the books stay as they are")
            continue
        moments = [deleted[text] for text in _texts(names) if text in deleted] if names else []
        happened = _moment(record)
        is_new = (
            happened > max(moments)
            if happened and moments
            else names is not None and living.find(*names) is not None
        )
        if moments and not is_new:
            batch.keep(entry, "this customer had the account deleted, and is not brought back")
            continue
        kept.append(entry)
    return kept


def _names(batch: Batch, record: Any) -> Any:
    if isinstance(record, CustomerRecord):
        return record.external_id, record.email, phone_of(record)
    return names_of(batch, record)


def _texts(names: Any) -> Iterator[str]:
    external_id, email, phone = names
    if external_id:
        yield external_id
    if email:
        yield email
    if phone:
        yield "".join(phone)


def _moment(record: Record) -> datetime | None:
    """When what a record tells happened; none: it tells how things are."""
    match record:
        case OrderRecord():
            return record.order_date
        case LoyaltyRecord():
            return record.created_at
        case ReviewRecord():
            return record.review_date
    return None
