"""Tables that no customer sees: repeats, messages on their way, keys of the shop."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from account_portal.core.clock import utc_now
from account_portal.core.db import JsonType, UtcDateTime
from account_portal.models.base import Identified


class IdempotencyRecord(SQLModel, table=True):
    """The first answer to a request with an Idempotency-Key, written with its effect."""

    __tablename__ = "idempotency_keys"

    customer_id: str = Field(primary_key=True, max_length=26)
    operation: str = Field(primary_key=True, max_length=200, description="Method and path.")
    key: str = Field(primary_key=True, max_length=128)
    request_hash: str = Field(max_length=64)
    answer: str | None = Field(
        default=None,
        sa_type=Text,
        description="Body of the first answer; null while it runs.",
    )
    attempt: str | None = Field(
        default=None,
        max_length=64,
        description="What the first call began before it asked the outside world; a repeat that "
        "finds no answer goes on with it.",
    )
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RunningPortal(Identified, table=True):
    """A process that serves pages just now, and where what its open pages hold is kept."""

    __tablename__ = "running_portals"

    address: str = Field(max_length=300, description="Machine and port.")
    page_store: str = Field(
        max_length=64, description="Digest of the Redis that holds open pages; empty: the process."
    )
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


class OutboxMessage(Identified, table=True):
    """A message to a customer, queued in the transaction that caused it."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_status", "status", "id"),
        Index("ix_outbox_messages_customer_id", "customer_id", "id"),
        Index("ix_outbox_messages_recipient", "recipient", "id"),
        Index("ix_outbox_messages_modified_at", "modified_at", "id"),
        Index("ix_outbox_messages_status_modified_at", "status", "modified_at", "id"),
        Index("ix_outbox_messages_sent", "channel", "sent_at"),
        Index(
            "ix_outbox_messages_waiting",
            "channel",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
    )

    customer_id: str | None = Field(
        default=None,
        max_length=26,
        description="Whom it tells something; none: a code, or it was queued by an older version.",
    )
    channel: str = Field(max_length=10)
    priority: int = Field(default=1, description="0: somebody waits for it, as for a code.")
    recipient: str = Field(max_length=254)
    kind: str = Field(max_length=40, description="Name of the message, such as order_cancelled.")
    payload: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JsonType,
        description="What the words are made of.",
    )
    status: str = Field(max_length=10)
    attempts: int = 0
    failures: int = Field(
        default=0,
        description="Tries that count against it: others went out meanwhile, or its sender died.",
    )
    due_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    modified_at: datetime = Field(
        default_factory=utc_now, sa_type=UtcDateTime, sa_column_kwargs={"onupdate": utc_now}
    )
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = Field(default=None, max_length=500)


class ApiKey(Identified, table=True):
    """A key of one of the shop's systems; only digests of its secrets are stored."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "uq_api_keys_name",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    name: str = Field(max_length=100, description="What the shop calls it; unique until revoked.")
    prefix: str = Field(max_length=12, description="How the secret begins, to tell keys apart.")
    key_hash: str = Field(max_length=64, unique=True)
    old_key_hash: str | None = Field(
        default=None, max_length=64, unique=True, description="The secret before a rotation."
    )
    old_until: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="Until when that one still works."
    )
    scopes: str = Field(max_length=1000, description="Separated by spaces.")
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(default="", max_length=100)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="First call of the last day it was used, from its last address.",
    )
    last_used_from: str | None = Field(default=None, max_length=45)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = Field(default=None, max_length=100)


class ApiKeyUsage(SQLModel, table=True):
    """Calls that server processes have taken out of a key's allowance for one minute."""

    __tablename__ = "api_key_usage"

    key_id: str = Field(primary_key=True, max_length=26)
    minute: int = Field(primary_key=True, description="Minutes since 1970.")
    calls: int


class Reminder(SQLModel, table=True):
    """A message that time brought: it is sent once."""

    __tablename__ = "reminders"

    key: str = Field(
        primary_key=True, max_length=60, description="What it was about, such as `late:PARCEL`."
    )
    sent_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ImportStatement(SQLModel, table=True):
    """What a shop's import last said of a record; only what it says anew is applied."""

    __tablename__ = "import_statements"

    key: str = Field(primary_key=True, max_length=400, description="Type and natural key.")
    statement: str = Field(sa_type=Text, description="The record as JSON.")
    earlier: str | None = Field(
        default=None,
        max_length=400,
        description="Fingerprints of what was said before, oldest first.",
    )
    held_in: str | None = Field(
        default=None,
        max_length=26,
        description="The import in which an earlier statement waits for whether this one follows.",
    )
