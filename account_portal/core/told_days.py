"""Days that were told without a time: stored as noon of the store's zone (decision 39)."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from account_portal.core.settings import get_settings

NOON = time(12)


def telling_zone() -> ZoneInfo:
    """The zone in which times are told that name none."""
    return ZoneInfo(get_settings().store_time_zone or "UTC")


def told_day(moment: datetime) -> str | None:
    """The day that a moment stands for, in ISO 8601; none: it has a time of its own.

    What happened at noon to the microsecond is told as a day, too, which is true of it.
    """
    if moment.microsecond or moment.second or moment.minute % 15 or moment.tzinfo is None:
        return None
    there = moment.astimezone(telling_zone())
    return there.date().isoformat() if there.time() == NOON else None


def counted_from(moment: datetime) -> datetime:
    """From when periods are counted: of a day alone from its end, since nobody told its hour."""
    if told_day(moment) is None:
        return moment
    zone = telling_zone()
    return datetime.combine(moment.astimezone(zone).date(), time.max, zone).astimezone(
        moment.tzinfo
    )
