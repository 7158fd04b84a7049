"""The event log: what happened, for the shop's systems."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from account_portal.core.db import Minor, UtcDateTime


class _Told(SQLModel):
    """What both tables of events hold."""

    id: str = Field(max_length=26)
    type: str = Field(max_length=30)
    customer_id: str | None = Field(default=None, max_length=26)
    source: str = Field(max_length=10, description="customer, shop, import, history or system.")
    created_at: datetime = Field(sa_type=UtcDateTime)
    data: str = Field(sa_type=Text, description="What the event says, as JSON.")


class WaitingEvent(_Told, table=True):
    """An event as its cause writes it; it gets its place in the log once that has committed."""

    __tablename__ = "event_queue"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=Minor,
        description="Counts up as rows are written: causes before their effects.",
    )


class Event(_Told, table=True):
    """An event in its place: all that stand before it are there already, for good."""

    __tablename__ = "events"
    __table_args__ = (
        Index("uq_events_id", "id", unique=True),
        Index("ix_events_type_position", "type", "position"),
        Index("ix_events_customer_id", "customer_id", "position"),
        {"sqlite_autoincrement": True},
    )

    position: int | None = Field(default=None, primary_key=True, sa_type=Minor)
