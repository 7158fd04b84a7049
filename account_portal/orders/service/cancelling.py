"""Cancelling an order or items of it by its customer, and a whole order by the shop."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.core.schemas import EncodedView
from account_portal.core.written import written_day
from account_portal.loyalty import service as loyalty
from account_portal.models import BankAccount, Order, Payment, Shipment
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import OrderCancelled
from account_portal.orders import rules
from account_portal.orders.facts import Withdrawable, facts_of, money_of, withdrawable_units
from account_portal.orders.schemas import (
    CancelChoice,
    CancelItem,
    CancelOrder,
    CancelPreview,
    OrderDetail,
)
from account_portal.orders.service.cancel_plans import plan_cancel, plan_items, refund_to
from account_portal.orders.service.cancelling_items import cancel_planned_items
from account_portal.orders.service.coming_back import written_back
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.locking import lock_order
from account_portal.orders.service.new_refunds import add_refund
from account_portal.orders.service.reading import get_order
from account_portal.orders.service.refund_reading import arrived_payments, expected_date
from account_portal.orders.service.replacing import (
    can_refund_instead,
    lock_replaced,
    refund_replaced,
    replaced_by,
)
from account_portal.states import (
    OrderStatus,
    RefundMode,
    RefundPurpose,
    ShipmentStatus,
    TransactionStatus,
)


def preview_cancel(ctx: Context, order_number: str, data: CancelChoice) -> CancelPreview:
    """What cancelling one of the caller's orders, or items of it, would do; changes nothing.

    Raises:
        As `cancel_order`.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return plan_cancel(ctx, order, data, lock=False).shown


def cancel_order(ctx: Context, order_number: str, data: CancelOrder) -> EncodedView[OrderDetail]:
    """Cancel one of the caller's orders, or items of it, and send back what was paid for them.

    Less what the policy charges.

    Raises:
        NotFound: no such order of the caller.
        BankAccountRequired: a bank transfer without an account.
        OrderAlreadyCancelled, OrderNotCancellable: its state or the policy forbids it.
        UnknownSku, QuantityNotCancellable: such items cannot be cancelled.
        BankAccountNotFound, BankAccountNotVerified: the account cannot take the money.
        PreviewOutdated: it would do something else than the preview that the call names.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    plan = plan_cancel(ctx, order, data, lock=True)
    rules.require_preview(plan.shown.digest, data.preview)
    if plan.items:
        cancel_planned_items(
            ctx,
            order,
            plan.items,
            reason=data.cancellation_reason,
            mode=data.refund_mode,
            to=plan.to,
        )
        return get_order(ctx, order_number)
    order.cancellation_charge, order.feedback = plan.kept, data.feedback
    _cancel_whole(ctx, order, data.cancellation_reason, mode=data.refund_mode, to=plan.to)
    return get_order(ctx, order_number)


def withdrawable_of(
    ctx: Context, order_number: str, exempt: Collection[str]
) -> dict[str, Withdrawable]:
    """What the caller can withdraw from of one of their orders, by sku.

    Raises:
        NotFound: no such order of the caller.
    """
    facts = facts_of(ctx.db, ctx.get_owned(Order, order_number=order_number))
    return withdrawable_units(facts, ctx.now, exempt)


def cancel_withdrawn(ctx: Context, order_number: str, items: list[CancelItem], reason: str) -> None:
    """Cancel what the caller withdraws from by law: the policy neither forbids it nor charges.

    What it charged for items that were cancelled before is kept.

    Raises:
        NotFound: no such order of the caller.
        OrderAlreadyCancelled: there is nothing left to cancel.
        UnknownSku: the order has no such line.
        QuantityNotCancellable: more units than are in no packed parcel.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    facts = facts_of(ctx.db, order)
    planned = plan_items(ctx, facts, items, beyond_policy=True)
    if planned:
        cancel_planned_items(ctx, order, planned, reason=reason)
        return
    order.cancellation_charge = facts.charges_kept
    _cancel_whole(ctx, order, reason)


def _cancel_whole(
    ctx: Context,
    order: Order,
    reason: str,
    *,
    mode: RefundMode = RefundMode.ORIGINAL_PAYMENT_MODE,
    to: BankAccount | None = None,
) -> None:
    close_order(ctx, order, _shipments(ctx, order), reason=reason, mode=mode, to=to)
    _refund_replaced(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)


def _shipments(ctx: Context, order: Order) -> list[Shipment]:
    statement = select(Shipment).where(col(Shipment.order_id) == order.id)
    return list(ctx.db.execute(statement).scalars())


def close_order(
    ctx: Context,
    order: Order,
    shipments: list[Shipment],
    *,
    reason: str,
    mode: RefundMode,
    to: BankAccount | None,
) -> None:
    """What cancelling does; whether it may be done is decided before."""
    before = money_of(ctx.db, order)
    order.status = OrderStatus.CANCELLED
    order.cancellation_reason = reason
    order.cancelled_at = order.modified_at = ctx.now
    for shipment in shipments:
        if shipment.status != ShipmentStatus.CANCELLED:
            shipment.status = ShipmentStatus.CANCELLED
            shipment.cancellation_reason = reason
            shipment.modified_at = ctx.now
    payments = ctx.db.execute(select(Payment).where(col(Payment.order_id) == order.id)).scalars()
    for payment in payments:
        if payment.payment_status == TransactionStatus.PENDING:
            payment.payment_status = TransactionStatus.FAILED
            payment.modified_at = ctx.now
    account = money_of(ctx.db, order)
    owed = rules.account_of(account).owed_back
    credit, unpaid = rules.credit_left(account), rules.account_of(before).unpaid
    if owed:
        purpose = RefundPurpose.CANCELLED
        add_refund(ctx, order, owed, mode=mode, purpose=purpose, to=to, remarks="Order cancelled")
    points = loyalty.settle_cancelled_order(ctx, order, credit=credit)
    back = rules.Means(owed, points, credit, unpaid)
    enqueue(ctx, _news(ctx, order, back, mode, to), customer_id=order.customer_id)


def _news(
    ctx: Context, order: Order, back: rules.Means, mode: RefundMode, to: BankAccount | None
) -> OrderCancelled:
    day = expected_date(ctx, ctx.now, mode)
    return OrderCancelled(
        order_number=order.order_number,
        store=ctx.settings.store_name,
        way=rules.refund_way(refund_to(mode, to), arrived_payments(ctx, order.id)),
        by=written_day(day, ctx.settings.store_country) if day else None,
        **written_back(ctx, order.currency, back),
    )


def _refund_replaced(ctx: Context, order: Order) -> None:
    """The goods that a cancelled order was to replace are not coming: their money is owed."""
    replaced = replaced_by(ctx, order)
    if replaced is None or not can_refund_instead(replaced):
        return
    original = lock_replaced(ctx, replaced)
    refund_replaced(ctx, replaced, original)
    loyalty.take_back_for_order(ctx, original)
    refresh_orders(ctx.db, [original.id], ctx.now)


def cancel_for_shop(ctx: Context, order_number: str, reason: str) -> None:
    """Cancel an order as the shop: nothing of it may have left the house.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
        InvalidInput: no reason for the customer.
        OrderAlreadyCancelled, OrderNotCancellable: its state forbids it.
    """
    order = lock_order(ctx, order_number)
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(reason="must have 1 to 500 characters")
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    packed = [ShipmentStatus(shipment.status) for shipment in _shipments(ctx, order)]
    if not rules.can_shop_cancel(OrderStatus(order.status), packed):
        raise rules.OrderNotCancellable(f"Order {order_number} is {order.status}.")
    _cancel_whole(ctx, order, reason.strip())
