"""The first page without a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.claims import service as claims
from account_portal.claims.schemas import CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.dashboard.state import DashboardState
from account_portal.models import User
from account_portal.orders import service as orders
from account_portal.states import ShipmentStatus
from tests.factories.claims import claim_body
from tests.factories.orders import make_line, make_order
from tests.open_pages import OpenPage


def open_home(database: Database, user: User | None) -> OpenPage:
    page = OpenPage(database, DashboardState, user, "/")
    page.run("load")
    return page


def ship(
    database: Database, user: User, days: int | None, status: str = "in_transit", **columns: Any
) -> str:
    """An order on its way that arrives in so many days."""
    day = None if days is None else (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    parcel = {"status": status, "eta_delivery": day}
    return make_order(database, user, status="shipped", parcels=[parcel], **columns).order_number


def test_what_arrives_first_stands_first(database: Database, owner: User) -> None:
    # Tomorrow here may be today already where the parcel goes to.
    later, sooner = ship(database, owner, 5), ship(database, owner, 2)
    today = ship(database, owner, None, "out_for_delivery")
    shown = open_home(database, owner).shown
    assert [order.order_number for order in shown.on_the_way] == [today, sooner, later]


def test_what_is_said_is_said_of_the_parcel_that_arrives_first(
    database: Database, owner: User
) -> None:
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    later = {"status": "in_transit", "eta_delivery": day, "courier_company_name": "Slow"}
    first = {"status": "out_for_delivery", "eta_delivery": None, "courier_company_name": "Quick"}
    make_order(database, owner, status="shipped", parcels=[later, first])
    (order,) = open_home(database, owner).shown.on_the_way
    assert (order.arrival.when, order.courier) == ("today", "Quick")
    assert order.is_part


def test_the_parcel_that_arrives_first_shows_what_is_in_it(database: Database, owner: User) -> None:
    lines = [make_line(0, sku="kettle"), make_line(1, sku="mug", product_name="Mug")]
    later = {"status": "packed", "units": {"kettle": 1}}
    first = {"status": "in_transit", "units": {"mug": 1}}
    make_order(database, owner, status="partially_shipped", lines=lines, parcels=[later, first])
    (order,) = open_home(database, owner).shown.on_the_way
    assert (order.summary, order.more_pictures) == ("Mug", 0)


def test_the_only_parcel_is_the_whole_order(database: Database, owner: User) -> None:
    ship(database, owner, 1)
    (order,) = open_home(database, owner).shown.on_the_way
    assert not order.is_part


def test_what_is_late_stands_first_and_says_so(database: Database, owner: User) -> None:
    ship(database, owner, None, "out_for_delivery")
    late = ship(database, owner, -2)
    first, _ = open_home(database, owner).shown.on_the_way
    assert (first.order_number, first.arrival.when) == (late, "late")


def test_what_is_late_is_seen_however_many_orders_came_after_it(
    database: Database, owner: User
) -> None:
    ancient = [{"status": "in_transit", "eta_delivery": "2020-01-01"}]
    make_order(database, owner, status="shipped", parcels=ancient)
    ordered = datetime.now(UTC) - timedelta(days=14)
    late = ship(database, owner, -6, "delivery_attempted", order_date=ordered)
    for days in range(1, 5):
        ship(database, owner, days)
    home = open_home(database, owner).shown
    shown = home.on_the_way
    assert (len(shown), home.more_on_the_way) == (3, 2)
    assert shown[0].order_number == late
    # What was due years ago is no news.
    assert [order.arrival.when for order in shown].count("late") == 1


def test_a_parcel_is_on_its_way_while_another_comes_back(database: Database, owner: User) -> None:
    day = (datetime.now(UTC) - timedelta(days=6)).date().isoformat()
    lines = [make_line(0, sku="kettle"), make_line(1, sku="mug", product_name="Mug")]
    parcels = [
        {"status": "return_to_origin", "units": {"kettle": 1}},
        {"status": "delivery_attempted", "units": {"mug": 1}, "eta_delivery": day},
    ]
    status = "partially_return_to_origin"
    made = make_order(database, owner, status=status, lines=lines, parcels=parcels)
    (order,) = open_home(database, owner).shown.on_the_way
    assert (order.order_number, order.arrival.when) == (made.order_number, "late")
    assert order.is_part


def test_what_needs_the_customer_is_theirs_alone(
    database: Database, owner: User, stranger: User
) -> None:
    failed = {"payment_status": "failed"}
    make_order(database, stranger, status="draft", payments=[failed], **failed)
    assert open_home(database, owner).shown.tasks == []
    mine = make_order(database, owner, status="draft", payments=[failed], **failed)
    (task,) = open_home(database, owner).shown.tasks
    assert mine.order_number in task.title


def test_a_part_that_is_not_paid_needs_the_customer(database: Database, owner: User) -> None:
    half = [{"amount": 100}]
    order = make_order(database, owner, payments=half, payment_status="partially_paid")
    (task,) = open_home(database, owner).shown.tasks
    assert task.title == f"Part of the payment is missing for order {order.order_number}"
    assert task.action == "Pay now"


PENDING = {"payment_status": "pending"}
EARLIER = {"created_at": datetime.now(UTC) - timedelta(minutes=20)}


@pytest.mark.parametrize(
    ("payments", "stated", "title", "action"),
    [
        ([PENDING], "pending", "We are waiting for your payment", "See the order"),
        ([{**PENDING, **EARLIER}], "pending", "The payment is missing", "Pay now"),
        ([], "pending", "The payment is missing", "Pay now"),
        ([{"amount": 100}, PENDING], "partially_paid", "We are waiting for your", "See the order"),
        ([{**PENDING, "collection": "authorized"}], "pending", "", ""),
        ([{**PENDING, "collection": "on_delivery"}], "pending", "", ""),
        ([{"amount": 100}, {**PENDING, "collection": "on_delivery"}], "partially_paid", "", ""),
        ([{}], "success", "", ""),
    ],
)
def test_home_asks_for_money_as_the_order_does(
    database: Database,
    owner: User,
    payments: list[dict[str, Any]],
    stated: str,
    title: str,
    action: str,
) -> None:
    order = make_order(database, owner, payments=payments, payment_status=stated)
    tasks = open_home(database, owner).shown.tasks
    assert len(tasks) == bool(title)
    for task in tasks:
        assert task.title.startswith(title)
        assert task.action == action
        assert task.pays == (order.order_number if action == "Pay now" else "")


def test_a_lost_parcel_waits_for_what_its_customer_would_like(
    database: Database, owner: User, stranger: User, call: Any
) -> None:
    lost = {"status": "shipped", "units": {"SKU-0": 1}, "reference_number": "SHP-1"}
    lines = [make_line(0, quantity=2)]
    others = {"status": "delivered", "units": {"SKU-0": 1}}
    order = make_order(database, owner, lines=lines, parcels=[others, lost])
    assert open_home(database, owner).shown.tasks == []
    call(orders.move_shipment, "SHP-1", ShipmentStatus.LOST, actor=SHOP)
    (task,) = open_home(database, owner).shown.tasks
    assert (task.kind, task.path) == ("lost", f"/orders/{order.order_number}/claim?parcel=SHP-1")
    assert open_home(database, stranger).shown.tasks == []
    data = CreateClaim.model_validate(claim_body(reference_number="SHP-1"))
    call(claims.create_claim, order.order_number, data)
    assert [one.kind for one in open_home(database, owner).shown.tasks] == ["claim"]


def test_nobody_sees_anything(database: Database) -> None:
    page = open_home(database, None)
    assert (page.phase, page.shown) == ("loading", None)


def test_home_pays_at_once_and_for_nobody_else(
    database: Database, owner: User, stranger: User
) -> None:
    failed = {"payment_status": "failed"}
    order = make_order(database, owner, status="draft", payments=[failed], **failed)
    home = open_home(database, owner)
    (task,) = home.shown.tasks
    assert task.pays == order.order_number
    home.run("pay", task.pays)
    assert "/test-gateway/" in home.leave_to
    # Until the attempt ends, the task leads back to it.
    again = open_home(database, owner)
    (task,) = again.shown.tasks
    assert task.action == "Continue"
    again.run("pay", task.pays)
    assert again.leave_to == home.leave_to
    theirs = open_home(database, stranger)
    theirs.run("pay", order.order_number)
    assert (theirs.leave_to, theirs.notice_tone) == ("", "danger")


def test_what_was_bought_long_ago_is_not_asked_about(database: Database, owner: User) -> None:
    def buy(place: int, days: int) -> None:
        at = datetime.now(UTC) - timedelta(days=days)
        make_order(database, owner, lines=[make_line(place)], parcels=[{}], at=at)

    buy(0, 10_000)
    buy(1, 181)
    assert open_home(database, owner).shown.to_review == []
    buy(2, 179)
    buy(0, 2)
    asked = open_home(database, owner).shown.to_review
    assert [one.product_id for one in asked] == ["product-0", "product-2"]
