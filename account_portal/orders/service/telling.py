"""What messages name of an order: its items and amounts, as they are written."""

from typing import Literal

from sqlalchemy import bindparam, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.reading import PreparedSelect
from account_portal.core.written import written_amount
from account_portal.models import Order, OrderLine, ShipmentItem
from account_portal.notifications import enqueue
from account_portal.notifications.messages.base import ITEMS, Item
from account_portal.notifications.messages.orders import OrderPlaced
from account_portal.orders import rules
from account_portal.orders.facts import facts_of

MOST = ITEMS * 4
"""Lines that wait with a message; it names the first, and counts the rest of these."""


def written(ctx: Context, order: Order, amount: int) -> str:
    """An amount of an order, in minor units, as pages write it."""
    major = money.to_major(amount, order.currency)
    return written_amount(major, order.currency, ctx.settings.store_country)


def items_of_order(ctx: Context, order: Order) -> tuple[Item, ...]:
    """What was ordered, with what it cost."""
    lines = ctx.db.execute(
        select(OrderLine)
        .where(col(OrderLine.order_id) == order.id)
        .order_by(col(OrderLine.position))
        .limit(MOST)
    ).scalars()
    return tuple(
        Item(
            name=line.product_name,
            quantity=line.quantity,
            amount=written(ctx, order, line.line_total),
        )
        for line in lines
    )


def items_of_parcel(ctx: Context, shipment_id: str) -> tuple[Item, ...]:
    """What is in a parcel."""
    rows = ctx.read(_IN_PARCEL, shipment_id=shipment_id)
    return tuple(Item(name=name, quantity=quantity) for name, quantity in rows)


_IN_PARCEL = PreparedSelect(
    select(col(OrderLine.product_name), col(ShipmentItem.quantity))
    .join(OrderLine, col(OrderLine.id) == col(ShipmentItem.line_id))
    .where(col(ShipmentItem.shipment_id) == bindparam("shipment_id"))
    .order_by(col(OrderLine.position))
    .limit(MOST)
)


def _comes(ctx: Context, order: Order) -> Literal["parcel", "download", "digital"]:
    """How the customer gets what was ordered."""
    facts = facts_of(ctx.db, order)
    if not facts.is_digital:
        return "parcel"
    has_file = any(line["download_url"] for line in facts.lines_to_come)
    is_open = rules.may_download(order.status, order.payment_status)
    return "download" if has_file and is_open else "digital"


def tell_placed(ctx: Context, order: Order) -> None:
    """Tell the customer that an order is confirmed."""
    placed = OrderPlaced(
        order_number=order.order_number,
        store=ctx.settings.store_name,
        items=items_of_order(ctx, order),
        total=written(ctx, order, order.grand_total),
        comes=_comes(ctx, order),
    )
    enqueue(ctx, placed, customer_id=order.customer_id)
