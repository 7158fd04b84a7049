"""Photos and videos by which customers show what they say of goods."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from account_portal.core.db import UtcDateTime
from account_portal.models.base import Identified

_IS_UNUSED = text("return_item_id IS NULL AND claim_item_id IS NULL")


class Evidence(Identified, table=True):
    """A file that was sent for an order, and the item of a return or claim that it is about.

    Until a request names it, it is about none. One that several items name has a row for each.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_order_id", "order_id", "id"),
        Index(
            "ix_evidence_unused",
            "created_at",
            sqlite_where=_IS_UNUSED,
            postgresql_where=_IS_UNUSED,
        ),
        CheckConstraint("return_item_id IS NULL OR claim_item_id IS NULL", name="of_one_item"),
    )

    customer_id: str = Field(max_length=26, index=True)
    order_id: str = Field(foreign_key="orders.id", max_length=26)
    media_id: str = Field(foreign_key="media.id", max_length=26, index=True)
    return_item_id: str | None = Field(
        default=None, foreign_key="return_items.id", max_length=26, index=True
    )
    claim_item_id: str | None = Field(
        default=None, foreign_key="claim_items.id", max_length=26, index=True
    )
    position: int = Field(default=0, description="Among those of its item.")
    created_at: datetime = Field(sa_type=UtcDateTime)
