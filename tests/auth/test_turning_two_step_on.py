"""Two-step sign-in is turned on and off: by whom, on what, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from account_portal.auth import service
from account_portal.auth.rules import TwoStepIsOff, TwoStepNeedsWays
from account_portal.context import Actor, Caller, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, NotAuthenticated, NotFound, TopLevelRequired
from account_portal.models import User, UserSession
from account_portal.widget import service as widget
from account_portal.widget.schemas import SignedInElsewhere
from tests.conftest import Api, Clock, actor_of
from tests.factories.auth import (
    change_user,
    last_code,
    load_user,
    make_page_session,
    messages,
    set_proof,
)
from tests.factories.passkeys import give_passkey
from tests.factories.records import rows
from tests.factories.two_step import PHONE, Client, turn_on, with_phone
from tests.factories.users import make_user
from tests.factories.vouching import SHOP

CALLS = [
    ("POST", "/auth/two-step"),
    ("DELETE", "/auth/two-step"),
    ("POST", "/auth/two-step/recovery-codes"),
]


def two_step(api: Api, user: User) -> Any:
    return api.get("/auth/two-step", user=user).json()["content"]["two_step"]


def test_its_life(api: Api, owner: User, database: Database, clock: Clock) -> None:
    assert two_step(api, owner) == {
        "is_on": False,
        "is_required": False,
        "on_since": None,
        "ways": ["password", "email"],
        "recovery_codes_left": 0,
    }
    codes = turn_on(api, owner)
    shown = two_step(api, owner)
    assert (shown["is_on"], shown["recovery_codes_left"]) == (True, 10)
    assert api.post("/auth/two-step", user=owner).json()["code"] == "two_step_is_on"
    renewed = api.post("/auth/two-step/recovery-codes", user=owner).json()["content"]
    assert not set(renewed["recovery_codes"]) & set(codes)
    client = Client(api, database)
    old = client.second(client.by_password(), recovery_code=codes[0])
    assert old.json()["code"] == "recovery_code_wrong"
    assert api.delete("/auth/two-step", user=owner).status_code == 200
    assert two_step(api, owner)["recovery_codes_left"] == 0
    assert client.by_password().status_code == 200
    for method, path in CALLS[1:]:
        assert api.request(method, path, user=owner).json()["code"] == "two_step_is_off"
    kinds = [one.kind for one in messages(database)]
    told = ["two_step_on", "recovery_codes_renewed", "two_step_off"]
    assert [kind for kind in kinds if kind in told] == told


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_each_change_asks_for_fresh_proof(
    api: Api, owner: User, database: Database, clock: Clock, method: str, path: str
) -> None:
    assert api.request(method, path).status_code == 401
    api.token(owner)
    set_proof(database, owner, clock.now - timedelta(minutes=15))
    answer = api.request(method, path, user=owner)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof_required")
    assert load_user(database, owner).two_step_at is None


@pytest.mark.parametrize(
    "deed",
    [service.turn_two_step_on, service.turn_two_step_off, service.renew_recovery_codes],
)
def test_nothing_of_it_is_done_in_a_frame(call: Any, owner: User, deed: Any) -> None:
    with pytest.raises(TopLevelRequired):
        call(deed, actor=actor_of(owner, is_framed=True))


@pytest.mark.parametrize(
    ("values", "passkey", "ways"),
    [
        ({"password_hash": None}, False, ["email"]),
        ({"password_hash": None, "is_email_verified": False}, False, []),
        ({"is_email_verified": False}, False, ["password"]),
        ({"is_email_verified": False, **PHONE}, False, ["password"]),
        ({"is_unproven": True}, False, ["password", "email"]),
    ],
)
def test_one_way_is_not_enough(
    api: Api, owner: User, database: Database, values: Any, passkey: bool, ways: list[str]
) -> None:
    change_user(database, owner, **values)
    assert two_step(api, owner)["ways"] == ways
    answer = api.post("/auth/two-step", user=owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "two_step_needs_ways")
    assert load_user(database, owner).two_step_at is None


def test_a_channel_that_the_store_lacks_is_no_way(
    api: Api, owner: User, database: Database, shop_for_real: None
) -> None:
    change_user(database, with_phone(database, owner), password_hash=None)
    assert two_step(api, owner)["ways"] == []


def test_the_last_but_one_way_stays(
    api: Api, owner: User, database: Database, call: Any, clock: Clock
) -> None:
    change_user(database, owner, password_hash=None)
    first = load_user(database, owner)
    give_passkey(database, first)
    turn_on(api, owner)
    [listed] = api.get("/auth/passkeys", user=owner).json()["content"]["passkeys"]
    answer = api.delete(f"/auth/passkeys/{listed['id']}", user=owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "two_step_needs_ways")
    with pytest.raises(TwoStepNeedsWays):
        call(service.remove_passkey, listed["id"])
    with_phone(database, owner)
    assert api.delete(f"/auth/passkeys/{listed['id']}", user=owner).status_code == 200


def test_sessions_that_one_proof_opened_end(
    api: Api, owner: User, database: Database, clock: Clock
) -> None:
    api.token(owner)
    other = make_page_session(database, owner, clock.now, "elsewhere")
    turn_on(api, owner)
    ended = {one.id: one.revoked_at is not None for one in rows(database, UserSession)}
    assert ended.pop(other)
    assert list(ended.values()) == [False]


def test_the_shop_helps_who_lost_every_second_way(
    api: Api, owner: User, stranger: User, database: Database, call: Any
) -> None:
    turn_on(api, owner)
    shop = Actor(kind="shop", name="shop")
    with pytest.raises(Forbidden):
        call(service.turn_two_step_off_for, "owner@example.com", actor=stranger)
    with pytest.raises(NotFound):
        call(service.turn_two_step_off_for, "nobody@example.com", actor=shop)
    call(service.turn_two_step_off_for, "owner@example.com", actor=shop)
    with pytest.raises(TwoStepIsOff):
        call(service.turn_two_step_off_for, owner.customer_id, actor=shop)
    assert Client(api, database).by_password().status_code == 200
    assert messages(database)[-1].kind in ("two_step_off", "new_device")


def test_a_code_entered_at_that_moment_opens_no_session_that_stays(
    api: Api, database: Database
) -> None:
    """Such a sign-in waits for the account's row, which it had read as it was before."""
    for number in range(8):
        email = f"customer{number}@example.com"
        user = make_user(database, email=email)
        api.token(user)
        client, barrier = Client(api, database, email), Barrier(2)
        sent = client.post("/auth/login/email", email=email).json()["content"]
        body = {"otp_token": sent["otp_token"], "otp": last_code(database), "otp_action": "login"}

        def enter(client: Client = client, barrier: Barrier = barrier, body: Any = body) -> int:
            barrier.wait()
            return int(client.post("/auth/verify-otp", **body).status_code)

        with ThreadPoolExecutor(1) as pool:
            entered = pool.submit(enter)
            barrier.wait()
            turn_on(api, user)
        assert entered.result() in (200, 403)
        mine = [one for one in rows(database, UserSession) if one.user_id == user.id]
        assert len([one for one in mine if one.revoked_at is None]) == 1


def test_a_window_that_signs_a_frame_in_at_that_moment_leaves_no_session(
    api: Api, database: Database
) -> None:
    caller = Caller(ip_address="192.0.2.1")
    for number in range(10):
        user = make_user(database, email=f"customer{number}@example.com")
        api.token(user)
        window = make_page_session(database, user, utc_now(), f"window {number}")
        with enter(caller, writes=True, database=database) as ctx:
            given = SignedInElsewhere(handover=service.handover_to(ctx, window), origin=SHOP)
        barrier = Barrier(2)

        def sign_in(given: Any = given, barrier: Barrier = barrier) -> None:
            barrier.wait()
            with (
                suppress(NotAuthenticated),
                enter(caller, writes=True, database=database) as ctx,
            ):
                widget.enter_frame(ctx, given)

        with ThreadPoolExecutor(1) as pool:
            signed_in = pool.submit(sign_in)
            barrier.wait()
            turn_on(api, user)
        signed_in.result()
        mine = [one for one in rows(database, UserSession) if one.user_id == user.id]
        assert len([one for one in mine if one.revoked_at is None]) == 1
