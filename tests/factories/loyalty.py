"""Movements of points, written the way the product writes them."""

from typing import Any

from account_portal.context import SHOP, Caller, enter
from account_portal.core.db import Database
from account_portal.loyalty.service import record_activity
from account_portal.models import LoyaltyActivity, User
from account_portal.models.states import ActivityType


def make_activity(database: Database, user: User, **values: Any) -> LoyaltyActivity | None:
    """A movement of the user's points: 100 earned with an order unless said otherwise."""
    now = values.pop("at", None)
    with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
        return record_activity(
            ctx,
            user.customer_id,
            **{
                "activity_type": ActivityType.EARNED,
                "activity": "order",
                "loyalty_point": 10000,
                "title": "Order ORD-1",
                "reference_number": "ORD-1",
                **values,
            },
        )
