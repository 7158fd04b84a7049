"""Parcels that never came: sent again, or refunded."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order, Refund, Shipment, ShipmentItem
from account_portal.orders import rules
from account_portal.orders.facts import facts_of, money_of
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.goods import add_refunds
from account_portal.orders.service.locking import lock_shipment
from account_portal.orders.service.refunds import RefundNotMovable, RefundTooHigh
from account_portal.orders.service.replacing import (
    is_refunded_instead,
    lock_replaced,
    refund_replaced,
    replaced_by,
)
from account_portal.orders.service.shop import add_shipment
from account_portal.states import OrderStatus, RefundPurpose, ShipmentStatus


def resend_shipment(ctx: Context, reference_number: str) -> str:
    """Send what was in a parcel that was lost or came back again; returns the new parcel's number.

    The old parcel is closed, so that its units are in one living parcel only.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
        ShipmentNotMovable: it is neither lost nor back, or was refunded.
        TooManyUnits: its units are in other parcels, or no longer ordered.
    """
    order, shipment = lock_shipment(ctx, reference_number)
    if shipment.status not in rules.NEVER_CAME:
        raise rules.ShipmentNotMovable(f"Parcel {reference_number} is {shipment.status}.")
    if is_refunded(ctx, order, shipment):
        raise rules.ShipmentNotMovable(f"Parcel {reference_number} is refunded already.")
    items = _items_in(ctx, shipment)
    shipment.status, shipment.modified_at = ShipmentStatus.CANCELLED, ctx.now
    # The lines may be others by now: what is sent again are units as they stand.
    facts = facts_of(ctx.db, order)
    lines = {line.line_id: line for line in facts.line_units(facts.holding_shipments)}
    wanted = {item.line_id: (item.quantity, item.free_quantity) for item in items}
    for line_id, (units, _) in wanted.items():
        if units > lines[line_id].left:
            raise rules.TooManyUnits(
                f"{lines[line_id].left} units of {lines[line_id].sku} are left, not {units}."
            )
    number = add_shipment(
        ctx, order, {line_id: lines[line_id].take(*units) for line_id, units in wanted.items()}
    )
    shipment.cancellation_reason = f"In its place: {number}"
    refresh_orders(ctx.db, [order.id], ctx.now)
    return number


def refund_shipment(ctx: Context, reference_number: str) -> list[str]:
    """Refund what was in a parcel that was lost or came back, each way it was paid.

    Units that are in another parcel meanwhile, or no longer ordered, are not refunded. What of it
    was not paid is not asked for any more, before money goes back. Of a replacement the goods that
    it was to replace are refunded.

    Returns:
        The numbers of the refunds; none if nothing was paid for it.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
        RefundNotMovable: it is neither lost nor back, was refunded already, its order is cancelled,
            or none of its units is missing.
        RefundTooHigh: nothing is left to refund.
    """
    order, shipment = lock_shipment(ctx, reference_number)
    if shipment.status not in rules.NEVER_CAME:
        raise RefundNotMovable(f"Parcel {reference_number} is {shipment.status}.")
    if is_refunded(ctx, order, shipment):
        raise RefundNotMovable(f"Parcel {reference_number} is refunded already.")
    replaced = replaced_by(ctx, order)
    if replaced is not None:  # refund what it was to make good
        original = lock_replaced(ctx, replaced)
        before = money_of(ctx.db, original)
        return _refunded(ctx, original, refund_replaced(ctx, replaced, original), before)
    if order.status == OrderStatus.CANCELLED:
        raise RefundNotMovable(
            f"Order {order.order_number} is cancelled: what was paid for it goes back already."
        )
    before = money_of(ctx.db, order)
    shipment.modified_at = ctx.now
    _leave_what_is_missing(ctx, order, shipment)
    refunds = add_refunds(
        ctx,
        order,
        rules.planned_refund(before, _write_off(ctx, order, shipment)),
        remarks=f"Parcel {reference_number} did not arrive",
        purpose=RefundPurpose.PARCEL,
        shipment_id=shipment.id,
    )
    return _refunded(ctx, order, refunds, before)


def _leave_what_is_missing(ctx: Context, order: Order, shipment: Shipment) -> None:
    """Take out of a parcel what came, or comes, in another one: that is not to be paid back."""
    facts = facts_of(ctx.db, order)
    lines = {line.line_id: line for line in facts.line_units(facts.holding_shipments)}
    items = _items_in(ctx, shipment)
    if not any(lines[item.line_id].left for item in items):
        raise RefundNotMovable(
            f"No unit of parcel {shipment.reference_number} is missing: all are in other parcels."
        )
    for item in items:
        line = lines[item.line_id]
        item.quantity, item.free_quantity = line.take(
            min(item.quantity, line.left), item.free_quantity
        )
        if not item.quantity:
            ctx.db.delete(item)
    ctx.db.flush()


def _write_off(ctx: Context, order: Order, shipment: Shipment) -> int:
    """Note what the units of a parcel cost that are not sent again; what they cost together."""
    facts = facts_of(ctx.db, order)
    lines = {line["id"]: line for line in facts.lines}
    held, lost = facts.held(), facts.lost()
    value = 0
    for item in _items_in(ctx, shipment):
        line, gone = lines[item.line_id], (held[item.line_id], lost[item.line_id])
        item.written_off = rules.worth_of(
            item.quantity - item.free_quantity,
            line["quantity"] - line["free_quantity"],
            line["line_total"],
            gone_units=sum(one.valued for one in gone),
            gone_amount=sum(one.total for one in gone),
        )
        value += item.written_off
    return value


def _items_in(ctx: Context, shipment: Shipment) -> list[ShipmentItem]:
    return list(
        ctx.db.execute(
            select(ShipmentItem).where(col(ShipmentItem.shipment_id) == shipment.id)
        ).scalars()
    )


def _refunded(
    ctx: Context, order: Order, refunds: list[Refund], before: rules.MoneyFacts
) -> list[str]:
    if not refunds and not rules.account_of(before).unpaid:
        raise RefundTooHigh(f"Nothing of order {order.order_number} is left to refund.")
    numbers = [refund.request_number for refund in refunds]
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    return numbers


def is_refunded(ctx: Context, order: Order, shipment: Shipment) -> bool:
    """Whether a parcel of the order that did not arrive was, or is being, refunded."""
    replaced = replaced_by(ctx, order)
    if replaced is not None:
        return is_refunded_instead(ctx, replaced)
    return any(item.written_off is not None for item in _items_in(ctx, shipment))
