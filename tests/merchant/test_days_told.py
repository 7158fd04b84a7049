"""A day told without a time is shown as that day, and periods that begin with it end with a day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from reflex_base.utils.format import json_dumps

from account_portal.ui import format as _pages  # noqa: F401  what pages get
from tests.conftest import Set
from tests.merchant.shops import TODAY, Shop, parcel, sold

KOLKATA, ANGELES = "Asia/Kolkata", "America/Los_Angeles"
ZONES = {"": UTC, KOLKATA: ZoneInfo(KOLKATA), ANGELES: ZoneInfo(ANGELES)}


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [
        ("", "2026-03-01T12:00:00+00:00", "2026-03-01"),
        (KOLKATA, "2026-03-01T06:30:00+00:00", "2026-03-01"),
        (ANGELES, "2026-03-01T20:00:00+00:00", "2026-03-01"),
        (ANGELES, "2026-07-01T19:00:00+00:00", "2026-07-01"),
        (KOLKATA, "2026-03-01T12:00:00+00:00", "2026-03-01 12:00:00+00:00"),
        ("", "2026-03-01T12:00:01+00:00", "2026-03-01 12:00:01+00:00"),
    ],
)
def test_what_pages_get(set_settings: Set, zone: str, moment: str, shown: str) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone)
    assert json_dumps(datetime.fromisoformat(moment)) == f'"{shown}"'


@pytest.mark.parametrize("zone", ["", KOLKATA, ANGELES])
def test_a_window_counted_from_a_day_ends_with_a_day(
    shop: Shop, set_settings: Set, zone: str
) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone, PORTAL_RETURN_WINDOW_DAYS="30")
    day = (TODAY - timedelta(days=3)).date()
    assert shop.brings(sold("T-1", shipments=[parcel("S-1", delivered_date=str(day))])) == []
    order = shop.order("T-1")
    [returns], [claims] = order.return_eligibility.lines, order.claim_eligibility.lines
    for until in (returns.until, claims.until):
        told = until.astimezone(ZONES[zone])
        assert told.hour in (22, 23, 0)  # an hour off where clocks changed meanwhile
        assert told.minute == 59


def test_one_that_was_told_with_its_hour_keeps_it(shop: Shop) -> None:
    when = (TODAY - timedelta(days=3)).replace(hour=9, minute=41, tzinfo=UTC)
    assert shop.brings(sold("T-1", shipments=[parcel("S-1", delivered_date=str(when))])) == []
    [line] = shop.order("T-1").return_eligibility.lines
    assert line.until.astimezone(UTC).time() == when.time()
