"""Units: which are in which parcel, what arrived when, and what may go back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from account_portal.core.errors import Unprocessable
from account_portal.models.states import OrderStatus

NOT_RETURNABLE = frozenset(
    {OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL, OrderStatus.CANCELLED}
)


class UnknownSku(Unprocessable):
    """The order has no line of this sku."""

    code = "item_not_in_order"
    message = "This item is not part of the order."


class TooManyUnits(Unprocessable):
    """More units than were ordered and are in no parcel yet."""

    code = "quantity_not_available"
    message = "So many units are not left to send."


@dataclass(slots=True)
class LineUnits:
    """A line, and how many of its units are in parcels already."""

    line_id: str
    sku: str
    product_id: str
    quantity: int
    free_quantity: int = 0
    sent: int = 0
    sent_free: int = 0

    @property
    def left(self) -> int:
        """Units in no parcel yet."""
        return max(0, self.quantity - self.sent)

    def is_twin_of(self, sku: str, product_id: str | None) -> bool:
        """Whether it was sold under this sku: the second line of one sku is kept as `SKU-2`."""
        if self.sku == sku:
            return True
        stem, dash, number = self.sku.rpartition("-")
        return bool(dash) and stem == sku and number.isdecimal() and self.product_id == product_id

    def take(self, units: int) -> tuple[int, int]:
        """Put units into a parcel; paid ones first, free ones last. Units, and the free of them."""
        paid_left = max(0, self.quantity - self.free_quantity - (self.sent - self.sent_free))
        free = max(0, units - paid_left)
        self.sent += units
        self.sent_free += free
        return units, free


def allocate(
    lines: Sequence[LineUnits], wanted: Sequence[tuple[str, int]] | None
) -> dict[str, tuple[int, int]]:
    """Which units of which lines go into a parcel. Changes nothing when it refuses.

    Args:
        lines: of the order, in its order; what they have `sent` grows by what is allocated.
        wanted: pairs of sku and units; lines of one sku are filled in their order. None: all
            units that are in no parcel yet.

    Returns:
        Units, and how many of them are free, by line id.

    Raises:
        UnknownSku: the order has no such line.
        TooManyUnits: more units than are left.
    """
    if wanted is None:
        return {line.line_id: line.take(line.left) for line in lines if line.left}
    asked: dict[str, int] = {}
    for sku, units in wanted:
        asked[sku] = asked.get(sku, 0) + units
    planned: dict[str, int] = {}
    for sku, units in asked.items():
        named = next((line.product_id for line in lines if line.sku == sku), None)
        twins = [line for line in lines if line.is_twin_of(sku, named)]
        if not twins:
            raise UnknownSku(f"sku {sku} is not in the order")
        missing = units
        for line in twins:
            part = min(missing, line.left - planned.get(line.line_id, 0))
            planned[line.line_id] = planned.get(line.line_id, 0) + part
            missing -= part
        if missing:
            raise TooManyUnits(f"{units - missing} units of {sku} are left, not {units}.")
    return {
        line.line_id: line.take(planned[line.line_id])
        for line in lines
        if planned.get(line.line_id)
    }


@dataclass(frozen=True, slots=True)
class DeliveredParcel:
    """What arrived when: paid units by line (free ones are never refunded)."""

    reference_number: str
    """Empty for an order that arrived without any record of its parcels."""
    delivered_at: datetime
    units: Mapping[str, int]


def window_end(delivered_at: datetime, window: timedelta) -> datetime:
    """Until when what arrived then can be returned."""
    return delivered_at + window


def returnable_units(
    parcels: Iterable[DeliveredParcel],
    remaining: Mapping[str, int],
    window: timedelta,
    now: datetime,
) -> dict[str, int]:
    """Units by line that could be put into a new return request now.

    At most the units of parcels whose window is open, and at most `remaining`: delivered units that
    no other request holds.
    """
    open_units: dict[str, int] = {}
    for parcel in parcels:
        if now <= window_end(parcel.delivered_at, window):
            for line, units in parcel.units.items():
                open_units[line] = open_units.get(line, 0) + units
    return {line: max(0, min(units, remaining.get(line, 0))) for line, units in open_units.items()}
