"""Limits on how often something may be tried, kept in the database, so that all processes count."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
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

    Raises:
        TooManyAttempts: with the seconds until the oldest attempt no longer counts.
    """
    since = now - timedelta(seconds=limit.seconds)
    bucket = limit.bucket(key)
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
