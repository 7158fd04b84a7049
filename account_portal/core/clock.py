"""Time: UTC, aware. Services read `Context.now`, never the clock itself."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utc_now() -> datetime:
    """The present moment, in whole milliseconds, so that every database keeps it as it is."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name (IANA), such as `Asia/Kolkata`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # or a folder of zones
        return False
    return True
