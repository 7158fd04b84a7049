"""Outside demo mode nobody pays with play money: in the shop's own checkout, if it has one."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from starlette.testclient import TestClient

from account_portal.api.app import make_app
from account_portal.core.db import Database
from account_portal.models import Order, Payment, User
from account_portal.orders.service.paying import attempt_signature
from tests.conftest import Set
from tests.dashboard.test_dashboard_state import open_home
from tests.factories.orders import make_line, make_order
from tests.orders.test_order_state import open_order

PAY = {"payment_gateway_params": {"payment_gateway": "TEST"}}
CHECKOUT = "https://shop.example/pay?order={order_number}"


@pytest.fixture
def unpaid(database: Database, owner: User) -> Order:
    return make_order(
        database,
        owner,
        order_number="NW-1",
        payment_status="failed",
        payments=[{"payment_status": "failed", "request_number": "PAY-1"}],
    )


@pytest.mark.usefixtures("shop_for_real")
def test_no_payment_begins(api: Any, unpaid: Order, owner: User, database: Database) -> None:
    path = "/orders/NW-1"
    status = api.get(f"{path}/payment-status", user=owner).json()["content"]
    assert (status["amount_unpaid"], status["is_retry_available"]) == (200.0, False)
    refused = api.post(f"{path}/retry-payment", user=owner, json=PAY)
    assert (refused.status_code, refused.json()["code"]) == (422, "payment_gateway_not_enabled")
    with database.session(writes=False) as db:
        assert db.execute(select(col(Payment.request_number))).scalars().all() == ["PAY-1"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_page_that_marks_an_order_paid_is_there_in_a_demo_only(
    api: Any, unpaid: Order, set_settings: Set, method: str
) -> None:
    page = f"/test-gateway/PAY-1?signature={attempt_signature('PAY-1')}"
    assert api.client.get(page).status_code == 200
    set_settings(PORTAL_DEMO="0")
    client = TestClient(make_app(), follow_redirects=False)
    answer = client.request(method, page, data={"outcome": "success"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    client.close()


@pytest.mark.parametrize(
    ("checkout", "link", "action"),
    [
        (CHECKOUT, "https://shop.example/pay?order=NW-1", "Pay again"),
        ("", "", "See the order"),
    ],
)
def test_pages_lead_to_where_the_shop_takes_money(
    unpaid: Order,
    owner: User,
    database: Database,
    set_settings: Set,
    checkout: str,
    link: str,
    action: str,
) -> None:
    set_settings(PORTAL_DEMO="0", PORTAL_CHECKOUT_URL=checkout)
    page = open_order(database, owner, unpaid.order_number)
    assert page.shown.is_waiting_for_money
    assert (page.shown.checkout_link, page.shown.payment.is_retry_available) == (link, False)
    page.run("pay_again")
    assert (page.leave_to, page.notice_tone) == ("", "danger")
    (task,) = [task for task in open_home(database, owner).shown.tasks if task.kind == "payment"]
    assert task.action == action


@pytest.mark.parametrize(
    ("values", "is_held"),
    [
        ({}, True),
        ({"parcels": [{"status": "cancelled"}]}, True),
        ({"parcels": [{"status": "unscheduled"}]}, False),  # the shop did not wait
        ({"status": "delivered"}, False),
        ({"status": "awaiting_approval"}, False),
        ({"lines": [make_line(product_type="digital")]}, False),
        ({"lines": [make_line(0), make_line(1, product_type="digital")]}, True),
    ],
)
def test_parcels_that_wait_for_money_are_those_that_do(
    owner: User, database: Database, values: dict[str, Any], is_held: bool
) -> None:
    failed = {"payment_status": "failed", "payments": [{"payment_status": "failed"}]}
    order = make_order(database, owner, **failed, **values)
    page = open_order(database, owner, order.order_number)
    assert page.shown.is_waiting_for_money
    assert page.shown.is_held_until_paid is is_held


def test_home_pays_at_the_gateway_there_is(
    unpaid: Order, owner: User, stranger: User, database: Database, set_settings: Set
) -> None:
    for somebody in (stranger, None):
        page = open_home(database, somebody)
        page.run("pay", unpaid.order_number)
        assert page.leave_to == ""
    page = open_home(database, owner)
    page.run("pay", unpaid.order_number)
    assert "/test-gateway/PAY-" in page.leave_to
    set_settings(PORTAL_DEMO="0")
    page = open_home(database, owner)
    page.run("pay", unpaid.order_number)
    assert (page.leave_to, page.notice_tone) == ("", "danger")


def test_a_demo_pays_at_its_own_gateway(
    unpaid: Order, owner: User, database: Database, set_settings: Set
) -> None:
    set_settings(PORTAL_CHECKOUT_URL=CHECKOUT)
    page = open_order(database, owner, unpaid.order_number)
    assert page.shown.is_waiting_for_money
    assert (page.shown.checkout_link, page.shown.payment.is_retry_available) == ("", True)
