"""Time: UTC, aware. Services read `Context.now`, never the clock itself."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, in whole milliseconds, so that every database keeps it as it is."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
