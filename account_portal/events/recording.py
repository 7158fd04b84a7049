"""Writes events in the transaction of their cause: undone with it, and never lost after it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import event
from sqlmodel import Session

from account_portal.core import bulk
from account_portal.core.clock import utc_now
from account_portal.core.ids import new_id
from account_portal.events.types import EventType
from account_portal.models import WaitingEvent

CUSTOMER, SHOP, IMPORT, HISTORY, SYSTEM = "customer", "shop", "import", "history", "system"

OLD = timedelta(days=30)
"""What an import brings is history if nothing of it happened within this time."""

_SOURCE, _WRITTEN = "source of events", "events were written"


class Told(NamedTuple):
    """Something to be told: its type, whom it concerns, its data and when it happened."""

    type: EventType
    customer_id: str | None
    data: dict[str, Any]
    happened_at: datetime | None = None
    """Of what an import brings, to tell history from news. None: now."""
    source: str | None = None
    """Who caused it, if it was not whoever acts in this session."""


def act_as(db: Session, source: str) -> None:
    """Say who causes what is written in this session."""
    db.info[_SOURCE] = source


def source_of(db: Session) -> str:
    """Who causes what is written; whoever signs up or recovers an account is nobody yet."""
    if _SOURCE in db.info:
        return str(db.info[_SOURCE])
    actor = db.info.get("actor")
    return SYSTEM if actor is None else SHOP if actor == "shop" else CUSTOMER


def record(db: Session, told: Iterable[Told]) -> None:
    """Write events; they are read once this transaction has committed."""
    now = utc_now()
    source = source_of(db)
    news_since = now - OLD if source == IMPORT else None
    rows = [
        {
            "id": new_id(),
            "type": str(one.type),
            "customer_id": one.customer_id,
            "source": HISTORY
            if news_since and one.happened_at and one.happened_at < news_since
            else one.source or source,
            "created_at": now,
            "data": orjson.dumps(one.data, option=orjson.OPT_UTC_Z).decode(),
        }
        for one in told
    ]
    if rows:
        bulk.insert(db, WaitingEvent, rows)
        db.info[_WRITTEN] = True


_listeners: list[Callable[[], None]] = []


def on_news(listener: Callable[[], None]) -> None:
    """Have something called, in this process, whenever events were committed here."""
    _listeners.append(listener)


def no_more_news(listener: Callable[[], None]) -> None:
    """Have it called no more."""
    _listeners.remove(listener)


def tell_listeners() -> None:
    """Tell those in this process who wait for news that there is some."""
    for listener in tuple(_listeners):
        listener()


@event.listens_for(Session, "after_commit")
def _wake(db: Session) -> None:
    if db.info.pop(_WRITTEN, False):
        tell_listeners()
