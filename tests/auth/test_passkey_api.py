"""Passkeys over HTTP: calls of the contract, and the forms of the pages."""

import json
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.models import Passkey, User, UserSession
from tests.conftest import Api, Clock
from tests.factories.auth import set_proof
from tests.factories.passkeys import Authenticator, give_passkey
from tests.factories.records import rows
from tests.factories.users import make_session

HERE = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def make(api: Api, user: User, authenticator: Authenticator) -> Any:
    begun = api.post("/auth/passkey-options", user=user).json()["content"]
    body = {
        "passkey_token": begun["passkey_token"],
        "credential": authenticator.make(begun["options"]),
    }
    return api.post("/auth/passkeys", user=user, json=body)


def sign_in(api: Api, authenticator: Authenticator) -> Any:
    begun = api.post("/auth/login/passkey/options").json()["content"]
    body = {
        "passkey_token": begun["passkey_token"],
        "credential": authenticator.sign(begun["options"]),
    }
    return api.post("/auth/login/passkey", json=body)


def test_a_passkeys_life(api: Api, owner: User) -> None:
    authenticator = Authenticator()
    made = make(api, owner, authenticator).json()["content"]["passkey"]
    assert made.keys() == {"id", "name", "is_backed_up", "created_at", "last_used_at"}
    answer = sign_in(api, authenticator)
    assert answer.status_code == 200
    token = answer.json()["content"]["access_token"]
    path = f"/auth/passkeys/{made['id']}"
    assert api.put(path, token=token, json={"name": "Phone"}).status_code == 200
    [listed] = api.get("/auth/passkeys", token=token).json()["content"]["passkeys"]
    assert listed["name"] == "Phone"
    assert listed["last_used_at"].endswith("Z")
    assert api.delete(path, token=token).json() == {"message": "Passkey removed.", "success": True}
    assert api.delete(path, token=token).status_code == 404
    refused = sign_in(api, authenticator)
    assert (refused.status_code, refused.json()["code"]) == (400, "passkey_unknown")


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/auth/passkeys", None),
    ("POST", "/auth/passkey-options", None),
    ("POST", "/auth/passkeys", {}),
    ("POST", "/auth/confirm-passkey/options", None),
    ("POST", "/auth/confirm-passkey", {}),
    ("PUT", "/auth/passkeys/{id}", {"name": "Mine"}),
    ("DELETE", "/auth/passkeys/{id}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_nobody_and_visitors_are_refused(
    api: Api, database: Database, method: str, path: str, body: Any
) -> None:
    more = {"json": body} if body is not None else {}
    assert api.request(method, path, **more).status_code == 401
    visitor = make_session(database, None)
    answer = api.request(method, path, token=visitor, **more)
    assert (answer.status_code, answer.json()["code"]) == (403, "login_required")


@pytest.mark.parametrize(("method", "path", "body"), CALLS[5:])
def test_a_strangers_is_not_there(
    api: Api, owner: User, stranger: User, database: Database, method: str, path: str, body: Any
) -> None:
    give_passkey(database, owner)
    [passkey] = rows(database, Passkey)
    more = {"json": body} if body is not None else {}
    for wanted in (passkey.id, "01JQ8ZC7V3M5R2T4W6Y8A0BCDE", "what", "%00"):
        answer = api.request(method, path.replace("{id}", wanted), user=stranger, **more)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert rows(database, Passkey)[0].name == passkey.name


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines", None, 5])
def test_a_name_is_a_short_line(api: Api, owner: User, database: Database, name: Any) -> None:
    give_passkey(database, owner)
    path = f"/auth/passkeys/{rows(database, Passkey)[0].id}"
    answer = api.put(path, user=owner, json={"name": name})
    assert (answer.status_code, list(answer.json()["error"])) == (400, ["name"])


def test_a_wrong_answer_says_which_field(api: Api, owner: User) -> None:
    begun = api.post("/auth/login/passkey/options").json()["content"]
    body = {"passkey_token": begun["passkey_token"], "credential": {"id": "+", "type": "x"}}
    answer = api.post("/auth/login/passkey", json=body)
    assert answer.json()["code"] == "validation_error"
    assert {"credential.rawId", "credential.response"} <= answer.json()["error"].keys()


def test_there_are_none_at_an_address_without_name(
    api: Api, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "http://192.0.2.1:8000")
    get_settings.cache_clear()
    for answer in (
        api.post("/auth/login/passkey/options"),
        api.post("/auth/passkey-options", user=owner),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "passkeys_not_available")


def ask_page(api: Api, **headers: str) -> Any:
    return api.client.post("/api/session/passkey-options", headers={**HERE, **headers})


def answer_page(api: Api, begun: Any, authenticator: Authenticator, **more: Any) -> Any:
    credential = authenticator.sign(begun["options"])
    fields = {"passkey_token": begun["passkey_token"], "credential": json.dumps(credential)}
    return api.client.post("/api/session/passkey", data={**fields, **more}, headers=HERE)


def test_a_browser_signs_in(api: Api, owner: User, database: Database) -> None:
    authenticator = give_passkey(database, owner)
    asked = ask_page(api)
    cookie = asked.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert asked.headers["cache-control"] == "no-store"
    answer = answer_page(api, asked.json()["content"], authenticator, next="/orders")
    assert answer.json()["content"]["next"] == "/orders"
    assert answer.json()["content"]["customer"] == owner.id
    assert api.client.cookies["portal"]
    [session] = rows(database, UserSession)
    assert (session.user_id, session.kind) == (owner.id, "page")


def test_several_tabs_of_a_browser_ask_at_once(api: Api, owner: User, database: Database) -> None:
    authenticator = give_passkey(database, owner)
    tabs = [ask_page(api).json()["content"] for _ in range(2)]
    for begun in tabs:
        assert answer_page(api, begun, authenticator).status_code == 200


def test_a_challenge_is_its_browsers(api: Api, owner: User, database: Database) -> None:
    authenticator = give_passkey(database, owner)
    begun = ask_page(api).json()["content"]
    mine = api.client.cookies["portal-passkey"]
    for other in ("", "somebody-elses-secret"):
        api.client.cookies.clear()
        if other:
            api.client.cookies.set("portal-passkey", other)
        answer = answer_page(api, begun, authenticator)
        assert (answer.status_code, answer.json()["code"]) == (400, "passkey_expired")
    # Nor is one of the API for a page, or the other way round.
    ours = api.post("/auth/login/passkey/options").json()["content"]
    assert answer_page(api, ours, authenticator).json()["code"] == "passkey_expired"
    body = {
        "passkey_token": begun["passkey_token"],
        "credential": authenticator.sign(begun["options"]),
    }
    assert api.post("/auth/login/passkey", json=body).json()["code"] == "passkey_expired"
    api.client.cookies.clear()
    api.client.cookies.set("portal-passkey", mine)
    assert answer_page(api, begun, authenticator).status_code == 200


@pytest.mark.parametrize(
    "path", ["passkey-options", "passkey", "passkey-proof-options", "passkey-proof"]
)
def test_other_sites_are_refused(api: Api, path: str) -> None:
    headers = {**HERE, "Sec-Fetch-Site": "cross-site"}
    answer = api.client.post(f"/api/session/{path}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("credential", ["", "{", "[" * 4000, "[]", "{}", "null"])
def test_junk_from_a_page_is_refused(api: Api, credential: str) -> None:
    begun = ask_page(api).json()["content"]
    fields = {"passkey_token": begun["passkey_token"], "credential": credential}
    answer = api.client.post("/api/session/passkey", data=fields, headers=HERE)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


SHOP = "https://shop.example"


@pytest.mark.parametrize("allowed", [True, False])
def test_pages_that_may_call_the_api_may_use_passkeys(
    api: Api, owner: User, database: Database, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    monkeypatch.setenv("PORTAL_CORS_ORIGINS" if allowed else "PORTAL_EMBED_ORIGINS", SHOP)
    get_settings.cache_clear()
    authenticator = Authenticator()
    authenticator.origin = SHOP
    assert make(api, owner, authenticator).status_code == (200 if allowed else 400)
    existing = give_passkey(database, owner)
    existing.origin = SHOP
    assert sign_in(api, existing).status_code == (200 if allowed else 400)
    named = api.client.get("/.well-known/webauthn").json()["origins"]
    assert named == ["http://localhost:8000", *([SHOP] if allowed else [])]


def test_a_browser_proves_who_is_signed_in(
    api: Api, owner: User, database: Database, clock: Clock
) -> None:
    authenticator = give_passkey(database, owner)
    answer_page(api, ask_page(api).json()["content"], authenticator)
    set_proof(database, owner, None)
    begun = api.client.post("/api/session/passkey-proof-options", headers=HERE).json()["content"]
    fields = {
        "passkey_token": begun["passkey_token"],
        "credential": json.dumps(authenticator.sign(begun["options"])),
    }
    answer = api.client.post("/api/session/passkey-proof", data=fields, headers=HERE)
    assert answer.status_code == 200
    assert {session.proven_at for session in rows(database, UserSession)} == {clock.now}


def test_proof_over_the_api(api: Api, owner: User, database: Database) -> None:
    refused = api.post("/auth/confirm-passkey/options", user=owner)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    authenticator = give_passkey(database, owner)
    set_proof(database, owner, None)
    asked = api.post("/auth/passkey-options", user=owner)
    assert (asked.status_code, asked.json()["code"]) == (403, "fresh_proof_required")
    begun = api.post("/auth/confirm-passkey/options", user=owner).json()["content"]
    body = {
        "passkey_token": begun["passkey_token"],
        "credential": authenticator.sign(begun["options"]),
    }
    assert api.post("/auth/confirm-passkey", user=owner, json=body).status_code == 200
    assert api.post("/auth/passkey-options", user=owner).status_code == 200
