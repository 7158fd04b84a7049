"""Movements of points, written the way the product writes them."""

from typing import Any

from account_portal.context import SHOP, Caller, enter
from account_portal.core.db import Database
from account_portal.loyalty.service import record_activity
from account_portal.models import LoyaltyActivity, Order, User
from account_portal.orders.service import refresh_orders
from account_portal.states import ActivityType


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


def spend_points(database: Database, user: User, order: Order) -> None:
    """The ledger's side of an order that points paid for: earned before, redeemed with it."""
    points = order.loyalty_point_redeemed
    make_activity(database, user, activity="bonus", reference_number="before", loyalty_point=points)
    make_activity(
        database,
        user,
        activity_type=ActivityType.REDEEMED,
        loyalty_point=points,
        reference_number=order.order_number,
        savings=order.loyalty_amount,
        savings_currency=order.currency,
    )
    with database.session(writes=True) as db:
        refresh_orders(db, [order.id], order.created_at)
        db.commit()
