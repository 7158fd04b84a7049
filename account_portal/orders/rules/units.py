"""Units: which are in which parcel, what arrived when, and what may go back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from account_portal.core import money
from account_portal.core.errors import Unprocessable
from account_portal.states import OrderStatus

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
    twin_of: str | None
    """The sku it was sold under, when an earlier line of the order has that one."""
    quantity: int
    free_quantity: int = 0
    sent: int = 0
    sent_free: int = 0

    @property
    def left(self) -> int:
        """Units in no parcel yet."""
        return max(0, self.quantity - self.sent)

    @property
    def free_left(self) -> int:
        """Free units in no parcel yet."""
        return max(0, self.free_quantity - self.sent_free)

    def take(self, units: int, free: int = 0) -> tuple[int, int]:
        """Put units into a parcel: paid ones first, unless so many free ones are known to be in it.

        Returns:
            The units, and how many of them are free.
        """
        paid_left = self.left - self.free_left
        free = min(units, self.free_left, max(free, units - paid_left))
        self.sent += units
        self.sent_free += free
        return units, free


Wanted = tuple[str, int, int]
"""A sku, units of it, and how many of them are known to be free."""


def allocate(
    lines: Sequence[LineUnits], wanted: Sequence[Wanted] | None
) -> dict[str, tuple[int, int]]:
    """Which units of which lines go into a parcel. Changes nothing when it refuses.

    Args:
        lines: of the order, in its order; what they have `sent` grows by what is allocated.
        wanted: what the parcel holds; lines of one sku are filled in their order. None: all units
            that are in no parcel yet.

    Returns:
        Units, and how many of them are free, by line id.

    Raises:
        UnknownSku: the order has no such line.
        TooManyUnits: more units, or more free ones, than are left.
    """
    if wanted is None:
        return {line.line_id: line.take(line.left) for line in lines if line.left}
    asked: dict[str, tuple[int, int]] = {}
    for sku, units, free in wanted:
        before = asked.get(sku, (0, 0))
        asked[sku] = (before[0] + units, before[1] + free)
    planned: dict[str, tuple[int, int]] = {}
    for sku, (units, free) in asked.items():
        twins = [line for line in lines if sku in (line.sku, line.twin_of)]
        if not twins:
            raise UnknownSku(f"sku {sku} is not in the order")
        missing, free_missing = units, free
        for line in twins:
            taken, free_taken = planned.get(line.line_id, (0, 0))
            part = min(missing, line.left - taken)
            free_part = min(free_missing, part, line.free_left - free_taken)
            planned[line.line_id] = (taken + part, free_taken + free_part)
            missing -= part
            free_missing -= free_part
        if missing:
            raise TooManyUnits(f"{units - missing} units of {sku} are left, not {units}.")
        if free_missing:
            raise TooManyUnits(f"{free - free_missing} free units of {sku} are left, not {free}.")
    return {
        line.line_id: line.take(*planned[line.line_id])
        for line in lines
        if planned.get(line.line_id, (0, 0))[0]
    }


class DeliveredParcel(NamedTuple):
    """What arrived when: paid units by line (free ones are never refunded)."""

    reference_number: str
    """Empty for an order that arrived without any record of its parcels."""
    delivered_at: datetime
    units: Mapping[str, int]


def worth_of(
    units: int, paid_units: int, amount: int, *, gone_units: int = 0, gone_amount: int = 0
) -> int:
    """What units of a line cost: their share of what is left of it, halves up.

    So the last unit gets the rest; but none costs more than was paid for so many.

    Args:
        units: how many.
        paid_units: units of the line that cost something.
        amount: what they cost together.
        gone_units: units that were valued before.
        gone_amount: at that much.
    """
    left = paid_units - gone_units
    units = min(units, left)  # those that cost something go first
    if units <= 0:
        return 0
    share = money.split(max(0, amount - gone_amount), [units, left - units])[0]
    return min(share, units * -(-amount // paid_units))


def window_end(delivered_at: datetime, window: timedelta) -> datetime:
    """Until when what arrived then can be returned."""
    return delivered_at + window
