"""Cancelling units of an order that goes on with the rest."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.loyalty import service as loyalty
from account_portal.models import BankAccount, CancelledItem, Order, Shipment, ShipmentItem
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import ItemsCancelled
from account_portal.orders import rules
from account_portal.orders.facts import facts_of, money_of
from account_portal.orders.schemas import CancelItem
from account_portal.orders.service.cancel_plans import PlannedItem, plan_items
from account_portal.orders.service.coming_back import means_of, written_back
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.goods import add_refunds
from account_portal.orders.service.locking import lock_order
from account_portal.orders.service.refunds import give_back
from account_portal.states import (
    OrderStatus,
    RefundMode,
    RefundPurpose,
    RefundStatus,
    ShipmentStatus,
)


def cancel_planned_items(
    ctx: Context,
    order: Order,
    items: Sequence[PlannedItem],
    *,
    reason: str,
    mode: RefundMode = RefundMode.ORIGINAL_PAYMENT_MODE,
    to: BankAccount | None = None,
) -> None:
    """Take units out of an order and send back what they cost; whether it may is decided before.

    Points and store credit come back at once; money waits for the shop, as all refunds do.
    """
    value = sum(item.amount - item.charge for item in items)
    back = rules.planned_refund(money_of(ctx.db, order), value)
    for item in items:
        _take_out_of_parcels(ctx, order, item)
        ctx.db.add(
            CancelledItem(
                order_id=order.id,
                line_id=item.line["id"],
                quantity=item.units,
                free_quantity=item.free,
                amount=item.amount,
                charge=item.charge,
                reason=reason,
                created_at=ctx.now,
            )
        )
    refunds = add_refunds(ctx, order, back, remarks="Items cancelled", purpose=RefundPurpose.PARCEL)
    means = replace(means_of(ctx, order, refunds), unpaid=back.unpaid)
    for refund in refunds:
        if not rules.is_money(refund.payment_mode, refund.payment_method):
            refund.status, refund.refund_date = RefundStatus.SUCCESS, ctx.now
            ctx.db.flush()
            give_back(ctx, refund, order)
        elif to is not None:
            refund.payment_mode, refund.payment_method = mode, "Bank transfer"
            refund.bank_account_id, refund.bank_name = to.id, to.bank_name
            refund.bank_account_number = to.number_masked
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    has_arrived = ctx.db.get_one(Order, order.id).status in rules.DELIVERED
    if has_arrived:
        loyalty.earn_for_order(ctx, order)  # what is left of it arrived before
    names = [f"{item.units} × {item.line['product_name']}" for item in items]
    news = ItemsCancelled(
        order_number=order.order_number,
        store=ctx.settings.store_name,
        what=", ".join(names[:5]) + (" and more" if len(names) > 5 else ""),
        goes_on=not has_arrived,
        **written_back(ctx, order.currency, means),
    )
    enqueue(ctx, news, customer_id=order.customer_id)


def _take_out_of_parcels(ctx: Context, order: Order, item: PlannedItem) -> None:
    """Units in no parcel go first; what more is cancelled leaves parcels that are not packed."""
    line = next(
        one for one in facts_of(ctx.db, order).line_units() if one.line_id == item.line["id"]
    )
    missing = item.units - line.left
    if missing <= 0:
        return
    open_states = sorted(rules.NOT_PACKED - {ShipmentStatus.CANCELLED})
    rows = ctx.db.execute(
        select(ShipmentItem, Shipment)
        .join(Shipment, col(Shipment.id) == col(ShipmentItem.shipment_id))
        .where(
            col(Shipment.order_id) == order.id,
            col(Shipment.status).in_(open_states),
            col(ShipmentItem.line_id) == item.line["id"],
        )
        .order_by(col(Shipment.created_at).desc(), col(Shipment.id).desc())
    ).all()
    for inside, parcel in rows:
        taken = min(missing, inside.quantity)
        missing -= taken
        if taken == inside.quantity:
            ctx.db.delete(inside)
        elif taken:
            inside.quantity -= taken
            inside.free_quantity = min(inside.free_quantity, inside.quantity)
        ctx.db.flush()
        is_empty = (
            ctx.db.execute(
                select(col(ShipmentItem.id)).where(col(ShipmentItem.shipment_id) == parcel.id)
            ).first()
            is None
        )
        if is_empty:
            parcel.status = ShipmentStatus.CANCELLED
            parcel.cancellation_reason = "All of it was cancelled"
        if taken:
            parcel.modified_at = ctx.now


def cancel_items_for_shop(
    ctx: Context, order_number: str, wanted: list[CancelItem], reason: str
) -> None:
    """Cancel units that are in no packed parcel, as the shop; the order goes on with the rest.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
        InvalidInput: no reason for the customer, or nothing of the order would be left.
        OrderAlreadyCancelled: its state forbids it.
        UnknownSku: the order has no such line.
        QuantityNotCancellable: more units than are in no packed parcel.
    """
    order = lock_order(ctx, order_number)
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(reason="must have 1 to 500 characters")
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    items = plan_items(ctx, facts_of(ctx.db, order), wanted, beyond_policy=True)
    if not items:
        raise InvalidInput(items="would leave nothing: cancel the order")
    cancel_planned_items(ctx, order, items, reason=reason.strip())
