"""Repeats: the first answer to a key is kept in the transaction of its effect, and replayed.

A call that asks the outside world in between keeps what it began with the key before it asks.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, text
from sqlmodel import Session, col

from account_portal.core.errors import IdempotencyKeyReused, RequestInProgress
from account_portal.models import IdempotencyRecord

KEPT = timedelta(hours=24)

_running: set[tuple[str, str, str]] = set()
_running_lock = Lock()


def request_hash(body: bytes) -> str:
    """What tells two requests under one key apart."""
    return hashlib.sha256(body).hexdigest()


@contextmanager
def alone(customer_id: str, operation: str, key: str) -> Iterator[None]:
    """Refuse a twin while the first of this process still runs, whatever it asks for.

    Which of two bodies the key is for is known once one of them is done. A twin in another process
    waits for the first one's transaction instead, then replays it.

    Raises:
        RequestInProgress: the first has not finished.
    """
    mark = (customer_id, operation, key)
    with _running_lock:
        if mark in _running:
            raise RequestInProgress
        _running.add(mark)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(mark)


def replay(
    db: Session, customer_id: str, operation: str, key: str, hashed: str, now: datetime
) -> IdempotencyRecord | None:
    """What is kept of the first request with this key, or nothing when this one is the first.

    Its `answer` is none as long as the outside world was asked and did not answer yet, or the
    process died meanwhile: then `attempt` is what to go on with.

    Raises:
        IdempotencyKeyReused: the key came with another body.
    """
    if db.get_bind().dialect.name == "postgresql":
        # Twins in other processes queue here until the first has committed.
        db.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"{customer_id}/{operation}/{key}"},
        )
    record = db.get(IdempotencyRecord, (customer_id, operation, key))
    if record is None:
        return None
    if record.created_at < now - KEPT:
        db.delete(record)
        db.flush()
        return None
    if record.request_hash != hashed:
        raise IdempotencyKeyReused
    return record


def record(
    db: Session,
    customer_id: str,
    operation: str,
    key: str,
    hashed: str,
    answer: str | None,
    now: datetime,
    *,
    attempt: str | None = None,
) -> None:
    """Keep the first answer, or what was begun: visible with the effect, or not at all."""
    # An answer that ran out is still there when the call read it in a transaction of its own.
    db.merge(
        IdempotencyRecord(
            customer_id=customer_id,
            operation=operation,
            key=key,
            request_hash=hashed,
            answer=answer,
            attempt=attempt,
            created_at=now,
        )
    )


def first_use(db: Session, purpose: str, token_id: str, now: datetime) -> bool:
    """Whether a token that works once is used for the first time; from now on it was."""
    mark = ("", purpose, token_id)
    if replay(db, *mark, "", now) is not None:
        return False
    record(db, *mark, "", "", now)
    return True


def sweep(db: Session, now: datetime) -> None:
    """Remove answers that are no longer replayed."""
    db.execute(delete(IdempotencyRecord).where(col(IdempotencyRecord.created_at) < now - KEPT))
