"""What only the shop does with orders: approve, pack, ship, deliver, cancel."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import links
from account_portal.core.errors import Conflict, InvalidInput, NotFound, Unprocessable
from account_portal.core.ids import new_number
from account_portal.loyalty import service as loyalty
from account_portal.models import Order, Shipment, ShipmentEvent, ShipmentItem
from account_portal.models.states import OrderStatus, ShipmentStatus
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import OrderDelivered, OrderShipped
from account_portal.orders import rules
from account_portal.orders.facts import facts_of
from account_portal.orders.service.documents import refresh_orders


def _locked_order(ctx: Context, order_number: str) -> Order:
    ctx.require_shop()
    statement = select(Order).where(col(Order.order_number) == order_number).with_for_update()
    order = ctx.db.execute(statement).scalar_one_or_none()
    if order is None:
        raise NotFound(f"There is no order {order_number}.")
    return order


def approve_order(ctx: Context, order_number: str) -> None:
    """Accept an order that waits for approval.

    Raises:
        Conflict: it does not wait.
    """
    order = _locked_order(ctx, order_number)
    if order.status not in (OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL):
        raise Conflict(f"Order {order_number} is {order.status}; there is nothing to approve.")
    order.status, order.modified_at = OrderStatus.CONFIRMED, ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)


def create_shipment(ctx: Context, order_number: str, units: Mapping[str, int] | None = None) -> str:
    """Put units into a new parcel; none given: all that are in no parcel yet.

    Returns:
        The parcel's reference number.

    Raises:
        Conflict: the order is not confirmed, or over.
        Unprocessable: an unknown sku, or more units than are left.
    """
    order = _locked_order(ctx, order_number)
    if OrderStatus(order.status) in rules.FINAL | {
        OrderStatus.DRAFT,
        OrderStatus.AWAITING_APPROVAL,
    }:
        raise Conflict(f"Order {order_number} is {order.status}; nothing can be sent.")
    lines = facts_of(ctx.db, order).line_units()
    contents = rules.allocate(lines, list(units.items()) if units else None)
    if not contents:
        raise Unprocessable(f"Every unit of order {order_number} is in a parcel already.")
    shipment = Shipment(
        order_id=order.id,
        reference_number=new_number("SHP", ctx.now.year),
        status=ShipmentStatus.UNSCHEDULED,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(shipment)
    ctx.db.flush()
    for line_id, (count, free) in contents.items():
        ctx.db.add(
            ShipmentItem(
                shipment_id=shipment.id, line_id=line_id, quantity=count, free_quantity=free
            )
        )
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    return shipment.reference_number


def resend_shipment(ctx: Context, reference_number: str) -> str:
    """Send what was in a parcel that was lost or came back again; returns the new parcel's number.

    The old parcel is closed, so that its units are in one living parcel only.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
        ShipmentNotMovable: it is neither lost nor back.
    """
    order, shipment = _locked_shipment(ctx, reference_number)
    if shipment.status not in (ShipmentStatus.LOST, ShipmentStatus.RETURN_TO_ORIGIN):
        raise rules.ShipmentNotMovable(f"Parcel {reference_number} is {shipment.status}.")
    new = Shipment(
        order_id=order.id,
        reference_number=new_number("SHP", ctx.now.year),
        status=ShipmentStatus.UNSCHEDULED,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(new)
    ctx.db.flush()
    items = ctx.db.execute(
        select(ShipmentItem).where(col(ShipmentItem.shipment_id) == shipment.id)
    ).scalars()
    for item in items.all():
        ctx.db.add(ShipmentItem(**{**item.model_dump(exclude={"id"}), "shipment_id": new.id}))
    shipment.cancellation_reason = f"Sent again as {new.reference_number}"
    shipment.status, shipment.modified_at = ShipmentStatus.CANCELLED, ctx.now
    order.modified_at = ctx.now
    number = new.reference_number
    refresh_orders(ctx.db, [order.id], ctx.now)
    return number


def _locked_shipment(ctx: Context, reference_number: str) -> tuple[Order, Shipment]:
    """A parcel whose order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
    """
    ctx.require_shop()
    statement = (
        select(Order.order_number)  # type: ignore[call-overload]
        .join(Shipment, col(Shipment.order_id) == col(Order.id))
        .where(col(Shipment.reference_number) == reference_number)
    )
    order_number = ctx.db.execute(statement).scalar_one_or_none()
    if order_number is None:
        raise NotFound(f"There is no parcel {reference_number}.")
    order = _locked_order(ctx, order_number)
    shipment = ctx.db.execute(
        select(Shipment)
        .where(col(Shipment.reference_number) == reference_number)
        .execution_options(populate_existing=True)
    ).scalar_one()
    return order, shipment


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
    order, shipment = _locked_shipment(ctx, reference_number)
    if not rules.can_move(ShipmentStatus(shipment.status), status):
        raise rules.ShipmentNotMovable(
            f"Parcel {reference_number} is {shipment.status}; it cannot become {status}."
        )
    given = {
        "courier_company_name": courier,
        "awb_no": awb_no,
        "tracking_url": tracking_url,
        "eta_delivery": eta,
    }
    for name, value in given.items():
        if value is not None:
            setattr(shipment, name, value)
    shipment.status, shipment.modified_at = status, ctx.now
    if status is ShipmentStatus.PACKED:
        shipment.packed_at = ctx.now
    if status is ShipmentStatus.DELIVERED:
        shipment.delivered_date = ctx.now
    on_its_way = status not in rules.NOT_PACKED | {ShipmentStatus.PACKED}
    if on_its_way and shipment.shipped_date is None:
        shipment.shipped_date = ctx.now
    ctx.db.add(
        ShipmentEvent(
            shipment_id=shipment.id,
            status=status,
            text=text or _EVENT_TEXT.get(status, "Scheduled"),
            place=place,
            happened_at=ctx.now,
        )
    )
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    _tell(ctx, order, shipment, status)
    if ctx.db.get_one(Order, order.id).status in rules.DELIVERED:
        loyalty.earn_for_order(ctx, order)


def _tell(ctx: Context, order: Order, shipment: Shipment, status: ShipmentStatus) -> None:
    store = ctx.settings.store_name
    if status is ShipmentStatus.SHIPPED:
        shipped = OrderShipped(
            order_number=order.order_number,
            store=store,
            courier=shipment.courier_company_name,
            awb_no=shipment.awb_no,
            tracking_url=shipment.tracking_url,
        )
        enqueue(ctx, shipped, customer_id=order.customer_id)
    elif status is ShipmentStatus.DELIVERED:
        delivered = OrderDelivered(order_number=order.order_number, store=store)
        enqueue(ctx, delivered, customer_id=order.customer_id)
