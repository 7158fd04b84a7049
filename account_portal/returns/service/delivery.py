"""The delivery of an order that was withdrawn from as a whole (2011/83/EU, Article 13).

One return gives it back: the last that a withdrawal asked for. It is due as long as nothing of the
order stays with its customer: when a return of it ends, or not all came back, it falls away.
"""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order
from account_portal.models import OrderReturn as Request
from account_portal.notifications import enqueue
from account_portal.notifications.messages.returns import ReturnDelivery
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import charges_of, facts_of, is_given_back
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import written_amounts
from account_portal.orders.service.goods import (
    correct_refunds,
    living_refunds,
    planned_for,
    reduce_refunds,
    refund_goods,
    remarks_of,
)
from account_portal.states import OrderStatus, RefundStatus, ReturnStatus


def give_back_delivery(ctx: Context, order: Order, *, telling: Request | None = None) -> bool:
    """Let a return of an order that is withdrawn from give back its delivery, if none of it stays.

    Call it when the last of it was withdrawn from, before `refresh_orders`.

    Args:
        ctx: the call.
        order: locked.
        telling: the return of which the customer is told anyway, with its delivery.

    Returns:
        Whether that is done, or nothing is due; else no return that lives was asked for by a
        withdrawal, and people have to refund it.
    """
    facts = facts_of(ctx.db, order)
    charges = charges_of(facts)
    if charges <= 0 or not is_given_back(facts):
        return True
    requests = _by_law(ctx, order)
    if not requests:
        return False
    gives = next((one for one in requests if one.shipping_amount), requests[0])
    for one in requests:
        one.asked_shipping_amount = charges if one is gives else 0
    settle_delivery(ctx, order, telling=telling)
    return True


def give_back_delivery_of(ctx: Context, order_number: str) -> bool:
    """The same of an order of the caller's, of which the last was not sent and is cancelled.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    if order.status == OrderStatus.CANCELLED:  # which gave back all that was paid
        return True
    is_done = give_back_delivery(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    return is_done


def settle_delivery(ctx: Context, order: Order, *, telling: Request | None = None) -> None:
    """Let delivery be given back as long as it is due; call it when what goes back changed.

    What went back or is in others' hands stays. The customer is told of what changes, but for a
    return of which the caller tells (`telling`).
    """
    asked = [one for one in _by_law(ctx, order) if one.asked_shipping_amount]
    if not asked:
        return
    is_due = is_given_back(facts_of(ctx.db, order))
    for request in asked:
        before = _promised(ctx, request)
        _set(ctx, order, request, request.asked_shipping_amount if is_due else 0)
        if request is not telling:
            _tell(ctx, order, request, _promised(ctx, request) - before)


def _promised(ctx: Context, request: Request) -> int:
    """What a return gives back: as it is asked for, or by its refunds."""
    if request.status == ReturnStatus.CREATED:
        amount: int = request.shipping_amount
        return amount
    return sum(one.refund_amount for one in living_refunds(ctx, request))


def _tell(ctx: Context, order: Order, request: Request, more: int) -> None:
    if not more:
        return
    news = ReturnDelivery(
        request_number=request.request_number,
        order_number=order.order_number,
        store=ctx.settings.store_name,
        comes_back=more > 0,
        **written_amounts(ctx, order.currency, {"amount": abs(more)}),
    )
    enqueue(ctx, news, customer_id=order.customer_id)


def by_law_of(ctx: Context, order: Order) -> set[str]:
    """Ids of returns of an order that withdrawals asked for and that live."""
    return {one.id for one in _by_law(ctx, order)}


def _by_law(ctx: Context, order: Order) -> list[Request]:
    """Returns of an order that withdrawals asked for and that live, the last first."""
    return list(
        ctx.db.execute(
            select(Request)
            .where(
                col(Request.order_id) == order.id,
                col(Request.by_law),
                col(Request.status).not_in(sorted(order_rules.ENDED)),
            )
            .order_by(col(Request.created_at).desc(), col(Request.id).desc())
        ).scalars()
    )


def _set(ctx: Context, order: Order, request: Request, amount: int) -> None:
    more = amount - request.shipping_amount
    if not more:
        return
    remarks = remarks_of(request)
    request.shipping_amount += more
    request.grand_total += more
    request.modified_at = ctx.now
    ctx.db.flush()
    if request.status == ReturnStatus.CREATED:
        return  # its refunds are made when it is approved
    if all(one.status == RefundStatus.PENDING for one in living_refunds(ctx, request)):
        correct_refunds(ctx, request, order)
    elif more > 0:
        refund_goods(ctx, request, order, planned_for(ctx, order, more))
    else:
        reduce_refunds(ctx, request, order)
    for one in living_refunds(ctx, request):
        if one.refund_remarks == remarks and one.status != RefundStatus.SUCCESS:
            one.refund_remarks = remarks_of(request)
