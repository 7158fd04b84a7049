"""Which payments of the store's gateway a refund goes back to."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order, Payment, Refund
from account_portal.orders import rules
from account_portal.orders.service.new_refunds import add_refund
from account_portal.states import RefundMode, RefundStatus


def sends_money_back(ctx: Context) -> bool:
    """Whether the store's gateway does; else the shop moves the money, and tells."""
    return ctx.gateways.payments is not None and ctx.gateways.payments.pays_back


def is_sent_by_gateway(ctx: Context, refund: Refund) -> bool:
    """Whether the gateway moves a refund's money, and tells; the shop must not."""
    return refund.payment_id is not None and sends_money_back(ctx)


def goes_back(refund: Refund) -> bool:
    """Whether a refund is money that goes back the way it was paid."""
    return (
        refund.payment_mode == RefundMode.ORIGINAL_PAYMENT_MODE
        and refund.payment_method != rules.STORE_CREDIT
    )


def hand_to_gateway(ctx: Context, refund: Refund, order: Order) -> None:
    """Let the gateway send an approved refund back, as far as payments it took cover it.

    What one payment does not cover becomes a refund of its own, approved like this one. What no
    payment of the gateway's covers stays with the shop.
    """
    if not sends_money_back(ctx) or not goes_back(refund):
        return
    left = _refundable(ctx, order)
    if not left:
        return
    payment_id, most = max(left.items(), key=lambda one: (one[1] >= refund.refund_amount, one[1]))
    rest = refund.refund_amount - most
    refund.payment_id, refund.due_at = payment_id, ctx.now
    if rest <= 0:
        return
    refund.refund_amount = most
    other = add_refund(
        ctx,
        order,
        rest,
        mode=RefundMode.ORIGINAL_PAYMENT_MODE,
        purpose=refund.purpose,
        remarks=refund.refund_remarks,
    )
    other.return_id, other.shipment_id = refund.return_id, refund.shipment_id
    other.retries_id, other.status = refund.retries_id, RefundStatus.APPROVED
    ctx.db.flush()
    hand_to_gateway(ctx, other, order)


def _refundable(ctx: Context, order: Order) -> dict[str, int]:
    """What is left of each payment the gateway took, by its id; nothing of those used up."""
    gateway = ctx.gateways.payments
    payments = ctx.db.execute(
        select(col(Payment.id), col(Payment.amount))
        .where(
            col(Payment.order_id) == order.id,
            col(Payment.payment_gateway).in_(sorted(gateway.names if gateway else ())),
            col(Payment.payment_status).in_(sorted(rules.ARRIVED)),
            col(Payment.payment_reference_number).is_not(None),
        )
        .order_by(col(Payment.created_at), col(Payment.id))
    )
    left: dict[str, int] = {row.id: row.amount for row in payments}
    refunds = ctx.db.execute(
        select(col(Refund.payment_id), col(Refund.refund_amount)).where(
            col(Refund.order_id) == order.id,
            col(Refund.payment_id).is_not(None),
            col(Refund.status) != RefundStatus.FAILED,
        )
    )
    for row in refunds:
        if row.payment_id in left:
            left[row.payment_id] -= row.refund_amount
    return {payment_id: amount for payment_id, amount in left.items() if amount > 0}
