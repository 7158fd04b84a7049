"""Money of an order: attempts to pay it, and refunds."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class Payment(Identified, Stamped, table=True):
    """One attempt to pay an order."""

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_modified_at", "modified_at", "id"),
        Index("ix_payments_payment_status", "payment_status", "id"),
        Index("ix_payments_payment_status_modified_at", "payment_status", "modified_at", "id"),
        Index("ix_payments_order_id_created_at", "order_id", "created_at", "id"),
        Index("ix_payments_payment_reference_number", "payment_reference_number"),
    )

    order_id: str = Field(foreign_key="orders.id", max_length=26)
    request_number: str = Field(max_length=64, unique=True)
    amount: int = Field(sa_type=Minor)
    payment_status: str = Field(max_length=20)
    payment_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    payment_reference_number: str | None = Field(default=None, max_length=100)
    payment_method: str | None = Field(default=None, max_length=60)
    payment_gateway: str | None = Field(default=None, max_length=32)
    collection: str | None = Field(
        default=None,
        max_length=12,
        description="`authorized`: reserved, the shop collects it; `on_delivery`: paid at the "
        "door. None: paid at once.",
    )
    redirect_url: str | None = Field(default=None, max_length=1000)
    success_url: str | None = Field(default=None, max_length=1000)
    failure_url: str | None = Field(default=None, max_length=1000)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    icon_url: str | None = Field(default=None, max_length=1000)
    card_number: str | None = Field(default=None, max_length=40, description="Masked.")
    card_type: str | None = Field(default=None, max_length=20)
    bank_name: str | None = Field(default=None, max_length=150)
    upi_id: str | None = Field(default=None, max_length=100)
    wallet_name: str | None = Field(default=None, max_length=60)
    bank_account_number: str | None = Field(default=None, max_length=40, description="Masked.")


class Refund(Identified, Stamped, table=True):
    """Money or points on the way back."""

    __tablename__ = "refunds"
    __table_args__ = (
        Index("ix_refunds_modified_at", "modified_at", "id"),
        Index("ix_refunds_status", "status", "id"),
        Index("ix_refunds_status_modified_at", "status", "modified_at", "id"),
        Index("ix_refunds_order_id_created_at", "order_id", "created_at", "id"),
        Index(
            "ix_refunds_due_at",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    order_id: str = Field(foreign_key="orders.id", max_length=26)
    return_id: str | None = Field(default=None, foreign_key="returns.id", max_length=26, index=True)
    retries_id: str | None = Field(
        default=None, max_length=26, description="Failed refund that this one tries again."
    )
    request_number: str = Field(max_length=64, unique=True)
    refund_amount: int = Field(sa_type=Minor)
    refund_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: str = Field(max_length=12)
    payment_mode: str = Field(max_length=24)
    payment_method: str | None = Field(default=None, max_length=60)
    payment_reference_number: str | None = Field(default=None, max_length=100)
    bank_account_id: str | None = Field(
        default=None, foreign_key="bank_accounts.id", max_length=26, index=True
    )
    bank_account_number: str | None = Field(default=None, max_length=40, description="Masked.")
    bank_name: str | None = Field(default=None, max_length=150)
    refund_remarks: str | None = Field(default=None, max_length=500)
    purpose: str | None = Field(
        default=None, max_length=12, description="What it is for, if it was made here."
    )
    shipment_id: str | None = Field(
        default=None,
        foreign_key="shipments.id",
        max_length=26,
        index=True,
        description="The parcel that did not arrive, if it is for one.",
    )
    claim_id: str | None = Field(
        default=None,
        foreign_key="claims.id",
        max_length=26,
        index=True,
        description="The claim it answers, if it answers one.",
    )
    payment_id: str | None = Field(
        default=None,
        max_length=26,
        description="The payment it goes back to, if the store's gateway sends it there.",
    )
    handed_over_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="When the gateway was first asked for it, or the shop told that its systems "
        "have it: from then on its amount stays.",
    )
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When the gateway is to be asked (again)."
    )
    tries: int | None = None
    gateway_error: str | None = Field(default=None, max_length=300)
