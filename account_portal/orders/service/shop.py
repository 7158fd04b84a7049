"""What only the shop does with orders: approve, pack, ship, deliver, cancel."""

from collections.abc import Callable, Mapping

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import bulk, links
from account_portal.core.changing import PreparedChange
from account_portal.core.errors import Conflict, InvalidInput, Unprocessable
from account_portal.core.ids import new_id, new_number
from account_portal.core.reading import PreparedSelect
from account_portal.loyalty import service as loyalty
from account_portal.models import Claim, Order, Shipment, ShipmentEvent, ShipmentItem
from account_portal.notifications import enqueue
from account_portal.notifications.messages.base import Item
from account_portal.notifications.messages.orders import (
    NotDelivered,
    OrderDelivered,
    OrderNews,
    OrderShipped,
    OutForDelivery,
    ParcelLost,
)
from account_portal.orders import rules
from account_portal.orders.facts import facts_of
from account_portal.orders.service.arrivals import expected_day
from account_portal.orders.service.claim_news import close_arrived_claims
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.locking import OrderOfParcel, Parcel, lock_order, lock_parcel
from account_portal.orders.service.telling import items_of_parcel, tell_placed
from account_portal.states import ClaimStatus, OrderStatus, ShipmentStatus


def approve_order(ctx: Context, order_number: str) -> None:
    """Accept an order that waits for approval.

    Raises:
        Conflict: it does not wait.
    """
    order = lock_order(ctx, order_number)
    if order.status not in (OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL):
        raise Conflict(f"Order {order_number} is {order.status}; there is nothing to approve.")
    order.status, order.modified_at = OrderStatus.CONFIRMED, ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    tell_placed(ctx, order)
    if order.status in rules.DELIVERED:
        loyalty.earn_for_order(ctx, order)  # nothing of it is sent, and it is paid


def create_shipment(ctx: Context, order_number: str, units: Mapping[str, int] | None = None) -> str:
    """Put units into a new parcel; none given: all that are in no parcel yet.

    Files are in no parcel, unless they are named or nothing else was ordered.

    Returns:
        The parcel's reference number.

    Raises:
        Conflict: the order is not confirmed, or over.
        Unprocessable: an unknown sku, or more units than are left.
    """
    order = lock_order(ctx, order_number)
    if OrderStatus(order.status) in rules.FINAL | {
        OrderStatus.DRAFT,
        OrderStatus.AWAITING_APPROVAL,
    }:
        raise Conflict(f"Order {order_number} is {order.status}; nothing can be sent.")
    facts = facts_of(ctx.db, order)
    contents = (
        rules.allocate(facts.line_units(), [(sku, count, 0) for sku, count in units.items()])
        if units
        else rules.allocate(facts.units_to_send(), None)
    )
    if not contents:
        raise Unprocessable(f"Every unit of order {order_number} is in a parcel already.")
    number = add_shipment(ctx, order, contents)
    refresh_orders(ctx.db, [order.id], ctx.now)
    return number


def add_shipment(ctx: Context, order: Order, contents: Mapping[str, tuple[int, int]]) -> str:
    """A new parcel of an order; its contents as units, and how many are free, by line id."""
    shipment = Shipment(
        order_id=order.id,
        reference_number=new_number("SHP", ctx.now.year),
        status=ShipmentStatus.UNSCHEDULED,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(shipment)
    ctx.db.flush()
    ctx.db.add_all(
        ShipmentItem(shipment_id=shipment.id, line_id=line_id, quantity=count, free_quantity=free)
        for line_id, (count, free) in contents.items()
    )
    order.modified_at = ctx.now
    return shipment.reference_number


_EVENT_TEXT = {
    ShipmentStatus.SCHEDULED: "Pick-up scheduled",
    ShipmentStatus.PACKED: "Packed",
    ShipmentStatus.SHIPPED: "Handed to the courier",
    ShipmentStatus.IN_TRANSIT: "On its way",
    ShipmentStatus.OUT_FOR_DELIVERY: "Out for delivery",
    ShipmentStatus.DELIVERY_ATTEMPTED: "Delivery attempted",
    ShipmentStatus.UNDELIVERED: "Could not be delivered",
    ShipmentStatus.RETURN_TO_ORIGIN: "On its way back to us",
    ShipmentStatus.DELIVERED: "Delivered",
    ShipmentStatus.LOST: "Lost on the way",
    ShipmentStatus.CANCELLED: "Cancelled",
}


def move_shipment(
    ctx: Context,
    reference_number: str,
    status: ShipmentStatus,
    *,
    place: str | None = None,
    text: str | None = None,
    courier: str | None = None,
    awb_no: str | None = None,
    tracking_url: str | None = None,
    eta: str | None = None,
) -> None:
    """Take a parcel a step further, and tell the customer of the steps that matter.

    Raises:
        NotFound: no such parcel.
        ShipmentNotMovable: it can't go there from where it is.
        InvalidInput: `tracking_url` is no address that may be shown.
    """
    if tracking_url is not None and not links.is_link(tracking_url):
        raise InvalidInput(
            f"The tracking address {links.words(pictures=False)}.",
            tracking_url=links.words(pictures=False),
        )
    order, parcel = lock_parcel(ctx, reference_number)
    if not rules.can_move(ShipmentStatus(parcel.status), status):
        raise rules.ShipmentNotMovable(
            f"Parcel {reference_number} is {parcel.status}; it cannot become {status}."
        )
    given = {
        "courier_company_name": courier,
        "awb_no": awb_no,
        "tracking_url": tracking_url,
        "eta_delivery": eta,
    }
    moved = parcel._replace(
        status=str(status),
        packed_at=ctx.now if status is ShipmentStatus.PACKED else parcel.packed_at,
        shipped_date=parcel.shipped_date or (None if status in rules.IS_HERE else ctx.now),
        delivered_date=ctx.now if status is ShipmentStatus.DELIVERED else parcel.delivered_date,
        **{name: value for name, value in given.items() if value is not None},
    )
    _MOVE_PARCEL.run(ctx.db, {**moved._asdict(), "parcel": parcel.id, "now": ctx.now})
    _TOUCH_ORDER.run(ctx.db, {"order": order.id, "now": ctx.now})
    if status is ShipmentStatus.DELIVERED:
        close_arrived_claims(ctx, [order.id])
    step = {
        "id": new_id(),
        "shipment_id": parcel.id,
        "status": status,
        "text": text or _EVENT_TEXT.get(status, "Scheduled"),
        "place": place,
        "happened_at": ctx.now,
    }
    bulk.insert(ctx.db, ShipmentEvent, [step])
    refresh_orders(ctx.db, [order.id], ctx.now)
    _tell(ctx, order, reference_number, moved, status)
    if any(now in rules.DELIVERED for (now,) in ctx.read(_EARNING, order_id=order.id)):
        loyalty.earn_for_order(ctx, ctx.db.get_one(Order, order.id))


_TABLE = bulk.table_of(Shipment)
_MOVE_PARCEL = PreparedChange(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("parcel"))
    .values({name: bindparam(name) for name in Parcel._fields if name != "id"})
    .values(modified_at=bindparam("now"))
)
_TOUCH_ORDER = PreparedChange(
    update(bulk.table_of(Order))
    .where(col(Order.id) == bindparam("order"))
    .values(modified_at=bindparam("now"))
)
_EARNING = PreparedSelect(  # of most orders nothing: their rows need not be made objects
    select(col(Order.status)).where(
        col(Order.id) == bindparam("order_id"), col(Order.loyalty_point_earned) > 0
    )
)


def _tell(
    ctx: Context, order: OrderOfParcel, number: str, parcel: Parcel, status: ShipmentStatus
) -> None:
    of = {"order_number": order.order_number, "store": ctx.settings.store_name}
    made: Mapping[ShipmentStatus, Callable[[tuple[Item, ...]], OrderNews]] = {
        ShipmentStatus.SHIPPED: lambda items: OrderShipped(
            **of,
            items=items,
            courier=parcel.courier_company_name,
            awb_no=parcel.awb_no,
            tracking_url=parcel.tracking_url,
            promised=expected_day(ctx, order.id, number),
        ),
        ShipmentStatus.OUT_FOR_DELIVERY: lambda items: OutForDelivery(**of, items=items),
        ShipmentStatus.DELIVERED: lambda items: OrderDelivered(**of, items=items),
        ShipmentStatus.DELIVERY_ATTEMPTED: lambda items: NotDelivered(**of, items=items),
        ShipmentStatus.UNDELIVERED: lambda items: NotDelivered(**of, items=items, is_over=True),
        ShipmentStatus.LOST: lambda items: ParcelLost(**of, items=items),
    }
    if status in made and not (status is ShipmentStatus.LOST and _is_reported(ctx, parcel.id)):
        news = made[status](items_of_parcel(ctx, parcel.id))
        enqueue(ctx, news, customer_id=order.customer_id)


def _is_reported(ctx: Context, parcel_id: str) -> bool:
    """Whether its customer said already that it did not arrive, and what they want."""
    living = (ClaimStatus.OPEN, ClaimStatus.ACCEPTED)
    claims = select(col(Claim.id)).where(
        col(Claim.shipment_id) == parcel_id, col(Claim.status).in_(living)
    )
    return ctx.db.execute(claims.limit(1)).scalar() is not None
