"""Claims: what went wrong with goods of an order. Amounts are minor units of its currency."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class Claim(Identified, Stamped, table=True):
    """What a customer says went wrong, what they wish for, and what the shop answered."""

    __tablename__ = "claims"
    __table_args__ = (
        Index("ix_claims_modified_at", "modified_at", "id"),
        Index("ix_claims_status", "status", "id"),
        Index("ix_claims_status_modified_at", "status", "modified_at", "id"),
        Index("ix_claims_customer_id_created_at", "customer_id", "created_at", "id"),
        Index("ix_claims_order_id_created_at", "order_id", "created_at", "id"),
    )

    customer_id: str = Field(max_length=26)
    order_id: str = Field(foreign_key="orders.id", max_length=26)
    claim_number: str = Field(max_length=40, unique=True)
    status: str = Field(max_length=12)
    wish: str = Field(max_length=12, description="Refund or replacement.")
    shipment_id: str | None = Field(
        default=None,
        foreign_key="shipments.id",
        max_length=26,
        index=True,
        description="The parcel that did not arrive, if it is about a whole parcel on its way.",
    )
    resolution: str | None = Field(
        default=None, max_length=12, description="What the shop agreed to, once it did."
    )
    answer: str | None = Field(
        default=None, max_length=500, description="What the shop says to the customer."
    )
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replacement_order_id: str | None = Field(default=None, foreign_key="orders.id", max_length=26)
    resent_shipment_id: str | None = Field(
        default=None,
        foreign_key="shipments.id",
        max_length=26,
        description="The parcel that replaces the one that did not arrive.",
    )
    return_id: str | None = Field(
        default=None,
        foreign_key="returns.id",
        max_length=26,
        description="The return it became, when the shop asked for the goods.",
    )


class ClaimItem(Identified, table=True):
    """Units of one line that something is wrong with."""

    __tablename__ = "claim_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded_at_most_amount"),
    )

    claim_id: str = Field(foreign_key="claims.id", max_length=26, index=True)
    line_id: str = Field(foreign_key="order_lines.id", max_length=26, index=True)
    position: int
    quantity: int
    problem: str = Field(max_length=16)
    details: str | None = Field(default=None, max_length=500)
    amount: int = Field(
        default=0, sa_type=Minor, description="What these units cost, tax included."
    )
    tax_amount: int = Field(default=0, sa_type=Minor)
    refunded: int = Field(
        default=0, sa_type=Minor, description="What of it goes back, while the goods stay."
    )
