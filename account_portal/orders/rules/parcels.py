"""Parcels: which step a parcel may take, and the state of an order that follows from them."""

from collections.abc import Collection, Mapping

from account_portal.core.errors import Conflict
from account_portal.states import OrderStatus, PaymentStatus, ShipmentStatus

FINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.COMPLETE})
DELIVERED = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETE})
"""States whose goods arrived, all of them: what may be reviewed."""


def may_download(status: str, payment_status: str) -> bool:
    """Whether the files of digital goods are open: the order is paid or arrived, and goes on."""
    if status == OrderStatus.CANCELLED or (
        status in DELIVERED and payment_status == PaymentStatus.FAILED
    ):
        return False  # what is there since it was paid closes once that payment bounced
    return status in DELIVERED or payment_status == PaymentStatus.SUCCESS


NEVER_CAME = frozenset({ShipmentStatus.LOST, ShipmentStatus.RETURN_TO_ORIGIN})
"""Parcels whose goods can be sent again, or their money be given back."""

NOT_PACKED = frozenset(
    {
        ShipmentStatus.UNSCHEDULED,
        ShipmentStatus.SCHEDULE_REQUESTED,
        ShipmentStatus.SCHEDULED,
        ShipmentStatus.CANCELLED,
    }
)


IS_HERE = NOT_PACKED | {ShipmentStatus.PACKED}
"""Parcels that no courier has yet, or ever."""


class ShipmentNotMovable(Conflict):
    """A parcel can't go from where it is to there."""

    code = "shipment_not_movable"
    message = "This parcel cannot take that step now."


# Forward, steps may be left out; couriers don't report them all.
_FORWARD = (
    ShipmentStatus.UNSCHEDULED,
    ShipmentStatus.SCHEDULE_REQUESTED,
    ShipmentStatus.SCHEDULED,
    ShipmentStatus.PACKED,
    ShipmentStatus.SHIPPED,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.OUT_FOR_DELIVERY,
    ShipmentStatus.DELIVERED,
)
_ON_ITS_WAY = frozenset(
    {ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY}
)
_SIDEWAYS: Mapping[ShipmentStatus, frozenset[ShipmentStatus]] = {
    ShipmentStatus.OUT_FOR_DELIVERY: frozenset(
        {ShipmentStatus.DELIVERY_ATTEMPTED, ShipmentStatus.UNDELIVERED}
    ),
    ShipmentStatus.DELIVERY_ATTEMPTED: frozenset(
        {
            ShipmentStatus.OUT_FOR_DELIVERY,
            ShipmentStatus.UNDELIVERED,
            ShipmentStatus.RETURN_TO_ORIGIN,
            ShipmentStatus.DELIVERED,
        }
    ),
    ShipmentStatus.UNDELIVERED: frozenset(
        {
            ShipmentStatus.IN_TRANSIT,
            ShipmentStatus.OUT_FOR_DELIVERY,
            ShipmentStatus.RETURN_TO_ORIGIN,
            ShipmentStatus.DELIVERED,
        }
    ),
}


def can_move(now: ShipmentStatus, to: ShipmentStatus) -> bool:
    """Whether a parcel may go from one state to another."""
    if to is ShipmentStatus.CANCELLED:
        return now in NOT_PACKED - {ShipmentStatus.CANCELLED} or now is ShipmentStatus.PACKED
    if to in (ShipmentStatus.LOST, ShipmentStatus.RETURN_TO_ORIGIN) and now in _ON_ITS_WAY:
        return True
    if now in _FORWARD and to in _FORWARD:
        return _FORWARD.index(to) > _FORWARD.index(now)
    return to in _SIDEWAYS.get(now, frozenset())


_STAGE: Mapping[ShipmentStatus, str] = {
    ShipmentStatus.UNSCHEDULED: "confirmed",
    ShipmentStatus.SCHEDULE_REQUESTED: "confirmed",
    ShipmentStatus.SCHEDULED: "scheduled",
    ShipmentStatus.PACKED: "scheduled",
    ShipmentStatus.SHIPPED: "shipped",
    ShipmentStatus.IN_TRANSIT: "shipped",
    ShipmentStatus.OUT_FOR_DELIVERY: "shipped",
    ShipmentStatus.DELIVERY_ATTEMPTED: "shipped",
    ShipmentStatus.UNDELIVERED: "undelivered",
    ShipmentStatus.LOST: "undelivered",
    ShipmentStatus.RETURN_TO_ORIGIN: "return_to_origin",
    ShipmentStatus.DELIVERED: "delivered",
}
_WHOLE = {
    "confirmed": OrderStatus.CONFIRMED,
    "scheduled": OrderStatus.AWAITING_SHIPMENT,
    "shipped": OrderStatus.SHIPPED,
    "undelivered": OrderStatus.UNDELIVERED,
    "return_to_origin": OrderStatus.RETURN_TO_ORIGIN,
    "delivered": OrderStatus.DELIVERED,
}
# When parcels differ, the one that tells most names the order.
_PARTIAL = (
    ("delivered", OrderStatus.PARTIALLY_DELIVERED),
    ("return_to_origin", OrderStatus.PARTIALLY_RETURN_TO_ORIGIN),
    ("undelivered", OrderStatus.PARTIALLY_UNDELIVERED),
    ("shipped", OrderStatus.PARTIALLY_SHIPPED),
    ("scheduled", OrderStatus.PARTIALLY_SCHEDULED),
)


NOT_PLACED = frozenset({OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL})
"""States of orders that nobody has agreed to yet."""


def is_there_once_paid(current: OrderStatus, payment_status: str) -> bool:
    """Whether an order that nothing of is sent has come: its customer can download it."""
    is_placed = current is not OrderStatus.CANCELLED and current not in NOT_PLACED
    return is_placed and payment_status == PaymentStatus.SUCCESS


_BEFORE_PARCELS = frozenset(
    {OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL, OrderStatus.CONFIRMED}
)


def derive_status(
    current: OrderStatus, shipments: Collection[ShipmentStatus], *, covers_all_units: bool
) -> OrderStatus:
    """The state that follows from the parcels; a cancelled order stays cancelled.

    Units in no parcel yet count as one more parcel that is not scheduled. Without parcels the order
    stays as it is; once all its parcels are cancelled it waits for new ones. `complete` is what
    `delivered` becomes when the return window is over, so it follows from the parcels as well.
    """
    if current is OrderStatus.CANCELLED:
        return current
    stages = {_STAGE[status] for status in shipments if status is not ShipmentStatus.CANCELLED}
    if not stages:
        is_stale = bool(shipments) and current not in _BEFORE_PARCELS
        return OrderStatus.CONFIRMED if is_stale else current
    if not covers_all_units:
        stages.add("confirmed")
    if len(stages) == 1:
        return _WHOLE[stages.pop()]
    return next(status for stage, status in _PARTIAL if stage in stages)
