"""What is under way of a customer, and has to be settled before their account is deleted."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import null, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Claim, Order, OrderReturn, Refund, Subscription, Withdrawal
from account_portal.orders import rules as order_rules
from account_portal.orders.service.refund_reading import is_sent_again
from account_portal.personal_data import rules, schemas
from account_portal.personal_data.service.tables.base import by_order
from account_portal.states import (
    ClaimStatus,
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    SubscriptionStatus,
    WithdrawalStatus,
)

_OVER = (*order_rules.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURN_TO_ORIGIN)
_OPEN_RETURNS = (
    ReturnStatus.CREATED,
    ReturnStatus.APPROVED,
    ReturnStatus.SHIPPED,
    ReturnStatus.RECEIVED,
)
_NAMED = 10
"""Things of a kind that are named as being under way."""


def _number_of(order_id: Any) -> Any:
    """Number of the order that a row belongs to."""
    return select(col(Order.order_number)).where(col(Order.id) == order_id).scalar_subquery()


def obstacles_of(ctx: Context, customer_id: str) -> Iterator[schemas.Obstacle]:
    """Each thing that is under way, at most ten of a kind."""
    under_way: tuple[tuple[schemas.ObstacleCode, Any], ...] = (
        (
            "open_order",
            select(col(Order.order_number), col(Order.order_number)).where(
                col(Order.customer_id) == customer_id, col(Order.status).not_in(_OVER)
            ),
        ),
        (
            "open_return",
            select(col(OrderReturn.request_number), _number_of(OrderReturn.order_id)).where(
                col(OrderReturn.customer_id) == customer_id,
                col(OrderReturn.status).in_(_OPEN_RETURNS),
            ),
        ),
        (
            "open_claim",
            select(col(Claim.claim_number), _number_of(Claim.order_id)).where(
                col(Claim.customer_id) == customer_id, col(Claim.status) == ClaimStatus.OPEN
            ),
        ),
        (
            "open_withdrawal",
            select(col(Withdrawal.reference), col(Withdrawal.order_number)).where(
                col(Withdrawal.customer_id) == customer_id,
                col(Withdrawal.status) == WithdrawalStatus.OPEN,
            ),
        ),
        (
            "open_refund",
            select(col(Refund.request_number), _number_of(Refund.order_id)).where(
                by_order(Refund.order_id)(customer_id),
                col(Refund.status).in_((RefundStatus.PENDING, RefundStatus.APPROVED))
                | ((col(Refund.status) == RefundStatus.FAILED) & ~is_sent_again()),
            ),
        ),
        (
            "active_subscription",
            select(col(Subscription.subscription_number), null()).where(
                col(Subscription.customer_id) == customer_id,
                col(Subscription.status).in_(
                    (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
                ),
            ),
        ),
    )
    for code, statement in under_way:
        ordered = statement.order_by(statement.selected_columns[0]).limit(_NAMED)
        for number, order_number in ctx.db.execute(ordered):
            yield rules.obstacle(code, number, order_number)
