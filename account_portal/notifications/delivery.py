"""Delivers queued messages, at least once, by as many processes as like to.

Each channel has a thread of its own, so that a mail server that hangs holds up no SMS. It takes one
message at a time, codes first, and holds it by a lease that another process may take over. News of
one recipient go out in the order they were queued: one that waits for its next try holds up those
behind it, until it is given up.

A try that fails counts against a message only if others went out over its channel since its last
one: a provider that is away for a day makes no message be given up.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition, Event, Thread
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.context import NOBODY, Caller, Context, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.request_id import OUTSIDE, request_id
from account_portal.core.settings import get_settings
from account_portal.core.tracing import span
from account_portal.gateways import get_gateways
from account_portal.gateways.message import DeliveryFailed, DeliveryRefused, Message, Sender
from account_portal.gateways.messaging import CHANNELS
from account_portal.models import OutboxMessage
from account_portal.notifications.examples import examples
from account_portal.notifications.messages import message_classes
from account_portal.notifications.messages.base import CustomerMessage, Words
from account_portal.notifications.rendering import broken_templates, render
from account_portal.notifications.tries import (
    DROPPED,
    FAILED,
    MOST_FAILURES,
    MOST_TRIES,
    QUEUED,
    RECOVERED_AFTER,
    SENDING,
    SENT,
    WAITING,
    pause_after,
    try_all,
    went_out,
)
from account_portal.notifications.unsubscribing import ENDED_BY_A_CLICK, unsubscribe_url
from account_portal.security import tokens

log = logging.getLogger("account_portal.messages")


LEASE = timedelta(minutes=5)
"""How long a process may take over a message before another one tries it; the longest a mail server
can draw out its answers is shorter."""
SENDER_DIED = "The process that sent it died, at the last try too."
IDLE_SECONDS = 5.0
STOP_SECONDS = 3.0
"""How long a server that ends waits for the messages being sent."""
GIVEN_BACK_AFTER = timedelta(seconds=10)
"""When another process may try what was then still being sent: this one is gone by then."""


class _Bell:
    """Wakes the delivery threads of this process."""

    def __init__(self) -> None:
        self._rings = 0
        self._rung = Condition()

    def ring(self) -> None:
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    @property
    def rings(self) -> int:
        """How often it rang; asked before looking for work, so that no ring is missed."""
        return self._rings

    def wait(self, heard: int, seconds: float) -> None:
        """Wait until it rings again after `heard` times, or for so long."""
        with self._rung:
            self._rung.wait_for(lambda: self._rings != heard, seconds)


_bell = _Bell()


def wake() -> None:
    """Tell this process's delivery threads that there is work; costs nothing when none runs."""
    _bell.ring()


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: str
    attempts: int
    last_tried_at: datetime
    """Before this try; when it was queued, if there was none."""
    channel: str
    recipient: str
    kind: str
    payload: dict[str, Any]


class _Delivery:
    """Delivers one channel's messages, one after another."""

    def __init__(self, channel: str, database: Database | None, sender: Sender | None) -> None:
        self.channel = channel
        self._database = database
        self._sender = sender
        self._held: _Claimed | None = None

    def deliver_next(self, now: datetime | None = None) -> bool:
        """Deliver the next message whose time has come; says whether there was one.

        Sending happens outside any transaction, so a slow mail server holds up nobody's order.
        """
        claimed = _claim(self._database, self.channel, now or utc_now())
        if claimed is None:
            return False
        self._held = claimed
        named = request_id.set(claimed.payload.get("request_id", OUTSIDE))
        try:
            self._deliver(claimed, now)
        finally:
            request_id.reset(named)
        self._held = None
        return True

    def _deliver(self, claimed: _Claimed, now: datetime | None) -> None:
        outcome = _send(claimed, self._sender or get_gateways().messages, now or utc_now())
        _settle(self._database, claimed, outcome, now or utc_now())

    def run(self, stop: Event) -> None:
        """Deliver until told to stop."""
        while not stop.is_set():
            heard = _bell.rings
            try:
                while not stop.is_set() and self.deliver_next():
                    pass
            except GatewayUnavailable:
                log.warning("the database is busy; messages wait")
            except Exception:  # the loop outlives a database that restarts
                log.exception("messages could not be delivered; trying again")
            if not stop.is_set():
                _bell.wait(heard, IDLE_SECONDS)

    def give_back(self) -> None:
        """Let another process soon send what this one, which ends, is still sending."""
        held = self._held
        if held is None:
            return
        now = utc_now()
        with enter(Caller(now=now), writes=True, actor=NOBODY, database=self._database) as ctx:
            row = _locked(ctx, held)
            if row is not None and row.status == SENDING:
                row.status, row.due_at = QUEUED, now + GIVEN_BACK_AFTER


def deliver_due(
    database: Database | None = None,
    messenger: Sender | None = None,
    now: datetime | None = None,
) -> int:
    """Deliver all messages whose time has come; returns how many were dealt with."""
    count = 0
    for channel in CHANNELS:
        delivery = _Delivery(channel, database, messenger)
        while delivery.deliver_next(now):
            count += 1
    return count


_OLDER: Any = aliased(OutboxMessage)
_IS_NEXT = ~(
    select(_OLDER.id)
    .where(
        _OLDER.recipient == col(OutboxMessage.recipient),
        _OLDER.id < col(OutboxMessage.id),
        # By the index of recipients: SQLite would go through all that waits in the channel.
        _OLDER.channel.concat("") == col(OutboxMessage.channel),
        _OLDER.priority > 0,
        _OLDER.status.in_(WAITING),
    )
    .exists()
)
"""Nothing that was queued earlier for the same recipient waits still; codes don't count."""


def _claim(database: Database | None, channel: str, now: datetime) -> _Claimed | None:
    with enter(Caller(now=now), writes=True, actor=NOBODY, database=database) as ctx:
        # `due_at` of a row being sent is the end of its lease: a process that died loses it then.
        statement = (
            select(OutboxMessage)
            .where(
                col(OutboxMessage.channel) == channel,
                col(OutboxMessage.status).in_(WAITING),
                col(OutboxMessage.due_at) <= now,
                or_(col(OutboxMessage.priority) == 0, _IS_NEXT),
            )
            .order_by(col(OutboxMessage.priority), col(OutboxMessage.due_at), col(OutboxMessage.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        while (row := ctx.db.execute(statement).scalar_one_or_none()) is not None:
            if row.status == SENDING:  # whoever sent it died
                row.failures += 1
            if row.failures < MOST_FAILURES:
                break
            row.status, row.last_error = FAILED, SENDER_DIED
            _forget_secret(row)
            ctx.db.flush()
            log.error("message %s of kind %s is given up: %s", row.id, row.kind, SENDER_DIED)
        if row is None:
            return None
        last_tried_at = row.tried_at or row.created_at
        row.status = SENDING
        row.attempts += 1
        row.due_at, row.tried_at = now + LEASE, now
        return _Claimed(
            row.id,
            row.attempts,
            last_tried_at,
            row.channel,
            row.recipient,
            row.kind,
            row.payload,
        )


class _Outcome(NamedTuple):
    """What became of a try, and why."""

    status: str
    error: str | None = None
    is_broken: bool = False
    """It can't be made into a message; no provider was asked."""


def _send(row: _Claimed, messenger: Sender, now: datetime) -> _Outcome:
    try:
        words = _words_of(row)
        if not row.recipient or _is_stale(row, now):
            return _Outcome(DROPPED)
        with span("message", messaging_operation_name="send", portal_channel=row.channel):
            messenger.send(_message_of(row, words))
        log.info("message %s (%s by %s) was sent", row.id, row.kind, row.channel)
        return _Outcome(SENT)
    except DeliveryFailed as error:
        is_over, reason = isinstance(error, DeliveryRefused), str(error)
        # What the provider said may name the recipient: it is kept with the message.
        log.warning(
            "message %s (%s by %s) was not delivered, try %d%s",
            row.id,
            row.kind,
            row.channel,
            row.attempts,
            "; refused for good" if is_over else "",
        )
        return _Outcome(FAILED if is_over else QUEUED, reason[:500])
    except Exception as error:  # one broken message must not hold up the others
        log.exception("message %s of kind %s could not be sent", row.id, row.kind)
        return _Outcome(QUEUED, type(error).__name__, is_broken=True)


def _message_of(row: _Claimed, words: Words) -> Message:
    if row.channel != "email":
        return Message(row.id, row.channel, row.recipient, words.subject(), words.text(), row.kind)
    settings = get_settings()
    way_out = ""
    if isinstance(words, CustomerMessage) and words.category in ENDED_BY_A_CLICK:
        user_id = row.payload.get("user_id")
        way_out = unsubscribe_url(settings, user_id, words.category) if user_id else ""
    mail = render(words, settings, name=row.payload.get("name"), unsubscribe_url=way_out)
    return Message(
        id=row.id,
        channel=row.channel,
        recipient=row.recipient,
        subject=mail.subject,
        text=mail.text,
        kind=row.kind,
        html=mail.html,
        unsubscribe_url=way_out,
    )


def _words_of(row: _Claimed) -> Any:
    kind = message_classes()[row.kind]
    if "sealed" in row.payload:
        return kind.model_validate_json(tokens.decrypt(row.payload["sealed"]))
    return kind.model_validate_json(json.dumps(row.payload["words"]))


def _is_stale(row: _Claimed, now: datetime) -> bool:
    return "until" in row.payload and datetime.fromisoformat(row.payload["until"]) <= now


def _locked(ctx: Context, claimed: _Claimed) -> OutboxMessage | None:
    """The row, unless the lease ended and another process has taken over."""
    statement = select(OutboxMessage).where(
        col(OutboxMessage.id) == claimed.id, col(OutboxMessage.attempts) == claimed.attempts
    )
    return ctx.db.execute(statement.with_for_update()).scalar_one_or_none()


def _settle(
    database: Database | None,
    claimed: _Claimed,
    outcome: _Outcome,
    now: datetime,
) -> None:
    with enter(Caller(now=now), writes=True, actor=NOBODY, database=database) as ctx:
        row = _locked(ctx, claimed)
        if row is None:
            return
        row.status, row.last_error = outcome.status, outcome.error
        if row.status == QUEUED:
            row.failures += outcome.is_broken or went_out(ctx, row, claimed.last_tried_at)
            if row.failures < MOST_FAILURES and row.attempts < MOST_TRIES:
                row.due_at = now + pause_after(row.attempts)
                return
            row.status = FAILED
            log.error("message %s of kind %s is given up", row.id, row.kind)
        if row.status == SENT:
            row.sent_at = now
            if not went_out(ctx, row, now - RECOVERED_AFTER):
                try_all(ctx, row.channel, now)
        _forget_secret(row)


def _forget_secret(row: OutboxMessage) -> None:
    if "sealed" in row.payload:
        row.payload = {}


def run_delivery_loop(
    stop: Event, database: Database | None = None, messenger: Sender | None = None
) -> None:
    """Deliver until told to stop; what a server's background thread and the worker run.

    Its threads work at once when this process queues something, and look every few seconds for
    what others queued. At the end they finish the messages being sent; one that a provider does not
    let go of in time is given back.
    """
    deliveries = [_Delivery(channel, database, messenger) for channel in CHANNELS]
    threads = [
        Thread(target=one.run, args=(stop,), name=f"delivery-{one.channel}", daemon=True)
        for one in deliveries
    ]
    for thread in threads:
        thread.start()
    settings = get_settings()
    if settings.templates_dir:
        for fault in broken_templates(settings, list(examples(settings).values())):
            log.error("template %s; ours is taken", fault)
    stop.wait()
    wake()
    deadline = time.monotonic() + STOP_SECONDS
    for delivery, thread in zip(deliveries, threads, strict=True):
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            try:
                delivery.give_back()
            except Exception:  # its lease will run out
                log.exception("a message being sent could not be given back")


@asynccontextmanager
async def delivering() -> AsyncIterator[None]:
    """Deliver in threads of this process for as long as its server runs (its lifespan)."""
    stop = Event()
    thread = Thread(target=run_delivery_loop, args=(stop,), name="delivery", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await asyncio.to_thread(thread.join)
