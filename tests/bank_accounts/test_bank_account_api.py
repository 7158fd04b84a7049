"""Payout accounts over HTTP."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.conftest import Api
from tests.doors import assert_only_for_owner, assert_refused
from tests.factories.bank_accounts import SAVINGS, make_bank_account

ONE = ["GET one", "PUT one", "DELETE one", "POST verify"]
ROUTES = ["GET list", "POST list", *ONE]


def send(api: Api, route: str, user_id: str, account_id: str, **kwargs: Any) -> Any:
    method, which = route.split()
    path = f"/customers/{user_id}/bank-accounts"
    path += {"list": "", "one": f"/{account_id}", "verify": f"/{account_id}/verify"}[which]
    bodies = {"POST list": SAVINGS, "PUT one": {"bank_name": "Other Bank"}}
    return api.request(method, path, json=bodies.get(route), **kwargs)


@pytest.mark.parametrize("route", ROUTES)
def test_only_the_owner_gets_in(
    api: Api, database: Database, owner: User, stranger: User, route: str
) -> None:
    account = make_bank_account(database, owner, verification_status="unverified")
    listing = f"/customers/{owner.id}/bank-accounts"
    before = api.get(listing, user=owner).json()
    assert_only_for_owner(
        api,
        database,
        owner,
        stranger,
        lambda user_id, **kwargs: send(api, route, user_id, account.id, **kwargs),
    )
    assert api.get(listing, user=owner).json() == before
    response = send(api, route, owner.id, account.id, user=owner)
    assert response.status_code == 200, response.json()


@pytest.mark.parametrize("route", ONE)
def test_what_is_not_there_is_not_found(
    api: Api, database: Database, owner: User, stranger: User, route: str
) -> None:
    theirs = make_bank_account(database, stranger, verification_status="unverified").id
    for account_id in (new_id(), theirs, "not-an-id", "0" * 27, new_id().lower()):
        assert_refused(send(api, route, owner.id, account_id, user=owner), 404, "not_found")
    kept = api.get(f"/customers/{stranger.id}/bank-accounts/{theirs}", user=stranger).json()
    assert kept["content"]["bank_account"]["verification_status"] == "unverified"


def test_answers_have_the_contracts_shape_and_hide_the_number(api: Api, owner: User) -> None:
    made = send(api, "POST list", owner.id, "", user=owner)
    assert SAVINGS["account_number"] not in made.text
    account = made.json()["content"]["bank_account"]
    assert account["account_number"] == "XXXXXXXXXX4321"
    assert account["created_at"].endswith("Z")
    listed = send(api, "GET list", owner.id, "", user=owner)
    assert listed.json()["content"] == {"bank_accounts": [account]}
    again = send(api, "POST list", owner.id, "", user=owner)
    assert_refused(again, 409, "bank_account_exists")
    gone = send(api, "DELETE one", owner.id, account["id"], user=owner)
    assert set(gone.json()) == {"message", "success"}


def test_a_customer_cannot_verify_their_own_account(api: Api, owner: User) -> None:
    forged = {
        **SAVINGS,
        "id": new_id(),
        "is_verified": True,
        "verification_status": "verified",
        "number_masked": "free",
    }
    path = f"/customers/{owner.id}/bank-accounts"
    made = api.post(path, user=owner, json=forged).json()["content"]["bank_account"]
    assert made["verification_status"] == "unverified"
    assert made["id"] != forged["id"]
    for body in ({"is_verified": True}, {"verification_status": "verified"}):
        changed = api.put(f"{path}/{made['id']}", user=owner, json=body)
        assert changed.json()["content"]["bank_account"] == made
    asked = api.post(f"{path}/{made['id']}/verify", user=owner, json={"verified": True})
    assert asked.json()["content"]["bank_account"]["verification_status"] == "pending"
    bare = api.request("POST", f"{path}/{made['id']}/verify", user=owner, content=b"\xff not json")
    assert bare.status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_name", "x"),
        ("account_name", None),
        ("account_name", "x" * 151),
        ("account_name", "a\x00b"),
        ("account_number", "12345"),
        ("account_number", "1" * 35),
        ("account_number", "1234-5678"),
        ("account_number", 12345678),
        ("account_number", None),
        ("ifsc_code", "HDFC1000001"),
        ("ifsc_code", "hdfc0000001"),
        ("ifsc_code", None),
        ("bank_name", ""),
        ("bank_name", []),
        ("is_default", "yes"),
        ("is_default", 1),
        ("is_default", None),
    ],
)
def test_a_bad_field_is_named_and_nothing_changes(
    api: Api, database: Database, owner: User, field: str, value: Any
) -> None:
    account = make_bank_account(database, owner)
    path = f"/customers/{owner.id}/bank-accounts"
    before = api.get(path, user=owner).json()
    made = api.post(path, user=owner, json={**SAVINGS, field: value})
    assert set(assert_refused(made, 400, "validation_error")["error"]) == {field}
    changed = api.put(f"{path}/{account.id}", user=owner, json={field: value})
    assert set(assert_refused(changed, 400, "validation_error")["error"]) == {field}
    assert api.get(path, user=owner).json() == before


def test_another_kind_of_account_is_refused(api: Api, owner: User) -> None:
    path = f"/customers/{owner.id}/bank-accounts"
    made = api.post(path, user=owner, json={**SAVINGS, "account_type": "inbound"})
    assert set(assert_refused(made, 400, "validation_error")["error"]) == {"account_type"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe"])
def test_a_broken_body_is_refused(api: Api, database: Database, owner: User, body: bytes) -> None:
    account = make_bank_account(database, owner)
    path = f"/customers/{owner.id}/bank-accounts"
    headers = {"Content-Type": "application/json"}
    for method, target in (("POST", path), ("PUT", f"{path}/{account.id}")):
        response = api.request(method, target, user=owner, content=body, headers=headers)
        assert_refused(response, 400, "validation_error")
