"""Accounts that were deleted: what tells an import not to bring them back."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from account_portal.core.db import UtcDateTime


class DeletedAccount(SQLModel, table=True):
    """A customer who was deleted, until the books of their orders may go too."""

    __tablename__ = "deleted_accounts"

    customer_id: str = Field(primary_key=True, max_length=26)
    deleted_at: datetime = Field(sa_type=UtcDateTime)
    deleted_by: str = Field(max_length=10, description="customer or shop")
    books_until: datetime = Field(
        sa_type=UtcDateTime, index=True, description="When orders and amounts are removed too."
    )


class DeletedName(SQLModel, table=True):
    """A name the customer was known by: the shop's id, an e-mail address or a phone, digested."""

    __tablename__ = "deleted_names"

    digest: str = Field(primary_key=True, max_length=64)
    customer_id: str = Field(foreign_key="deleted_accounts.customer_id", index=True, max_length=26)
    deleted_at: datetime = Field(sa_type=UtcDateTime)
