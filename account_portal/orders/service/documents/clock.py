"""What of a document depends on the clock."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from account_portal.core.bulk import Stored
from account_portal.core.settings import get_settings
from account_portal.models.states import (
    OrderStatus,
    ShipmentStatus,
)
from account_portal.orders import rules


def return_window() -> timedelta:
    """How long after delivery items can be returned."""
    return timedelta(days=get_settings().return_window_days)


def apply_moment(
    detail: dict[str, Any], remaining: dict[str, int], now: datetime
) -> datetime | None:
    """Set what depends on the clock, and tell until when it holds.

    Which units can be returned, which parcels still have some, and whether a delivered order is
    complete: at writing for the moment of writing, at reading once that no longer holds.
    """
    window = return_window()
    parcels = [
        rules.DeliveredParcel(
            reference_number=shipment["reference_number"],
            delivered_at=_moment(shipment["delivered_date"]),
            units={
                item["sku"]: item["quantity"] - item["free_quantity"]
                for item in shipment["shipment_items"]
            },
        )
        for shipment in detail["shipments"]
        if shipment["status"] == ShipmentStatus.DELIVERED and shipment["delivered_date"]
    ]
    units = rules.returnable_units(parcels, remaining, window, now)
    for item in detail["order_items"]:
        item["returnable_quantity"] = units.get(item["sku"], 0)
    still_open = {
        parcel.reference_number
        for parcel in parcels
        if now <= rules.window_end(parcel.delivered_at, window)
        and any(units.get(sku, 0) for sku in parcel.units)
    }
    for shipment in detail["shipments"]:
        shipment["is_return_allowed"] = shipment["reference_number"] in still_open
    ends = [rules.window_end(parcel.delivered_at, window) for parcel in parcels]
    upcoming = [end for end in ends if end >= now]
    if detail["status"] == OrderStatus.DELIVERED and ends and not upcoming:
        detail["status"] = OrderStatus.COMPLETE
    return min(upcoming, default=None)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def remaining_units(
    by_line: dict[str, Stored],
    shipments: list[tuple[Stored, list[Stored]]],
    requested: dict[str, int],
) -> dict[str, int]:
    """Delivered units by sku that no return request holds."""
    delivered: dict[str, int] = defaultdict(int)
    for shipment, items in shipments:
        if shipment["status"] == ShipmentStatus.DELIVERED:
            for item in items:
                delivered[item["line_id"]] += item["quantity"] - item["free_quantity"]
    return {
        by_line[line_id]["sku"]: units - requested.get(line_id, 0)
        for line_id, units in delivered.items()
        if units > requested.get(line_id, 0)
    }
