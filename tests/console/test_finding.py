"""The first page and the search."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from account_portal.console.rules import Role
from account_portal.console.service import overview
from account_portal.console.service.search import search
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.returns import service as returns
from account_portal.returns.schemas import TellReturnParcel
from account_portal.states import ReturnStatus
from tests.conftest import Acting, Clock
from tests.console.conftest import Browser
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return
from tests.factories.users import make_user

SignedIn = Callable[..., Browser]


@pytest.fixture
def people(database: Database) -> dict[str, User]:
    """Customers by their last names."""
    made = (
        make_user(
            database, email="asha@example.com", first_name="Asha", last_name="Rao",
            country_code="+91", phone="9876543210", external_id="C-1",
        ),
        make_user(database, email="omar@example.com", first_name="Omar", last_name="Raous"),
        make_user(database, email="zoe@example.com", first_name="Zoë", last_name="van Dyk"),
        make_user(database, email="x%@example.com", first_name="100%", last_name="Sure_Thing"),
    )  # fmt: skip
    return {str(user.last_name): user for user in made}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asha@example.com", ["Rao"]),
        (" ASHA@EXAMPLE.com ", ["Rao"]),
        ("asha", ["Rao"]),
        ("rao", ["Rao", "Raous"]),
        ("RAO", ["Rao", "Raous"]),
        ("Asha Rao", ["Rao"]),
        ("rao asha", ["Rao"]),
        ("zoë van dyk", ["van Dyk"]),
        ("dyk zoë", []),
        ("Zoë van Dyk", ["van Dyk"]),
        ("9876543210", ["Rao"]),
        ("+91 98765 43210", ["Rao"]),
        ("0091 98765-43210", ["Rao"]),
        ("09876543210", ["Rao"]),
        ("98765", []),
        ("C-1", ["Rao"]),
        ("%", []),
        ("_", []),
        ("sure_", ["Sure_Thing"]),
        ("sure-", []),
        ("", []),
        ("   ", []),
        ("\U0010ffff", []),
    ],
)
def test_customers_are_found(
    acting: Acting, people: dict[str, User], text: str, expected: list[str]
) -> None:
    with acting(SHOP, writes=False) as ctx:
        found = search(ctx, text)
    ids = {people[name].customer_id for name in expected}
    assert {one.customer_id for one in found.customers} == ids


def test_orders_are_found(acting: Acting, database: Database, owner: User) -> None:
    order = make_order(database, owner, order_number="W-1001A")
    for text in ("W-1001A", "w-1001a", "#W-1001A", " № W-1001A"):
        with acting(SHOP, writes=False) as ctx:
            assert [one.order_number for one in search(ctx, text).orders] == [order.order_number]
    with acting(SHOP, writes=False) as ctx:
        assert search(ctx, "W-1001").orders == []


def test_orders_are_found_by_the_parcel_that_comes_back(
    acting: Acting, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    request = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    with acting(owner) as ctx:
        parcel = TellReturnParcel(awb_no="RR 12345 IN")
        returns.tell_parcel(ctx, order.order_number, request.request_number, parcel)
    for text, expected in (("rr 12345 in", [order.order_number]), ("RR 12345", [])):
        with acting(SHOP, writes=False) as ctx:
            assert [one.order_number for one in search(ctx, text).orders] == expected


def test_many_are_cut_off(
    acting: Acting, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.console.service.search.MOST_FOUND", 2)
    for at in range(3):
        make_user(database, email=f"{at}@example.com", first_name="Ann")
    with acting(SHOP, writes=False) as ctx:
        found = search(ctx, "Ann")
    assert (len(found.customers), found.more) == (2, True)


def test_what_waits_is_counted(
    database: Database, signed_in: SignedIn, owner: User, acting: Acting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_order(database, owner, status="awaiting_approval")
    for _ in range(3):
        make_order(database, owner)
    make_order(database, owner, parcels=[{"status": "lost"}])
    make_order(database, owner, refunds=[{"status": "approved"}])
    unpaid = {"payment_status": "failed", "payments": [{"payment_status": "failed"}]}
    make_order(database, owner, **unpaid)
    make_order(database, owner, parcels=[{"status": "packed"}], **unpaid)
    on_delivery = {"payment_status": "pending", "collection": "on_delivery"}
    make_order(database, owner, payment_status="pending", payments=[on_delivery])

    def counts() -> dict[str, str]:
        with acting(SHOP, writes=False) as ctx:
            found = overview.count_waiting(ctx)
        return {one.queue.label: one.shown for one in found if one.count}

    assert counts() == {
        "Orders to approve": "1",
        "Orders to pack": "5",
        "Orders not paid yet": "2",
        "Parcels that did not arrive": "1",
        "Refunds to pay out": "1",
    }
    monkeypatch.setattr(overview, "MOST_COUNTED", 2)
    assert counts()["Orders to pack"] == "2+"
    viewer = signed_in(Role.VIEWER)
    for queue in overview.QUEUES:
        if queue.screen != "deliveries":
            shown = viewer.page(f"/{queue.screen}?{queue.query}")
            assert ("First come first" in shown.text) is (queue.screen != "deliveries")


RESERVED = {"payment_status": "pending", "collection": "authorized"}
FILE = make_line(product_type="digital")


def test_who_packs_is_led_to_what_may_be_sent(
    database: Database, signed_in: SignedIn, owner: User
) -> None:
    unpaid = {"payment_status": "failed", "payments": [{"payment_status": "failed"}]}
    for number, values in {"A-1": unpaid, "A-2": {}, "A-3": unpaid, "A-4": {}}.items():
        make_order(database, owner, order_number=number, **values)
    make_order(database, owner, order_number="A-5", parcels=[{"status": "packed"}], **unpaid)
    make_order(database, owner, order_number="A-6", parcels=[{"status": "packed"}])
    reserved = {"payment_status": "pending", "payments": [RESERVED]}
    make_order(database, owner, order_number="A-7", lines=[FILE], **reserved)
    make_order(database, owner, order_number="A-8", **reserved)
    warehouse = signed_in(Role.WAREHOUSE)
    queues = {queue.label: queue for queue in overview.QUEUES}
    for label, expected in {
        "Orders to pack": ["A-2", "A-4", "A-8"],
        "Orders not paid yet": ["A-1", "A-3", "A-5", "A-7"],
        "Parcels to hand over": ["A-6"],
    }.items():
        shown = warehouse.page(f"/{queues[label].screen}?{queues[label].query}").text
        assert re.findall(r"A-[0-9]", shown) == expected, label


def test_weeks(
    database: Database, owner: User, acting: Acting, clock: Clock, signed_in: SignedIn
) -> None:
    monday = clock.now - timedelta(days=clock.now.weekday())
    monday = monday.replace(hour=0, minute=0, second=0)
    clock.now = monday + timedelta(days=3)
    for at in (monday, monday - timedelta(seconds=1), monday - timedelta(weeks=7),
               monday - timedelta(weeks=7, seconds=1)):  # fmt: skip
        make_order(database, owner, at=at)
    paid = {"status": "success", "refund_date": monday}
    make_order(database, owner, at=monday, refunds=[paid])
    with acting(SHOP, writes=False) as ctx:
        weeks = overview.read_weeks(ctx)
    found: dict[str, Any] = {series.label: list(series.counts) for series in weeks.series}
    assert weeks.begin[-1] == monday.date()
    assert found["Orders placed"] == [1, 0, 0, 0, 0, 0, 1, 2]
    assert found["Refunds paid"] == [0] * 7 + [1]
    shown = signed_in(Role.VIEWER).get("").text
    assert 'aria-label="Orders placed, by week: 1, 0, 0, 0, 0, 0, 1, 2"' in shown
