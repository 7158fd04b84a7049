"""When parcels arrive: in days of the place they go to, and everywhere the same."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.addresses.rules import zone_of
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders import rules, service
from account_portal.orders.schemas import OrderSearch
from account_portal.states import ShipmentStatus
from tests.conftest import Clock
from tests.factories.orders import make_line, make_order

KOLKATA = {"city": "Bengaluru", "state": "Karnataka", "country": "India"}
BERLIN = {"city": "Berlin", "state": "", "pincode": "10115", "country": "Germany"}
TOKYO = {"city": "Tokyo", "state": "Tokyo", "pincode": "150-0001", "country": "Japan"}
LOS_ANGELES = {
    "city": "Los Angeles",
    "state": "California",
    "pincode": "90012",
    "country": "United States",
}
PLACES = {
    "Asia/Kolkata": KOLKATA,
    "Europe/Berlin": BERLIN,
    "Asia/Tokyo": TOKYO,
    "America/Los_Angeles": LOS_ANGELES,
}


@pytest.mark.parametrize(
    ("country", "state", "zone"),
    [
        ("India", "Karnataka", "Asia/Kolkata"),
        ("USA", "CA", "America/Los_Angeles"),
        ("United States", "Texas", "America/Chicago"),
        ("United States", "Springfield", "America/New_York"),
        ("Canada", "Qu\u00e9bec", "America/Toronto"),
        ("Brazil", "Amazonas", "America/Manaus"),
        ("Australia", "Western Australia", "Australia/Perth"),
        ("Spain", "Las Palmas", "Atlantic/Canary"),
        ("China", None, "Asia/Shanghai"),
        ("Atlantis", None, "UTC"),
        (None, None, "UTC"),
    ],
)
def test_a_place_has_a_zone(country: str | None, state: str | None, zone: str) -> None:
    assert str(zone_of(country, state)) == zone


@given(
    zone=st.sampled_from(sorted(PLACES)),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    days=st.integers(-40, 40),
)
def test_a_promised_day_is_a_day_of_the_place(zone: str, now: datetime, days: int) -> None:
    there = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    day = there.date() + timedelta(days=days)
    found = rules.promise_of(ShipmentStatus.IN_TRANSIT, day.isoformat(), there, there)
    wanted = {-1: "late", 0: "today", 1: "tomorrow"}.get(days, "late" if days < 0 else "on")
    assert found == rules.Promise(wanted, day.isoformat())  # type: ignore[arg-type]
    for status in rules.NOT_COMING:
        assert rules.promise_of(status, day.isoformat(), there, there) is None


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "stated", "moved", "wanted"),
    [
        ("in_transit", "2 to 3 days", NOON, ("said", "2 to 3 days")),
        ("in_transit", "2026-11-29T23:30:00+09:00", NOON, ("tomorrow", "2026-11-29")),
        ("in_transit", None, NOON, None),
        ("in_transit", "0001-01-01T00:00:00+14:00", NOON, ("said", "0001-01-01T00:00:00+14:00")),
        ("out_for_delivery", None, NOON, ("today", "2026-11-28")),
        ("out_for_delivery", "2026-11-27", NOON, ("today", "2026-11-28")),
        ("out_for_delivery", "2026-11-27", NOON - timedelta(days=1), ("late", "2026-11-27")),
        ("out_for_delivery", None, NOON - timedelta(days=1), None),
        ("delivery_attempted", "2026-11-27", NOON, ("late", "2026-11-27")),
    ],
)
def test_what_couriers_say_is_understood(
    status: str, stated: str | None, moved: datetime, wanted: tuple[str, str] | None
) -> None:
    found = rules.promise_of(ShipmentStatus(status), stated, moved, NOON)
    assert (found and (found.when, found.day)) == wanted


@pytest.mark.parametrize("zone", sorted(PLACES))
def test_list_home_and_page_agree_at_every_hour(
    database: Database, owner: User, clock: Clock, call: Callable[..., Any], zone: str
) -> None:
    clock.now = datetime(2026, 11, 27, 0, 10, tzinfo=UTC)
    due = date(2026, 11, 28)
    parcel = {"status": "in_transit", "eta_delivery": due.isoformat()}
    order = make_order(
        database, owner, at=clock.now, status="shipped", parcels=[parcel], place=PLACES[zone]
    )
    seen = set()
    for _ in range(60):
        today = clock.now.astimezone(ZoneInfo(zone)).date()
        wanted = {-1: "tomorrow", 0: "today", 1: "late", 2: "late"}.get((today - due).days, "on")
        [home] = call(service.list_on_the_way)
        page = call(service.get_order_page, order.order_number)
        [row] = call(service.search_orders, OrderSearch()).rows
        for shown in (home.arrival, page.arrival, page.parcels[0].arrival, row.arrival):
            assert (shown.when, shown.day) == (wanted, due.isoformat()), clock.now
        seen.add(wanted)
        clock.advance(hours=1)
    assert seen >= {"tomorrow", "today", "late"}


def test_the_most_urgent_parcel_stands_first(
    database: Database, owner: User, clock: Clock, call: Callable[..., Any]
) -> None:
    today = clock.now.astimezone(ZoneInfo("Asia/Kolkata")).date()
    days = {0: 3, 1: 1, 2: -1}
    parcels: list[dict[str, Any]] = [
        {
            "status": "in_transit",
            "units": {f"SKU-{place}": 1},
            "eta_delivery": (today + timedelta(days=days[place])).isoformat(),
        }
        for place in days
    ]
    parcels.append({"status": "delivered", "units": {"SKU-3": 1}, "delivered_date": clock.now})
    lines = [make_line(place) for place in range(4)]
    order = make_order(
        database, owner, status="partially_delivered", lines=lines, parcels=parcels, at=clock.now
    )
    page = call(service.get_order_page, order.order_number)
    assert [parcel.label for parcel in page.parcels] == [
        f"Parcel {place} of 4" for place in (3, 2, 1, 4)
    ]
    assert page.arrival.when == "late"


@pytest.mark.parametrize("status", ["cancelled", "delivered"])
def test_nobody_waits_for_what_is_over(
    database: Database, owner: User, call: Callable[..., Any], status: str
) -> None:
    parcel = {"status": status, "eta_delivery": "2020-01-01"}
    make_order(database, owner, status=status, parcels=[parcel])
    [row] = call(service.search_orders, OrderSearch()).rows
    assert row.arrival is None
