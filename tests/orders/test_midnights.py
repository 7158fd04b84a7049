"""Ten minutes before and after midnight, where a parcel goes to, all ways say the same day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from account_portal.context import SHOP, Caller, enter
from account_portal.core.db import Database
from account_portal.merchant.reminders import send_reminders
from account_portal.models import User
from account_portal.orders import service
from account_portal.orders.schemas import OrderSearch
from account_portal.states import ShipmentStatus
from tests.conftest import Clock
from tests.factories.auth import messages
from tests.factories.orders import make_order
from tests.orders.test_arrivals import PLACES

DUE = date(2026, 11, 28)
MOMENTS = [
    (-2, time(23, 50), "on"),
    (-1, time(0, 10), "tomorrow"),
    (-1, time(23, 50), "tomorrow"),
    (0, time(0, 10), "today"),
    (0, time(23, 50), "today"),
    (1, time(0, 10), "late"),
    (1, time(23, 50), "late"),
]
"""Days after the promised one, the hour there, and what is true of the parcel."""

Stated = Callable[[ZoneInfo], str]
STATED: dict[str, Stated] = {
    "a day": lambda _zone: DUE.isoformat(),
    "an hour there": lambda zone: datetime.combine(DUE, time(23, 30), zone).isoformat(),
    "late at night in UTC": lambda zone: (
        datetime.combine(DUE, time(23, 30), zone).astimezone(UTC).isoformat()
    ),
    "early in UTC": lambda zone: (
        datetime.combine(DUE, time(0, 30), zone).astimezone(UTC).isoformat()
    ),
}


@pytest.mark.parametrize("stated", sorted(STATED))
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata"])
def test_page_home_list_and_messages_say_the_same_day(
    database: Database,
    owner: User,
    clock: Clock,
    call: Callable[..., Any],
    set_settings: Any,
    zone: str,
    stated: str,
) -> None:
    set_settings(PORTAL_STORE_COUNTRY="IN")
    there = ZoneInfo(zone)
    days, at, _ = MOMENTS[0]
    clock.now = datetime.combine(DUE + timedelta(days=days), at, there).astimezone(UTC)
    parcel = {
        "status": "packed",
        "reference_number": "P-1",
        "eta_delivery": STATED[stated](there),
    }
    order = make_order(database, owner, at=clock.now, parcels=[parcel], place=PLACES[zone])
    with enter(Caller(now=clock.now), writes=True, actor=SHOP, database=database) as ctx:
        service.move_shipment(ctx, "P-1", ShipmentStatus.SHIPPED)
    [sent] = messages(database)
    assert (sent.kind, sent.payload["words"]["promised"]) == ("order_shipped", "Sat, 28 Nov")
    for days, at, wanted in MOMENTS:
        clock.now = datetime.combine(DUE + timedelta(days=days), at, there).astimezone(UTC)
        [home] = call(service.list_on_the_way)
        page = call(service.get_order_page, order.order_number)
        [row] = call(service.search_orders, OrderSearch()).rows
        for shown in (home.arrival, page.arrival, page.parcels[0].arrival, row.arrival):
            assert (shown.when, shown.day) == (wanted, DUE.isoformat()), (days, at)
        send_reminders(database, clock.now)
        late = [one for one in messages(database) if one.kind == "parcel_late"]
        assert len(late) == (wanted == "late"), (days, at)
    assert late[0].payload["words"]["promised"] == "Sat, 28 Nov"


@pytest.mark.parametrize(
    ("stated", "wanted"), [(None, None), ("2 to 3 days", "2 to 3 days"), ("2020-01-01", None)]
)
def test_a_message_promises_what_its_courier_does(
    database: Database, owner: User, stated: str | None, wanted: str | None
) -> None:
    parcel = {"status": "packed", "reference_number": "P-1", "eta_delivery": stated}
    make_order(database, owner, parcels=[parcel])
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        service.move_shipment(ctx, "P-1", ShipmentStatus.SHIPPED)
    [sent] = messages(database)
    assert sent.payload["words"]["promised"] == wanted
