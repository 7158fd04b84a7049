"""Delivers queued messages, at least once, by as many processes as like to."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from account_portal.context import NOBODY, Caller, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.events import SYSTEM, act_as
from account_portal.gateways import get_gateways
from account_portal.gateways.message import DeliveryFailed, DeliveryRefused, Message, Sender
from account_portal.models import OutboxMessage
from account_portal.notifications.messages import message_classes
from account_portal.security import tokens

log = logging.getLogger("account_portal.messages")

QUEUED, SENDING, SENT, FAILED, DROPPED = "queued", "sending", "sent", "failed", "dropped"

BATCH = 10
LEASE = timedelta(minutes=5)
"""How long a process may take over a batch before another one tries the same messages."""
ATTEMPTS = 8
IDLE_SECONDS = 5.0
STOP_SECONDS = 5.0
"""How long a server that ends waits for the message being sent; after that its lease runs out."""

_woken = Event()


def wake() -> None:
    """Tell this process's delivery loop that there is work; costs nothing when none runs."""
    _woken.set()


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: str
    attempts: int
    channel: str
    recipient: str
    kind: str
    payload: dict[str, Any]


def deliver_due(
    database: Database | None = None,
    messenger: Sender | None = None,
    now: datetime | None = None,
) -> int:
    """Deliver one batch of messages whose time has come.

    Sending happens outside any transaction, so a slow mail server holds up nobody's order.

    Returns:
        How many messages were dealt with; 0 when there is nothing to do.
    """
    started = now or utc_now()
    claimed = _claim(database, started)
    if not claimed:
        return 0
    messenger = messenger or get_gateways().messages
    outcomes = {row.id: _send(row, messenger, started) for row in claimed}
    _settle(database, claimed, outcomes, now or utc_now())
    return len(claimed)


def _claim(database: Database | None, now: datetime) -> list[_Claimed]:
    with enter(Caller(now=now), writes=True, actor=NOBODY, database=database) as ctx:
        # `due_at` of a row being sent is the end of its lease: a process that died loses it then.
        statement = (
            select(OutboxMessage)
            .where(
                or_(col(OutboxMessage.status) == QUEUED, col(OutboxMessage.status) == SENDING),
                col(OutboxMessage.due_at) <= now,
            )
            .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        claimed = []
        for row in ctx.db.execute(statement).scalars():
            row.status = SENDING
            row.attempts += 1
            row.due_at = now + LEASE
            claimed.append(
                _Claimed(row.id, row.attempts, row.channel, row.recipient, row.kind, row.payload)
            )
        return claimed


def _send(row: _Claimed, messenger: Sender, now: datetime) -> tuple[str, str | None]:
    """What became of it, and why."""
    try:
        words = _words_of(row)
        if not row.recipient or _is_stale(row, now):
            return DROPPED, None
        messenger.send(
            Message(
                id=row.id,
                channel=row.channel,
                recipient=row.recipient,
                subject=words.subject(),
                text=words.text(),
                kind=row.kind,
            )
        )
        return SENT, None
    except DeliveryRefused as error:
        return FAILED, str(error)[:500]
    except DeliveryFailed as error:
        reason = str(error)
    except Exception as error:  # one broken message must not hold up the others
        log.exception("message %s of kind %s could not be sent", row.id, row.kind)
        reason = type(error).__name__
    return (FAILED if row.attempts >= ATTEMPTS else QUEUED), reason[:500]


def _words_of(row: _Claimed) -> Any:
    kind = message_classes()[row.kind]
    if "sealed" in row.payload:
        return kind.model_validate_json(tokens.decrypt(row.payload["sealed"]))
    return kind.model_validate_json(json.dumps(row.payload["words"]))


def _is_stale(row: _Claimed, now: datetime) -> bool:
    return "until" in row.payload and datetime.fromisoformat(row.payload["until"]) <= now


def _settle(
    database: Database | None,
    claimed: list[_Claimed],
    outcomes: dict[str, tuple[str, str | None]],
    now: datetime,
) -> None:
    attempts = {row.id: row.attempts for row in claimed}
    with enter(Caller(now=now), writes=True, actor=NOBODY, database=database) as ctx:
        act_as(ctx.db, SYSTEM)
        statement = (
            select(OutboxMessage).where(col(OutboxMessage.id).in_(outcomes)).with_for_update()
        )
        for row in ctx.db.execute(statement).scalars():
            if row.attempts != attempts[row.id]:
                continue  # our lease ended, and another process has taken over
            row.status, row.last_error = outcomes[row.id]
            if row.status == QUEUED:
                row.due_at = now + _backoff(row.attempts)
                continue
            row.sent_at = now if row.status == SENT else None
            if "sealed" in row.payload:
                row.payload = {}


def _backoff(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s and so on, at most an hour."""
    return min(timedelta(seconds=10 * 2 ** (attempts - 1)), timedelta(hours=1))


def run_delivery_loop(
    stop: Event, database: Database | None = None, messenger: Sender | None = None
) -> None:
    """Deliver until told to stop; what a server's background thread and the worker run.

    It works at once when this process queues something, and looks every few seconds for what
    others queued. After `stop.set()` a `wake()` ends it without that wait.
    """
    while True:
        _woken.clear()  # before looking at `stop`, or its `wake` could be lost
        if stop.is_set():
            return
        try:
            while not stop.is_set() and deliver_due(database, messenger):
                pass
        except GatewayUnavailable:
            log.warning("the database is busy; messages wait")
        except Exception:  # the loop outlives a database that restarts
            log.exception("messages could not be delivered; trying again")
        _woken.wait(IDLE_SECONDS)


@asynccontextmanager
async def delivering() -> AsyncIterator[None]:
    """Deliver in a thread of this process for as long as its server runs (its lifespan)."""
    stop = Event()
    thread = Thread(target=run_delivery_loop, args=(stop,), name="delivery", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake()
        await asyncio.to_thread(thread.join, STOP_SECONDS)
