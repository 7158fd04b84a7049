"""Return requests. Amounts are minor units of the order's currency."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class OrderReturn(Identified, Stamped, table=True):
    """A customer's wish to send items of one order back."""

    __tablename__ = "returns"
    __table_args__ = (
        Index("ix_returns_modified_at", "modified_at", "id"),
        Index("ix_returns_status", "status", "id"),
        Index("ix_returns_status_modified_at", "status", "modified_at", "id"),
        Index("ix_returns_customer_id_created_at", "customer_id", "created_at", "id"),
        Index("ix_returns_order_id_created_at", "order_id", "created_at", "id"),
        Index("ix_returns_awb_no", "awb_no"),
    )

    customer_id: str = Field(max_length=26)
    order_id: str = Field(foreign_key="orders.id", max_length=26)
    request_number: str = Field(max_length=40, unique=True)
    status: str = Field(max_length=12)
    subtotal: int = Field(default=0, sa_type=Minor)
    shipping_amount: int = Field(
        default=0,
        sa_type=Minor,
        description="What of the order's delivery and charges comes back with it, tax included.",
    )
    asked_shipping_amount: int = Field(
        default=0,
        sa_type=Minor,
        description="As much of them as long as nothing of the order stays with its customer.",
    )
    total_tax: int = Field(default=0, sa_type=Minor)
    grand_total: int = Field(default=0, sa_type=Minor)
    pickup_address_id: str | None = Field(
        default=None, foreign_key="address_copies.id", max_length=26
    )
    by_law: bool = Field(default=False, description="A withdrawal asked for it.")
    changed_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When its customer changed it last."
    )
    courier_company_name: str | None = Field(
        default=None, max_length=100, description="Who carries the parcel, as its customer says."
    )
    awb_no: str | None = Field(default=None, max_length=64, description="Its tracking number.")
    parcel_told_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When its customer said so last."
    )
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rejected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rejection_reason: str | None = Field(default=None, max_length=500)
    shipped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    inspected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    inspection_corrected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replacement_order_id: str | None = Field(default=None, foreign_key="orders.id", max_length=26)


class ReturnItem(Identified, table=True):
    """Units of one line that are to go back."""

    __tablename__ = "return_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint(
            "(accepted_quantity IS NULL) = (refused_quantity IS NULL)", name="inspected_together"
        ),
        CheckConstraint(
            "accepted_quantity >= 0 AND refused_quantity >= 0 "
            "AND accepted_quantity + refused_quantity <= quantity",
            name="received_at_most_asked",
        ),
        CheckConstraint(
            "refused_quantity IS NULL OR refused_quantity = 0 OR refusal_code IS NOT NULL",
            name="refused_for_a_reason",
        ),
    )

    return_id: str = Field(foreign_key="returns.id", max_length=26, index=True)
    line_id: str = Field(foreign_key="order_lines.id", max_length=26, index=True)
    position: int
    quantity: int
    resolution: str = Field(max_length=12)
    return_reason: str = Field(max_length=500)
    refund_amount: int = Field(
        default=0,
        sa_type=Minor,
        description="What these units cost, tax included; once inspected, the accepted ones.",
    )
    tax_amount: int = Field(default=0, sa_type=Minor)
    fee: int = Field(
        default=0, sa_type=Minor, description="What the shop keeps of a refund by its policy."
    )
    asked_amount: int | None = Field(
        default=None,
        sa_type=Minor,
        description="`refund_amount` before the inspection, with tax and fee: to correct it by.",
    )
    asked_tax: int | None = Field(default=None, sa_type=Minor)
    asked_fee: int | None = Field(default=None, sa_type=Minor)
    reason_code: str | None = Field(default=None, max_length=20)
    accepted_quantity: int | None = Field(
        default=None, description="Of what was received; none: it was not inspected."
    )
    refused_quantity: int | None = Field(default=None)
    refusal_code: str | None = Field(default=None, max_length=20)
    refusal_note: str | None = Field(default=None, max_length=500)
    refused_goods: str | None = Field(
        default=None, max_length=12, description="What becomes of what was refused."
    )
    can_ask_again: bool = Field(
        default=False, description="Whether what was refused may be asked for again."
    )
