"""What the steps of a return do to money and goods."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import (
    Order,
    Refund,
    Shipment,
)
from account_portal.models import OrderReturn as Request
from account_portal.notifications import enqueue
from account_portal.notifications.messages.returns import ReturnMoved, Step
from account_portal.orders import rules as order_rules
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.cancelling import close_order
from account_portal.orders.service.coming_back import written_amounts
from account_portal.orders.service.goods import items_of
from account_portal.orders.service.locking import lock_order_of
from account_portal.orders.service.replacing import add_free_order
from account_portal.returns import rules
from account_portal.states import (
    OrderStatus,
    RefundMode,
    RefundStatus,
    ReturnResolution,
    ShipmentStatus,
)

WITHDRAWN = "Return cancelled"


def notify(
    ctx: Context,
    request: Request,
    order_number: str,
    step: Step,
    *,
    reason: str | None = None,
    replacement: str | None = None,
    back: Mapping[str, str] | None = None,
    not_accepted: Sequence[str] = (),
    parcel: str | None = None,
) -> None:
    """Tell the customer of a step; `back` is what comes back, as `written_way_back` has it."""
    kept = sum(one.fee for one in items_of(ctx, request, ReturnResolution.REFUND))
    amounts = {"fee": kept, "delivery": request.shipping_amount}
    if request.status in order_rules.ENDED:
        amounts = {}
    currency = ctx.db.get_one(Order, request.order_id).currency
    message = ReturnMoved(
        step=step,
        request_number=request.request_number,
        order_number=order_number,
        store=ctx.settings.store_name,
        reason=reason,
        not_accepted=tuple(not_accepted),
        replacement_order_number=replacement,
        parcel=parcel,
        **written_amounts(ctx, currency, amounts),
        **(back or {}),
    )
    enqueue(ctx, message, customer_id=request.customer_id)


def lock_request(ctx: Context, request_number: str) -> tuple[Request, Order]:
    """A request whose order is locked, for the shop.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
    """
    ctx.require_shop()
    statement = select(Request).where(col(Request.request_number) == request_number)
    request = ctx.db.execute(statement).scalar_one_or_none()
    if request is None:
        raise NotFound(f"There is no return {request_number}.")
    return request, lock_order_of(ctx, request)


def withdraw_refunds(ctx: Context, request: Request) -> None:
    """Call off the pending refunds of a request.

    Raises:
        ReturnNotCancellable: one of them is on its way.
    """
    refunds = ctx.db.execute(select(Refund).where(col(Refund.return_id) == request.id)).scalars()
    for refund in refunds:
        if refund.status in {RefundStatus.APPROVED, RefundStatus.SUCCESS}:
            raise rules.ReturnNotCancellable
        if refund.status == RefundStatus.PENDING:
            refund.status, refund.modified_at = RefundStatus.FAILED, ctx.now
            refund.refund_remarks = WITHDRAWN


def add_replacement(ctx: Context, request: Request, order: Order) -> Order | None:
    """An order of the same goods for nothing, ready to be sent; none if none was asked for."""
    items = items_of(ctx, request, ReturnResolution.REPLACEMENT)
    if not items:
        return None
    units: dict[str, int] = {}
    for item in items:
        units[item.line_id] = units.get(item.line_id, 0) + item.quantity
    return add_free_order(
        ctx,
        order,
        units,
        note=f"Replacement for return {request.request_number}",
        address_id=request.pickup_address_id or order.shipping_address_id,
        replaces=request,
    )


def withdraw_replacement(ctx: Context, request: Request, why: str = WITHDRAWN) -> None:
    """Cancel the replacement order of a request, if it has one that lives.

    Raises:
        ReturnNotCancellable: it is too far on its way.
    """
    if request.replacement_order_id is None:
        return
    order: Order = ctx.db.execute(
        select(Order).where(col(Order.id) == request.replacement_order_id).with_for_update()
    ).scalar_one()
    if order.status == OrderStatus.CANCELLED:
        return
    shipments = list(
        ctx.db.execute(select(Shipment).where(col(Shipment.order_id) == order.id)).scalars()
    )
    if not order_rules.can_cancel(
        OrderStatus(order.status),
        [ShipmentStatus(shipment.status) for shipment in shipments],
        until="packed",
    ):
        raise rules.ReturnNotCancellable
    close_order(
        ctx,
        order,
        shipments,
        reason=why,
        mode=RefundMode.ORIGINAL_PAYMENT_MODE,
        to=None,
    )
    refresh_orders(ctx.db, [order.id], ctx.now)
