"""Points of orders: earned on delivery, taken back with returned goods, given back on cancelling.

Whoever calls holds the lock of the order, which keeps two calls for one order apart.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core.bulk import table_of
from account_portal.loyalty import rules
from account_portal.loyalty.service.ledger import (
    give_back_credit,
    give_back_points,
    record_activity,
    take_back_points,
)
from account_portal.models import (
    CancelledItem,
    Claim,
    ClaimItem,
    LoyaltyActivity,
    Order,
    OrderLine,
    OrderReturn,
    ReturnItem,
)
from account_portal.states import ActivityType, OrderStatus, ReturnResolution, ReturnStatus


def earn_for_order(ctx: Context, order: Order) -> LoyaltyActivity | None:
    """Credit what a delivered order earned; the points can be spent when its return window closes.

    Goods whose return is complete already earn nothing. Call it when the order is delivered, after
    `refresh_orders`; a second call for the same order does nothing, nor does a store without a
    programme.
    """
    if not ctx.settings.loyalty or order.loyalty_point_earned <= 0:
        return None
    if _points_settled(ctx, order) is not None:
        return None
    return record_activity(
        ctx,
        order.customer_id,
        activity_type=ActivityType.EARNED,
        activity="order",
        loyalty_point=_points_deserved(ctx, order),
        title=f"Order {order.order_number}",
        reference_number=order.order_number,
        spendable_at=order.completes_at
        or ctx.now + timedelta(days=ctx.settings.return_window_days),
    )


def take_back_for_order(ctx: Context, order: Order) -> LoyaltyActivity | None:
    """Take back what an order no longer deserves of the points it earned.

    All of them when it is cancelled, else the share of goods whose return is complete. Call it
    after such a change; what was taken back already is not taken twice.
    """
    settled = _points_settled(ctx, order)
    if settled is None:
        return None
    points, spendable_at = settled
    cancelled = order.status == OrderStatus.CANCELLED
    return take_back_points(
        ctx,
        order.customer_id,
        activity="order_cancelled" if cancelled else "order_returned",
        loyalty_point=points - (0 if cancelled else _points_deserved(ctx, order)),
        reference_number=order.order_number,
        spendable_at=spendable_at,
    )


def points_spent_on(db: Session, orders: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Points the ledger took for orders and did not give back, in hundredths, by order number.

    Args:
        db: the session.
        orders: rows with `customer_id` and `order_number`.
    """
    if not orders:
        return {}
    table = table_of(LoyaltyActivity).c
    earned = table.activity_type == ActivityType.EARNED
    undone = table.activity.in_(rules.UNDOING)
    rows = db.execute(
        select(
            table.customer_id,
            table.reference_number,
            func.sum(
                case(
                    (~earned & ~undone, table.loyalty_point),
                    (earned & undone, -table.loyalty_point),
                    else_=0,
                )
            ),
        )
        .where(
            table.customer_id.in_({order["customer_id"] for order in orders}),
            table.reference_number.in_([order["order_number"] for order in orders]),
        )
        .group_by(table.customer_id, table.reference_number)
    )
    return {number: max(0, int(points)) for _, number, points in rows}


def settle_cancelled_order(ctx: Context, order: Order, *, credit: int | None = None) -> int:
    """Give back the points and credit a cancelled order took, and take back what it earned.

    No more points than the ledger took for it. `credit` is what of the store credit did not go
    back before, in minor units; left out, all. Call it once, in the transaction that sets the
    order's state. Returns the points it gave back, in hundredths.
    """
    row = {"customer_id": order.customer_id, "order_number": order.order_number}
    spent = points_spent_on(ctx.db, [row]).get(order.order_number, 0)
    points = min(order.loyalty_point_redeemed, spent)
    give_back_points(
        ctx,
        order.customer_id,
        activity="order_cancelled",
        loyalty_point=points,
        reference_number=order.order_number,
        savings=order.loyalty_amount,
        savings_currency=order.currency,
    )
    give_back_credit(
        ctx,
        order,
        order.credit_balance_used if credit is None else credit,
        activity="order_cancelled",
    )
    take_back_for_order(ctx, order)
    return max(0, points)


def _points_deserved(ctx: Context, order: Order) -> int:
    total = ctx.db.execute(
        select(func.coalesce(func.sum(col(OrderLine.line_total)), 0)).where(
            col(OrderLine.order_id) == order.id
        )
    ).scalar_one()
    returned = ctx.db.execute(
        select(func.coalesce(func.sum(col(ReturnItem.refund_amount)), 0))
        .join(OrderReturn, col(OrderReturn.id) == col(ReturnItem.return_id))
        .where(
            col(OrderReturn.order_id) == order.id,
            col(OrderReturn.status) == ReturnStatus.COMPLETE,
            col(ReturnItem.resolution) == ReturnResolution.REFUND,
        )
    ).scalar_one()
    cancelled = ctx.db.execute(
        select(func.coalesce(func.sum(col(CancelledItem.amount)), 0)).where(
            col(CancelledItem.order_id) == order.id
        )
    ).scalar_one()
    claimed = ctx.db.execute(
        select(func.coalesce(func.sum(col(ClaimItem.refunded)), 0))
        .join(Claim, col(Claim.id) == col(ClaimItem.claim_id))
        .where(col(Claim.order_id) == order.id)
    ).scalar_one()
    gone = int(returned) + int(cancelled) + int(claimed)
    return rules.points_kept(order.loyalty_point_earned, int(total), gone)


def _points_settled(ctx: Context, order: Order) -> tuple[int, datetime | None] | None:
    """Points earned less those taken back, and until when they wait; none: it earned none yet."""
    is_earned = col(LoyaltyActivity.activity_type) == ActivityType.EARNED
    points = col(LoyaltyActivity.loyalty_point)
    of_purchase = is_earned & (col(LoyaltyActivity.activity) == "order")
    undone = ~is_earned & col(LoyaltyActivity.activity).in_(rules.UNDOING)
    earned, taken, spendable_at = ctx.db.execute(
        select(
            func.sum(case((of_purchase, points))),
            func.coalesce(func.sum(case((undone, points))), 0),
            func.max(case((of_purchase, col(LoyaltyActivity.spendable_at)))),
        ).where(
            col(LoyaltyActivity.customer_id) == order.customer_id,
            col(LoyaltyActivity.reference_number) == order.order_number,
        )
    ).one()
    return None if earned is None else (int(earned) - int(taken), spendable_at)
