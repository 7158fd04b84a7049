"""Claims over HTTP: ownership, bad input, repeats, commands."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from account_portal.claims.schemas import Claim
from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.models import Claim as Row
from account_portal.models import Refund, Shipment, User
from tests.factories.claims import claim_body, claim_item, decide_claim, make_claim
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.users import make_session


def test_a_claim_is_opened_and_read(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    path = f"/orders/{order.order_number}/claims"
    body = claim_body(claim_item(1, quantity=2, problem="missing_item", details="Box was empty"))
    key = {"Idempotency-Key": "claim-of-order-1"}
    first, again = (api.post(path, user=owner, json=body, headers=key) for _ in range(2))
    assert first.status_code == 200, first.text
    assert again.json() == first.json()
    made = first.json()["content"]["claim"]
    assert Claim.model_validate(made).model_dump(mode="json") == made
    assert (made["status"], made["amount"], made["order_number"]) == (
        "open",
        200,
        order.order_number,
    )
    [item] = made["claim_items"]
    assert (item["sku"], item["problem"], item["details"]) == (
        "SKU-1",
        "missing_item",
        "Box was empty",
    )
    number = made["claim_number"]
    assert api.get(f"{path}/{number}", user=owner).json()["content"]["claim"] == made
    assert api.get(path, user=owner).json()["content"]["claims"] == [made]
    listed = api.get("/orders/claims", user=owner).json()["content"]
    assert (listed["claims"], listed["pagination"]["total_records"]) == ([made], 1)
    decide_claim(database, number, amount="150")
    done = api.get(f"{path}/{number}", user=owner).json()["content"]["claim"]
    assert (done["status"], done["resolution"], done["agreed_amount"]) == (
        "accepted",
        "refund",
        150,
    )
    assert [one["refund_amount"] for one in done["refund"]] == [150]


def test_each_call_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    other = make_order(database, owner, parcels=[{}])
    own = make_order(database, stranger, parcels=[{}])
    number = make_claim(database, owner, order).claim_number
    visitor = make_session(database, None)
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    body: dict[str, Any] = {"json": claim_body()}

    def of(place: Any) -> str:
        return f"/orders/{place.order_number}/claims"

    for verb, path, more in [
        (api.get, "/orders/claims", {}),
        (api.get, of(order), {}),
        (api.post, of(order), body),
        (api.post, f"{of(order)}/preview", body),
        (api.get, f"{of(order)}/{number}", {}),
        (api.post, f"{of(order)}/{number}/withdraw", {}),
    ]:
        for response, status, code in [
            (verb(path, **more), 401, "unauthorized"),
            (verb(path, token=expired, **more), 401, "unauthorized"),
            (verb(path, token=visitor, **more), 403, "login_required"),
        ]:
            assert (response.status_code, response.json()["code"]) == (status, code)
    for response in [
        api.get(of(order), user=stranger),
        api.get("/orders/ORD-unknown/claims", user=owner),
        api.post(of(order), user=stranger, **body),
        api.post("/orders/ORD-unknown/claims", user=owner, **body),
        api.post("/orders/!/claims", user=owner, **body),
        api.get(f"{of(order)}/{number}", user=stranger),
        api.get(f"{of(own)}/{number}", user=stranger),
        api.get(f"{of(other)}/{number}", user=owner),
        api.get(f"{of(order)}/CLM-unknown", user=owner),
        api.get(f"{of(order)}/!", user=owner),
        api.post(f"{of(order)}/{number}/withdraw", user=stranger),
        api.post(f"{of(own)}/{number}/withdraw", user=stranger),
        api.post(f"{of(other)}/{number}/withdraw", user=owner),
        api.post(f"{of(order)}/CLM-unknown/withdraw", user=owner),
    ]:
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert api.get("/orders/claims", user=stranger).json()["content"]["claims"] == []
    assert [row.status for row in rows(database, Row)] == ["open"]


def test_a_claim_is_withdrawn_once(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    number = make_claim(database, owner, order).claim_number
    path = f"/orders/{order.order_number}/claims/{number}/withdraw"
    done = api.post(path, user=owner).json()["content"]["claim"]
    assert (done["status"], done["withdrawn_at"] is not None) == ("withdrawn", True)
    late = api.post(path, user=owner)
    assert (late.status_code, late.json()["code"]) == (409, "claim_not_open")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation_error"),
        ({"wish": "refund"}, 400, "validation_error"),
        (claim_body(wish="money"), 400, "validation_error"),
        (claim_body(claim_item(problem="late")), 400, "validation_error"),
        (claim_body(claim_item(quantity=0)), 400, "validation_error"),
        (claim_body(claim_item(quantity=1.5)), 400, "validation_error"),
        (claim_body(claim_item(details="x" * 501)), 400, "validation_error"),
        (claim_body(claim_item(details=None)), 400, "validation_error"),
        ({**claim_body(), "reference_number": "SHP-1"}, 400, "validation_error"),
        (claim_body(*[claim_item()] * 101), 400, "validation_error"),
        (claim_body(claim_item(9)), 422, "item_not_in_order"),
        (claim_body(claim_item(1)), 422, "item_not_delivered"),
        (claim_body(claim_item(quantity=3)), 422, "quantity_not_claimable"),
        (claim_body(claim_item(2)), 422, "resolution_not_offered"),
        (claim_body(reference_number="SHP-unknown"), 404, "not_found"),
        (claim_body(reference_number="(delivered)"), 409, "parcel_not_claimable"),
        (claim_body(reference_number="(on its way)"), 409, "parcel_not_claimable"),
    ],
)
def test_bad_input_is_coded_and_changes_nothing(
    api: Any, database: Database, owner: User, body: Any, status: int, code: str
) -> None:
    free = make_line(2, free_quantity=2, line_total=0, tax_amount=0, is_free_item=True)
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1), free],
        parcels=[
            {"units": {"SKU-0": 2, "SKU-2": 2}},
            {"status": "in_transit", "units": {"SKU-1": 2}},
        ],
    )
    there, coming = rows(database, Shipment)
    numbers = {"(delivered)": there.reference_number, "(on its way)": coming.reference_number}
    if body.get("reference_number") in numbers:
        body = {**body, "reference_number": numbers[body["reference_number"]]}
    response = api.post(f"/orders/{order.order_number}/claims", user=owner, json=body)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert not rows(database, Row)


def test_the_shop_decides_by_commands(database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    first = make_claim(database, owner, order).claim_number

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["shop", *words])

    assert first in run("claims", "--state", "open").stdout
    assert run("claim", "accept", first, "refund", "--amount", "0").exit_code == 2
    assert run("claim", "accept", first, "refund", "--amount", "x").exit_code == 2
    long = run("claim", "accept", first, "refund", "--answer", "x" * 501)
    assert (long.exit_code, "answer: " in long.output) == (2, True)
    refused = run("claim", "accept", first, "refund", "--amount", "1000")
    assert (refused.exit_code, "At most 100.00 INR" in refused.output) == (1, True)
    done = run("claim", "accept", first, "refund", "--amount", "12.50", "--answer", "Sorry")
    assert done.stdout == f"Claim {first} is accepted: refund.\n"
    assert [row.refund_amount for row in rows(database, Refund)] == [1250]
    second = make_claim(database, owner, order).claim_number
    assert run("claim", "reject", second, "It is whole").exit_code == 0
    assert [row.status for row in rows(database, Row)] == ["accepted", "rejected"]
    assert run("claim", "reject", second, "No").exit_code == 1
