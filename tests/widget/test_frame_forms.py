"""The forms of framed pages over HTTP: for scripts of our own pages, with a cookie of their own."""

from typing import Any

import pytest

from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.security.cookies import (
    frame_cookie_name,
    read_session_cookie,
    session_cookie_name,
)
from tests.factories.auth import change_user
from tests.factories.users import PASSWORD
from tests.factories.vouching import SHOP, make_assertion

HEADERS = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def post(api: Any, form: str, fields: dict[str, str], **headers: str) -> Any:
    return api.client.post(f"/api/session/{form}", data=fields, headers={**HEADERS, **headers})


def test_a_word_gives_a_cookie_for_this_site_only(
    api: Any, owner: User, database: Database
) -> None:
    change_user(database, owner, external_id="shop-77")
    answer = post(api, "vouch", {"assertion": make_assertion(), "origin": SHOP})
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")
    assert name == "__Host-portal-frame"
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=none", "partitioned", "path=/"} <= parts
    assert answer.headers["cache-control"] == "no-store"
    assert value not in answer.text
    with enter(Caller(cookie=value), writes=False, database=database) as ctx:
        assert ctx.actor.user_id == owner.id


@pytest.mark.parametrize("form", ["vouch", "frame", "hand-over"])
def test_other_sites_cannot_send_it(api: Any, form: str) -> None:
    answer = post(api, form, {"assertion": make_assertion()}, **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"assertion": "x"},
        {"assertion": "x", "origin": "shop.example"},
        {"assertion": "x", "origin": "javascript:alert(1)"},
        {"assertion": "x" * 5000, "origin": SHOP},
        {"assertion": "a\x00b", "origin": SHOP},
    ],
)
def test_bad_input_is_told(api: Any, fields: dict[str, str]) -> None:
    answer = post(api, "vouch", fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_a_refusal_says_why_and_sets_nothing(api: Any) -> None:
    word = make_assertion(aud="https://other.example")
    answer = post(api, "vouch", {"assertion": word, "origin": SHOP})
    assert (answer.status_code, answer.json()["code"]) == (401, "assertion_refused")
    assert "aud" in answer.json()["message"]
    assert "set-cookie" not in answer.headers


def test_a_window_signs_the_frame_in(api: Any, owner: User, database: Database) -> None:
    assert post(api, "hand-over", {}).status_code == 403
    post(api, "login", {"contact": "owner@example.com", "password": PASSWORD})
    handed = post(api, "hand-over", {}).json()["content"]["handover"]
    api.client.cookies.clear()
    answer = post(api, "frame", {"handover": handed, "origin": SHOP})
    assert answer.status_code == 200
    assert "Partitioned" in answer.headers["set-cookie"]
    assert post(api, "frame", {"handover": handed, "origin": SHOP}).status_code == 401


def test_a_frames_cookie_opens_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a storefront vouches for stays in its frame."""
    both = f"{frame_cookie_name()}=framed; {session_cookie_name()}=own"
    assert read_session_cookie(both) == "own"
    assert read_session_cookie(both, in_frame=True) == "framed"
    assert read_session_cookie(f"{frame_cookie_name()}=framed") is None
    assert read_session_cookie(f"{session_cookie_name()}=own", in_frame=True) == "own"
    assert read_session_cookie(f"{frame_cookie_name()}=", in_frame=True) is None
