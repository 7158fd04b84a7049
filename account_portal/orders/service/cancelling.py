"""Cancelling an order or items of it by its customer, and a whole order by the shop."""

from collections.abc import Collection
from typing import NamedTuple

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
from account_portal.orders.facts import facts_of, given_back_units, line_cancels, money_of
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
    order.cancellation_charge = plan.kept
    close_order(
        ctx,
        order,
        _shipments(ctx, order),
        reason=data.cancellation_reason,
        mode=data.refund_mode,
        to=plan.to,
    )
    order.feedback = data.feedback
    _refund_replaced(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    return get_order(ctx, order_number)


class Withdrawable(NamedTuple):
    """Units of a line of an order whose contract is withdrawn from."""

    left: int
    """What neither went back nor was cancelled, lost or refunded; free ones included."""
    unsent: int
    """Of these, what can be cancelled."""


def withdrawable_units(
    ctx: Context, order_number: str, exempt: Collection[str]
) -> dict[str, Withdrawable]:
    """What the caller can withdraw from of one of their orders, by sku.

    What is not sent of goods that the law exempts, by their sku, goes by the policy, if that
    charges nothing.

    Raises:
        NotFound: no such order of the caller.
    """
    facts = facts_of(ctx.db, ctx.get_owned(Order, order_number=order_number))
    back, cancelled = given_back_units(facts), facts.cancelled_units()
    by_policy = line_cancels(facts, ctx.now)
    by_law = line_cancels(facts, ctx.now, beyond_policy=True)
    found = {}
    for line in facts.lines:
        gone, can = cancelled[line["id"]], by_policy[line["id"]]
        unsent = by_law[line["id"]].units
        if line["sku"] in exempt:
            unsent = 0 if can.charge else can.units
        left = line["quantity"] - back[line["id"]] - gone.free
        found[line["sku"]] = Withdrawable(max(0, left), unsent)
    return found


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
    close_order(
        ctx,
        order,
        _shipments(ctx, order),
        reason=reason,
        mode=RefundMode.ORIGINAL_PAYMENT_MODE,
        to=None,
    )
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
    shipments = _shipments(ctx, order)
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    packed = [ShipmentStatus(shipment.status) for shipment in shipments]
    if not rules.can_shop_cancel(OrderStatus(order.status), packed):
        raise rules.OrderNotCancellable(f"Order {order_number} is {order.status}.")
    close_order(
        ctx,
        order,
        shipments,
        reason=reason.strip(),
        mode=RefundMode.ORIGINAL_PAYMENT_MODE,
        to=None,
    )
    _refund_replaced(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
