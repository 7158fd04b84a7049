"""Statements by which customers withdraw from a contract, as the law has them kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, event, inspect
from sqlmodel import Field

from account_portal.core.db import JsonType, UtcDateTime
from account_portal.models.base import Identified


class Withdrawal(Identified, table=True):
    """One statement. What was stated never changes; what the shop did about it is added once."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        Index("ix_withdrawals_status", "status", "id"),
        Index("ix_withdrawals_repeat_key", "repeat_key", "received_at"),
        Index("ix_withdrawals_order_number", "order_number", "id"),
    )

    reference: str = Field(max_length=40, unique=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    name: str = Field(max_length=200)
    order_text: str = Field(max_length=200, description="How the customer names the order.")
    contact: str = Field(max_length=254, description="Where the receipt goes.")
    items_text: str = Field(sa_type=Text, description="Which goods; empty: the whole order.")
    withdraw_items: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=JsonType,
        description="The same for programs, as far as it was: `sku` and `quantity`.",
    )
    language: str = Field(max_length=5)
    receipt: str = Field(sa_type=Text, description="Word by word as it was given out.")
    repeat_key: str = Field(max_length=64, description="Digest of what was stated.")
    is_proven: bool = Field(description="By its customer, signed in or by a code to the contact.")
    status: str = Field(max_length=10)
    customer_id: str | None = Field(
        default=None, max_length=26, index=True, description="Null: not known whose it is."
    )
    order_number: str | None = Field(default=None, max_length=40)
    outcome: str | None = Field(
        default=None, max_length=500, description="What came of it, for the shop's people."
    )
    is_carried_out: bool = Field(default=False, description="Goods were cancelled or go back.")
    not_carried_out: list[str] = Field(
        default_factory=list,
        sa_type=JsonType,
        description="What of it was not carried out, though the rest was; in words.",
    )
    nothing_left: bool = Field(
        default=False, description="All of it was cancelled, went back or was refunded before."
    )
    answer: str | None = Field(
        default=None, max_length=500, description="What its customer reads of the outcome."
    )
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str | None = Field(default=None, max_length=254)


STATED = frozenset(
    {
        "reference",
        "received_at",
        "name",
        "order_text",
        "contact",
        "items_text",
        "withdraw_items",
        "language",
        "receipt",
        "repeat_key",
        "is_proven",
    }
)
"""Columns that say what the customer stated."""


@event.listens_for(Withdrawal, "before_update")
def _stays_as_stated(_mapper: Any, _connection: Any, row: Withdrawal) -> None:
    changed = {one.key for one in inspect(row).attrs if one.history.has_changes()}
    if changed & STATED:
        raise ValueError("what was stated in a withdrawal never changes")
