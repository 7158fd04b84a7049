"""Orders of the same goods for nothing, in the place of goods that went back or went wrong."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.ids import new_number
from account_portal.models import (
    AddressCopy,
    Claim,
    Order,
    OrderLine,
    OrderReturn,
    Refund,
)
from account_portal.orders.service.goods import items_of, refund_claim, refund_instead
from account_portal.states import (
    ClaimResolution,
    OrderStatus,
    PaymentStatus,
    ReturnResolution,
    ReturnStatus,
)


def add_free_order(
    ctx: Context,
    order: Order,
    units: Mapping[str, int],
    *,
    note: str,
    address_id: str | None,
    replaces: OrderReturn | Claim,
) -> Order:
    """An order of units of another one for nothing, ready to be sent.

    Args:
        ctx: the call.
        order: the one it replaces goods of.
        units: how many, by line id.
        note: what it says of itself.
        address_id: of the copy that says where it goes.
        replaces: what it is sent for; it remembers the order.
    """
    is_claim = isinstance(replaces, Claim)
    replacement = Order(
        customer_id=order.customer_id,
        order_number=new_number("ORD", ctx.now.year),
        order_date=ctx.now,
        status=OrderStatus.CONFIRMED,
        payment_status=PaymentStatus.SUCCESS,
        currency=order.currency,
        customer_email=order.customer_email,
        customer_phone=order.customer_phone,
        customer_groups=order.customer_groups,
        customer_note=note,
        billing_address_id=_copied(ctx, order.billing_address_id),
        shipping_address_id=_copied(ctx, address_id),
        replaces_return_id=None if is_claim else replaces.id,
        replaces_claim_id=replaces.id if is_claim else None,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(replacement)
    ctx.db.flush()
    for position, (line_id, count) in enumerate(units.items()):
        ctx.db.add(_free_line(ctx.db.get_one(OrderLine, line_id), replacement, position, count))
    ctx.db.flush()
    replaces.replacement_order_id = replacement.id
    return replacement


def _copied(ctx: Context, copy_id: str | None) -> str | None:
    kept = ctx.db.get(AddressCopy, copy_id or "")
    if kept is None:
        return None
    copy = AddressCopy(**kept.model_dump(exclude={"id"}))
    ctx.db.add(copy)
    ctx.db.flush()
    return copy.id


def _free_line(line: OrderLine, order: Order, position: int, units: int) -> OrderLine:
    """The same thing for nothing: its units are free, so they are worth no refund either."""
    return OrderLine(
        **{
            **line.model_dump(exclude={"id"}),
            "order_id": order.id,
            "position": position,
            "quantity": units,
            "free_quantity": units,
            "is_free_item": True,
            "backorder": False,
            "on_subscription": False,
            "subscription_plan": None,
            "subscription_interval": None,
            "subscription_frequency": None,
            "promotion_discount_amount": 0,
            "coupon_discount_amount": 0,
            "tax_amount": 0,
            "line_total": 0,
            "shipping_additional_cost": 0,
        }
    )


def replaced_by(ctx: Context, order: Order) -> OrderReturn | Claim | None:
    """What an order is sent for; none: it is an order of its own."""
    if order.replaces_claim_id is not None:
        return ctx.db.get_one(Claim, order.replaces_claim_id)
    return ctx.db.get(OrderReturn, order.replaces_return_id or "")


def is_refunded_instead(ctx: Context, replaced: OrderReturn | Claim) -> bool:
    """Whether the goods that were to be replaced are refunded by now."""
    if isinstance(replaced, Claim):
        return replaced.resolution != ClaimResolution.REPLACEMENT
    return not items_of(ctx, replaced, ReturnResolution.REPLACEMENT)


def can_refund_instead(replaced: OrderReturn | Claim) -> bool:
    """Whether the money is owed once a replacement will not come: the goods are back, or stay."""
    return isinstance(replaced, Claim) or replaced.status == ReturnStatus.COMPLETE


def lock_replaced(ctx: Context, replaced: OrderReturn | Claim) -> Order:
    """The order whose goods were to be replaced, locked."""
    order: Order = ctx.db.execute(
        select(Order).where(col(Order.id) == replaced.order_id).with_for_update()
    ).scalar_one()
    return order


def refund_replaced(ctx: Context, replaced: OrderReturn | Claim, order: Order) -> list[Refund]:
    """Refund what was to be replaced by an order that will not come."""
    if isinstance(replaced, Claim):
        return refund_claim(ctx, replaced, order)
    return refund_instead(ctx, replaced, order)
