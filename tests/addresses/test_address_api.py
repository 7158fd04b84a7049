"""The address book over HTTP: who gets in, what is refused and in which shape."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.conftest import Api
from tests.doors import assert_only_for_owner, assert_refused
from tests.factories.addresses import HOME, make_address

ROUTES = ["GET list", "POST list", "GET one", "PUT one", "DELETE one"]
BODIES = {"POST": HOME, "PUT": {"city": "Mysuru"}}


def send(api: Api, route: str, book: str, address_id: str, **kwargs: Any) -> Any:
    method, which = route.split()
    path = f"/customers/{book}/addresses" + (f"/{address_id}" if which == "one" else "")
    return api.request(method, path, json=BODIES.get(method), **kwargs)


@pytest.fixture
def book(database: Database, owner: User) -> str:
    return make_address(database, owner).id


@pytest.fixture
def untouched(api: Api, owner: User, book: str) -> Callable[[], None]:
    before = api.get(f"/customers/{owner.id}/addresses", user=owner).json()

    def check() -> None:
        assert api.get(f"/customers/{owner.id}/addresses", user=owner).json() == before

    return check


@pytest.mark.parametrize("route", ROUTES)
def test_only_the_owner_gets_in(
    api: Api,
    database: Database,
    owner: User,
    stranger: User,
    book: str,
    route: str,
    untouched: Callable[[], None],
) -> None:
    assert_only_for_owner(
        api,
        database,
        owner,
        stranger,
        lambda user_id, **kwargs: send(api, route, user_id, book, **kwargs),
    )
    untouched()
    response = send(api, route, owner.id, book, user=owner)
    assert response.status_code == 200, response.json()
    assert response.json()["success"] is True


def test_an_unknown_store_has_no_address_book(api: Api, owner: User) -> None:
    response = api.client.get(
        f"/api/v1/elsewhere/storefront/customers/{owner.id}/addresses",
        headers={"Authorization": f"Bearer {api.token(owner)}"},
    )
    assert_refused(response, 404, "not_found")


@pytest.mark.parametrize("route", ["GET one", "PUT one", "DELETE one"])
def test_what_is_not_there_is_not_found(
    api: Api, database: Database, owner: User, stranger: User, route: str
) -> None:
    theirs = make_address(database, stranger).id
    for address_id in (new_id(), theirs, "not-an-id", "0" * 27, new_id().lower()):
        assert_refused(send(api, route, owner.id, address_id, user=owner), 404, "not_found")
    mine = api.get(f"/customers/{stranger.id}/addresses/{theirs}", user=stranger)
    assert mine.json()["content"]["address"]["city"] == HOME["city"]


def test_the_list_and_an_address_have_the_contracts_shape(api: Api, owner: User, book: str) -> None:
    listed = api.get(f"/customers/{owner.id}/addresses", user=owner).json()
    assert set(listed["content"]) == {"addresses", "pagination"}
    one = api.get(f"/customers/{owner.id}/addresses/{book}", user=owner).json()
    assert one["content"]["address"] == listed["content"]["addresses"][0]
    assert one["content"]["address"]["created_at"].endswith("Z")
    gone = api.delete(f"/customers/{owner.id}/addresses/{book}", user=owner).json()
    assert set(gone) == {"message", "success"}


def test_creation_ignores_what_a_customer_must_not_set(
    api: Api, owner: User, stranger: User
) -> None:
    forged = new_id()
    sent = {
        **HOME,
        "id": forged,
        "customer_id": stranger.customer_id,
        "is_phone_verified": True,
        "is_email_verified": True,
        "created_at": "1999-01-01T00:00:00Z",
        "anything": {"deep": [1]},
    }
    response = api.post(f"/customers/{owner.id}/addresses", user=owner, json=sent)
    made = response.json()["content"]["address"]
    assert made["id"] != forged
    assert (made["is_phone_verified"], made["is_email_verified"]) == (False, False)
    assert not made["created_at"].startswith("1999")
    assert (
        api.get(f"/customers/{stranger.id}/addresses", user=stranger).json()["content"]["addresses"]
        == []
    )
    changed = api.put(
        f"/customers/{owner.id}/addresses/{made['id']}",
        user=owner,
        json={"id": forged, "customer_id": stranger.customer_id, "is_phone_verified": True},
    )
    assert changed.json()["content"]["address"] == made


BAD: list[tuple[str, Any]] = [
    ("first_name", ""),
    ("first_name", "   "),
    ("first_name", None),
    ("first_name", 7),
    ("first_name", "x" * 101),
    ("first_name", "a\x00b"),
    ("last_name", "x" * 101),
    ("country_code", "91"),
    ("country_code", "+0"),
    ("country_code", None),
    ("phone", "123"),
    ("phone", "12345678901"),
    ("phone", "98765 43210"),
    ("phone", 9876543210),
    ("phone", None),
    ("email", "nobody"),
    ("email", None),
    ("email", "x" * 250 + "@example.com"),
    ("address_line1", ""),
    ("address_line1", "x" * 256),
    ("address_line2", ["a"]),
    ("landmark", "x" * 256),
    ("delivery_instructions", "x" * 256),
    ("pincode", "012345"),
    ("pincode", "1234567890123"),
    ("pincode", "12_345"),
    ("pincode", None),
    ("city", ""),
    ("city", "x" * 101),
    ("state", None),
    ("state", "x" * 101),
    ("country", "Atlantis"),
    ("country", "X"),
    ("country", {}),
    ("tax_identification_number", "x" * 33),
    ("business_name", "x" * 151),
    ("nickname", "x" * 51),
    ("is_default_billing", None),
    ("is_default_billing", "yes"),
    ("is_default_shipping", 1),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_field_is_named_and_nothing_changes(
    api: Api,
    owner: User,
    book: str,
    untouched: Callable[[], None],
    field: str,
    value: Any,
) -> None:
    path = f"/customers/{owner.id}/addresses"
    made = api.post(path, user=owner, json={**HOME, field: value})
    assert set(assert_refused(made, 400, "validation_error")["error"]) == {field}
    changed = api.put(f"{path}/{book}", user=owner, json={field: value})
    assert set(assert_refused(changed, 400, "validation_error")["error"]) == {field}
    untouched()


@pytest.mark.parametrize(
    "field", ["first_name", "phone", "email", "address_line1", "city", "country"]
)
def test_a_missing_field_is_named(api: Api, owner: User, field: str) -> None:
    body = {name: value for name, value in HOME.items() if name != field}
    response = api.post(f"/customers/{owner.id}/addresses", user=owner, json=body)
    assert assert_refused(response, 400, "validation_error")["error"] == {field: ["is required"]}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe", b'{"city": "\\ud800"}']
)
def test_a_broken_body_is_refused(
    api: Api, owner: User, book: str, untouched: Callable[[], None], body: bytes
) -> None:
    path = f"/customers/{owner.id}/addresses"
    for method, target in (("POST", path), ("PUT", f"{path}/{book}")):
        response = api.request(
            method,
            target,
            user=owner,
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert_refused(response, 400, "validation_error")
    untouched()


@pytest.mark.parametrize("query", ["page=0", "page=x", "limit=0", "limit=101", "page=", "page=1.5"])
def test_a_page_outside_the_list_is_refused(api: Api, owner: User, query: str) -> None:
    response = api.get(f"/customers/{owner.id}/addresses?{query}", user=owner)
    assert set(assert_refused(response, 400, "validation_error")["error"]) == {
        query.partition("=")[0]
    }


def test_a_repeat_with_the_same_key_saves_once(api: Api, owner: User) -> None:
    path = f"/customers/{owner.id}/addresses"
    headers = {"Idempotency-Key": "checkout-0001"}
    first = api.post(path, user=owner, json=HOME, headers=headers)
    again = api.post(path, user=owner, json=HOME, headers=headers)
    assert again.json() == first.json()
    other = api.post(path, user=owner, json={**HOME, "city": "Mysuru"}, headers=headers)
    assert_refused(other, 422, "idempotency_key_reused")
    listed = api.get(path, user=owner).json()
    assert listed["content"]["pagination"]["total_records"] == 1


def test_a_read_takes_two_statements(
    api: Api, owner: User, book: str, statements: list[str]
) -> None:
    api.token(owner)
    for path in ("", f"/{book}"):
        statements.clear()
        api.get(f"/customers/{owner.id}/addresses{path}", user=owner)
        assert len(statements) == 2, statements
