"""A batch of records on its way into the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
from sqlmodel import Session, SQLModel

from account_portal.core.bulk import Stored
from account_portal.merchant.importing.fields import Record

Kind = TypeVar("Kind", bound=Record, covariant=True)  # noqa: PLC0105 - what a record is


@dataclass(frozen=True, slots=True)
class Entry(Generic[Kind]):
    """A record, and where it came from."""

    source: str
    line: int
    record: Kind
    unknown: tuple[str, ...] = ()
    """Fields that it has and no record of its type knows."""
    columns: Mapping[str, str] | None = None
    """The columns of a CSV file that its fields come from."""

    def name_of(self, field: str) -> str:
        """What a field is called where the record stands: a column, or the field itself."""
        return (self.columns or {}).get(field, field)


class Fault(NamedTuple):
    """A record that could not go in, and why."""

    entry: Entry[Record]
    reason: str


@dataclass(slots=True)
class Batch:
    """What the writers of one batch share.

    `is_last` tells that nothing more will come: what is still missing then will stay missing.
    """

    db: Session
    now: datetime
    currency: str
    since: str
    """Ids of rows that this import adds are greater."""
    is_last: bool = False
    orders: dict[str, Stored] = field(default_factory=dict)
    """The orders that its records are about, by number: locked, and as they were before it."""
    faults: list[Fault] = field(default_factory=list)
    waiting: list[Entry[Record]] = field(default_factory=list)
    changed_orders: set[str] = field(default_factory=set)
    before: dict[str, str] = field(default_factory=dict)
    """State by id of the orders that were here before and may be changed."""
    unchanged: set[int] = field(default_factory=set)
    """Records and parts of orders (by `id`) that say what they said the last time."""
    last: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What was said of them the last time, by `id`: fields as JSON."""

    netted: dict[int, int] = field(default_factory=dict)
    """What payments (by `id`) came to that are told less what went back of them."""
    gifts: set[str] = field(default_factory=set)
    """Ids of refunds in points or store credit that had not arrived before."""
    news: list[tuple[type[SQLModel], str]] = field(default_factory=list)
    """Parcels and refunds, by model and id, that the shop took further."""
    begun: set[int] = field(default_factory=set)
    """Entries (by `id`) of which something may be written."""
    unsettled: dict[int, frozenset[str]] = field(default_factory=dict)
    """Fields by record (`id`) that could not be applied and are to be tried again."""
    kept: list[Fault] = field(default_factory=list)
    """What the shop said of something that went further here, and so was not applied."""

    @property
    def left_out(self) -> set[int]:
        """Entries (by `id`) that did not go in: refused, or to be tried again."""
        out = {id(fault.entry) for fault in self.faults}
        out.update(id(entry) for entry in self.waiting)
        return out

    def is_new(self, order_id: str) -> bool:
        """Whether an order came with this import: its history, not news of something known."""
        return order_id > self.since

    def note_news(self, kind: type[SQLModel], row_id: str, order_id: str) -> None:
        """Note that the shop took a part of an order that is known further."""
        if not self.is_new(order_id):
            self.news.append((kind, row_id))

    def said_anew(self, record: Record) -> set[str]:
        """The fields of a record, or of a part of an order, that the shop changed since the last.

        What it leaves out, or says as before, never touches what happened here.
        """
        content = orjson.loads(orjson.dumps(record.model_dump(exclude_unset=True), default=str))
        last = self.last.get(id(record), {})
        for name in last.keys() - content.keys():
            field = type(record).model_fields.get(name)
            if field is not None and field.default is not None:
                content[name] = field.default  # left out now, and so the usual again
        return {name for name, value in content.items() if last.get(name, ...) != value}

    def keep(self, entry: Entry[Record], reason: str) -> None:
        """Tell that a part of a record was not applied, and why."""
        self.kept.append(Fault(entry, reason))

    def refuse(self, entry: Entry[Record], reason: str) -> None:
        """Leave a record out and say why."""
        self.faults.append(Fault(entry, reason))

    def wait_or_refuse(self, entry: Entry[Record], reason: str) -> None:
        """Try a record again when everything else is in; then refuse it."""
        if self.is_last:
            self.refuse(entry, reason)
        else:
            self.waiting.append(entry)


def of_type(entries: Iterable[Entry[Record]], kind: type[Kind]) -> list[Entry[Kind]]:
    """The entries whose record is of one type."""
    return [entry for entry in entries if isinstance(entry.record, kind)]  # type: ignore[misc]
