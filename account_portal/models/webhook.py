"""Where events are sent to, and what became of each."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from account_portal.core.clock import utc_now
from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class WebhookEndpoint(Identified, Stamped, table=True):
    """An address of the shop that events are sent to."""

    __tablename__ = "webhook_endpoints"

    url: str = Field(max_length=2000)
    types: str = Field(max_length=1000, description="Types of events with spaces between, or `*`.")
    description: str = Field(default="", max_length=200)
    expand: bool = Field(default=False, description="Whether data hold the whole object too.")
    scopes: str = Field(
        default="*",
        max_length=400,
        description="Of whoever set it up last: what may be shown to it, with spaces between.",
    )
    version: int = Field(default=1, description="Of the form of events.")
    secret: str = Field(max_length=400, description="Encrypted.")
    old_secret: str | None = Field(default=None, max_length=400, description="Encrypted.")
    old_secret_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    position: int = Field(sa_type=Minor, description="Events up to this one were handed on.")
    failing_since: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="First failure that no success followed.",
    )
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_reason: str | None = Field(default=None, max_length=300)


class WebhookDelivery(Identified, table=True):
    """One event on its way to one endpoint."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index(
            "ix_webhook_deliveries_due",
            "endpoint_id",
            "due_at",
            "position",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_webhook_deliveries_open",
            "endpoint_id",
            "customer_id",
            "position",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_webhook_deliveries_status_id", "status", "id"),
        Index("ix_webhook_deliveries_customer_id", "customer_id", "id"),
        Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_settled_at", "settled_at"),
        Index("ix_webhook_deliveries_modified_at", "modified_at", "id"),
    )

    endpoint_id: str = Field(foreign_key="webhook_endpoints.id", max_length=26)
    event_id: str = Field(max_length=26, description="`webhook-id`, the same on every try.")
    event_type: str = Field(max_length=30)
    customer_id: str | None = Field(
        default=None, max_length=26, description="Events of one customer are sent in order."
    )
    position: int = Field(sa_type=Minor, description="Place of the event in the log.")
    body: str = Field(sa_type=Text)
    status: str = Field(max_length=10)
    attempts: int = 0
    deaths: int = Field(
        default=0, description="Workers in a row that died while they had it, as far as is known."
    )
    due_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When it is to be tried, or given up by whoever is trying it. None: it waits "
        "for an earlier event of its customer, or is settled.",
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    modified_at: datetime = Field(
        default_factory=utc_now, sa_type=UtcDateTime, sa_column_kwargs={"onupdate": utc_now}
    )
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    response_status: int | None = None
    error: str | None = Field(default=None, max_length=500)
