"""What the shop said of each record the last time.

A record that says the same again is left alone: what happened here since stays. The last
statement is kept as JSON of the validated record, so that it also tells which fields were given.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session

from account_portal.core.bulk import insert
from account_portal.merchant.importing.batch import Entry
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records import (
    CustomerRecord,
    LoyaltyRecord,
    OrderRecord,
    PaymentPart,
    PaymentRecord,
    ProductRecord,
    RefundPart,
    RefundRecord,
    ReviewRecord,
    ShipmentPart,
    ShipmentRecord,
    SubscriptionRecord,
)
from account_portal.merchant.importing.tables import fetch
from account_portal.models import ImportStatement

Part = ShipmentPart | PaymentPart | RefundPart
_PARTS = {"shipments": "shipment", "payments": "payment", "refunds": "refund"}


class Statements:
    """The last statements behind the records of one batch."""

    def __init__(self, db: Session, entries: Sequence[Entry[Record]]) -> None:
        self._db = db
        said = [
            (entry, record, key, text)
            for entry in entries
            for record, key, text in _statements_of(entry.record)
        ]
        last = {
            row["key"]: row["statement"]
            for row in fetch(db, ImportStatement, "key", {key for _, _, key, _ in said})
        }
        self._new = [one for one in said if last.get(one[2]) != one[3]]
        self.unchanged = {id(record) for _, record, key, text in said if last.get(key) == text}
        """Records and parts of orders (by `id`) that say what they said the last time."""
        self.last = {
            id(record): orjson.loads(last[key]) for _, record, key, _ in said if key in last
        }
        """What was said of them the last time, by `id`."""
        self.known = [
            entry for entry, record, key, _ in said if record is entry.record and key in last
        ]
        """The records that were said before."""
        speaking = {id(entry) for entry, *_ in self._new}
        self.changed: list[Entry[Record]] = [entry for entry in entries if id(entry) in speaking]
        """The records of which something is said anew."""

    def keep(self, left_out: Collection[int], unsettled: Mapping[int, Collection[str]]) -> None:
        """Keep the new statements, except those of entries (by `id`) that did not go in.

        Fields that are `unsettled` (by `id` of the record) stay as they were said before, so that
        the next import tries them again.
        """
        rows = {}
        for entry, record, key, text in self._new:
            if id(entry) not in left_out:
                names = unsettled.get(id(record))
                kept = self._without(record, text, names) if names else text
                rows[key] = {"key": key, "statement": kept}
        insert(self._db, ImportStatement, list(rows.values()), replacing="key")

    def _without(self, record: Record, text: str, names: Collection[str]) -> str:
        last = self.last.get(id(record), {})
        content = {name: value for name, value in orjson.loads(text).items() if name not in names}
        return _text_of(content | {name: last[name] for name in names if name in last})


def _statements_of(record: Record) -> Iterator[tuple[Record, str, str]]:
    """A record, and the parts of an order each on its own, with key and text."""
    content = record.model_dump(exclude_unset=True)
    if isinstance(record, OrderRecord):
        for name, kind in _PARTS.items():
            parts: list[Part] = getattr(record, name)
            for part, its_content in zip(parts, content.pop(name, ()), strict=True):
                its_content["order_number"] = record.order_number
                yield part, f"{kind}/{_number_of(part)}", _text_of(its_content)
    content.pop("type", None)
    yield record, _key_of(record), _text_of(content)


def _key_of(record: Record) -> str:
    match record:
        case ProductRecord():
            return f"product/{record.product_id}"
        case CustomerRecord():
            return f"customer/{record.external_id or record.email or record.phone}"
        case OrderRecord():
            return f"order/{record.order_number}"
        case LoyaltyRecord():
            return f"loyalty_activity/{record.external_id}"
        case SubscriptionRecord():
            return f"subscription/{record.subscription_number}"
        case ReviewRecord():
            who = record.customer_id or record.customer_email or record.customer_phone
            return f"review/{who}/{record.product_id}"
        case ShipmentRecord() | PaymentRecord() | RefundRecord():
            return f"{record.type}/{_number_of(record)}"
    raise TypeError(type(record))


def _number_of(part: Part) -> str:
    return part.reference_number if isinstance(part, ShipmentPart) else part.request_number


def _text_of(content: dict[str, Any]) -> str:
    return orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS).decode()
