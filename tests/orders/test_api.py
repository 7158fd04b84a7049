"""Orders over HTTP: filter, sort, pages, ownership."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.schemas import OrderDetail, OrderList
from tests.factories.orders import make_line, make_order
from tests.factories.users import make_session

READS = [
    "/orders/{number}",
    "/orders/{number}/shipments",
    "/orders/{number}/payments",
    "/orders/{number}/refunds",
    "/orders/{number}/withdrawals",
    "/orders/{number}/payment-status",
]


@pytest.fixture
def history(database: Database, owner: User) -> list[str]:
    """Order numbers of seven orders, newest first."""
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    states = ["confirmed", "cancelled", "confirmed", "draft", "cancelled", "confirmed", "complete"]
    numbers = [
        make_order(
            database,
            owner,
            at=start + timedelta(days=day // 2),
            order_number=f"ORD-{day:04}",
            status=status,
            lines=[make_line(selling_price=1000 * (day % 3 + 1))],
        ).order_number
        for day, status in enumerate(states)
    ]
    return numbers[::-1]


def orders_of(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [order["order_number"] for order in response.json()["content"]["orders"]]


def test_newest_orders_come_first(api: Any, owner: User, history: list[str]) -> None:
    assert orders_of(api.get(f"/orders?user_id={owner.id}", user=owner)) == history


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_put_together_are_the_list(
    api: Any, owner: User, history: list[str], limit: int
) -> None:
    found: list[str] = []
    page: int | None = 1
    previous = None
    while page is not None:
        response = api.get(f"/orders?user_id={owner.id}&page={page}&limit={limit}", user=owner)
        pagination = response.json()["content"]["pagination"]
        assert pagination["total_records"] == 7
        assert pagination["total_pages"] == -(-7 // limit)
        assert pagination["previous_page"] == previous
        found += orders_of(response)
        previous, page = page, pagination["next_page"]
    assert found == history


def test_a_page_after_the_last_is_empty_and_leads_back(
    api: Any, owner: User, history: list[str]
) -> None:
    response = api.get(f"/orders?user_id={owner.id}&page=99&limit=3", user=owner)
    assert orders_of(response) == []
    pagination = response.json()["content"]["pagination"]
    assert (pagination["next_page"], pagination["previous_page"]) == (None, 3)


def test_nobody_bought_anything_yet(api: Any, owner: User) -> None:
    response = api.get(f"/orders?user_id={owner.id}", user=owner)
    assert orders_of(response) == []
    assert response.json()["content"]["pagination"] == {
        "total_records": 0,
        "total_pages": 0,
        "previous_page": None,
        "next_page": None,
        "limit": 10,
    }


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("status[]=cancelled", {"cancelled"}),
        ("status=cancelled", {"cancelled"}),
        ("status[]=cancelled&status[]=draft", {"cancelled", "draft"}),
        ("status[]=cancelled&status=draft", {"cancelled", "draft"}),
        ("status[]=shipped", set()),
    ],
)
def test_states_are_any_of(
    api: Any, owner: User, history: list[str], query: str, states: set[str]
) -> None:
    response = api.get(f"/orders?user_id={owner.id}&{query}", user=owner)
    orders_of(response)
    content = response.json()["content"]
    assert {order["status"] for order in content["orders"]} == states
    assert content["pagination"]["total_records"] == len(content["orders"])


@pytest.mark.parametrize(
    "field", ["order_date", "order_number", "status", "payment_status", "grand_total", "created_at"]
)
def test_ascending_is_descending_in_reverse(
    api: Any, owner: User, history: list[str], field: str
) -> None:
    def sorted_by(direction: str) -> list[str]:
        query = json.dumps({field: direction})
        return orders_of(
            api.get("/orders", params={"user_id": owner.id, "sort_by": query}, user=owner)
        )

    assert sorted_by("asc") == sorted_by("desc")[::-1]
    assert sorted(sorted_by("asc")) == sorted(history)


def test_the_heaviest_field_sorts_first(api: Any, owner: User, history: list[str]) -> None:
    query = json.dumps({"grand_total": "asc", "order_number": "desc"})
    response = api.get("/orders", params={"user_id": owner.id, "sort_by": query}, user=owner)
    rows = response.json()["content"]["orders"]
    expected = sorted(rows, key=lambda row: row["order_number"], reverse=True)
    assert rows == sorted(expected, key=lambda row: row["grand_total"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=99999999999999999999", "page"),
        ("status[]=lost", "status[].0"),
        ("status=", "status[].0"),
        ("sort_by={", "sort_by"),
        ("sort_by=[]", "sort_by"),
        ('sort_by={"secret":"asc"}', "sort_by"),
        ('sort_by={"order_date":"up"}', "sort_by"),
    ],
)
def test_bad_queries_name_the_field(api: Any, owner: User, query: str, field: str) -> None:
    response = api.get(f"/orders?user_id={owner.id}&{query}", user=owner)
    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"
    assert field in response.json()["error"]


def test_the_list_needs_the_callers_own_id(api: Any, owner: User, stranger: User) -> None:
    assert api.get("/orders", user=owner).status_code == 400
    assert api.get(f"/orders?user_id={stranger.id}", user=owner).status_code == 403
    assert api.get("/orders?user_id=nonsense", user=owner).status_code == 403


@pytest.mark.parametrize("path", READS)
def test_each_read_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User, path: str
) -> None:
    order = make_order(database, owner, parcels=[{}], refunds=[{}])
    known, unknown = path.format(number=order.order_number), path.format(number="ORD-unknown")
    visitor = make_session(database, None)
    expired = make_session(database, owner, expires=timedelta(seconds=-1))

    assert api.get(known, user=owner).status_code == 200
    for response, status, code in [
        (api.get(known), 401, "unauthorized"),
        (api.get(known, token=expired), 401, "unauthorized"),
        (api.get(known, token="nonsense"), 401, "unauthorized"),
        (api.get(known, token=visitor), 403, "login_required"),
        (api.get(known, user=stranger), 404, "not_found"),
        (api.get(unknown, user=owner), 404, "not_found"),
        (api.get(path.format(number="!"), user=owner), 404, "not_found"),
    ]:
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert response.json()["success"] is False
        assert ("www-authenticate" in response.headers) is (status == 401)


def test_documents_are_the_views(api: Any, database: Database, owner: User) -> None:
    """What is stored as bytes says exactly what the declared views would say."""
    order = make_order(database, owner, parcels=[{}], refunds=[{}])
    row = api.get(f"/orders?user_id={owner.id}", user=owner).json()["content"]["orders"][0]
    detail = api.get(f"/orders/{order.order_number}", user=owner).json()["content"]["order"]
    assert OrderList.model_validate(row).model_dump(mode="json") == row
    assert OrderDetail.model_validate(detail).model_dump(mode="json") == detail
    assert detail["order_items"][0]["returnable_quantity"] == 2
    assert row["order_date"].endswith("Z")


def test_reads_take_a_bounded_number_of_statements(
    api: Any, database: Database, owner: User, statements: list[str]
) -> None:
    """What may be done with one order is read with it; a list is of its documents alone."""
    orders = [
        make_order(database, owner, lines=[make_line(n) for n in range(5)], parcels=[{}, {}])
        for _ in range(12)
    ]
    api.token(owner)
    one = [read.format(number=orders[0].order_number) for read in READS]
    for path, most in [
        (f"/orders?user_id={owner.id}&limit=100", 3),
        (f"/orders?user_id={owner.id}&page=2", 3),
        *((path, 3) for path in one),
    ]:
        statements.clear()
        assert api.get(path, user=owner).status_code == 200
        assert len(statements) <= most, (path, statements)
