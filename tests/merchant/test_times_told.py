"""Times without a zone are times in the store's; a day alone is that day, wherever it is read."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from account_portal.core.settings import SettingsError, load_settings
from account_portal.models import LoyaltyActivity, Order, Payment, Shipment
from account_portal.orders import service
from account_portal.states import ShipmentStatus
from tests.conftest import Set
from tests.factories.records import order, rows
from tests.merchant.shops import TODAY, Shop, parcel, sold
from tests.merchant.systems import Systems

KOLKATA, ANGELES = "Asia/Kolkata", "America/Los_Angeles"


def ordered_at(shop: Shop) -> str:
    [found] = rows(shop.database, Order)
    return str(found.order_date.isoformat())


@pytest.mark.parametrize(
    ("zone", "told", "moment"),
    [
        ("", "2024-03-01T00:00", "2024-03-01T00:00:00+00:00"),
        (ANGELES, "2024-03-01T00:00", "2024-03-01T08:00:00+00:00"),
        (ANGELES, "2024-07-01 00:00:00", "2024-07-01T07:00:00+00:00"),
        (ANGELES, "2024-03-01T00:00Z", "2024-03-01T00:00:00+00:00"),
        (ANGELES, "2024-03-01T00:00+05:30", "2024-02-29T18:30:00+00:00"),
        (KOLKATA, " 2024-03-01T00:00:00.250 ", "2024-02-29T18:30:00.250000+00:00"),
        # The hour comes twice: the first one. The hour is left out: it counts on.
        (ANGELES, "2024-11-03T01:30", "2024-11-03T08:30:00+00:00"),
        (ANGELES, "2024-03-10T02:30", "2024-03-10T10:30:00+00:00"),
        # A day alone.
        ("", "2024-03-01", "2024-03-01T12:00:00+00:00"),
        (KOLKATA, "20240301", "2024-03-01T06:30:00+00:00"),
        (ANGELES, "2024-W09-5", "2024-03-01T20:00:00+00:00"),
    ],
)
def test_what_is_read(shop: Shop, set_settings: Set, zone: str, told: str, moment: str) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone)
    assert shop.brings(order(order_date=told)) == []
    assert ordered_at(shop) == moment


@pytest.mark.parametrize(
    ("zone", "reader"),
    [
        ("", KOLKATA),
        ("", "Pacific/Honolulu"),
        (KOLKATA, "Europe/Berlin"),
        (ANGELES, "America/New_York"),
        (ANGELES, "Pacific/Honolulu"),
        ("Europe/Berlin", ANGELES),
    ],
)
def test_a_day_alone_is_that_day_for_who_reads_it(
    shop: Shop, set_settings: Set, zone: str, reader: str
) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone)
    shop.brings(order(order_date="2024-03-01"))
    read = datetime.fromisoformat(ordered_at(shop)).astimezone(ZoneInfo(reader))
    assert read.date() == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        (KOLKATA, "0001-01-01T00:00"),
        (ANGELES, "9999-12-31T23:00"),
        ("", 20240301),
        ("", ["2024-03-01"]),
        ("", "1 March 2024"),
    ],
)
def test_what_is_no_time_is_refused(shop: Shop, set_settings: Set, zone: str, told: object) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone)
    reason = "order_date: must be a time such as 2025-03-01T09:30:00Z"
    assert shop.brings(order(order_date=told)) == [(1, reason)]


def test_exports_parts_and_points_are_read_alike(
    shop: Shop, set_settings: Set, tmp_path: Path
) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=ANGELES)
    midnight = "2024-03-01T00:00:00"
    export = tmp_path / "orders.csv"
    export.write_text(
        "Name,Email,Financial Status,Lineitem name,Lineitem price,Lineitem quantity,"
        "Total,Created at\n1001,c1@x.example,paid,Tea,5,1,5,2024-03-01 00:00:00\n"
    )
    assert shop._take(export) == []
    paid = {"request_number": "P-2", "amount": 200, "payment_date": midnight}
    sent = parcel("S-2", "shipped", shipped_date=midnight)
    points = {"type": "loyalty_activity", "external_id": "L-1", "customer_email": shop.email}
    activity = {
        "activity_type": "earned",
        "activity": "order_placed",
        "loyalty_point": 5,
        "created_at": midnight,
    }
    told = sold("N-2", order_date=midnight, payments=[paid], shipments=[sent])
    assert shop.brings(told, points | activity) == []
    moments = [row.order_date for row in rows(shop.database, Order)]
    moments += [row.payment_date for row in rows(shop.database, Payment) if row.amount == 20000]
    moments += [row.shipped_date for row in rows(shop.database, Shipment)]
    moments += [row.created_at for row in rows(shop.database, LoyaltyActivity)]
    assert {moment.isoformat() for moment in moments} == {"2024-03-01T08:00:00+00:00"}
    assert len(moments) == 5


def test_systems_of_the_shop_are_read_alike(
    systems: Systems, shop: Shop, set_settings: Set
) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=ANGELES)
    assert systems.post("/records", [order(order_date="2024-03-01")]).status_code == 200
    assert ordered_at(shop) == "2024-03-01T20:00:00+00:00"


def test_another_zone_mends_times_and_leaves_what_happened_here(
    shop: Shop, set_settings: Set
) -> None:
    day = TODAY.date().isoformat()
    history = sold(
        "N-1",
        quantity=3,
        order_date=f"{day}T00:00",
        payments=[{"request_number": "P", "amount": 300, "payment_date": f"{day}T00:00"}],
        shipments=[parcel("S-1", "shipped", shipped_date=f"{day}T00:00")],
    )
    assert shop.brings(history) == []
    shop.does(service.move_shipment, "S-1", ShipmentStatus.DELIVERED)
    shop.give_back("N-1", units=2)
    before = (shop.order("N-1").status, shop.refunds("N-1"), shop.returnable("N-1"))
    [arrived] = [row.delivered_date for row in rows(shop.database, Shipment)]

    set_settings(PORTAL_STORE_TIME_ZONE=ANGELES)
    for _ in range(2):
        assert (shop.brings(history), shop.kept) == ([], [])
        assert (shop.order("N-1").status, shop.refunds("N-1"), shop.returnable("N-1")) == before
        [sent] = rows(shop.database, Shipment)
        assert (sent.status, sent.delivered_date) == ("delivered", arrived)
        assert sent.shipped_date.astimezone(ZoneInfo(ANGELES)).isoformat()[:16] == f"{day}T00:00"
        assert ordered_at(shop)[:10] == day


@pytest.mark.parametrize("zone", ["Kolkata", "Europe", "../etc/passwd", "+05:30", "IST5"])
def test_an_unknown_zone_stops_the_start(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("PORTAL_STORE_TIME_ZONE", zone)
    with pytest.raises(SettingsError, match="PORTAL_STORE_TIME_ZONE"):
        load_settings()
