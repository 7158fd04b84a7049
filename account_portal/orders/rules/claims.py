"""Until when customers can say that something is wrong with goods, and how far each line can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from account_portal.orders.rules.parcels import NEVER_CAME
from account_portal.orders.rules.policies import Ranked, Sale, terms_of
from account_portal.orders.rules.promises import promised_day
from account_portal.orders.rules.reasons import Reason
from account_portal.states import ReturnResolution, ShipmentStatus

OVERDUE_AFTER = timedelta(days=30)
"""When a parcel is late that was promised for no day: the law of the EU says so."""

_STRAY = NEVER_CAME | {ShipmentStatus.UNDELIVERED}
_WITH_COURIER = frozenset(
    {
        ShipmentStatus.SHIPPED,
        ShipmentStatus.IN_TRANSIT,
        ShipmentStatus.OUT_FOR_DELIVERY,
        ShipmentStatus.DELIVERY_ATTEMPTED,
    }
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far a line arrived, and what became of its units."""

    paid_units: int
    """Units that cost something."""
    parcels: tuple[tuple[datetime, int], ...]
    """When parcels arrived, and units of the line in them, free ones included."""
    in_returns: int
    """Units in living returns."""
    returned: int
    """Of these, units whose return is complete."""
    in_claims: int
    """Units in claims that are open, or that were refunded or replaced for one."""
    settled: int
    """Of these, units that were refunded or replaced."""
    lost_paid: int = 0
    """Paid units that were cancelled, or lost and refunded."""

    @property
    def held(self) -> int:
        """Units in returns and claims."""
        return self.in_returns + self.in_claims


@dataclass(frozen=True, slots=True)
class LineClaim:
    """For how many units of a line one can say that something is wrong."""

    units: int
    until: datetime | None
    """When the last window closes or closed; none: nothing arrived."""
    resolutions: tuple[ReturnResolution, ...]
    """What can be wished for: of units that cost nothing, no money."""
    reason: Reason | None
    """Why it is none; none: it is some."""


def kindest_claim(
    candidates: Sequence[Ranked], sale: Sale, arrived: Arrived, now: datetime
) -> LineClaim:
    """What can be claimed of a line by the kindest of policies: the one with the longest window."""
    window = _longest(candidates, sale, now)
    ends = [(when + window, units) for when, units in arrived.parcels]
    until = max((end for end, _ in ends), default=None)
    in_time = sum(units for end, units in ends if now <= end)
    there = sum(units for _, units in ends)
    units = max(0, min(in_time, there - arrived.held))
    if units:
        is_paid = arrived.paid_units - arrived.lost_paid > arrived.held
        ways = tuple(ReturnResolution) if is_paid else (ReturnResolution.REPLACEMENT,)
        return LineClaim(units, until, ways, None)
    return LineClaim(0, until, (), _why_not(arrived, until, there, now))


def _why_not(arrived: Arrived, until: datetime | None, there: int, now: datetime) -> Reason:
    if not there or until is None:
        return Reason("not_delivered")
    if now > until:
        return Reason("claim_window_closed", until)
    if arrived.in_claims > arrived.settled:
        return Reason("in_claim")
    if arrived.in_claims:
        return Reason("claim_settled")
    return Reason("all_returned" if arrived.returned >= arrived.in_returns else "in_return")


def _longest(candidates: Sequence[Ranked], sale: Sale, now: datetime) -> timedelta:
    return max(terms_of(rules, sale, now).claim_window for rules in candidates)


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A parcel that is not delivered."""

    status: ShipmentStatus
    stated: str | None
    """The day it is promised for, as its courier states it."""
    ordered_at: datetime
    in_claim: bool
    """An open claim is about it."""
    is_settled: bool
    """It was refunded."""


def why_parcel_not_claimable(
    candidates: Sequence[Ranked], sales: Sequence[Sale], parcel: OnItsWay, now: datetime
) -> Reason | None:
    """Why one cannot say that a parcel did not arrive; none: one can.

    One can when it is lost or back, or late: after the day it was promised for, or else 30 days
    after the order. The window is counted from that day.

    Args:
        candidates: the policies that bind the order.
        sales: what is in it; its kindest line decides.
        parcel: the parcel.
        now: the time, in the zone of the place it goes to.
    """
    if parcel.is_settled:
        return Reason("claim_settled")
    if parcel.in_claim:
        return Reason("in_claim")
    if parcel.status not in _WITH_COURIER | _STRAY:
        return Reason("not_sent")
    promised = promised_day(parcel.stated, now)
    due = _end_of(promised, now) if promised else parcel.ordered_at + OVERDUE_AFTER
    if parcel.status in _WITH_COURIER and now <= due:
        return Reason("not_due", due)
    windows = [_longest(candidates, sale, now) for sale in sales]
    until = due + max(windows, default=timedelta(0))
    return Reason("claim_window_closed", until) if now > until else None


def _end_of(day: date, now: datetime) -> datetime:
    end = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=now.tzinfo)
    return end.astimezone(UTC)
