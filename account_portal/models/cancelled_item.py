"""Units of orders that go on without them."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Identified


class CancelledItem(Identified, table=True):
    """Units of one line that were cancelled while the rest of the order goes on."""

    __tablename__ = "cancelled_items"
    __table_args__ = (
        CheckConstraint(
            "quantity >= 1 AND free_quantity BETWEEN 0 AND quantity", name="units_add_up"
        ),
    )

    order_id: str = Field(foreign_key="orders.id", max_length=26, index=True)
    line_id: str = Field(foreign_key="order_lines.id", max_length=26, index=True)
    quantity: int
    free_quantity: int = 0
    amount: int = Field(sa_type=Minor, description="What they cost, tax included.")
    charge: int = Field(
        default=0, sa_type=Minor, description="What of it the shop keeps by its policy."
    )
    reason: str = Field(max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
