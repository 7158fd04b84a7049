"""Queues messages in the transaction that causes them: no change, no message, and none lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core import bulk
from account_portal.core.errors import Conflict, NotFound
from account_portal.core.ids import new_id
from account_portal.core.reading import PreparedSelect
from account_portal.core.request_id import OUTSIDE, request_id
from account_portal.models import NotificationPreference, OutboxMessage, User
from account_portal.notifications.delivery import SENDER_DIED, wake
from account_portal.notifications.messages import message_classes
from account_portal.notifications.messages.base import (
    Channel,
    CodeMessage,
    CustomerMessage,
    DeviceLink,
)
from account_portal.notifications.tries import DROPPED, FAILED, QUEUED, SENDING, SENT
from account_portal.security import tokens

KEPT = timedelta(days=30)
MOST_BY_PHONE = 20
"""Texts that a customer has in a day, by each channel, before what they do themselves adds none;
and warnings about the account, of which others are not counted."""
_OPT_INS = tuple(
    name for name in NotificationPreference.model_fields if name not in ("user_id", "modified_at")
)
_UNCHOSEN = {name: NotificationPreference.model_fields[name].default for name in _OPT_INS}
"""What goes to a customer who chose nothing."""


def enqueue(
    ctx: Context,
    message: CustomerMessage,
    *,
    customer_id: str | None = None,
    to: tuple[Channel, str] | None = None,
) -> None:
    """Queue a message to every user of a customer, over each channel that was opted into.

    Channels that the store has not set up are left out. So are phones where customers, by what they
    do themselves, had many texts already: each costs the store money.

    Args:
        ctx: the call; the message goes out only if it commits.
        message: what to say.
        customer_id: whom to tell; none: the signed-in customer.
        to: one channel and address instead, such as the e-mail address that was just replaced.
    """
    owner = customer_id or ctx.actor.customer_id
    words: dict[str, Any] = {"words": message.model_dump(mode="json")}
    if message.lapses_after is not None:
        words["until"] = (ctx.now + message.lapses_after).isoformat()
    if to is not None:
        _queue(ctx, *to, message.kind, words, customer_id=owner)
        return
    for channel, recipient, user in list(_recipients(ctx, message, owner or ctx.customer_id)):
        if _is_too_much(ctx, message, channel, recipient):
            continue
        reader = {"name": user.first_name, "user_id": user.id}
        _queue(ctx, channel, recipient, message.kind, {**words, **reader}, customer_id=owner)


def channel_to(ctx: Context, field: str) -> Channel | None:
    """How an `email` or a `phone` is written to whatever was opted into; None: there is no way."""
    ways: tuple[Channel, ...] = ("email",) if field == "email" else ("sms", "whatsapp")
    return next((way for way in ways if way in ctx.gateways.messages.channels), None)


def enqueue_secret(
    ctx: Context, message: CodeMessage | DeviceLink, *, channel: Channel, recipient: str | None
) -> None:
    """Queue a one-time code, or the link in its place; kept encrypted while it waits.

    Without a recipient a row is queued just the same and dropped at delivery, so that asking for
    a code takes equally long whether or not somebody has that contact.
    """
    payload = {
        "sealed": tokens.encrypt(message.model_dump_json()),
        "until": (ctx.now + timedelta(minutes=message.minutes)).isoformat(),
    }
    _queue(ctx, channel, recipient or "", message.kind, payload, priority=0)


def send_again(ctx: Context, message_id: str) -> None:
    """Try a message anew that was given up.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such message.
        Conflict: it was not given up, or is a code, which would have lapsed.
    """
    ctx.require_shop()
    statement = select(OutboxMessage).where(col(OutboxMessage.id) == message_id)
    row = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    if row.status != FAILED:
        raise Conflict(f"This message is {row.status}; there is nothing to send again.")
    if "words" not in row.payload:
        raise Conflict("This message was a code, which is over; the customer asks for a new one.")
    row.status, row.attempts, row.failures = QUEUED, 0, 0
    row.due_at, row.last_error = ctx.now, None
    if wake not in ctx.after_commit:
        ctx.after_commit.append(wake)


def waits_since(ctx: Context) -> datetime | None:
    """When the oldest message was queued that is not sent yet."""
    waiting = col(OutboxMessage.status).in_((QUEUED, SENDING))
    statement = select(func.min(col(OutboxMessage.created_at))).where(waiting)
    return ctx.db.execute(statement).scalar_one()


def list_fatal(db: Session) -> list[str]:
    """Some messages that were given up because processes died over them, newest first."""
    statement = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.status) == FAILED, col(OutboxMessage.last_error) == SENDER_DIED
    )
    return list(db.execute(statement.order_by(col(OutboxMessage.id).desc()).limit(5)).scalars())


def sweep(ctx: Context) -> None:
    """Remove messages that were settled a month ago."""
    ctx.db.execute(
        delete(OutboxMessage).where(
            col(OutboxMessage.status).in_((SENT, FAILED, DROPPED)),
            col(OutboxMessage.created_at) < ctx.now - KEPT,
        )
    )


def _queue(
    ctx: Context,
    channel: Channel,
    recipient: str,
    kind: str,
    payload: dict[str, Any],
    priority: int = 1,
    customer_id: str | None = None,
) -> None:
    asked = request_id.get()
    if asked != OUTSIDE:
        payload = {**payload, "request_id": asked}
    row = {
        "id": new_id(),
        "customer_id": customer_id,
        "channel": channel,
        "priority": priority,
        "recipient": recipient,
        "kind": kind,
        "payload": payload,
        "status": QUEUED,
        "attempts": 0,
        "failures": 0,
        "due_at": ctx.now,
        "created_at": ctx.now,
        "modified_at": ctx.now,
    }
    bulk.insert(ctx.db, OutboxMessage, [row])
    if wake not in ctx.after_commit:
        ctx.after_commit.append(wake)


def _is_too_much(ctx: Context, message: CustomerMessage, channel: Channel, phone: str) -> bool:
    """Whether a customer makes the store pay for one text after the other.

    News of the store's own deeds always go out. Warnings are counted among themselves alone, so
    that nobody silences them by a flood of something else; twenty of them have warned.
    """
    warns = message.category == "security"
    if channel == "email" or not (warns or ctx.actor.is_customer):
        return False
    row = bulk.table_of(OutboxMessage).c
    told = select(row.id).where(
        row.recipient == phone,
        row.channel == channel,
        row.created_at > ctx.now - timedelta(days=1),
    )
    if warns:
        told = told.where(row.kind.in_(_warnings()))
    return len(ctx.db.execute(told.limit(MOST_BY_PHONE)).all()) >= MOST_BY_PHONE


@lru_cache(maxsize=1)
def _warnings() -> list[str]:
    """Kinds of messages about the account's safety."""
    found = message_classes().items()
    return sorted(kind for kind, made in found if getattr(made, "category", "") == "security")


class _Reader(NamedTuple):
    """Who reads a message."""

    id: str
    first_name: str | None
    email: str | None
    country_code: str | None
    phone: str | None


# Asked with each message, so compiled once.
_READERS = PreparedSelect(
    select(
        *(getattr(User, name) for name in _Reader._fields),
        col(NotificationPreference.user_id),
        *(bulk.table_of(NotificationPreference).c[name] for name in _OPT_INS),
    )
    .outerjoin(NotificationPreference, col(NotificationPreference.user_id) == col(User.id))
    .where(col(User.customer_id) == bindparam("customer_id"))
    .order_by(col(User.id))
)


def _recipients(
    ctx: Context, message: CustomerMessage, customer_id: str
) -> Iterator[tuple[Channel, str, _Reader]]:
    ctx.db.flush()
    size = len(_Reader._fields)
    for row in ctx.read(_READERS, customer_id=customer_id):
        user, chosen, opted = _Reader(*row[:size]), row[size], row[size + 1 :]
        phone = f"{user.country_code}{user.phone}" if user.phone else None
        if message.category == "security":
            if user.email and (way := channel_to(ctx, "email")):
                yield way, user.email, user
            if phone and (way := channel_to(ctx, "phone")):
                yield way, phone, user
            continue
        wanted = dict(zip(_OPT_INS, opted, strict=True)) if chosen else _UNCHOSEN
        contacts: list[tuple[Channel, str | None]] = [
            ("email", user.email),
            ("sms", phone),
            ("whatsapp", phone),
        ]
        for channel, contact in contacts:
            is_wanted = wanted[f"{message.category}_{channel}"]
            if contact and is_wanted and channel in ctx.gateways.messages.channels:
                yield channel, contact, user
