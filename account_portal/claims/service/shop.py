"""What only the shop does with claims: agree to one, or decline it."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.claims import rules, schemas
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.loyalty import service as loyalty
from account_portal.models import Claim, ClaimItem, Order, Refund, ReturnItem, Shipment
from account_portal.notifications.messages.claims import ClaimStep
from account_portal.orders import rules as order_rules
from account_portal.orders import service as orders
from account_portal.orders.facts import money_of
from account_portal.orders.service.claim_news import tell_claim
from account_portal.orders.service.coming_back import means_of
from account_portal.orders.service.goods import claim_items_of, refund_claim
from account_portal.orders.service.locking import lock_order_of
from account_portal.orders.service.lost_parcels import is_refunded
from account_portal.orders.service.refunds import RefundTooHigh
from account_portal.orders.service.replacing import add_free_order
from account_portal.returns import service as returns
from account_portal.states import (
    ClaimProblem,
    ClaimResolution,
    ClaimStatus,
    OrderStatus,
    ReturnResolution,
    ShipmentStatus,
)


def _open(ctx: Context, claim_number: str) -> tuple[Claim, Order]:
    """A claim that waits for the shop; its order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such claim.
        ClaimNotOpen: it is decided or withdrawn.
    """
    ctx.require_shop()
    statement = select(Claim).where(col(Claim.claim_number) == claim_number)
    claim = ctx.db.execute(statement).scalar_one_or_none()
    if claim is None:
        raise NotFound(f"There is no claim {claim_number}.")
    order = lock_order_of(ctx, claim)
    rules.require_open(claim.status, claim_number)
    return claim, order


def accept_claim(ctx: Context, claim_number: str, data: schemas.AcceptClaim) -> None:
    """Agree to a claim: the money goes back, the goods are sent again, or they are to come back.

    A parcel that did not arrive is taken for lost first, and settled as every lost parcel is; one
    that the shop settled so already stays as it is, and the claim says so.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such claim.
        ClaimNotOpen: it is decided or withdrawn.
        OrderNotClaimable: its order was cancelled, and settled with that.
        RefundTooHigh: more than the units cost, or they cost nothing.
        GoodsNotThere: what did not come cannot come back.
        ShipmentNotMovable: the parcel arrived after all, or cannot be sent again.
        TooManyUnits: the units of the parcel are in other parcels, or no longer ordered.
        InvalidInput: an amount where nothing or everything is refunded.
    """
    claim, order = _open(ctx, claim_number)
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderNotClaimable(
            f"Order {order.order_number} is cancelled: decline the claim."
        )
    is_parcel = claim.shipment_id is not None
    can_be_less = data.resolution == ClaimResolution.REFUND and not is_parcel
    if data.amount is not None and not can_be_less:
        raise InvalidInput(amount="is for refunds of items: a parcel is refunded whole")
    claim.status, claim.resolution = ClaimStatus.ACCEPTED, data.resolution
    claim.decided_at = claim.modified_at = ctx.now
    claim.answer = data.answer or None
    order.modified_at = ctx.now
    items = claim_items_of(ctx, claim)
    back = None
    if data.resolution is ClaimResolution.RETURN:
        rules.require_there({item.problem for item in items}, is_parcel=is_parcel)
        _ask_back(ctx, claim, order, items)
    elif data.resolution is ClaimResolution.REPLACEMENT:
        _replace(ctx, claim, order, items)
    else:
        back = _refund(ctx, claim, order, items, data)
    orders.refresh_orders(ctx.db, [order.id], ctx.now)
    tell_claim(ctx, claim, order, _STEPS[data.resolution], back=back)


_STEPS: dict[ClaimResolution, ClaimStep] = {
    ClaimResolution.REFUND: "refunded",
    ClaimResolution.REPLACEMENT: "replaced",
    ClaimResolution.RETURN: "send_back",
}


def _refund(
    ctx: Context, claim: Claim, order: Order, items: list[ClaimItem], data: schemas.AcceptClaim
) -> order_rules.Means:
    """Give back what the units cost; returns each way it goes, and what need not be paid."""
    unpaid = order_rules.account_of(money_of(ctx.db, order)).unpaid
    if claim.shipment_id is not None:
        back = _refund_parcel(ctx, claim, order)
    else:
        back = _refund_goods(ctx, claim, order, items, data)
    ctx.db.flush()
    less = unpaid - order_rules.account_of(money_of(ctx.db, order)).unpaid
    return replace(back, unpaid=less)


def _refund_goods(
    ctx: Context, claim: Claim, order: Order, items: list[ClaimItem], data: schemas.AcceptClaim
) -> order_rules.Means:
    worth = sum(item.amount for item in items)
    value = worth if data.amount is None else money.to_minor(data.amount, order.currency)
    if not 0 < value <= worth:
        most = money.to_major(worth, order.currency)
        raise RefundTooHigh(f"At most {most} {order.currency} was paid for these items.")
    made = refund_claim(ctx, claim, order, value)
    back = means_of(ctx, order, made)
    for refund in made:
        is_points = refund.payment_mode == order_rules.POINTS
        if is_points or refund.payment_method == order_rules.STORE_CREDIT:
            orders.approve_refund(ctx, refund.request_number)
            orders.settle_refund(ctx, refund.request_number, succeeded=True)
    loyalty.take_back_for_order(ctx, order)
    return back


def _replace(ctx: Context, claim: Claim, order: Order, items: list[ClaimItem]) -> None:
    if claim.shipment_id is not None:
        _resend_parcel(ctx, claim)
        return
    units: dict[str, int] = {}
    for item in items:
        units[item.line_id] = units.get(item.line_id, 0) + item.quantity
    replacement = add_free_order(
        ctx,
        order,
        units,
        note=f"Replacement for claim {claim.claim_number}",
        address_id=order.shipping_address_id,
        replaces=claim,
    )
    orders.refresh_orders(ctx.db, [replacement.id], ctx.now)


def _ask_back(ctx: Context, claim: Claim, order: Order, items: list[ClaimItem]) -> None:
    """The claim becomes a return, which holds the units from now on."""
    back = [
        ReturnItem(
            return_id="",
            line_id=item.line_id,
            position=item.position,
            quantity=item.quantity,
            resolution=ReturnResolution(claim.wish),
            return_reason=item.details or rules.CAN_GO_BACK[ClaimProblem(item.problem)],
            refund_amount=item.amount,
            tax_amount=item.tax_amount,
            reason_code=item.problem,
        )
        for item in items
    ]
    request = returns.ask_back(ctx, order, back, for_claim=claim.claim_number)
    claim.return_id = request.id
    ctx.db.flush()
    returns.approve_return(ctx, request.request_number)


def _refund_parcel(ctx: Context, claim: Claim, order: Order) -> order_rules.Means:
    """Refund it, unless that was done; returns what was not promised before."""
    shipment = _lost(ctx, claim)
    if is_refunded(ctx, order, shipment):
        return order_rules.Means(money=0, points=0, credit=0)
    numbers = orders.refund_shipment(ctx, shipment.reference_number)
    of_claim = select(Refund).where(col(Refund.request_number).in_(numbers))
    refunds = ctx.db.execute(of_claim).scalars().all()
    for refund in refunds:
        refund.claim_id = claim.id
    # Those of a parcel that was to make good another order's goods are that order's.
    owner = ctx.db.get_one(Order, refunds[0].order_id) if refunds else order
    return means_of(ctx, owner, refunds)


def _resend_parcel(ctx: Context, claim: Claim) -> None:
    parcel = ctx.db.get_one(Shipment, claim.shipment_id)
    if parcel.status == ShipmentStatus.CANCELLED:
        return  # what was in it was sent again before: nothing else cancels one that left
    shipment = _lost(ctx, claim)
    again = orders.resend_shipment(ctx, shipment.reference_number)
    claim.resent_shipment_id = ctx.db.execute(
        select(col(Shipment.id)).where(col(Shipment.reference_number) == again)
    ).scalar_one()


def _lost(ctx: Context, claim: Claim) -> Shipment:
    """The parcel of a claim, which is lost or back: whoever sent it agrees that it is."""
    shipment = ctx.db.get_one(Shipment, claim.shipment_id)
    status = ShipmentStatus(shipment.status)
    if status not in order_rules.NEVER_CAME:
        to = next((one for one in _GONE if order_rules.can_move(status, one)), ShipmentStatus.LOST)
        orders.move_shipment(ctx, shipment.reference_number, to, text="Did not reach the customer")
    return shipment


_GONE = (ShipmentStatus.LOST, ShipmentStatus.RETURN_TO_ORIGIN)


def reject_claim(ctx: Context, claim_number: str, reason: str) -> None:
    """Decline a claim; its units can be claimed or returned again.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such claim.
        ClaimNotOpen: it is decided or withdrawn.
        InvalidInput: no reason for the customer.
    """
    claim, order = _open(ctx, claim_number)
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(reason="must have 1 to 500 characters")
    claim.status, claim.answer = ClaimStatus.REJECTED, reason.strip()
    claim.decided_at = claim.modified_at = ctx.now
    orders.refresh_orders(ctx.db, [order.id], ctx.now)
    tell_claim(ctx, claim, order, "rejected")
