"""Returns over HTTP: ownership, bad input, repeats, bounded reads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import OrderReturn as Request
from account_portal.models import ReturnItem, User
from account_portal.returns import service
from account_portal.returns.schemas import OrderReturn
from account_portal.states import ReturnStatus
from tests.factories.addresses import make_address
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return, return_body, return_item
from tests.factories.users import make_session
from tests.returns.test_return_races import run_together


def requests_in(database: Database) -> int:
    with database.session(writes=False) as db:
        return db.exec(select(func.count()).select_from(Request)).one()


def test_a_return_is_asked_for_and_read(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    response = api.post(path, user=owner, json=return_body(return_item(1, quantity=2)))
    assert response.status_code == 200, response.text
    made = response.json()["content"]["order_return"]
    assert OrderReturn.model_validate(made).model_dump(mode="json") == made
    assert made["status"] == "created"
    assert made["original_order_number"] == order.order_number
    assert made["return_items"] == [
        {
            "product_id": "product-1",
            "product_name": "Product 1",
            "product_image_url": None,
            "sku": "SKU-1",
            "selling_price": 100,
            "tax_type": "GST",
            "tax_rate": 18,
            "quantity": 2,
            "resolution": "refund",
            "return_reason": "Too small",
            "reason_code": None,
            "fee": 0,
            "evidence": [],
            "inspection": None,
        }
    ]
    assert made["grand_total"] == 200
    assert made["refund"] == []
    number = made["request_number"]
    assert api.get(f"{path}/{number}", user=owner).json()["content"]["order_return"] == made
    assert api.get("/orders/returns", user=owner).json()["content"]["returns"] == [made]


def test_each_call_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    other = make_order(database, owner, parcels=[{}])
    own = make_order(database, stranger, parcels=[{}])
    made = make_return(database, owner, order)
    visitor = make_session(database, None)
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    one = f"/return/{made.request_number}"
    body: dict[str, Any] = {"json": return_body()}
    before = requests_in(database)

    for verb, path, more in [
        (api.get, "/orders/returns", {}),
        (api.get, f"/orders/{order.order_number}{one}", {}),
        (api.post, f"/orders/{order.order_number}/return", body),
        (api.post, f"/orders/{order.order_number}{one}/cancel", {}),
        (api.post, f"/orders/{order.order_number}{one}/change", body),
        (api.post, f"/orders/{order.order_number}{one}/change/preview", body),
    ]:
        for response, status, code in [
            (verb(path, **more), 401, "unauthorized"),
            (verb(path, token=expired, **more), 401, "unauthorized"),
            (verb(path, token=visitor, **more), 403, "login_required"),
        ]:
            assert (response.status_code, response.json()["code"]) == (status, code)

    parcel = {"json": {"awb_no": "1490812345678"}}
    refused = [
        (api.put(f"/orders/{order.order_number}{one}/parcel", **parcel, **who), status)
        for who, status in (({}, 401), ({"token": expired}, 401), ({"token": visitor}, 403))
    ]
    refused += [
        (api.put(f"{path}/parcel", user=user, **parcel), 404)
        for path, user in (
            (f"/orders/{order.order_number}{one}", stranger),
            (f"/orders/{own.order_number}{one}", stranger),
            (f"/orders/{other.order_number}{one}", owner),
            (f"/orders/{order.order_number}/return/RET-unknown", owner),
        )
    ]
    for response, status in refused:
        assert response.status_code == status

    for deed in ("change", "change/preview"):
        for path, user in [
            (f"/orders/{order.order_number}{one}", stranger),
            (f"/orders/{own.order_number}{one}", stranger),
            (f"/orders/{other.order_number}{one}", owner),
            (f"/orders/{order.order_number}/return/RET-unknown", owner),
            ("/orders/ORD-unknown" + one, owner),
        ]:
            response = api.post(f"{path}/{deed}", user=user, **body)
            assert (response.status_code, response.json()["code"]) == (404, "not_found")

    for response in [
        api.get(f"/orders/{order.order_number}{one}", user=stranger),
        api.get(f"/orders/{own.order_number}{one}", user=stranger),
        api.get(f"/orders/{other.order_number}{one}", user=owner),
        api.get(f"/orders/{order.order_number}/return/RET-unknown", user=owner),
        api.get(f"/orders/{order.order_number}/return/!", user=owner),
        api.post(f"/orders/{order.order_number}{one}/cancel", user=stranger),
        api.post(f"/orders/{own.order_number}{one}/cancel", user=stranger),
        api.post(f"/orders/{other.order_number}{one}/cancel", user=owner),
        api.post(f"/orders/{order.order_number}/return/RET-unknown/cancel", user=owner),
        api.post(f"/orders/{order.order_number}/return", user=stranger, **body),
        api.post("/orders/ORD-unknown/return", user=owner, **body),
        api.post("/orders/!/return", user=owner, **body),
    ]:
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert api.get("/orders/returns", user=stranger).json()["content"]["returns"] == []
    assert requests_in(database) == before


def test_a_return_is_changed_once_until_it_is_decided(
    api: Any, database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])
    made = make_return(database, owner, order)
    path = f"/orders/{order.order_number}/return/{made.request_number}"
    wanted = return_body(return_item(quantity=2, return_reason="Torn"))
    quote = api.post(f"{path}/change/preview", user=owner, json=wanted)
    assert quote.status_code == 200, quote.text
    assert requests_in(database) == 1
    body = {**wanted, "preview": quote.json()["content"]["preview"]["digest"]}
    key = {"Idempotency-Key": "change-1"}
    first, again = (
        api.post(f"{path}/change", user=owner, json=body, headers=key) for _ in range(2)
    )
    assert first.status_code == 200, first.text
    assert again.json() == first.json()
    changed = first.json()["content"]["order_return"]
    assert changed == api.get(path, user=owner).json()["content"]["order_return"]
    assert (changed["return_items"][0]["quantity"], changed["changed_at"] is None) == (2, False)
    other = {**wanted, "preview": "0" * 32}
    outdated = api.post(f"{path}/change", user=owner, json=other)
    assert (outdated.status_code, outdated.json()["code"]) == (409, "preview_outdated")
    nonsense: list[dict[str, Any]] = [
        {},
        {"return_items": []},
        {"return_items": [{"sku": "SKU-0"}]},
    ]
    for bad in nonsense:
        refused = api.post(f"{path}/change", user=owner, json=bad)
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    call(service.approve_return, made.request_number, actor=SHOP)
    for deed in ("change", "change/preview"):
        late = api.post(f"{path}/{deed}", user=owner, json=wanted)
        assert (late.status_code, late.json()["code"]) == (409, "return_not_changeable")


def test_a_return_is_withdrawn_until_it_is_on_its_way(
    api: Any, database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    made = api.post(path, user=owner, json=return_body()).json()["content"]["order_return"]
    key = {"Idempotency-Key": "withdraw-1"}
    first, again = (
        api.post(f"{path}/{made['request_number']}/cancel", user=owner, headers=key)
        for _ in range(2)
    )
    assert first.status_code == 200, first.text
    assert first.json()["content"]["order_return"]["status"] == "cancelled"
    assert again.json() == first.json()
    late = api.post(f"{path}/{made['request_number']}/cancel", user=owner)
    assert (late.status_code, late.json()["code"]) == (409, "return_not_cancellable")
    # Its units can go back once more, until that is on its way.
    made = api.post(path, user=owner, json=return_body()).json()["content"]["order_return"]
    call(service.approve_return, made["request_number"], actor=SHOP)
    call(service.mark_return_shipped, made["request_number"], actor=SHOP)
    late = api.post(f"{path}/{made['request_number']}/cancel", user=owner)
    assert (late.status_code, late.json()["code"]) == (409, "return_not_cancellable")


def test_ids_of_others_inside_the_body(
    api: Any, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    foreign = make_order(database, stranger, lines=[make_line(7)], parcels=[{}])
    address = make_address(database, stranger)
    path = f"/orders/{order.order_number}/return"
    assert foreign.order_number != order.order_number
    for body, code in [
        (return_body(shipping_address={"id": address.id}), "address_not_found"),
        (return_body(shipping_address={"id": new_id()}), "address_not_found"),
        (return_body(return_item(7)), "item_not_in_order"),
    ]:
        response = api.post(path, user=owner, json=body)
        assert (response.status_code, response.json()["code"]) == (422, code)
    assert requests_in(database) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "return_items"),
        ({"return_items": []}, "return_items"),
        ({"return_items": [return_item()] * 101}, "return_items"),
        (return_body(return_item(quantity=0)), "return_items.0.quantity"),
        (return_body(return_item(quantity=-1)), "return_items.0.quantity"),
        (return_body(return_item(quantity=1.5)), "return_items.0.quantity"),
        (return_body(return_item(quantity="1")), "return_items.0.quantity"),
        (return_body(return_item(quantity=True)), "return_items.0.quantity"),
        (return_body(return_item(resolution="cash")), "return_items.0.resolution"),
        (return_body(return_item(return_reason=" ")), "return_items.0.return_reason"),
        (return_body(return_item(return_reason="x" * 501)), "return_items.0.return_reason"),
        (return_body(return_item(return_reason="a\x00b")), "return_items.0.return_reason"),
        (return_body(return_item(sku="\x00")), "return_items.0.sku"),
        (return_body(return_item(sku=5)), "return_items.0.sku"),
        (return_body(shipping_address={"id": "nonsense"}), "shipping_address.id"),
        (return_body(shipping_address={"first_name": "A"}), "shipping_address.city"),
        (return_body(shipping_address=7), "shipping_address"),
    ],
)
def test_bad_bodies_name_the_field_and_change_nothing(
    api: Any, database: Database, owner: User, body: dict[str, Any], field: str
) -> None:
    order = make_order(database, owner, parcels=[{}])
    response = api.post(f"/orders/{order.order_number}/return", user=owner, json=body)
    assert response.status_code == 400, response.text
    assert field in response.json()["error"]
    assert requests_in(database) == 0


def test_what_a_customer_must_not_set_is_ignored(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    body = return_body(
        return_item(refund_amount=10**6, tax_amount=0, selling_price=10**6),
        status="approved",
        grand_total=10**6,
        shipping_amount=10**6,
        request_number="RET-mine",
        approved_at="2020-01-01T00:00:00Z",
        customer_id=new_id(),
    )
    response = api.post(f"/orders/{order.order_number}/return", user=owner, json=body)
    made = response.json()["content"]["order_return"]
    assert (made["status"], made["grand_total"], made["shipping_amount"]) == ("created", 100, 0)
    assert made["approved_at"] is None
    assert made["request_number"] != "RET-mine"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"status": "cancelled"}, 409, "order_not_returnable"),
        ({"parcels": [{"status": "shipped"}]}, 422, "item_not_delivered"),
        ({"days": 31}, 409, "return_window_closed"),
        ({"quantity": 3}, 422, "quantity_not_returnable"),
    ],
)
def test_refusals_have_their_codes(
    api: Any,
    database: Database,
    owner: User,
    clock: Any,
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    values = dict(change)
    item = return_item(quantity=values.pop("quantity", 1))
    at = clock.now - timedelta(days=values.pop("days", 0))
    order = make_order(database, owner, at=at, **{"parcels": [{}], **values})
    path = f"/orders/{order.order_number}/return"
    response = api.post(path, user=owner, json=return_body(item))
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_partial_returns_until_nothing_is_left(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    left = []
    for _ in range(2):
        assert api.post(path, user=owner, json=return_body()).status_code == 200
        detail = api.get(f"/orders/{order.order_number}", user=owner).json()["content"]["order"]
        left.append(detail["order_items"][0]["returnable_quantity"])
    assert left == [1, 0]
    assert detail["shipments"][0]["is_return_allowed"] is False
    third = api.post(path, user=owner, json=return_body())
    assert (third.status_code, third.json()["code"]) == (422, "quantity_not_returnable")


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_put_together_are_the_list(
    api: Any, database: Database, owner: User, clock: Any, limit: int
) -> None:
    numbers = []
    for count in range(5):
        order = make_order(database, owner, parcels=[{}])
        numbers.append(make_return(database, owner, order).request_number)
        if count % 2:
            clock.advance(seconds=1)
    found: list[str] = []
    page: int | None = 1
    while page is not None:
        response = api.get(f"/orders/returns?page={page}&limit={limit}", user=owner)
        content = response.json()["content"]
        found += [each["request_number"] for each in content["returns"]]
        assert content["pagination"]["total_records"] == 5
        page = content["pagination"]["next_page"]
    assert sorted(found) == sorted(numbers)
    assert found[0] == numbers[-1]
    assert set(found[3:]) == set(numbers[:2])
    for query, field in [("page=0", "page"), ("limit=101", "limit")]:
        response = api.get(f"/orders/returns?{query}", user=owner)
        assert response.status_code == 400
        assert field in response.json()["error"]


def test_a_repeat_with_the_same_key_asks_once(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    headers = {"Idempotency-Key": "one return, please"}
    first = api.post(path, user=owner, json=return_body(), headers=headers)
    again = api.post(path, user=owner, json=return_body(), headers=headers)
    assert first.status_code == 200
    assert again.content == first.content
    other = api.post(path, user=owner, json=return_body(return_item(quantity=2)), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert requests_in(database) == 1


def test_fifty_twins_have_one_effect(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=60)], parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    api.token(owner)

    def send() -> Any:
        return api.post(
            path, user=owner, json=return_body(), headers={"Idempotency-Key": "fifty twins"}
        )

    jobs: list[Callable[[], Any]] = [send] * 50
    answers = run_together(jobs)
    done = [answer for answer in answers if answer.status_code == 200]
    waiting = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert done
    assert len({answer.content for answer in done}) == 1
    assert set(waiting) <= {"request_in_progress"}
    assert requests_in(database) == 1
    with database.session(writes=False) as db:
        assert len(db.exec(select(ReturnItem)).all()) == 1


def test_reads_take_a_bounded_number_of_statements(
    api: Any, database: Database, owner: User, statements: list[str]
) -> None:
    made = None
    counts = []
    api.token(owner)
    for _ in range(2):
        for _ in range(4):
            order = make_order(
                database, owner, lines=[make_line(n) for n in range(3)], parcels=[{}]
            )
            items = [return_item(n) for n in range(3)]
            made = make_return(database, owner, order, *items, status=ReturnStatus.APPROVED)
        assert made is not None
        for path in [
            "/orders/returns?limit=100",
            f"/orders/{made.original_order_number}/return/{made.request_number}",
        ]:
            statements.clear()
            assert api.get(path, user=owner).status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 6, counts
