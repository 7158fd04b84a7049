"""Sign-in over HTTP: who may call what, what bad input gets, and the shapes of the contract."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from account_portal.auth import schemas
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.models import User
from tests.factories.auth import change_user, last_code, load_user, make_page_session
from tests.factories.users import PASSWORD, make_session, make_user

NEW = "a better passphrase"
TOKEN = "t" * 43
ULID = re.compile("^[0-9A-HJKMNP-TV-Z]{26}$")

GOOD: dict[str, dict[str, Any]] = {
    "/auth/register/password": {
        "email": "new@example.com",
        "password": NEW,
        "confirm_password": NEW,
    },
    "/auth/login/password": {"email": "owner@example.com", "password": PASSWORD},
    "/auth/login/email": {"email": "owner@example.com"},
    "/auth/login/phone": {"phone": "9876543210"},
    "/auth/login/whatsapp": {"phone": "9876543210", "country_code": "+91"},
    "/auth/verify-otp": {"otp": "123456", "otp_token": TOKEN, "otp_action": "login"},
    "/auth/generate-otp": {
        "channel": "email",
        "email": "owner@example.com",
        "otp_action": "login",
    },
    "/auth/refresh-token": {"refresh_token": "x"},
    "/auth/forgot-password": {"email": "owner@example.com"},
    "/auth/reset-password": {
        "new_password": NEW,
        "confirm_password": NEW,
        "otp_token": TOKEN,
        "otp": "123456",
    },
    "/auth/change-password": {
        "old_password": PASSWORD,
        "new_password": NEW,
        "confirm_password": NEW,
    },
    "/auth/verified-email-phone": {"email": ["owner@example.com"]},
}
CLOSED = ("/auth/change-password", "/auth/verified-email-phone")


def bad_bodies(path: str) -> list[tuple[Any, str]]:
    """Bodies, and the field that is named for each."""
    good = GOOD[path]
    cases: list[tuple[Any, str]] = [([good], "_"), ("text", "_"), (5, "_")]
    for field, value in good.items():
        if field not in ("otp", "country_code") or path == "/auth/verify-otp":
            left = {name: kept for name, kept in good.items() if name != field}
            cases.append((left, "_" if path == "/auth/verified-email-phone" else field))
        bad_values = [5, {"a": value}, True]
        if not isinstance(value, list):
            bad_values += [[value], f"{value}\x00", str(value) * 5000]
        if field != "country_code":
            bad_values.append(None)
        cases += [({**good, field: bad}, field) for bad in bad_values]
    return cases


@pytest.mark.parametrize("path", GOOD)
def test_bad_bodies_are_told_by_field_and_change_nothing(
    api: Any, owner: User, database: Database, path: str
) -> None:
    user = owner if path in CLOSED else None
    if user:
        api.token(user)
    before = everything(database)
    for body, field in bad_bodies(path):
        answer = api.post(path, json=body, user=user)
        assert answer.status_code == 400, (body, answer.text)
        found = answer.json()
        assert (found["code"], found["success"]) == ("validation_error", False)
        assert any(name.split(".")[0] == field for name in found["error"]), (body, found)
    assert everything(database) == before


def everything(database: Database) -> dict[str, list[Any]]:
    with database.session(writes=False) as db:
        return {
            name: [tuple(row) for row in db.execute(select(table))]
            for name, table in SQLModel.metadata.tables.items()
        }


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{}", "text/plain", 400, "validation_error"),
        (b"email=a", "application/x-www-form-urlencoded", 400, "validation_error"),
        (b"{", "application/json", 400, "validation_error"),
        (b"", "application/json", 400, "validation_error"),
        (b"null", "application/json", 400, "validation_error"),
        (b'{"email": "\\ud800"}', "application/json", 400, "validation_error"),
        (b'{"email": "\xff"}', "application/json", 400, "validation_error"),
        (b"[" * 5000, "application/json", 400, "validation_error"),
    ],
)
def test_bodies_that_cannot_be_read(
    api: Any, owner: User, path: str, content: bytes, content_type: str, status: int, code: str
) -> None:
    user = owner if path in CLOSED else None
    answer = api.post(path, content=content, headers={"Content-Type": content_type}, user=user)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/login/email", {"email": "not an address"}, "email"),
        ("/auth/login/phone", {"phone": "987654321"}, "phone"),
        ("/auth/login/phone", {"phone": "98765x3210"}, "phone"),
        ("/auth/login/phone", {"phone": "9876543210", "country_code": "91"}, "country_code"),
        ("/auth/login/email", {"email": "a@b.co", "register_if_not_exists": "maybe"},
         "register_if_not_exists"),
        ("/auth/generate-otp", {"channel": "pigeon", "email": "a@b.co", "otp_action": "login"},
         "channel"),
        ("/auth/generate-otp",
         {"channel": "email", "email": "a@b.co", "otp_action": "verify-phone"}, "otp_action"),
        ("/auth/generate-otp",
         {"channel": "sms", "phone": "9876543210", "otp_action": "update-email"}, "otp_action"),
        ("/auth/generate-otp", {"channel": "sms", "email": "a@b.co", "otp_action": "login"},
         "phone"),
        ("/auth/verify-otp", {"otp": "12345x", "otp_token": TOKEN, "otp_action": "login"}, "otp"),
        ("/auth/verify-otp", {"otp": "123456", "otp_token": TOKEN, "otp_action": "fly"},
         "otp_action"),
        ("/auth/verify-otp", {"otp": "123456", "otp_token": "short", "otp_action": "login"},
         "otp_token"),
        ("/auth/register/password",
         {"email": "a@b.co", "password": "short", "confirm_password": NEW}, "password"),
        ("/auth/register/password",
         {"phone": "12345", "password": NEW, "confirm_password": NEW}, "phone"),
    ],
)  # fmt: skip
def test_values_that_break_the_schema(
    api: Any, database: Database, path: str, body: dict[str, Any], field: str
) -> None:
    answer = api.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert list(answer.json()["error"]) == [field]


@pytest.mark.parametrize("path", CLOSED)
def test_closed_calls_by_who_calls(
    api: Any, owner: User, stranger: User, database: Database, path: str
) -> None:
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    visitor = make_session(database, None)
    for token, status, code in [
        ("", 401, "unauthorized"),
        ("nonsense", 401, "unauthorized"),
        (expired, 401, "unauthorized"),
        (visitor, 403, "login_required"),
    ]:
        # Who may not call learns nothing about the input.
        for body in (GOOD[path], {}):
            answer = api.post(path, json=body, token=token)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert ("www-authenticate" in answer.headers) == (status == 401)
    assert api.post(path, json=GOOD[path], user=owner).status_code == 200


@pytest.mark.parametrize(
    "path", [path for path in GOOD if path not in CLOSED and path != "/auth/refresh-token"]
)
def test_open_calls_take_a_dead_token_for_none(
    api: Any, owner: User, database: Database, path: str
) -> None:
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    with_token = api.post(path, json=GOOD[path], token=expired)
    assert with_token.status_code == (404 if TOKEN in GOOD[path].values() else 200)


def test_contacts_of_others_cannot_be_probed(
    api: Any, owner: User, stranger: User, database: Database
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210", is_phone_verified=True)
    body = {
        "email": ["OWNER@example.com", "stranger@example.com", "owner@example.com"],
        "phone": ["9876543210", "9876543211"],
    }
    mine = api.post("/auth/verified-email-phone", json=body, user=owner).json()["content"]
    assert mine == {"verified_phone": ["9876543210"], "verified_email": ["owner@example.com"]}
    theirs = api.post("/auth/verified-email-phone", json=body, user=stranger).json()["content"]
    assert theirs == {"verified_phone": [], "verified_email": ["stranger@example.com"]}
    change_user(database, owner, is_email_verified=False)
    half = api.post("/auth/verified-email-phone", json={"email": ["owner@example.com"]}, user=owner)
    assert half.json()["content"] == {"verified_phone": [], "verified_email": []}


@pytest.mark.parametrize("body", [{"phone": ["1" * 20]}, {"email": ["a@b.co"] * 51}, {}])
def test_bad_lists_of_contacts(api: Any, owner: User, body: dict[str, Any]) -> None:
    answer = api.post("/auth/verified-email-phone", json=body, user=owner)
    assert answer.json()["code"] == "validation_error"


def test_a_whole_life_over_http(api: Any, database: Database) -> None:
    visitor = api.post("/auth/anonymous", headers={"X-Api-Key": "public"}).json()["content"]
    assert visitor["user"]["is_anonymous"] is True
    assert ULID.match(visitor["user"]["id"])
    registered = api.post(
        "/auth/register/password",
        json=GOOD["/auth/register/password"],
        token=visitor["access_token"],
    ).json()
    assert registered["success"] is True
    user = registered["content"]["user"]
    assert user["created_at"].endswith("Z")
    assert set(user) >= {"id", "customer_id", "login_methods", "notification_preferences"}
    renewed = api.post(
        "/auth/refresh-token", json={"refresh_token": registered["content"]["refresh_token"]}
    ).json()["content"]
    assert set(renewed) == {"access_token", "refresh_token"}
    changed = api.post(
        "/auth/change-password",
        json={"old_password": NEW, "new_password": PASSWORD, "confirm_password": PASSWORD},
        token=renewed["access_token"],
    ).json()["content"]
    assert set(changed) == {"access_token", "refresh_token"}
    left = api.post("/auth/logout", token=changed["access_token"]).json()["content"]
    assert left["user"]["is_logged_in"] is False
    assert left["user"]["email"] is None
    assert left["user"]["id"] == visitor["user"]["id"]
    assert api.post("/auth/logout", token=changed["access_token"]).status_code == 401
    assert api.post("/auth/logout", token=left["access_token"]).status_code == 200
    login = {"email": "new@example.com", "password": PASSWORD}
    assert api.post("/auth/login/password", json=login).status_code == 200


def test_reset_over_http(api: Any, owner: User, database: Database) -> None:
    sent = api.post("/auth/forgot-password", json={"email": "owner@example.com"}).json()["content"]
    assert set(sent) == {"otp_token", "otp_action"}
    confirmed = api.post("/auth/verify-otp", json={**sent, "otp": last_code(database)}).json()
    assert confirmed["content"] == sent
    body = {"new_password": NEW, "confirm_password": NEW, "otp_token": sent["otp_token"]}
    done = api.post("/auth/reset-password", json=body).json()["content"]
    assert done["user"]["id"] == owner.id
    assert api.post("/auth/logout", token=done["access_token"]).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "wrong"}, {"Authorization": "Bearer x"}])
def test_visitors_need_the_stores_key(
    api: Any, database: Database, headers: dict[str, str]
) -> None:
    answer = api.post("/auth/anonymous", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_visitor_call_takes_no_body_and_tolerates_a_dead_token(
    api: Any, owner: User, database: Database
) -> None:
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    answer = api.post(
        "/auth/anonymous",
        headers={"X-Api-Key": "public", "Content-Type": "application/json"},
        token=expired,
    )
    assert answer.status_code == 200


def test_debug_header_is_heeded_only_where_codes_may_be_shown(
    api: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, header = {"email": "owner@example.com"}, {"x-debug-mode": "true"}
    assert "otp" not in api.post("/auth/login/email", json=body, headers=header).json()["content"]
    monkeypatch.setenv("PORTAL_DEBUG_OTP", "1")
    get_settings.cache_clear()
    shown = api.post(
        "/auth/login/email", json={"email": "nobody@example.com"}, headers=header
    ).json()["content"]
    assert re.fullmatch("[0-9]{6}", shown["otp"])
    bad = api.post("/auth/login/email", json=body, headers={"x-debug-mode": "perhaps"})
    assert (bad.status_code, list(bad.json()["error"])) == (400, ["x-debug-mode"])


def test_too_many_tries_say_when_to_come_back(api: Any, owner: User) -> None:
    body = {"email": "owner@example.com"}
    api.post("/auth/login/email", json=body)
    answer = api.post("/auth/login/email", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 30


def test_closing_an_account(
    api: Any, owner: User, stranger: User, database: Database, clock: Any
) -> None:
    path = f"/auth/user/{owner.id}/deactivate"
    visitor = make_session(database, None)
    for kwargs, status, code in [
        ({}, 401, "unauthorized"),
        ({"token": visitor}, 403, "login_required"),
        ({"user": stranger}, 403, "forbidden"),
    ]:
        answer = api.put(path, **kwargs)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for unknown in ("01HZX3T5V9K2M4N6P8Q0R2S4T6", "nonsense"):
        answer = api.put(f"/auth/user/{unknown}/deactivate", user=owner)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert load_user(database, owner).deactivated_at is None

    other = make_session(database, owner)
    make_page_session(database, owner, clock.now, "a secret")
    answer = api.put(path, user=owner)
    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "success"}
    for token in (api.token(owner), other):
        assert api.post("/auth/logout", token=token).status_code == 401
    body = {"email": "owner@example.com", "password": PASSWORD}
    closed = api.post("/auth/login/password", json=body)
    assert (closed.status_code, closed.json()["code"]) == (403, "account_deactivated")
    wrong = api.post("/auth/login/password", json={**body, "password": "wrong"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    again = api.post("/auth/register/password", json={
        "email": "owner@example.com", "password": NEW, "confirm_password": NEW,
    })  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")


def test_each_code_of_the_contract_has_its_status(
    api: Any, owner: User, database: Database
) -> None:
    make_user(database, email="taken@example.com")
    cases: list[tuple[str, dict[str, Any], User | None, int, str]] = [
        ("/auth/register/password", {"email": "a@b.co", "password": NEW,
         "confirm_password": NEW + "!"}, None, 400, "password_mismatch"),
        ("/auth/register/password", {"email": "a@b.co", "password": "password1",
         "confirm_password": "password1"}, None, 400, "weak_password"),
        ("/auth/verify-otp", GOOD["/auth/verify-otp"], None, 404, "otp_not_found"),
        ("/auth/reset-password", GOOD["/auth/reset-password"], None, 404, "otp_not_found"),
        ("/auth/refresh-token", {"refresh_token": "x"}, None, 401, "refresh_token_invalid"),
        ("/auth/generate-otp", {"channel": "email", "email": "taken@example.com",
         "otp_action": "update-email"}, owner, 409, "email_taken"),
        ("/auth/generate-otp", {"channel": "email", "email": "owner@example.com",
         "otp_action": "verify-email"}, owner, 409, "already_verified"),
        ("/auth/generate-otp", {"channel": "email", "email": "owner@example.com",
         "otp_action": "verify-email"}, None, 401, "unauthorized"),
        ("/auth/change-password", {"old_password": "wrong", "new_password": NEW,
         "confirm_password": NEW}, owner, 400, "old_password_wrong"),
        ("/auth/change-password", {"old_password": PASSWORD, "new_password": PASSWORD,
         "confirm_password": PASSWORD}, owner, 400, "password_unchanged"),
    ]  # fmt: skip
    for path, body, user, status, code in cases:
        answer = api.post(path, json=body, user=user)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    change_user(database, owner, password_hash=None)
    answer = api.post("/auth/change-password", json=GOOD["/auth/change-password"], user=owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "password_not_set")


def test_unknown_fields_and_parameters_are_ignored(api: Any, owner: User) -> None:
    body = {"email": "owner@example.com", "password": PASSWORD, "is_admin": True}
    assert api.post("/auth/login/password?debug=1", json=body).status_code == 200


def test_unknown_store_is_not_found(api: Any) -> None:
    answer = api.client.post(
        "/api/v1/elsewhere/storefront/auth/anonymous", headers={"X-Api-Key": "public"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_wrong_method_is_told_in_the_envelope(api: Any) -> None:
    answer = api.get("/auth/logout")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_phones_and_codes_are_read_in_the_digits_of_any_script() -> None:
    contact = {"channel": "sms", "otp_action": "login", "country_code": "+44"}
    phone = schemas.GenerateOtpWithPhone(**contact, phone="\u0660\u0667\u0669\u0661\u0661123456")
    assert phone.phone == "7911123456"
    code = {**GOOD["/auth/verify-otp"], "otp": "\u0666\u0665\u0660\u0663\u0667\u0663"}
    assert schemas.VerifyOtp(**code).otp == "650373"
    assert schemas.VerifyOtp(**{**code, "otp": "\uff18\uff10\uff18\uff11"}).otp == "8081"
