"""When a parcel comes, in the days of the place it goes to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from account_portal.states import ShipmentStatus

NOT_COMING = frozenset(
    {
        ShipmentStatus.UNDELIVERED,
        ShipmentStatus.RETURN_TO_ORIGIN,
        ShipmentStatus.DELIVERED,
        ShipmentStatus.CANCELLED,
        ShipmentStatus.LOST,
    }
)
"""Parcels that nobody waits for any more, or that arrive only if something is done."""

FORGOTTEN_AFTER = timedelta(days=90)
"""What was due longer ago came or never will: its shop has not told."""

When = Literal["late", "today", "tomorrow", "on", "said"]


@dataclass(frozen=True, slots=True)
class Promise:
    """When a parcel is to arrive.

    `late`: it was due on `day`; `on`: on `day`; `said`: in the courier's own words, `day`.
    """

    when: When
    day: str
    """A day in ISO 8601, or words."""

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it was due so long ago that it came or never will; `now` is its place's time."""
        return self.when == "late" and self.day < (now - FORGOTTEN_AFTER).date().isoformat()

    @property
    def urgency(self) -> tuple[int, str]:
        """What is to be looked at first sorts first."""
        return ("late", "today", "tomorrow", "on", "said").index(self.when), self.day


def promise_of(
    status: ShipmentStatus, stated: str | None, moved_at: datetime, now: datetime
) -> Promise | None:
    """The promise of a parcel; none if it is not coming, or nobody said when.

    Args:
        status: of the parcel.
        stated: the day as its courier states it: a day or a time in ISO 8601, or words.
        moved_at: when the parcel got to this state.
        now: the time, in the zone of the place it goes to.
    """
    if status in NOT_COMING:
        return None
    today = now.date()
    if (
        status is ShipmentStatus.OUT_FOR_DELIVERY
        and moved_at.astimezone(now.tzinfo).date() == today
    ):
        return Promise("today", today.isoformat())
    if not stated:
        return None
    day = promised_day(stated, now)
    if day is None:
        return Promise("said", stated)
    if day < today:
        return Promise("late", day.isoformat())
    if day == today:
        return Promise("today", day.isoformat())
    if day == today + timedelta(days=1):
        return Promise("tomorrow", day.isoformat())
    return Promise("on", day.isoformat())


def promised_day(stated: str | None, now: datetime) -> date | None:
    """The day a parcel is promised for, where `now` is; none: nobody named one."""
    if not stated:
        return None
    try:
        moment = datetime.fromisoformat(stated.strip())
        return (moment.astimezone(now.tzinfo) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None
