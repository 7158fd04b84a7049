"""Cancelling a whole order, by its customer or by the shop."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_number
from account_portal.core.schemas import EncodedView
from account_portal.core.written import written_amount, written_day
from account_portal.loyalty import service as loyalty
from account_portal.models import BankAccount, Order, OrderReturn, Payment, Refund, Shipment
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import OrderCancelled
from account_portal.orders import rules
from account_portal.orders.facts import cancel_reason, facts_of, money_of
from account_portal.orders.schemas import CancelOrder, OrderDetail
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.goods import refund_instead
from account_portal.orders.service.locking import lock_order
from account_portal.orders.service.reading import get_order
from account_portal.orders.service.refund_reading import expected_date, latest_payment
from account_portal.states import (
    OrderStatus,
    RefundMode,
    RefundPurpose,
    RefundStatus,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
    VerificationStatus,
)


def cancel_order(ctx: Context, order_number: str, data: CancelOrder) -> EncodedView[OrderDetail]:
    """Cancel one of the caller's orders and send back what was paid.

    Raises:
        NotFound: no such order of the caller.
        BankAccountRequired: a bank transfer without an account.
        OrderAlreadyCancelled, OrderNotCancellable: its state forbids it.
        BankAccountNotFound, BankAccountNotVerified: the account cannot take the money.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    if data.refund_mode is RefundMode.BANK_TRANSFER and data.bank_account_id is None:
        raise rules.BankAccountRequired(bank_account_id="is required for a bank transfer")
    shipments = _shipments(ctx, order)
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    reason = cancel_reason(facts_of(ctx.db, order), ctx.now)
    if reason is not None:
        raise rules.OrderNotCancellable(rules.WORDS[reason])
    account = _payout_account(ctx, data)
    close_order(
        ctx, order, shipments, reason=data.cancellation_reason, mode=data.refund_mode, to=account
    )
    order.feedback = data.feedback
    _refund_replaced(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    return get_order(ctx, order_number)


def _shipments(ctx: Context, order: Order) -> list[Shipment]:
    statement = select(Shipment).where(col(Shipment.order_id) == order.id)
    return list(ctx.db.execute(statement).scalars())


def _payout_account(ctx: Context, data: CancelOrder) -> BankAccount | None:
    if data.refund_mode is not RefundMode.BANK_TRANSFER:
        return None
    try:
        account = ctx.get_owned(BankAccount, lock=True, id=data.bank_account_id)
    except NotFound:
        raise rules.BankAccountNotFound from None
    if account.verification_status != VerificationStatus.VERIFIED:
        raise rules.BankAccountNotVerified
    return account


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
    owed = rules.account_of(money_of(ctx.db, order)).owed_back
    if owed:
        purpose = RefundPurpose.CANCELLED
        add_refund(ctx, order, owed, mode=mode, purpose=purpose, to=to, remarks="Order cancelled")
    loyalty.settle_cancelled_order(ctx, order)
    enqueue(ctx, _news(ctx, order, owed, mode, to), customer_id=order.customer_id)


def _news(
    ctx: Context, order: Order, owed: int, mode: RefundMode, to: BankAccount | None
) -> OrderCancelled:
    news = OrderCancelled(order_number=order.order_number, store=ctx.settings.store_name)
    if not owed:
        return news
    country = ctx.settings.store_country
    refund = {
        "payment_mode": mode,
        "payment_method": None,
        "bank_name": to.bank_name if to else None,
        "bank_account_number": to.number_masked if to else None,
    }
    day = expected_date(ctx, ctx.now, mode)
    return news.model_copy(
        update={
            "refund": written_amount(money.to_major(owed, order.currency), order.currency, country),
            "way": rules.refund_way(refund, latest_payment(ctx, order.id)),
            "by": written_day(day, country) if day else None,
        }
    )


def _refund_replaced(ctx: Context, order: Order) -> None:
    """The goods that a cancelled order was to replace are back for good: their money is owed."""
    request = ctx.db.get(OrderReturn, order.replaces_return_id or "")
    if request is None or request.status != ReturnStatus.COMPLETE:
        return
    replaced = ctx.db.get_one(Order, request.order_id)
    refund_instead(ctx, request, replaced)
    loyalty.take_back_for_order(ctx, replaced)
    refresh_orders(ctx.db, [replaced.id], ctx.now)


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


def add_refund(
    ctx: Context,
    order: Order,
    amount: int,
    *,
    mode: RefundMode,
    purpose: str | None,
    to: BankAccount | None = None,
    remarks: str | None = None,
) -> Refund:
    """Put money on its way back; the store settles it."""
    refund = Refund(
        order_id=order.id,
        purpose=purpose,
        request_number=new_number("RFD", ctx.now.year),
        refund_amount=amount,
        status=RefundStatus.PENDING,
        payment_mode=mode,
        payment_method="Bank transfer" if to else None,
        bank_account_id=to.id if to else None,
        bank_account_number=to.number_masked if to else None,
        bank_name=to.bank_name if to else None,
        refund_remarks=remarks,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(refund)
    return refund
