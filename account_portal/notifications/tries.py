"""How often and when a message is tried that did not go out."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import OutboxMessage
from account_portal.states import MessageStatus

QUEUED = str(MessageStatus.QUEUED)
SENDING = str(MessageStatus.SENDING)
SENT = str(MessageStatus.SENT)
FAILED = str(MessageStatus.FAILED)
DROPPED = str(MessageStatus.DROPPED)
WAITING: Any = bindparam("waiting", [QUEUED, SENDING], expanding=True, literal_execute=True)
"""Written into the statement, as it is in the condition of the index."""

MOST_FAILURES = 8
"""Tries that may count against a message: it failed while others went out, is broken, or whoever
sent it died. With others going out all the while they take most of an hour."""
MOST_TRIES = 81
"""While nothing goes out over its channel: by their pauses they take three days."""
RECOVERED_AFTER = timedelta(minutes=10)
"""After an absence this long a success makes all of its channel due, rather than at its next try:
after a shorter one that is soon enough."""


def went_out(ctx: Context, row: OutboxMessage, since: datetime) -> bool:
    """Whether another message was sent over the same channel since that moment."""
    statement = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.status) == SENT,
        col(OutboxMessage.sent_at) >= since,
        col(OutboxMessage.channel) == row.channel,
        col(OutboxMessage.id) != row.id,
    )
    return ctx.db.execute(statement.limit(1)).first() is not None


def try_all(ctx: Context, channel: str, now: datetime) -> None:
    """Make what has waited so long due, and not at its next try: the provider is back."""
    ctx.db.execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.channel) == channel,
            col(OutboxMessage.status).in_(WAITING),
            col(OutboxMessage.status) == QUEUED,
            col(OutboxMessage.due_at) > now,
            col(OutboxMessage.created_at) <= now - RECOVERED_AFTER,
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def pause_after(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s and so on, at most an hour."""
    return timedelta(seconds=min(10 * 2 ** (attempts - 1), 3600))
