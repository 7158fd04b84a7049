"""Deeds of the shop's systems: done once, refused with the state of the order."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Refund, Shipment, ShipmentItem, User
from account_portal.personal_data import service as personal_data
from account_portal.returns.schemas import ChangeOrderReturn
from account_portal.returns.service import change_return
from account_portal.states import ReturnStatus
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_body, return_item
from tests.merchant.systems import BASE, Systems, make_key


def ship(systems: Systems, number: str, **values: Any) -> str:
    """Put everything into a parcel."""
    made = systems.post(f"/orders/{number}/shipments", {}, **values)
    assert made.status_code == 200, made.text
    return str(made.json()["content"]["reference_number"])


def move(systems: Systems, reference: str, status: str, **values: Any) -> Any:
    return systems.post(f"/shipments/{reference}/move", {"status": status, **values})


def test_an_order_goes_out_and_arrives(systems: Systems, database: Database, owner: User) -> None:
    order = make_order(database, owner, status="awaiting_approval")
    at = f"/orders/{order.order_number}"
    approved = systems.post(f"{at}/approve").json()["content"]["order"]
    assert approved == {
        "order_number": order.order_number,
        "status": "confirmed",
        "payment_status": "success",
        "version": systems.get(at).json()["content"]["version"],
    }
    reference = ship(systems, order.order_number)
    shipped = move(systems, reference, "shipped", awb_no="77012345678")
    assert shipped.json()["content"]["status"] == "shipped"
    delivered = move(systems, reference, "delivered")
    assert delivered.json()["content"]["order"]["status"] == "delivered"


def test_a_body_may_be_left_out_where_it_says_nothing(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner)
    made = systems.post(f"/orders/{order.order_number}/shipments")
    assert made.json()["content"]["order"]["status"] == "confirmed"


def test_items_are_cancelled_and_the_rest_goes_out(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner)
    at = f"/orders/{order.order_number}/cancel-items"
    body = {"items": [{"sku": "SKU-0", "quantity": 1}], "reason": "Sold out"}
    done = systems.post(at, body).json()["content"]["order"]
    assert done["status"] == "confirmed"
    ship(systems, order.order_number)
    assert [row.quantity for row in rows(database, ShipmentItem)] == [1]
    for wrong, status in ((body | {"items": []}, 400), (body, 400), (body | {"reason": ""}, 400)):
        assert systems.post(at, wrong).status_code == status


def test_a_cancelled_order_is_not_sent(systems: Systems, database: Database, owner: User) -> None:
    order = make_order(database, owner)
    at = f"/orders/{order.order_number}"
    reference = ship(systems, order.order_number)
    cancelled = systems.post(f"{at}/cancel", {"reason": "Out of stock"})
    assert cancelled.json()["content"]["order"]["status"] == "cancelled"
    for refused in (
        systems.post(f"{at}/shipments", {}),
        systems.post(f"{at}/cancel", {"reason": "Out of stock"}),
        systems.post(f"{at}/approve"),
        move(systems, reference, "shipped"),
    ):
        assert refused.status_code == 409
        assert refused.json()["success"] is False
        told = refused.json()["content"]["order"]
        assert (told["order_number"], told["status"]) == (order.order_number, "cancelled")


def test_a_step_back_is_refused_with_the_state(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{"status": "delivered"}])
    reference = rows(database, Shipment)[0].reference_number
    refused = move(systems, reference, "shipped")
    assert (refused.status_code, refused.json()["code"]) == (409, "shipment_not_movable")
    of_order = systems.get(f"/orders/{order.order_number}").json()["content"]
    assert refused.json()["content"] == {
        "reference_number": reference,
        "status": "delivered",
        "version": systems.get(f"/shipments/{reference}").json()["content"]["version"],
        "order": {
            "order_number": order.order_number,
            "status": "delivered",
            "payment_status": "success",
            "version": of_order["version"],
        },
    }


def test_money_goes_back_once(systems: Systems, database: Database, owner: User) -> None:
    order = make_order(database, owner)
    at = f"/orders/{order.order_number}/refund"
    made = systems.post(at, {"amount": 200})
    number = made.json()["content"]["request_number"]
    again = systems.post(at, {"amount": 200})
    assert (again.status_code, again.json()["code"]) == (422, "refund_too_high")
    assert again.json()["content"]["order"]["order_number"] == order.order_number
    assert systems.post(f"/refunds/{number}/approve").json()["content"]["status"] == "approved"
    settled = {"status": "success", "reference": "BANK-1"}
    assert systems.post(f"/refunds/{number}/settle", settled).status_code == 200
    assert systems.post(f"/refunds/{number}/settle", settled).status_code == 200
    twice = systems.post(f"/refunds/{number}/settle", {**settled, "reference": "BANK-2"})
    assert (twice.status_code, twice.json()["code"]) == (409, "refund_not_movable")
    assert "BANK-1" in twice.json()["message"]
    other = systems.post(f"/refunds/{number}/settle", {"status": "failed"})
    assert (other.status_code, other.json()["content"]["status"]) == (409, "success")


def test_a_refund_that_failed_is_tried_again(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner)
    made = systems.post(f"/orders/{order.order_number}/refund", {"amount": 50})
    number = made.json()["content"]["request_number"]
    early = systems.post(f"/refunds/{number}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "refund_not_movable")

    def can_be_tried_again(number: str) -> bool:
        return bool(systems.get(f"/refunds/{number}").json()["content"]["is_retry_available"])

    systems.post(f"/refunds/{number}/approve")
    assert not can_be_tried_again(number)
    systems.post(f"/refunds/{number}/settle", {"status": "failed"})
    assert can_be_tried_again(number)
    again = systems.post(f"/refunds/{number}/retry", {})
    assert not can_be_tried_again(number)
    assert again.json()["content"]["status"] == "approved"
    assert again.json()["content"]["request_number"] != number
    assert systems.post(f"/refunds/{number}/retry").json() == again.json()


def test_a_repeated_key_gets_the_first_answer(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    once = {"Idempotency-Key": "parcel-1-of-the-day"}
    at = f"/orders/{order.order_number}/shipments"
    body = {"items": [{"sku": "SKU-0", "quantity": 1}]}
    first = systems.post(at, body, headers=once)
    again = systems.post(at, body, headers=once)
    assert first.status_code == 200
    assert again.json() == first.json()
    other = systems.post(at, {"items": [{"sku": "SKU-1", "quantity": 1}]}, headers=once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    short = systems.post(at, body, headers={"Idempotency-Key": "short"})
    assert short.status_code == 400


def test_a_refused_deed_may_be_tried_again_by_its_key(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner, status="awaiting_approval")
    once = {"Idempotency-Key": "parcel-1-of-the-day"}
    at = f"/orders/{order.order_number}"
    assert systems.post(f"{at}/shipments", {}, headers=once).status_code == 409
    systems.post(f"{at}/approve")
    assert systems.post(f"{at}/shipments", {}, headers=once).status_code == 200


def test_twins_in_flight_make_one_parcel(systems: Systems, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0, quantity=6)])
    together, answers = Barrier(4), []

    def call() -> None:
        together.wait()
        answers.append(
            systems.post(
                f"/orders/{order.order_number}/shipments",
                {"items": [{"sku": "SKU-0", "quantity": 1}]},
                headers={"Idempotency-Key": "parcel-1-of-the-day"},
            )
        )

    threads = [Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = {answer.text for answer in answers if answer.status_code == 200}
    assert len(done) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    rest = systems.post(f"/orders/{order.order_number}/shipments", {})
    assert sorted(item.quantity for item in rows(database, ShipmentItem)) == [1, 5]
    assert rest.status_code == 200


def test_many_parcels_move_at_once(systems: Systems, database: Database, owner: User) -> None:
    going = [ship(systems, make_order(database, owner).order_number) for _ in range(3)]
    moves = [{"reference_number": one, "status": "shipped"} for one in going]
    moves.insert(1, {"reference_number": "SHP-GHOST", "status": "shipped"})
    moves.append({"reference_number": going[0], "status": "packed"})
    answer = systems.post("/shipment-moves", moves)
    outcomes = answer.json()["content"]["outcomes"]
    assert [one["number"] for one in outcomes] == [one["reference_number"] for one in moves]
    assert [one["outcome"] for one in outcomes] == [
        "done", "refused", "done", "done", "refused",
    ]  # fmt: skip
    assert outcomes[1]["code"] == "not_found"
    assert outcomes[4]["content"]["status"] == "shipped"
    assert outcomes[4]["content"]["order"]["status"] == "shipped"


@pytest.mark.parametrize("path", ["/shipment-moves", "/payment-settlements", "/refund-settlements"])
def test_of_many_there_is_at_least_one_and_at_most_a_thousand(systems: Systems, path: str) -> None:
    one = {"request_number": "X", "status": "success"}
    if "ship" in path:
        one = {"reference_number": "X", "status": "delivered"}
    assert systems.post(path, []).status_code == 400
    assert systems.post(path, [one] * 1001).status_code == 400
    assert systems.post(path, [one] * 2).status_code == 200


def test_points_come_and_lapse(systems: Systems, owner: User) -> None:
    at = f"/customers/{owner.customer_id}/points"
    assert systems.post(at, {"points": 50.5}).json()["content"]["balance"] == 50.5
    assert systems.post(at, {"points": -20}).json()["content"]["balance"] == 30.5
    assert systems.post(at, {"points": -100}).json()["content"]["balance"] == 0
    assert systems.post(at, {"points": 0}).status_code == 400


def test_a_closed_account_is_opened_again(
    systems: Systems, database: Database, owner: User, call: Callable[..., Any]
) -> None:
    at = f"/customers/{owner.customer_id}"
    for key in ("", make_key(database, "customers:read"), make_key(database, "orders:*")):
        assert systems.post(f"{at}/reactivate", key=key).status_code == (403 if key else 401)
    early = systems.post(f"{at}/reactivate")
    assert (early.status_code, early.json()["code"]) == (409, "account_not_closed")
    call(auth.deactivate_user)
    closed = systems.get(at).json()["content"]
    assert closed["is_active"] is False
    once = {"Idempotency-Key": "reopen-once"}
    allowed = make_key(database, "customers:write")
    for _ in range(2):
        answer = systems.post(f"{at}/reactivate", key=allowed, headers=once)
        assert answer.status_code == 200, answer.text
        opened = answer.json()["content"]
        assert opened == systems.get(at).json()["content"]
        assert opened["is_active"] is True
        assert opened["version"] != closed["version"]
    call(auth.deactivate_user)
    assert systems.post("/customers/C-7/reactivate").status_code == 404
    call(personal_data.delete_customer, owner.customer_id, actor=SHOP)
    late = systems.post(f"{at}/reactivate")
    assert (late.status_code, late.json()["code"]) == (409, "account_deleted")
    assert systems.get(at).json()["content"]["is_active"] is False


def test_what_its_customer_changed_is_not_decided_unseen(
    systems: Systems, database: Database, owner: User, call: Callable[..., Any]
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    number = make_return(database, owner, order, return_item()).request_number
    seen = {"If-Match": f'"{systems.get(f"/returns/{number}").json()["content"]["version"]}"'}
    changed = ChangeOrderReturn.model_validate(return_body(return_item(quantity=2)))
    call(change_return, order.order_number, number, changed)
    unseen = systems.post(f"/returns/{number}/approve", headers=seen)
    assert (unseen.status_code, unseen.json()["code"]) == (412, "precondition_failed")
    assert systems.get(f"/returns/{number}").json()["content"]["status"] == "created"


def test_another_store_is_not_there(systems: Systems) -> None:
    other = BASE.replace("main", "other")
    answer = systems.client.post(
        f"{other}/shipments/X/move",
        json={"status": "packed"},
        headers={"Authorization": f"Bearer {systems.key}"},
    )
    assert answer.status_code == 404


def test_what_came_back_is_inspected(systems: Systems, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    item = return_item(quantity=2)
    made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    at = f"/returns/{made.request_number}"
    version = systems.get(at).json()["content"]["version"]
    body = {"return_items": [{"sku": "SKU-0", "refused": 1, "reason_code": "damaged"}]}
    assert systems.post(f"{at}/inspect", {**body, "why": "?"}).status_code == 400
    stale = systems.post(f"{at}/inspect", body, headers={"If-Match": '"other"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    fresh = {"If-Match": f'"{version}"', "Idempotency-Key": "inspect-1"}
    done = systems.post(f"{at}/inspect", body, headers=fresh)
    assert done.status_code == 200, done.text
    assert done.json()["content"]["version"] != version
    assert systems.post(f"{at}/inspect", body, headers=fresh).json() == done.json()
    [line] = systems.get(at).json()["content"]["items"]
    [refund] = rows(database, Refund)
    assert line["refund_amount"] * 100 == refund.refund_amount
    assert (line["quantity"], line["inspection"]["refused_quantity"]) == (2, 1)
    again = systems.post(f"{at}/inspect", body)
    assert (again.status_code, again.json()["code"]) == (409, "return_not_movable")
    stale = systems.post(f"{at}/correct-inspection", {}, headers={"If-Match": f'"{version}"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    mended = systems.post(f"{at}/correct-inspection", {"return_items": []})
    assert mended.status_code == 200, mended.text
    [line] = systems.get(at).json()["content"]["items"]
    assert (line["inspection"]["accepted_quantity"], line["inspection"]["refused_quantity"]) == (
        2,
        0,
    )
    assert rows(database, Refund)[0].refund_amount == line["refund_amount"] * 100
    systems.post(f"/refunds/{refund.request_number}/approve")
    late = systems.post(f"{at}/correct-inspection", body)
    assert (late.status_code, late.json()["code"]) == (409, "inspection_final")
