"""Money for goods that came back: the refunds of a return, and of a replacement never sent."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.ids import new_number
from account_portal.models import Claim, ClaimItem, Order, OrderReturn, Payment, Refund, ReturnItem
from account_portal.orders import rules
from account_portal.orders.facts import NOT_AGREED, money_of
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


def worth_of_return(ctx: Context, request: OrderReturn) -> int:
    """What a return is to give back: goods less the fee, and what of the delivery it is due."""
    items = items_of(ctx, request, ReturnResolution.REFUND)
    return sum(item.refund_amount - item.fee for item in items) + request.shipping_amount


def planned_for(ctx: Context, order: Order, value: int) -> rules.Means:
    """How this much of the worth of a return goes back that is approved, beside its refunds."""
    facts = money_of(ctx.db, order)
    before = replace(facts, returned=facts.returned - value)  # it counts by now
    return rules.planned_refund(before, value)


def planned_anew(ctx: Context, request: OrderReturn, order: Order) -> rules.Means:
    """How the worth of a return would go back if it was approved only now."""
    value = worth_of_return(ctx, request)
    facts = money_of(ctx.db, order)
    counted = 0 if request.status in NOT_AGREED else value
    before = replace(
        facts,
        returned=facts.returned - counted,
        refunds=[one for one in facts.refunds if one.return_id != request.id],
    )
    return rules.planned_refund(before, value)


def remarks_of(request: OrderReturn) -> str:
    """What its customer reads of the refunds of a return."""
    delivery = ", with delivery" if request.shipping_amount else ""
    return f"Return {request.request_number}{delivery}"


def refund_goods(
    ctx: Context, request: OrderReturn, order: Order, plan: rules.Means
) -> list[Refund]:
    """Pending refunds of a return, as `planned_for` has them: one for each way it was paid."""
    return add_refunds(
        ctx,
        order,
        plan,
        remarks=remarks_of(request),
        purpose=RefundPurpose.RETURN,
        return_id=request.id,
    )


def reduce_refunds(ctx: Context, request: OrderReturn, order: Order) -> None:
    """Take from the refunds of a return what it is no longer worth.

    What went back or is in others' hands stays: nobody can take it from there.
    """
    living = living_refunds(ctx, request)
    back = planned_anew(ctx, request, order)
    points, credit, in_money = _by_way(living)
    left = max(0, back.total - sum(one.refund_amount for one in in_money if not _waits(one)))
    otherwise = _reduce(ctx, points, min(back.points, left))
    otherwise += _reduce(ctx, credit, min(back.credit, max(0, left - otherwise)))
    _reduce(ctx, in_money, max(0, back.total - otherwise))


def correct_refunds(ctx: Context, request: OrderReturn, order: Order) -> None:
    """Let the refunds of a return, all of which wait still, be what it is worth now."""
    living = living_refunds(ctx, request)
    back = planned_anew(ctx, request, order)
    more = {"money": back.money, "points": back.points, "credit": back.credit}
    points, credit, in_money = _by_way(living)
    for way, refunds in (("points", points), ("credit", credit), ("money", in_money)):
        more[way] -= _reduce(ctx, refunds, more[way])
        living_ones = (
            one for one in refunds if one in ctx.db and one.status != RefundStatus.FAILED
        )
        first = next(living_ones, None)
        if more[way] and first is not None:
            first.refund_amount, first.modified_at = first.refund_amount + more[way], ctx.now
            more[way] = 0
    ctx.db.flush()
    refund_goods(ctx, request, order, replace(back, **more))


def _by_way(refunds: list[Refund]) -> tuple[list[Refund], list[Refund], list[Refund]]:
    """Of these, those in points, in store credit, and in money."""
    points = [one for one in refunds if one.payment_mode == rules.POINTS]
    credit = [one for one in refunds if one.payment_method == rules.STORE_CREDIT]
    return points, credit, [one for one in refunds if one not in points + credit]


def living_refunds(ctx: Context, request: OrderReturn) -> list[Refund]:
    """Refunds of a return that did not fail, newest first."""
    return list(
        ctx.db.execute(
            select(Refund)
            .where(col(Refund.return_id) == request.id, col(Refund.status) != RefundStatus.FAILED)
            .order_by(col(Refund.created_at).desc(), col(Refund.id).desc())
        ).scalars()
    )


def _waits(refund: Refund) -> bool:
    """Whether it can still be called off."""
    return refund.status != RefundStatus.SUCCESS and refund.handed_over_at is None


def _reduce(ctx: Context, refunds: list[Refund], most: int) -> int:
    """Shrink refunds that wait until all of these give back no more; what they give back then."""
    total = sum(one.refund_amount for one in refunds)
    for one in sorted(refunds, key=lambda one: one.status == RefundStatus.APPROVED):
        taken = min(one.refund_amount, max(0, total - most))
        if not taken or not _waits(one):
            continue
        total -= taken
        one.refund_amount, one.modified_at = one.refund_amount - taken, ctx.now
        if not one.refund_amount and one.retries_id is not None:
            one.status = RefundStatus.FAILED  # else what it tried again would be owed once more
        elif not one.refund_amount:
            ctx.db.delete(one)
    ctx.db.flush()
    return total


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
    if not items:
        return []
    value = sum(item.refund_amount - item.fee for item in items)
    return refund_goods(ctx, request, order, planned_for(ctx, order, value))
