"""Copies of everything about a customer that they asked for."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified


class DataExport(Identified, table=True):
    """One archive: asked for, made by the worker, kept for a few days."""

    __tablename__ = "data_exports"
    __table_args__ = (
        Index("ix_data_exports_customer_id_created_at", "customer_id", "created_at", "id"),
        Index("ix_data_exports_status", "status", "id"),
    )

    customer_id: str = Field(max_length=26)
    status: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When a worker began to make it; long ago: that worker is gone.",
    )
    attempts: int = 0
    ready_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="When the archive is removed."
    )
    byte_count: int | None = Field(default=None, sa_type=Minor)
