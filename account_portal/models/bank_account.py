"""Accounts for bank-transfer refunds."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from account_portal.models.base import Identified, Stamped


class BankAccount(Identified, Stamped, table=True):
    """A payout account. The number is encrypted; a keyed digest finds doubles."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        Index("ix_bank_accounts_modified_at", "modified_at", "id"),
        Index("ix_bank_accounts_verification_status", "verification_status", "id"),
        Index(
            "ix_bank_accounts_verification_status_modified_at",
            "verification_status",
            "modified_at",
            "id",
        ),
        UniqueConstraint("customer_id", "number_digest", "ifsc_code"),
        Index("ix_bank_accounts_customer_id_created_at", "customer_id", "created_at", "id"),
        Index(
            "uq_bank_accounts_default",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    customer_id: str = Field(max_length=26)
    account_name: str = Field(max_length=150)
    number_encrypted: str = Field(max_length=400)
    number_digest: str = Field(max_length=64)
    number_masked: str = Field(max_length=40)
    ifsc_code: str = Field(max_length=11)
    bank_name: str = Field(max_length=150)
    is_default: bool = False
    verification_status: str = Field(max_length=12)
