"""The way of a parcel: which steps lie behind it, and when each was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from account_portal.states import ShipmentStatus

COURIERS = ("Speedy Express", "United Package", "Federal Shipping")

_S = ShipmentStatus
_PACKED = (_S.SCHEDULE_REQUESTED, _S.SCHEDULED, _S.PACKED)
_TRANSIT = (*_PACKED, _S.SHIPPED, _S.IN_TRANSIT)
_FAILED = (*_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERY_ATTEMPTED, _S.UNDELIVERED)
_STEPS = {
    _S.UNSCHEDULED: (),
    _S.SCHEDULE_REQUESTED: _PACKED[:1],
    _S.SCHEDULED: _PACKED[:2],
    _S.PACKED: _PACKED,
    _S.SHIPPED: _TRANSIT[:4],
    _S.IN_TRANSIT: _TRANSIT,
    _S.OUT_FOR_DELIVERY: (*_TRANSIT, _S.OUT_FOR_DELIVERY),
    _S.DELIVERY_ATTEMPTED: _FAILED[:7],
    _S.UNDELIVERED: _FAILED,
    _S.RETURN_TO_ORIGIN: (*_FAILED, _S.RETURN_TO_ORIGIN),
    _S.DELIVERED: (*_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERED),
    _S.CANCELLED: (_S.SCHEDULE_REQUESTED, _S.CANCELLED),
    _S.LOST: (*_TRANSIT, _S.LOST),
}
_TEXTS = {
    _S.SCHEDULE_REQUESTED: "Pick-up requested",
    _S.SCHEDULED: "{courier} will pick it up",
    _S.PACKED: "Packed",
    _S.SHIPPED: "Handed over to {courier}",
    _S.IN_TRANSIT: "Arrived at the sorting centre",
    _S.OUT_FOR_DELIVERY: "Out for delivery",
    _S.DELIVERY_ATTEMPTED: "Delivery tried, nobody answered",
    _S.UNDELIVERED: "Could not be delivered",
    _S.RETURN_TO_ORIGIN: "On its way back to us",
    _S.DELIVERED: "Delivered",
    _S.CANCELLED: "Cancelled before it was picked up",
    _S.LOST: "Lost on the way",
}
_AT_THE_WAREHOUSE = frozenset({*_PACKED, _S.SHIPPED, _S.CANCELLED})
WAREHOUSE = "Bengaluru"


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a parcel."""

    status: ShipmentStatus
    text: str
    place: str
    at: datetime


def journey(
    status: ShipmentStatus, courier: str, city: str, begun: datetime, reached: datetime
) -> Iterator[Step]:
    """The steps up to a state, from `begun` (the order) until that state was `reached`."""
    steps = _STEPS[status]
    for number, step in enumerate(steps, start=1):
        at = begun + (reached - begun) * number / len(steps)
        yield Step(
            step,
            _TEXTS[step].format(courier=courier),
            WAREHOUSE if step in _AT_THE_WAREHOUSE else city,
            at - timedelta(seconds=at.second, microseconds=at.microsecond),
        )
