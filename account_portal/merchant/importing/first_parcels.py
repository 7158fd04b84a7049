"""First parcels of orders that arrived by their state alone.

While an order has no parcels, all of it arrived when its state says so. Told parcels say it better,
but what customers asked to return, or reported, did arrive: their word does not undo that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress

from account_portal.core.errors import PortalError
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.cancelled_units import Cancelled, cancelled_units, leave_out
from account_portal.merchant.importing.contents import PartOfOrder, fill_parcel, lines_to_fill
from account_portal.merchant.importing.held_units import returned_and_delivered
from account_portal.merchant.importing.records import ShipmentPart
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Shipment
from account_portal.orders import rules
from account_portal.states import ShipmentStatus


def units_not_arrived(batch: Batch, parts: Sequence[PartOfOrder]) -> dict[str, int]:
    """Units, by order, that returns or claims hold and that no parcel told now has delivered.

    Only of orders that arrived by their state, and have no parcel that is not cancelled.
    """
    told: dict[str, list[PartOfOrder]] = defaultdict(list)
    for part in parts:
        arrived = batch.before.get(part.order_id) in rules.DELIVERED
        if arrived and not batch.is_new(part.order_id):
            told[part.order_id].append(part)
    if not told:
        return {}
    held, _ = returned_and_delivered(batch, sorted(told))
    for row in fetch(batch.db, Shipment, "order_id", sorted(held), ("order_id", "status")):
        if row["status"] != ShipmentStatus.CANCELLED:
            held.pop(row["order_id"], None)
    cancelled = cancelled_units(batch, "order_id", sorted(held))
    found: dict[str, int] = {}
    for order_id, units in held.items():
        delivered = _delivered(told[order_id], cancelled)
        lacking = sum(max(0, count - delivered[line]) for line, count in units.items())
        if lacking:
            found[order_id] = lacking
    return found


def _delivered(parts: Sequence[PartOfOrder], cancelled: Mapping[str, Cancelled]) -> dict[str, int]:
    """Units by line in those of an order's parcels that are told as delivered."""
    lines = lines_to_fill(parts[0].lines)
    leave_out({line.line_id: line for line in lines}, cancelled)
    found: dict[str, int] = defaultdict(int)
    for part in parts:
        parcel = part.part
        assert isinstance(parcel, ShipmentPart)
        with suppress(PortalError):  # then it is refused
            for line_id, (units, _) in fill_parcel(lines, parcel).items():
                if parcel.status == ShipmentStatus.DELIVERED:
                    found[line_id] += units
    return found
