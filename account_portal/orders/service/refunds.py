"""What becomes of refunds: approved and settled by the shop."""

from sqlalchemy import func, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import Conflict, NotFound
from account_portal.loyalty import rules as loyalty_rules
from account_portal.loyalty import service as loyalty
from account_portal.models import LoyaltyActivity, Order, Refund
from account_portal.models.states import ActivityType, RefundStatus
from account_portal.notifications import enqueue
from account_portal.notifications.messages.returns import RefundSettled
from account_portal.orders.service.documents import refresh_orders

POINTS = "loyalty_point"
"""Payment mode of a refund whose amount comes back as points."""

STORE_CREDIT = "Store credit"
"""Payment method of a refund whose amount comes back as store credit."""


class RefundNotMovable(Conflict):
    """The refund can't take that step from where it is."""

    code = "refund_not_movable"
    message = "This refund cannot take that step now."


def _locked_refund(ctx: Context, request_number: str) -> tuple[Refund, Order]:
    """A refund whose order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
    """
    ctx.require_shop()
    statement = select(Refund).where(col(Refund.request_number) == request_number)
    refund = ctx.db.execute(statement).scalar_one_or_none()
    if refund is None:
        raise NotFound(f"There is no refund {request_number}.")
    order = ctx.db.execute(
        select(Order).where(col(Order.id) == refund.order_id).with_for_update()
    ).scalar_one()
    ctx.db.refresh(refund)
    return refund, order


def approve_refund(ctx: Context, request_number: str) -> None:
    """Let a pending refund go out; approving it again changes nothing.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it is settled.
    """
    refund, order = _locked_refund(ctx, request_number)
    if refund.status == RefundStatus.APPROVED:
        return
    if refund.status != RefundStatus.PENDING:
        raise RefundNotMovable(f"Refund {request_number} is {refund.status} already.")
    refund.status, refund.modified_at = RefundStatus.APPROVED, ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)


def settle_refund(
    ctx: Context, request_number: str, *, succeeded: bool, reference: str | None = None
) -> None:
    """Record whether an approved refund arrived; telling the same again changes nothing.

    Points and store credit are given back here; money has been moved by whoever calls.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it is not approved, or was settled the other way.
    """
    refund, order = _locked_refund(ctx, request_number)
    outcome = RefundStatus.SUCCESS if succeeded else RefundStatus.FAILED
    if refund.status == outcome:
        return
    if refund.status != RefundStatus.APPROVED:
        raise RefundNotMovable(f"Refund {request_number} is {refund.status}.")
    if succeeded and refund.payment_mode == POINTS:
        _give_back_points(ctx, refund, order)
    elif succeeded and refund.payment_method == STORE_CREDIT:
        loyalty.give_back_credit(ctx, order, refund.refund_amount, activity="order_returned")
    refund.status, refund.modified_at = outcome, ctx.now
    refund.refund_date = ctx.now if succeeded else None
    refund.payment_reference_number = reference
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    amount = money.to_major(refund.refund_amount, order.currency)
    enqueue(
        ctx,
        RefundSettled(
            order_number=order.order_number,
            store=ctx.settings.store_name,
            amount=f"{order.currency} {amount}",
            succeeded=succeeded,
            way="points" if refund.payment_mode == POINTS else refund.payment_method,
        ),
        customer_id=order.customer_id,
    )


def _give_back_points(ctx: Context, refund: Refund, order: Order) -> None:
    """The points that paid this part of the order: a share of those not given back yet."""
    given_back = ctx.db.execute(
        select(func.coalesce(func.sum(col(LoyaltyActivity.loyalty_point)), 0)).where(
            col(LoyaltyActivity.customer_id) == order.customer_id,
            col(LoyaltyActivity.reference_number) == order.order_number,
            col(LoyaltyActivity.activity) == "order_returned",
            col(LoyaltyActivity.activity_type) == ActivityType.EARNED,
        )
    ).scalar_one()
    settled = ctx.db.execute(
        select(func.coalesce(func.sum(col(Refund.refund_amount)), 0)).where(
            col(Refund.order_id) == order.id,
            col(Refund.payment_mode) == POINTS,
            col(Refund.status) == RefundStatus.SUCCESS,
        )
    ).scalar_one()
    points = max(0, order.loyalty_point_redeemed - int(given_back))
    value = max(refund.refund_amount, order.loyalty_amount - int(settled))
    loyalty.give_back_points(
        ctx,
        order.customer_id,
        activity="order_returned",
        loyalty_point=loyalty_rules.points_given_back(points, refund.refund_amount, value),
        reference_number=order.order_number,
        savings=refund.refund_amount,
    )
