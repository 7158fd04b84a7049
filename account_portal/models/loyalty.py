"""Loyalty points and store credit: ledgers, with their running sums."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class LoyaltyAccount(Stamped, table=True):
    """A member. The sums equal the ledger; every ledger row changes them in its transaction."""

    __tablename__ = "loyalty_accounts"
    __table_args__ = (
        CheckConstraint("earned >= redeemed", name="balance_not_negative"),
        Index("ix_loyalty_accounts_modified_at", "modified_at", "customer_id"),
    )

    customer_id: str = Field(primary_key=True, max_length=26)
    membership_number: str = Field(max_length=40, unique=True)
    earned: int = Field(
        default=0, sa_type=Minor, description="Hundredths of a point, all earned rows."
    )
    redeemed: int = Field(
        default=0, sa_type=Minor, description="Hundredths of a point, all redeemed rows."
    )
    bonus: int = Field(default=0, sa_type=Minor, description="Part of `earned` that was a bonus.")
    savings: int = Field(
        default=0, sa_type=Minor, description="Saved by points, in the store's currency."
    )


class LoyaltyActivity(Identified, Stamped, table=True):
    """One movement of points, always positive; the type gives the sign."""

    __tablename__ = "loyalty_activities"
    __table_args__ = (
        Index(
            "ix_loyalty_activities_customer_id_created_at",
            "customer_id",
            "created_at",
            "id",
        ),
        UniqueConstraint("external_id"),
        CheckConstraint("loyalty_point > 0", name="points_positive"),
    )

    customer_id: str = Field(foreign_key="loyalty_accounts.customer_id", max_length=26)
    external_id: str | None = Field(
        default=None, max_length=100, description="Natural key of an imported row."
    )
    activity_type: str = Field(max_length=10)
    activity: str = Field(max_length=30)
    reference_number: str | None = Field(default=None, max_length=64)
    title: str = Field(max_length=150)
    loyalty_point: int = Field(sa_type=Minor, description="Hundredths of a point.")
    remarks: str | None = Field(default=None, max_length=500)
    spendable_at: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="Earned points wait for the return window.",
    )


class CreditActivity(Identified, table=True):
    """A movement of store credit that is no order's use of it: that stands in the order."""

    __tablename__ = "credit_activities"
    __table_args__ = (
        Index(
            "ix_credit_activities_customer_id_created_at",
            "customer_id",
            "created_at",
            "id",
        ),
    )

    customer_id: str = Field(max_length=26)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=Minor, description="Minor units; negative when spent.")
    cause: str = Field(max_length=30)
    reference_number: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
