"""Until when customers can say that something is wrong with goods, and how far each line can."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from account_portal.orders.rules.parcels import NEVER_CAME
from account_portal.orders.rules.policies import AllTerms, Terms, asked_by_all
from account_portal.orders.rules.promises import promised_day
from account_portal.orders.rules.reasons import Reason
from account_portal.orders.schemas.policies import ShownProblem
from account_portal.states import ClaimStatus, ReturnResolution, ShipmentStatus

LIVING_CLAIMS = frozenset({ClaimStatus.OPEN, ClaimStatus.ACCEPTED})
"""Claims that hold their units; the others hold nothing."""

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


class Arrived(NamedTuple):
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


class LineClaim(NamedTuple):
    """For how many units of a line one can say that something is wrong."""

    units: int
    until: datetime | None
    """When the last window closes or closed; none: nothing arrived."""
    resolutions: tuple[ReturnResolution, ...]
    """What can be wished for: of units that cost nothing, no money."""
    reason: Reason | None
    """Why it is none; none: it is some."""
    evidence_for: tuple[ShownProblem, ...] = ()
    """Problems for which evidence is needed."""


def kindest_claim(terms: AllTerms, arrived: Arrived, now: datetime) -> LineClaim:
    """What can be claimed of a line by the kindest of terms: those with the longest window.

    Evidence is needed where all of them ask for it.
    """
    window = max(one.claim_window for one in terms)
    ends = [(when + window, units) for when, units in arrived.parcels]
    until = max((end for end, _ in ends), default=None)
    in_time = sum(units for end, units in ends if now <= end)
    there = sum(units for _, units in ends)
    units = max(0, min(in_time, there - arrived.held))
    if units:
        is_paid = arrived.paid_units - arrived.lost_paid > arrived.held
        ways = tuple(ReturnResolution) if is_paid else (ReturnResolution.REPLACEMENT,)
        asked = asked_by_all(one.claim_evidence for one in terms)
        return LineClaim(units, until, ways, None, asked)
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
    terms: Iterable[Terms], parcel: OnItsWay, now: datetime
) -> Reason | None:
    """Why one cannot say that a parcel did not arrive; none: one can.

    One can when it is lost or back, or late: after the day it was promised for, or else 30 days
    after the order. The window is counted from that day.

    Args:
        terms: what the policies say of what is in it; the kindest decide.
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
    until = due + max((one.claim_window for one in terms), default=timedelta(0))
    return Reason("claim_window_closed", until) if now > until else None


def _end_of(day: date, now: datetime) -> datetime:
    end = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=now.tzinfo)
    return end.astimezone(UTC)
