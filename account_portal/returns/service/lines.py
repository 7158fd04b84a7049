"""Lines of an order, and how far each arrived and went back."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order, OrderLine, ReturnItem, Shipment, ShipmentItem
from account_portal.models import OrderReturn as Request
from account_portal.models.states import OrderStatus, ReturnStatus, ShipmentStatus
from account_portal.orders import rules as order_rules
from account_portal.orders.service.documents import return_window
from account_portal.returns import rules
from account_portal.returns.rules import LineState


@dataclass(slots=True)
class _Held:
    """What other requests hold of a line."""

    units: int = 0
    total: int = 0
    tax: int = 0


@dataclass(slots=True)
class _Delivered:
    """What arrived of a line."""

    units: int = 0
    paid_units: int = 0
    dates: list[datetime] = field(default_factory=list)


def _held(ctx: Context, order: Order) -> dict[str, _Held]:
    found: dict[str, _Held] = defaultdict(_Held)
    rows = ctx.db.execute(
        select(ReturnItem)
        .join(Request, col(Request.id) == col(ReturnItem.return_id))
        .where(
            col(Request.order_id) == order.id,
            col(Request.status).not_in((ReturnStatus.REJECTED, ReturnStatus.CANCELLED)),
        )
    ).scalars()
    for item in rows:
        held = found[item.line_id]
        held.units += item.quantity
        held.total += item.refund_amount
        held.tax += item.tax_amount
    return found


def _delivered(
    ctx: Context, order: Order
) -> tuple[dict[str, _Delivered], list[order_rules.DeliveredParcel]]:
    """What arrived by line, and as parcels whose units are named by line id."""
    found: dict[str, _Delivered] = defaultdict(_Delivered)
    parcels: list[order_rules.DeliveredParcel] = []
    rows = ctx.db.execute(
        select(
            col(Shipment.reference_number),
            col(Shipment.delivered_date),
            col(ShipmentItem.line_id),
            col(ShipmentItem.quantity),
            col(ShipmentItem.free_quantity),
        )
        .join(ShipmentItem, col(ShipmentItem.shipment_id) == col(Shipment.id))
        .where(
            col(Shipment.order_id) == order.id,
            col(Shipment.status) == ShipmentStatus.DELIVERED,
        )
    )
    for row in rows:
        line, paid = found[row.line_id], row.quantity - row.free_quantity
        line.units += row.quantity
        line.paid_units += paid
        if row.delivered_date is not None:
            line.dates.append(row.delivered_date)
            parcels.append(
                order_rules.DeliveredParcel(
                    row.reference_number, row.delivered_date, {row.line_id: paid}
                )
            )
    return found, parcels


def line_states(ctx: Context, order: Order) -> list[tuple[OrderLine, LineState]]:
    """Each line of an order, in its order, with what can go back of it now."""
    lines = ctx.db.execute(
        select(OrderLine)
        .where(col(OrderLine.order_id) == order.id)
        .order_by(col(OrderLine.position), col(OrderLine.id))
    ).scalars()
    delivered, parcels = _delivered(ctx, order)
    held = _held(ctx, order)
    window = return_window()
    arrived = {line_id: line.paid_units for line_id, line in delivered.items()}
    remaining = {line_id: max(0, arrived[line_id] - held[line_id].units) for line_id in arrived}
    # The flag that is shown with the order and the guard enforced here are the same function.
    in_time = order_rules.returnable_units(parcels, arrived, window, ctx.now)
    returnable = order_rules.returnable_units(parcels, remaining, window, ctx.now)
    refused = OrderStatus(order.status) in rules.NOT_RETURNABLE
    found = []
    for line in lines:
        here, other = delivered[line.id], held[line.id]
        latest = max(here.dates, default=None)
        state = LineState(
            paid_units=line.quantity - line.free_quantity,
            line_total=line.line_total,
            tax_amount=line.tax_amount,
            delivered_units=here.units,
            open_units=in_time.get(line.id, 0),
            returnable_units=0 if refused else returnable.get(line.id, 0),
            held_units=other.units,
            held_total=other.total,
            held_tax=other.tax,
            closes_at=None if latest is None else order_rules.window_end(latest, window),
        )
        found.append((line, state))
    return found
