"""Rules of points: pure, no database, no clock. Points are hundredths unless said otherwise.

Parts of points are nothing a customer can use or read: what is worked out here comes out whole,
rounded in the customer's favour. Only an import can bring fractions, and they stay what they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from account_portal.core.errors import NotFound
from account_portal.core.money import POINT_SCALE

UNDOING = ("order_cancelled", "order_returned")
"""Movements that undo earlier ones: points given back or taken back with their order."""


class LoyaltyNotEnabled(NotFound):
    """The store runs no programme."""

    code = "loyalty_not_enabled"
    message = "This store has no rewards programme."


def points_taken(wanted: int, balance: int) -> int:
    """How many of the wanted points can be taken: a balance never goes below zero."""
    return max(0, min(wanted, balance))


def whole_points(points: int, most: int) -> int:
    """Rounded up to a whole point, but never more than `most`."""
    return min(most, -(-points // POINT_SCALE) * POINT_SCALE)


def points_kept(points: int, total: int, returned: int) -> int:
    """Points of an order that remain after goods worth `returned` of its `total` went back.

    Whole ones, and nothing is left once everything went back. Both in minor units.
    """
    if total <= 0:
        return points if returned <= 0 else 0
    return whole_points(points * max(0, total - returned) // total, points)


def points_given_back(points: int, amount: int, value: int) -> int:
    """Of `points` that paid `value` those of the part `amount`; the last part gets the rest."""
    return points if amount >= value else whole_points(points * amount // value, points)


def redeemable(balance: int, waiting: int) -> int:
    """Part of a balance that may be spent now; `waiting` points still wait for a return window."""
    return max(0, balance - max(0, waiting))


@dataclass(frozen=True, slots=True)
class Standing:
    """A tier, and the one after it. Bounds are hundredths of a point."""

    name: str | None
    begins_at: int
    next_name: str | None
    next_begins_at: int | None


def standing(points: int, tiers: Sequence[tuple[str, int]]) -> Standing:
    """The tier that points reach; `tiers` as (name, whole points it begins at), lowest first."""
    reached = [(name, start * 100) for name, start in tiers if start * 100 <= points]
    ahead = [(name, start * 100) for name, start in tiers if start * 100 > points]
    name, begins_at = reached[-1] if reached else (None, 0)
    next_name, next_begins_at = ahead[0] if ahead else (None, None)
    return Standing(name, begins_at, next_name, next_begins_at)


def percent_done(points: int, begins_at: int, next_begins_at: int | None) -> int:
    """How far points are from one tier to the next, 0 to 100, rounded down."""
    if next_begins_at is None:
        return 100
    return max(0, points - begins_at) * 100 // (next_begins_at - begins_at)


def worth(points: int, value: Decimal, digits: int) -> int:
    """What points are worth in minor units, rounded down: no more is promised than can be spent.

    Args:
        points: hundredths of a point.
        value: major units of one point.
        digits: decimals of the currency.
    """
    whole = Decimal(points) / POINT_SCALE * value
    return int(whole.scaleb(digits).to_integral_value(ROUND_DOWN))


def last_months(day: date, count: int = 12) -> list[date]:
    """The first days of the last months, that of `day` the last."""
    latest = day.year * 12 + day.month - 1
    return [
        date(number // 12, number % 12 + 1, 1) for number in range(latest - count + 1, latest + 1)
    ]


def height(points: int, most: int) -> int:
    """How high a column stands, in per cent of the highest; what is there can be seen."""
    return max(2, points * 100 // most) if points > 0 and most > 0 else 0


def credit_balance(total: int, lowest: int) -> int:
    """Store credit that is left, in minor units.

    Credit may have been given where we are not told of it: what was used beyond what we knew had
    been there before, so a balance never was below zero.

    Args:
        total: sum of all movements known.
        lowest: the lowest sum that there ever was, from the first movement on.
    """
    return total - min(0, lowest)
