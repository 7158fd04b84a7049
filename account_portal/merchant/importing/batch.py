"""A batch of records on its way into the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from sqlmodel import Session

from account_portal.merchant.importing.fields import Record

Kind = TypeVar("Kind", bound=Record, covariant=True)  # noqa: PLC0105 - what a record is


@dataclass(frozen=True, slots=True)
class Entry(Generic[Kind]):
    """A record, and where it came from."""

    source: str
    line: int
    record: Kind


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
    is_last: bool = False
    faults: list[Fault] = field(default_factory=list)
    waiting: list[Entry[Record]] = field(default_factory=list)
    changed_orders: set[str] = field(default_factory=set)
    unchanged: set[int] = field(default_factory=set)
    """Records and parts of orders (by `id`) that say what they said the last time."""
    last: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What was said of them the last time, by `id`: fields as JSON."""

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
