"""The log: events get their place after their cause has committed, and are read in that order.

Whoever is about to read gives places to what waits, one at a time. All that a place was given to
was committed before, so nothing ever appears before something that was read: transactions that
commit in another order than they wrote make no gap. Killed half-way, the next one does it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, delete, func, select, text, union_all
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core import bulk
from account_portal.core.errors import Gone
from account_portal.events.types import EventType
from account_portal.models import Event, WaitingEvent

PLACED_AT_ONCE = 500
SWEPT_AT_ONCE = 1000
_TABLE, _QUEUE = bulk.table_of(Event).c, bulk.table_of(WaitingEvent).c
_NAMES = ("id", "type", "customer_id", "source", "created_at", "data")
_PLACING = 4_702_111_365
"""Number of the lock that whoever gives places on PostgreSQL holds until it has committed."""


class CursorGone(Gone):
    """The event to go on after is in the log no more, so that others may have been missed."""

    code = "cursor_gone"
    message = (
        "The event to go on after is kept no more. Read what you keep anew, then begin without it."
    )


class Entry(NamedTuple):
    """An event of the log."""

    position: int
    id: str
    type: str
    customer_id: str | None
    source: str
    created_at: Any
    data: str


FORMAT_VERSION = 1
"""Of the form events are told in; fields may be added to it, none is taken away."""


def shown(entry: Entry, whole: bytes | None = None) -> dict[str, Any]:
    """An event as readers get it; `whole` is JSON of what it is about."""
    data = orjson.Fragment(entry.data)
    return {
        "id": entry.id,
        "type": entry.type,
        "created_at": entry.created_at,
        "source": entry.source,
        "version": FORMAT_VERSION,
        "data": data,
        **({"object": orjson.Fragment(whole)} if whole is not None else {}),
    }


def has_waiting(db: Session) -> bool:
    """Whether an event waits for its place."""
    return db.execute(select(_QUEUE.number).limit(1)).first() is not None


def place_waiting(ctx: Context) -> int:
    """Give the oldest waiting events their places; returns how many.

    The place of an event that is there already never changes, and none is ever given below it.
    """
    db = ctx.db
    if db.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway. What is read next is what was committed by then.
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _PLACING})
    # By number: an effect is written after its cause has committed, whatever the clocks say.
    columns = [_QUEUE.number, *(_QUEUE[name] for name in _NAMES)]
    rows = db.execute(select(*columns).order_by(_QUEUE.number).limit(PLACED_AT_ONCE)).all()
    bulk.insert(db, Event, [dict(zip(_NAMES, row[1:], strict=True)) for row in rows])
    numbers = [row.number for row in rows]
    db.execute(delete(WaitingEvent).where(col(WaitingEvent.number).in_(numbers)))
    return len(rows)


def read_after(
    db: Session, position: int, *, types: Collection[str] = (), limit: int
) -> list[Entry]:
    """The events that follow a place, in order; of some types, or of all."""
    columns = [_TABLE[name] for name in Entry._fields]

    def part(*conditions: Any) -> Select[Any]:
        statement = select(*columns).where(_TABLE.position > position, *conditions)
        return statement.order_by(_TABLE.position).limit(limit)

    if not types:
        return [Entry(*row) for row in db.execute(part())]
    # Each type by itself: a rare one is found without looking through all the others.
    parts = [part(_TABLE.type == one).subquery() for one in sorted(types)]
    several = union_all(*(select(one) for one in parts)).subquery()
    statement = select(several).order_by(several.c.position).limit(limit)
    return [Entry(*row) for row in db.execute(statement)]


def moments_of(db: Session, kind: EventType, customer_id: str, order_number: str) -> list[datetime]:
    """When something happened to a customer's order, as far back as events are kept."""
    found = []
    for table in (_TABLE, _QUEUE):
        mine = (table.customer_id == customer_id) & (table.type == kind)
        for at, data in db.execute(select(table.created_at, table.data).where(mine)):
            if orjson.loads(data).get("order_number") == order_number:
                found.append(at)
    return found


def position_of(db: Session, event_id: str) -> int:
    """The place of an event.

    Raises:
        CursorGone: there is none of that id.
    """
    found = db.execute(select(_TABLE.position).where(_TABLE.id == event_id)).scalar_one_or_none()
    if found is None:
        raise CursorGone
    return int(found)


def last_position(db: Session) -> int:
    """The place of the newest event; 0 when there is none."""
    return db.execute(select(func.max(_TABLE.position))).scalar_one() or 0


def last_id(db: Session) -> str | None:
    """The id of the newest event."""
    newest = select(_TABLE.id).order_by(_TABLE.position.desc()).limit(1)
    return db.execute(newest).scalar_one_or_none()


def sweep(ctx: Context) -> int:
    """Remove events that are kept no more, oldest first; returns how many of one batch."""
    before = ctx.now - timedelta(days=ctx.settings.events_kept_days)
    oldest = select(_TABLE.position, _TABLE.created_at).order_by(_TABLE.position)
    gone = [
        row.position
        for row in ctx.db.execute(oldest.limit(SWEPT_AT_ONCE))
        if row.created_at < before
    ]
    ctx.db.execute(delete(Event).where(col(Event.position).in_(gone)))
    return len(gone)
