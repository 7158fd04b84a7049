"""Limits on how often something may be tried, kept in the database, so that all processes count."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlmodel import Session, col

from account_portal.core.errors import TooManyAttempts
from account_portal.models import RateEvent


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` within `seconds`."""

    name: str
    times: int
    seconds: int

    def bucket(self, key: str) -> str:
        """What is counted together."""
        return f"{self.name}:{key}"[:120]


def require_below(db: Session, limit: Limit, key: str, now: datetime) -> None:
    """Refuse when the limit is reached.

    In a writing transaction whoever looks at the same limit waits until it ends, so that what is
    counted until then is seen: no burst passes a limit that has room for one.

    Raises:
        TooManyAttempts: with the seconds until the oldest attempt no longer counts.
    """
    bucket = limit.bucket(key)
    _wait_in_line(db, bucket)
    since = now - timedelta(seconds=limit.seconds)
    times = db.execute(
        select(col(RateEvent.created_at))
        .where(col(RateEvent.bucket) == bucket, col(RateEvent.created_at) > since)
        .order_by(col(RateEvent.created_at).desc())
        .limit(limit.times)
    ).scalars()
    found = list(times)
    if len(found) >= limit.times:
        free_at = found[-1] + timedelta(seconds=limit.seconds)
        raise TooManyAttempts(retry_after=math.ceil((free_at - now).total_seconds()))


def _wait_in_line(db: Session, bucket: str) -> None:
    """SQLite lets only one write at a time; a look that writes nothing holds nobody up."""
    bind = db.get_bind()
    if bind.dialect.name == "postgresql" and bind.get_execution_options().get("writes", False):
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:bucket, 2))")
        db.execute(lock, {"bucket": bucket})


def count(db: Session, limit: Limit, key: str, now: datetime) -> None:
    """Count one attempt."""
    db.add(RateEvent(bucket=limit.bucket(key), created_at=now))


def forget(db: Session, limit: Limit, key: str) -> None:
    """Start counting anew, as after a right password."""
    db.execute(delete(RateEvent).where(col(RateEvent.bucket) == limit.bucket(key)))


def sweep(db: Session, now: datetime) -> int:
    """Remove attempts that no limit looks at any more; returns how many."""
    old = col(RateEvent.created_at) < now - timedelta(days=1)
    found = db.execute(select(func.count()).select_from(RateEvent).where(old)).scalar_one()
    db.execute(delete(RateEvent).where(old))
    return found
