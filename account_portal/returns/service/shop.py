"""What only the shop does with returns."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.loyalty import service as loyalty
from account_portal.models import Order, Refund
from account_portal.models import OrderReturn as Request
from account_portal.notifications import mark_changed
from account_portal.orders.rules import POINTS, STORE_CREDIT
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import means_of, written_way_back
from account_portal.orders.service.goods import (
    living_refunds,
    planned_for,
    refund_goods,
    refund_instead,
    worth_of_return,
)
from account_portal.orders.service.refunds import approve_refund, settle_refund
from account_portal.returns import rules
from account_portal.returns.service.delivery import settle_delivery
from account_portal.returns.service.steps import (
    add_replacement,
    lock_request,
    notify,
)
from account_portal.states import OrderStatus, RefundStatus, ReturnStatus


def _take_step(ctx: Context, request_number: str, to: ReturnStatus) -> tuple[Request, Order]:
    """Lock the order of a request and move the request.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: it can't go there from where it is.
    """
    request, order = lock_request(ctx, request_number)
    rules.require_movable(ReturnStatus(request.status), to)
    request.status, request.modified_at = to, ctx.now
    mark_changed(ctx.db, [request.customer_id])
    return request, order


def approve_return(ctx: Context, request_number: str) -> None:
    """Accept a request: its refunds become pending, its replacement order is made.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: it does not wait for approval.
    """
    request, order = _take_step(ctx, request_number, ReturnStatus.APPROVED)
    request.approved_at = ctx.now
    plan = planned_for(ctx, order, worth_of_return(ctx, request))
    refunds = refund_goods(ctx, request, order, plan)
    back = replace(means_of(ctx, order, refunds), unpaid=plan.unpaid)
    replacement = add_replacement(ctx, request, order)
    changed = [order.id] if replacement is None else [order.id, replacement.id]
    refresh_orders(ctx.db, changed, ctx.now)
    notify(
        ctx,
        request,
        order.order_number,
        "approved",
        replacement=replacement.order_number if replacement else None,
        back=written_way_back(ctx, order, back),
    )


def reject_return(ctx: Context, request_number: str, reason: str) -> None:
    """Decline a request; its units can be asked for again.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        InvalidInput: no reason for the customer.
        ReturnNotMovable: it does not wait for approval.
    """
    request, order = _take_step(ctx, request_number, ReturnStatus.REJECTED)
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(reason="must have 1 to 500 characters")
    request.rejected_at, request.rejection_reason = ctx.now, reason.strip()
    settle_delivery(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    notify(ctx, request, order.order_number, "rejected", reason=request.rejection_reason)


def mark_return_shipped(ctx: Context, request_number: str) -> None:
    """Note that the goods were collected.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: it is not approved, or further already.
    """
    request, order = _take_step(ctx, request_number, ReturnStatus.SHIPPED)
    request.shipped_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    notify(ctx, request, order.order_number, "shipped")


def receive_return(ctx: Context, request_number: str) -> None:
    """Note that the goods arrived at the store.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: they are not on their way.
    """
    request, order = _take_step(ctx, request_number, ReturnStatus.RECEIVED)
    request.received_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    notify(ctx, request, order.order_number, "received")


def complete_return(ctx: Context, request_number: str) -> None:
    """Close a return whose goods are as they should be.

    Points and store credit go back at once, points earned with the goods are taken back; refunds of
    money stay with whoever moves the money. What was to be replaced by an order that was cancelled
    is refunded instead.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: the goods did not arrive yet.
    """
    request, order = _take_step(ctx, request_number, ReturnStatus.COMPLETE)
    request.completed_at = ctx.now
    if request.replacement_order_id is not None:
        replacement = ctx.db.get_one(Order, request.replacement_order_id)
        if replacement.status == OrderStatus.CANCELLED:
            refund_instead(ctx, request, order)
    ctx.db.flush()
    owed = [one for one in living_refunds(ctx, request) if one.status != RefundStatus.SUCCESS]
    back = written_way_back(ctx, order, means_of(ctx, order, owed))
    waiting = ctx.db.execute(
        select(col(Refund.request_number)).where(
            col(Refund.return_id) == request.id,
            col(Refund.status).in_((RefundStatus.PENDING, RefundStatus.APPROVED)),
            (col(Refund.payment_mode) == POINTS) | (col(Refund.payment_method) == STORE_CREDIT),
        )
    ).scalars()
    for number in waiting.all():
        approve_refund(ctx, number)
        settle_refund(ctx, number, succeeded=True)
    loyalty.take_back_for_order(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    notify(ctx, request, order.order_number, "complete", back=back)
