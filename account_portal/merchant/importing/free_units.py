"""Free units in parcels, after the shop changed how many of a line are free."""

from collections.abc import Collection

from sqlalchemy import select

from account_portal.core.bulk import Row, table_of
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.cancelled_units import Cancelled, cancelled_units
from account_portal.merchant.importing.held_units import holds_units
from account_portal.merchant.importing.tables import update
from account_portal.models import OrderLine, Shipment, ShipmentItem
from account_portal.orders.rules import LineUnits


def refit(batch: Batch, line_ids: Collection[str]) -> None:
    """Let parcels hold no more free units, nor paid ones, than their lines have now.

    What was refunded as it never came stays as it was valued.
    """
    lines, items, shipments = table_of(OrderLine), table_of(ShipmentItem), table_of(Shipment)
    rows = batch.db.execute(
        select(items, lines.c.quantity.label("ordered"), lines.c.free_quantity.label("free"))
        .join(lines, lines.c.id == items.c.line_id)
        .join(shipments, shipments.c.id == items.c.shipment_id)
        .where(lines.c.id.in_(line_ids), holds_units())
        .order_by(items.c.written_off.is_(None), items.c.id)
    )
    cancelled = cancelled_units(batch, "line_id", line_ids)
    fitted: dict[str, LineUnits] = {}
    changes: list[tuple[str, Row]] = []
    for row in rows:
        gone = cancelled.get(row.line_id, Cancelled())
        ordered, ordered_free = row.ordered - gone.units, row.free - gone.free
        line = fitted.setdefault(
            row.line_id, LineUnits(row.line_id, "", None, ordered, ordered_free)
        )
        if row.written_off is not None:
            line.sent += row.quantity
            line.sent_free += row.free_quantity
            continue
        _, free = line.take(row.quantity, row.free_quantity)
        if free != row.free_quantity:
            changes.append((row.id, {"free_quantity": free}))
    update(batch.db, ShipmentItem, "id", changes)
