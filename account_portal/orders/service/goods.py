"""Money for goods that came back: the refunds of a return, and of a replacement never sent."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.ids import new_number
from account_portal.models import Claim, ClaimItem, Order, OrderReturn, Payment, Refund, ReturnItem
from account_portal.orders import rules
from account_portal.orders.facts import money_of
from account_portal.states import (
    ClaimResolution,
    RefundMode,
    RefundPurpose,
    RefundStatus,
    ReturnResolution,
)


def items_of(ctx: Context, request: OrderReturn, resolution: ReturnResolution) -> list[ReturnItem]:
    """Items of a request for which that was asked, in order."""
    return list(
        ctx.db.execute(
            select(ReturnItem)
            .where(
                col(ReturnItem.return_id) == request.id,
                col(ReturnItem.resolution) == resolution,
            )
            .order_by(col(ReturnItem.position))
        ).scalars()
    )


def planned_for(ctx: Context, order: Order, items: list[ReturnItem]) -> rules.Means:
    """How the worth of these items goes back, once the return they are of is approved."""
    value = sum(item.refund_amount - item.fee for item in items)
    facts = money_of(ctx.db, order)
    before = replace(facts, returned=facts.returned - value)  # they count by now
    return rules.planned_refund(before, value)


def refund_goods(
    ctx: Context, request: OrderReturn, order: Order, items: list[ReturnItem]
) -> list[Refund]:
    """One pending refund of these items for each way the order was paid."""
    return add_refunds(
        ctx,
        order,
        planned_for(ctx, order, items),
        remarks=f"Return {request.request_number}",
        purpose=RefundPurpose.RETURN,
        return_id=request.id,
    )


def claim_items_of(ctx: Context, claim: Claim) -> list[ClaimItem]:
    """Items of a claim, in order."""
    return list(
        ctx.db.execute(
            select(ClaimItem)
            .where(col(ClaimItem.claim_id) == claim.id)
            .order_by(col(ClaimItem.position))
        ).scalars()
    )


def refund_claim(
    ctx: Context, claim: Claim, order: Order, value: int | None = None
) -> list[Refund]:
    """Pending refunds of what claimed goods cost, one for each way the order was paid.

    Args:
        ctx: the call.
        claim: which.
        order: its order, locked.
        value: how much of it goes back, in minor units; none: all.
    """
    items = claim_items_of(ctx, claim)
    worth = [item.amount for item in items]
    value = sum(worth) if value is None else value
    before = money_of(ctx.db, order)
    for item, part in zip(items, money.split(value, worth), strict=True):
        item.refunded = part
    claim.resolution = ClaimResolution.REFUND
    return add_refunds(
        ctx,
        order,
        rules.planned_refund(before, value),
        remarks=f"Claim {claim.claim_number}",
        purpose=RefundPurpose.RETURN,
        claim_id=claim.id,
    )


def add_refunds(
    ctx: Context,
    order: Order,
    back: rules.Means,
    *,
    remarks: str,
    purpose: RefundPurpose,
    return_id: str | None = None,
    shipment_id: str | None = None,
    claim_id: str | None = None,
) -> list[Refund]:
    """Pending refunds of what goods cost: one for each way the order was paid."""
    refunds = [
        Refund(
            order_id=order.id,
            return_id=return_id,
            shipment_id=shipment_id,
            claim_id=claim_id,
            purpose=purpose,
            request_number=new_number("RFD", ctx.now.year),
            refund_amount=amount,
            status=RefundStatus.PENDING,
            payment_mode=mode,
            payment_method=method,
            refund_remarks=remarks,
            created_at=ctx.now,
            modified_at=ctx.now,
        )
        for amount, mode, method in (
            (back.money, RefundMode.ORIGINAL_PAYMENT_MODE, _payment_method(ctx, order)),
            (back.points, rules.POINTS, None),
            (back.credit, RefundMode.ORIGINAL_PAYMENT_MODE, rules.STORE_CREDIT),
        )
        if amount
    ]
    ctx.db.add_all(refunds)
    ctx.db.flush()
    return refunds


def _payment_method(ctx: Context, order: Order) -> str | None:
    method: str | None = ctx.db.execute(
        select(col(Payment.payment_method))
        .where(
            col(Payment.order_id) == order.id,
            col(Payment.payment_status).in_(sorted(rules.ARRIVED)),
        )
        .order_by(col(Payment.created_at).desc(), col(Payment.id).desc())
        .limit(1)
    ).scalar()
    return method


def refund_instead(ctx: Context, request: OrderReturn, order: Order) -> list[Refund]:
    """Refund what was to be replaced by an order that was cancelled; call it once they are back."""
    items = items_of(ctx, request, ReturnResolution.REPLACEMENT)
    for item in items:
        item.resolution = ReturnResolution.REFUND
    return refund_goods(ctx, request, order, items) if items else []
