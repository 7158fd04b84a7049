"""What the shop said of each record the last time.

A record that says the same again is left alone: what happened here since stays. The last
statement is kept as JSON of the validated record, so that it also tells which fields were given.

Of what was said before, fingerprints are kept. A file may tell the steps of one thing, each by a
record; read again, its older ones are no news, as the last one follows. So a record that says what
was said before waits for the end of the import, and counts only if the last one was not told after.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import delete
from sqlmodel import Session, col

from account_portal.core.bulk import Row, Stored, insert
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
from account_portal.merchant.importing.tables import fetch, update
from account_portal.models import ImportStatement

Part = ShipmentPart | PaymentPart | RefundPart
_PARTS = {"shipments": "shipment", "payments": "payment", "refunds": "refund"}
_REMEMBERED = 20
"""Statements before the last of which fingerprints are kept."""

Names = Mapping[int, Sequence[str]]
"""Keys by record (`id`) under which it may have been said; the first is its own."""


class _Said(NamedTuple):
    """A record, or a part of an order, and what it says."""

    entry: Entry[Record]
    record: Record
    key: str
    text: str


@dataclass(slots=True)
class _Last:
    """What is kept of one key."""

    text: str
    earlier: list[str]
    held_in: str | None
    """The import in which an earlier statement waits for whether this one follows."""


class Statements:
    """The last statements behind the records of one batch."""

    def __init__(
        self,
        db: Session,
        entries: Sequence[Entry[Record]],
        names: Names,
        *,
        since: str,
        is_last: bool,
    ) -> None:
        """Read them.

        Args:
            db: the session.
            entries: the records of the batch.
            names: the keys of some of them, if they have several.
            since: names the import.
            is_last: nothing more will come.
        """
        self._db, self._since, self._is_last = db, since, is_last
        said = [one for entry in entries for one in _statements_of(entry, names)]
        # In the order in which they are written: orders before records of their parts.
        said.sort(key=lambda one: not isinstance(one.entry.record, OrderRecord))
        self._rows = _rows_of(db, said, names)
        self._last = {
            key: _Last(row["statement"], (row["earlier"] or "").split(), row["held_in"])
            for key, row in self._rows.items()
        }
        self.last = {
            id(one.record): orjson.loads(self._last[one.key].text)
            for one in said
            if one.key in self._last
        }
        """What was said of them the last time, by `id`."""
        self._new, old, held = self._compare(said)
        self.unchanged = {id(one.record) for one in old}
        """Records and parts of orders (by `id`) that say nothing anew."""
        waiting = {id(one.entry) for one in held}
        self.waiting = [entry for entry in entries if id(entry) in waiting]
        """The records that say, in a part at least, what was said before the last."""
        self.known = [
            one.entry for one in said if one.record is one.entry.record and one.key in self._last
        ]
        """The records that were said before."""
        speaking = {id(one.entry) for one in self._new} - waiting
        self.changed: list[Entry[Record]] = [entry for entry in entries if id(entry) in speaking]
        """The records of which something is said anew."""

    def _compare(self, said: Sequence[_Said]) -> tuple[list[_Said], list[_Said], list[_Said]]:
        """What is news, what is not, and what waits to be the one or the other."""
        new: list[_Said] = []
        old: list[_Said] = []
        held: list[_Said] = []
        for one in said:
            last = self._last.get(one.key)
            if last is None:
                new.append(one)
                continue
            is_held = last.held_in == self._since
            was_said = last.earlier and _print_of(one.text) in last.earlier
            if was_said and not self._is_last:
                last.held_in = self._since
                held.append(one)
                continue
            # Of what waited: the last statement was told after it, or else it is news.
            is_old = one.text == last.text or (was_said and not is_held)
            (old if is_old else new).append(one)
            if not self._is_last:
                last.held_in = None
        waiting = [one for one in held if self._last[one.key].held_in == self._since]
        old += [one for one in held if self._last[one.key].held_in != self._since]
        return new, old, waiting

    def keep(
        self,
        left_out: Collection[int],
        unsettled: Mapping[int, Collection[str]],
        names: Names = MappingProxyType({}),
    ) -> None:
        """Keep the new statements, except those of entries (by `id`) that did not go in.

        Args:
            left_out: those entries.
            unsettled: fields by `id` of their record that stay as they were said before, so that
                the next import tries them again.
            names: the keys of records (by `id`) whose customers are known by now.
        """
        rows: dict[str, Row] = {}
        keys: dict[str, str] = {}
        for one in self._new:
            if id(one.entry) in left_out:
                continue
            again = unsettled.get(id(one.record))
            text = self._without(one, again) if again else one.text
            last = self._last.get(one.key)
            now = _Last(text, _earlier(one, last), last.held_in if last else None)
            self._last[one.key] = now
            key = keys[one.key] = names.get(id(one.record), (one.key,))[0]
            rows[key] = {
                "key": key,
                "statement": text,
                "earlier": " ".join(now.earlier) or None,
                "held_in": now.held_in,
            }
        insert(self._db, ImportStatement, list(rows.values()), replacing="key")
        there = {key: row["key"] for key, row in self._rows.items() if key in keys}
        moved = [key for one, key in there.items() if keys[one] != key]
        if moved:  # nobody would find them by another name of their customer
            self._db.execute(delete(ImportStatement).where(col(ImportStatement.key).in_(moved)))
        held = [
            (row["key"], {"held_in": self._last[key].held_in})
            for key, row in self._rows.items()
            if key not in keys and self._last[key].held_in != row["held_in"]
        ]
        update(self._db, ImportStatement, "key", held)

    def _without(self, one: _Said, names: Collection[str]) -> str:
        last = self.last.get(id(one.record), {})
        said = orjson.loads(one.text)
        content = {name: value for name, value in said.items() if name not in names}
        return _text_of(content | {name: last[name] for name in names if name in last})


def _rows_of(db: Session, said: Sequence[_Said], names: Names) -> dict[str, Stored]:
    """What is kept of the records, by the key that each has now."""
    wanted = {one.key for one in said}
    wanted.update(key for several in names.values() for key in several)
    there = {row["key"]: row for row in fetch(db, ImportStatement, "key", wanted)}
    found: dict[str, Stored] = {}
    for one in said:
        for key in names.get(id(one.record), (one.key,)):
            if key in there:
                found[one.key] = there[key]
                break
    return found


def _earlier(one: _Said, last: _Last | None) -> list[str]:
    """Fingerprints of what was said before a new statement."""
    if last is None or (isinstance(one.record, OrderRecord) and one.record.fulfilment):
        return []  # with `fulfilment` it says something else each time
    new = _print_of(one.text)
    found = [text for text in (*last.earlier, _print_of(last.text)) if text != new]
    return found[-_REMEMBERED:]


def _print_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def remember(db: Session, statements: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep what the shop said of something by a record of something else, by key."""
    rows: list[Row] = [
        {"key": key, "statement": _text_of(dict(said)), "earlier": None, "held_in": None}
        for key, said in statements.items()
    ]
    insert(db, ImportStatement, rows, replacing="key")


def _statements_of(entry: Entry[Record], names: Names) -> Iterator[_Said]:
    """A record, and the parts of an order each on its own, with key and text."""
    record = entry.record
    content = record.model_dump(exclude_unset=True)
    if isinstance(record, OrderRecord):
        for name, kind in _PARTS.items():
            parts: list[Part] = getattr(record, name)
            for part, its_content in zip(parts, content.pop(name, ()), strict=True):
                its_content["order_number"] = record.order_number
                yield _Said(entry, part, f"{kind}/{_number_of(part)}", _text_of(its_content))
    content.pop("type", None)
    key = names[id(record)][0] if id(record) in names else key_of(record)
    yield _Said(entry, record, key, _text_of(content))


def key_of(record: Record) -> str:
    """The key of a record, by what it says itself."""
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
