"""The forms of the pages: a cookie, a way on, and nothing for other sites."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.models import User, UserSession
from account_portal.security import tokens
from tests.conftest import Clock
from tests.factories.auth import codes_sent, last_code, load_user
from tests.factories.users import PASSWORD

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def post(api: Any, path: str, fields: dict[str, str], **headers: str) -> Any:
    return api.client.post(f"/api/session/{path}", data=fields, headers={**SAME_ORIGIN, **headers})


def sign_in(api: Any, contact: str = "owner@example.com", **fields: str) -> Any:
    return post(api, "login", {"contact": contact, "password": PASSWORD, **fields})


def caller_kind(database: Database, cookie: str) -> str:
    with enter(Caller(cookie=cookie), writes=False, database=database) as ctx:
        return ctx.actor.kind


def test_password_form_sets_a_cookie_that_signs_in(
    api: Any, owner: User, database: Database
) -> None:
    answer = sign_in(api, next="/orders?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/orders?page=2")
    header = answer.headers["set-cookie"].lower()
    assert "httponly" in header
    assert "samesite=lax" in header
    assert "max-age=7776000" in header  # the absolute end; the session may end before
    assert "path=/" in header
    cookie = api.client.cookies["portal"]
    assert caller_kind(database, cookie) == "customer"
    with database.session(writes=False) as db:
        stored = db.execute(select(UserSession)).scalars().one()
    assert cookie not in str(stored.model_dump())


def test_cookie_is_bound_to_the_host_over_https(
    api: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://account.shop.example")
    get_settings.cache_clear()
    header = sign_in(api).headers["set-cookie"]
    assert header.startswith("__Host-portal=")
    assert "Secure" in header


@pytest.mark.parametrize(
    "contact", ["OWNER@example.com", "+91 98765 43210", "9876543210", "+91-98765-43210"]
)
def test_one_field_takes_either_contact(
    api: Any, owner: User, database: Database, contact: str
) -> None:
    with database.session(writes=True) as db:
        user = db.get(User, owner.id)
        assert user is not None
        user.country_code, user.phone = "+91", "9876543210"
        db.commit()
    assert sign_in(api, contact).headers["location"] == "/"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"contact": "owner@example.com", "password": "wrong"}, "invalid_credentials"),
        ({"contact": "nobody@example.com", "password": PASSWORD}, "invalid_credentials"),
        ({"contact": "owner@example.com"}, "invalid_credentials"),
        ({"contact": "owner@example.com", "password": "x" * 5000}, "invalid_credentials"),
        ({"contact": "what is this", "password": PASSWORD}, "validation_error"),
        ({"contact": "a\x00@example.com", "password": PASSWORD}, "validation_error"),
        ({}, "validation_error"),
    ],
)
def test_failure_goes_back_and_tells_no_secret(
    api: Any, owner: User, fields: dict[str, str], code: str
) -> None:
    answer = post(api, "login", {**fields, "next": "/orders"})
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.path == "/login"
    assert parse_qs(target.query) == {"error": [code], "next": ["/orders"]}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        "javascript:alert(1)",
        "orders",
        "/api/session/logout",
        "/" + "a" * 3000,
        "/caf\u00e9",
    ],
)
def test_nobody_is_sent_to_another_site(api: Any, owner: User, wanted: str) -> None:
    assert sign_in(api, next=wanted).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_other_sites_cannot_sign_a_browser_in_or_out(
    api: Any, owner: User, database: Database, headers: dict[str, str]
) -> None:
    sign_in(api)
    cookie = api.client.cookies["portal"]
    for path in ("login", "logout"):
        answer = api.client.post(
            f"/api/session/{path}",
            data={"contact": "owner@example.com", "password": PASSWORD},
            headers=headers,
        )
        assert answer.headers["location"] == "/login?error=forbidden"
        assert "set-cookie" not in answer.headers
    assert caller_kind(database, cookie) == "customer"


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://testserver"])
def test_browsers_without_fetch_metadata_are_known_by_origin(
    api: Any, owner: User, origin: str
) -> None:
    answer = api.client.post(
        "/api/session/login",
        data={"contact": "owner@example.com", "password": PASSWORD},
        headers={"Origin": origin},
    )
    assert answer.headers["location"] == "/"


def test_script_gets_json(api: Any, owner: User) -> None:
    accept = {"Accept": "application/json"}
    wrong = post(api, "login", {"contact": "owner@example.com", "password": "no"}, **accept)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    right = post(
        api, "login", {"contact": "owner@example.com", "password": PASSWORD, "next": "/x"}, **accept
    )
    assert right.json()["content"]["next"] == "/x"
    assert "portal" in api.client.cookies


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{}", "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 20_000, "payload_too_large"),
        ("application/x-www-form-urlencoded", b"a=1&" * 60, "validation_error"),
        ("application/x-www-form-urlencoded", b"\xff\xfe", "validation_error"),
        ("application/x-www-form-urlencoded", b"contact=%ff%00", "validation_error"),
    ],
)
def test_broken_bodies(api: Any, content_type: str, body: bytes, code: str) -> None:
    answer = api.client.post(
        "/api/session/login",
        content=body,
        headers={**SAME_ORIGIN, "Content-Type": content_type, "Accept": "application/json"},
    )
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code


def test_signing_out_ends_the_session(api: Any, owner: User, database: Database) -> None:
    sign_in(api)
    cookie = api.client.cookies["portal"]
    answer = post(api, "logout", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "portal" not in api.client.cookies
    assert caller_kind(database, cookie) == "nobody"
    assert post(api, "logout", {}).status_code == 303


def test_signing_in_again_leaves_no_second_session(
    api: Any, owner: User, database: Database
) -> None:
    sign_in(api)
    first = api.client.cookies["portal"]
    sign_in(api)
    assert caller_kind(database, first) == "nobody"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"


def test_page_cookie_opens_no_call_of_the_contract(api: Any, owner: User) -> None:
    sign_in(api)
    assert api.post("/auth/logout").status_code == 401


def test_cookie_secret_is_stored_as_a_digest(api: Any, owner: User, database: Database) -> None:
    sign_in(api)
    with database.session(writes=False) as db:
        stored = db.execute(select(UserSession)).scalars().one()
    assert stored.cookie_hash == tokens.digest(api.client.cookies["portal"])


def test_the_form_of_a_script_is_told_who_signed_in_and_no_secret(api: Any, owner: User) -> None:
    fields = {"contact": "owner@example.com", "password": PASSWORD}
    answer = post(api, "login", fields, Accept="application/json").json()["content"]
    assert answer == {"next": "/", "customer": owner.id}


def test_code_form_signs_in(api: Any, owner: User, database: Database) -> None:
    sent = post(api, "code", {"contact": "owner@example.com", "next": "/orders"})
    assert sent.headers["location"] == "/login?step=code&next=%2Forders"
    header = sent.headers["set-cookie"].lower()
    assert header.startswith("portal-code=")
    assert "httponly" in header
    assert "max-age=600" in header
    assert api.client.cookies["portal-code"] not in sent.headers["location"]

    code = last_code(database)
    wrong = post(api, "verify", {"otp": "000000" if code != "000000" else "1" * 6})
    assert wrong.headers["location"] == "/login?step=code&error=otp_invalid"
    done = post(api, "verify", {"otp": f"{code[:3]} {code[3:]}", "next": "/orders"})
    assert done.headers["location"] == "/orders"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"
    assert "portal-code" not in api.client.cookies


def test_code_form_makes_an_account_only_when_asked_to(api: Any, database: Database) -> None:
    post(api, "code", {"contact": "+14155552671", "channel": "whatsapp"})
    assert codes_sent(database) == []
    post(api, "code", {"contact": "new@example.com", "register": "1"})
    assert post(api, "verify", {"otp": last_code(database)}).headers["location"] == "/"


def test_code_form_tells_scripts_the_handle(api: Any, owner: User, database: Database) -> None:
    accept = {"Accept": "application/json"}
    sent = post(api, "code", {"contact": "owner@example.com"}, **accept).json()["content"]
    assert sent["otp_action"] == "login"
    api.client.cookies.clear()
    again = post(api, "code", {"contact": "owner@example.com"}, **accept)
    assert again.status_code == 429
    assert int(again.headers["retry-after"]) > 0
    fields = {"otp": last_code(database), "otp_token": sent["otp_token"]}
    assert post(api, "verify", fields, **accept).status_code == 200


@pytest.mark.parametrize("contact", ["owner@example.com", "nobody@example.com"])
@pytest.mark.parametrize(
    ("form", "step"),
    [("code", "/login?step=code"), ("forgot", "/forgot-password?step=code")],
)
def test_who_asks_again_at_once_goes_on_with_the_code_that_was_sent(
    api: Any, owner: User, clock: Clock, contact: str, form: str, step: str
) -> None:
    accept = {"Accept": "application/json"}
    first = post(api, form, {"contact": contact}, **accept).json()["content"]
    assert first["otp_token"]
    clock.advance(seconds=12)
    assert post(api, form, {"contact": contact, "channel": "email"}).headers["location"] == step
    again = post(api, form, {"contact": contact}, **accept).json()["content"]
    assert again == {"next": step, "channel": "email", "wait": 18}
    # Another contact's code, and one for something else, is none to go on with.
    other = "forgot" if form == "code" else "code"
    api.client.cookies.clear()
    assert post(api, other, {"contact": contact}, **accept).status_code == 429
    clock.advance(seconds=30)
    assert "wait" not in post(api, form, {"contact": contact}, **accept).json()["content"]


def test_code_of_another_kind_signs_nobody_in(api: Any, owner: User, database: Database) -> None:
    sent = api.post("/auth/forgot-password", json={"email": "owner@example.com"}).json()["content"]
    for action in ("reset-password", "login"):
        fields = {"otp": last_code(database), "otp_token": sent["otp_token"], "otp_action": action}
        answer = post(api, "verify", fields)
        assert answer.headers["location"] == "/login?step=code&error=otp_action_mismatch"
    assert post(api, "verify", {"otp": "123456"}).headers["location"].endswith("validation_error")


def test_register_form_signs_in(api: Any, owner: User, database: Database) -> None:
    fields = {
        "email": "new@example.com",
        "phone": "",
        "password": "a better passphrase",
        "confirm_password": "a better passphrase",
        "first_name": "Nia",
    }
    assert post(api, "register", {**fields, "next": "/loyalty"}).headers["location"] == "/loyalty"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"
    taken = post(api, "register", {**fields, "email": "owner@example.com"})
    assert taken.headers["location"] == "/register?error=email_taken"
    broken = post(api, "register", {"email": "x"}, Accept="application/json").json()
    assert set(broken["error"]) == {"email", "password", "confirm_password"}


def test_reset_form_sets_the_password_and_signs_in(
    api: Any, owner: User, database: Database, clock: Clock
) -> None:
    before = load_user(database, owner).password_hash
    sent = api.post("/auth/forgot-password", json={"email": "owner@example.com"}).json()["content"]
    new = "a better passphrase"
    fields = {"otp_token": sent["otp_token"], "new_password": new, "confirm_password": new}
    early = post(api, "reset", fields)
    assert early.headers["location"] == "/forgot-password?error=otp_not_verified"
    done = post(api, "reset", {**fields, "otp": last_code(database)})
    assert done.headers["location"] == "/"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"
    assert load_user(database, owner).password_hash != before


def test_the_next_page_is_known_before_any_script_filled_it_in(api: Any, owner: User) -> None:
    here = {"Referer": "http://testserver/login?error=x&next=%2Forders%3Fpage%3D2"}
    fields = {"contact": "owner@example.com", "password": PASSWORD, "next": ""}
    assert post(api, "login", fields, **here).headers["location"] == "/orders?page=2"
    fields["next"] = "/returns"
    assert post(api, "login", fields, **here).headers["location"] == "/returns"
    evil = {"Referer": "http://testserver/login?next=//evil.example"}
    assert post(api, "login", {**fields, "next": ""}, **evil).headers["location"] == "/"


@pytest.mark.parametrize(
    "referer",
    ["http://[::1", "http://x/?" + "a=b&" * 60, "?", "%", "http://x/?next=%ff%00#?next=/a"],
)
def test_where_a_form_was_sent_from_may_be_nonsense(api: Any, owner: User, referer: str) -> None:
    fields = {"contact": "owner@example.com", "password": PASSWORD}
    done = post(api, "login", fields, Referer=referer)
    assert (done.status_code, done.headers["location"]) == (303, "/")


@pytest.mark.parametrize("contact", ["new@example.com", "+1 415 555 2671"])
def test_register_form_takes_either_contact_and_the_password_once(
    api: Any, database: Database, contact: str
) -> None:
    fields = {"contact": contact, "password": "a better passphrase", "first_name": "Nia"}
    assert post(api, "register", fields).headers["location"] == "/"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"
    taken = post(api, "register", fields, Accept="application/json").json()
    assert taken["code"] in ("email_taken", "phone_taken")
    nothing = post(api, "register", {**fields, "contact": "x"}, Accept="application/json").json()
    assert set(nothing["error"]) == {"contact"}


def test_forgot_form_remembers_its_code_in_a_cookie(
    api: Any, owner: User, database: Database
) -> None:
    before = load_user(database, owner).password_hash
    sent = post(api, "forgot", {"contact": "owner@example.com", "next": "/orders"})
    assert sent.headers["location"] == "/forgot-password?step=code&next=%2Forders"
    fields = {"new_password": "a better passphrase", "otp": last_code(database)}
    weak = post(api, "reset", {**fields, "new_password": "password1"})
    assert weak.headers["location"] == "/forgot-password?step=code&error=weak_password"
    assert load_user(database, owner).password_hash == before
    assert post(api, "reset", {**fields, "next": "/orders"}).headers["location"] == "/orders"
    assert caller_kind(database, api.client.cookies["portal"]) == "customer"
    assert "portal-code" not in api.client.cookies
    assert load_user(database, owner).password_hash != before


def test_forgot_form_tells_nobody_who_has_an_account(
    api: Any, owner: User, database: Database
) -> None:
    answers = [
        post(api, "forgot", {"contact": contact}, Accept="application/json").json()
        for contact in ("owner@example.com", "nobody@example.com")
    ]
    for answer in answers:
        answer["content"].pop("otp_token")
    assert answers[0] == answers[1]
    assert len(codes_sent(database)) == 1


def test_only_posted_forms_are_answered(api: Any) -> None:
    answer = api.client.get("/api/session/logout", headers=SAME_ORIGIN)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_forms_are_no_part_of_the_contract(api: Any) -> None:
    assert not any(
        "/session/" in path for path in api.client.get("/api/openapi.json").json()["paths"]
    )
