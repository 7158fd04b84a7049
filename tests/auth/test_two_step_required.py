"""The shop asks everybody for two proofs: every way in, and what turns it on by itself."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import account_portal
from account_portal.auth import service
from account_portal.auth.rules import TwoStepIsOff
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import NotAuthenticated
from account_portal.core.settings import Settings, SettingsError, load_settings
from account_portal.models import KnownDevice, SignIn, User, UserSession
from account_portal.widget import service as widget
from account_portal.widget.schemas import SignedInElsewhere, Vouch
from tests.conftest import Api, Clock, Set
from tests.factories.auth import (
    change_user,
    last_code,
    load_user,
    make_page_session,
    messages,
)
from tests.factories.passkeys import give_passkey
from tests.factories.records import rows
from tests.factories.two_step import PHONE, Client, code_of, turn_on, with_phone, wrong_code
from tests.factories.users import PASSWORD, make_session
from tests.factories.vouching import SHOP, make_assertion

NEW = "another good passphrase"
HERE = {"Sec-Fetch-Site": "same-origin"}
SHOP_ITSELF = Actor(kind="shop")


@pytest.fixture
def required(set_settings: Set, clock: Clock) -> None:
    set_settings(PORTAL_TWO_STEP="required")


@pytest.fixture
def client(api: Api, database: Database) -> Client:
    """On a device that nobody knows."""
    return Client(api, database)


def live(database: Database, user: User) -> list[UserSession]:
    found = rows(database, UserSession)
    return [one for one in found if one.user_id == user.id and one.revoked_at is None]


def told(answer: Any) -> Any:
    assert (answer.status_code, code_of(answer)) == (403, "second_proof_required"), answer.text
    return answer.json()["content"]


def by_passkey(client: Client, user: User) -> Any:
    authenticator = give_passkey(client.database, load_user(client.database, user))
    begun = client.post("/auth/login/passkey/options").json()["content"]
    signed = authenticator.sign(begun["options"])
    token = begun["passkey_token"]
    return client.post("/auth/login/passkey", passkey_token=token, credential=signed)


def register(client: Client, email: str = "new@example.com") -> Any:
    names = {"first_name": "Nora", "last_name": "New"}
    both = {"password": PASSWORD, "confirm_password": PASSWORD}
    client.email = email
    return client.post("/auth/register/password", email=email, **names, **both)


def register_by_code(client: Client) -> Any:
    client.email = "new@example.com"
    wanted = {"email": client.email, "register_if_not_exists": True}
    token = client.post("/auth/login/email", **wanted).json()["content"]["otp_token"]
    code = last_code(client.database)
    return client.post("/auth/verify-otp", otp_token=token, otp=code, otp_action="login")


# Every way in


OPENERS = {
    "auth/service/codes.py": {"verify_otp", "verify_page"},
    "auth/service/passkey_use.py": {"login_with_passkey", "login_passkey_page"},
    "auth/service/passwords.py": {
        "login_with_password",
        "login_page",
        "register_with_password",
        "register_page",
    },
    "auth/service/resets.py": {"reset_password", "reset_password_page"},
    "auth/service/second_ways.py": {"give_second_proof", "give_second_proof_page"},
    "auth/service/sessions.py": {
        "start_visitor_session",  # of nobody
        "open_page_session",
        "sign_in_with_tokens",
        "sign_out",  # of nobody
    },
    "widget/service.py": {"_frame_session"},
}
"""Functions that open a session: each is a case below, or opens one of nobody."""


def test_no_other_function_opens_a_session() -> None:
    root = Path(account_portal.__file__).parent
    found: dict[str, set[str]] = {name: set() for name in OPENERS}
    for path in root.rglob("*.py"):
        name = str(path.relative_to(root))
        if name.startswith(("console/", "demo/")):
            continue  # staff have their own; the demo's rows are of nobody outside it
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef) or function.name == "open_session":
                continue
            for one in ast.walk(function):
                called = getattr(one, "func", None)
                callee = getattr(called, "id", getattr(called, "attr", ""))
                if callee in {"open_session", "open_page_session", "sign_in_with_tokens"} or (
                    callee == "UserSession"
                ):
                    found.setdefault(name, set()).add(function.name)
    assert found == OPENERS


ONE_PROOF: dict[str, tuple[Callable[[Client], Any], set[str]]] = {
    "password": (Client.by_password, {"email", "sms", "whatsapp"}),
    "email": (Client.by_email, {"password", "sms", "whatsapp"}),
    "sms": (Client.by_phone, {"password", "email"}),
    "reset": (lambda client: client.by_reset(NEW), {"sms", "whatsapp"}),
    "register": (register, {"email"}),
    "register by code": (register_by_code, {"new_password"}),
}


@pytest.mark.parametrize("way", ONE_PROOF)
def test_one_proof_opens_no_session(
    required: None, client: Client, owner: User, database: Database, way: str
) -> None:
    with_phone(database, owner)
    enter, ways = ONE_PROOF[way]
    content = told(enter(client))
    assert set(content["ways"]) == ways
    assert content["turns_on"] is True
    assert not [one for one in rows(database, UserSession) if one.user_id]
    assert {(row.succeeded, row.second_method) for row in rows(database, SignIn)} == {
        (False, "awaited")
    }
    assert load_user(database, owner).two_step_at is None
    assert load_user(database, owner).password_hash == owner.password_hash


FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "password": ("login", {"contact": "owner@example.com", "password": PASSWORD}),
    "register": (
        "register",
        {"contact": "new@example.com", "first_name": "N", "password": PASSWORD},
    ),
    "code": ("verify", {}),
    "reset": ("reset", {"new_password": NEW}),
}


@pytest.mark.parametrize("way", FORMS)
def test_one_proof_opens_no_page(
    required: None, api: Api, owner: User, database: Database, way: str
) -> None:
    path, fields = FORMS[way]
    if way in ("code", "reset"):
        change_user(database, owner, is_phone_verified=True, **PHONE)
        ask = "code" if way == "code" else "forgot"
        post(api, ask, contact="owner@example.com", channel="email")
        fields = {**fields, "otp": last_code(database)}
    answer = post(api, path, next="/orders", **fields)
    assert answer.headers["location"].startswith("/login?step=second&ways=")
    assert "portal" not in api.client.cookies
    assert not [one for one in rows(database, UserSession) if one.user_id]


def post(api: Api, path: str, **fields: str) -> Any:
    return api.client.post(f"/api/session/{path}", data=fields, headers=HERE)


def test_sessions_of_before_count_no_more(
    api: Api, owner: User, client: Client, database: Database, clock: Clock, set_settings: Set
) -> None:
    signed_in = client.by_password().json()["content"]
    make_page_session(database, owner, clock.now, "a cookie")
    with enter(Caller(cookie="a cookie"), writes=True, database=database) as ctx:
        handover = widget.hand_to_frame(ctx)
    with enter(Caller(), writes=True, database=database) as ctx:
        given = SignedInElsewhere(handover=handover, origin=SHOP)
        frame = widget.enter_frame(ctx, given)
    with enter(Caller(cookie="a cookie"), writes=True, database=database) as ctx:
        second = widget.hand_to_frame(ctx)

    def who(**caller: str) -> str:
        with enter(Caller(**caller), writes=False, database=database) as ctx:
            return ctx.actor.kind

    callers = [
        {"bearer": signed_in["access_token"]},
        {"cookie": "a cookie"},
        {"cookie": frame.cookie, "origin": SHOP},
        {"proof": frame.proof, "origin": SHOP},
    ]
    assert {who(**one) for one in callers} == {"customer"}
    set_settings(PORTAL_TWO_STEP="required")
    assert {who(**one) for one in callers} == {"nobody"}
    body = {"refresh_token": signed_in["refresh_token"]}
    assert code_of(client.post("/auth/refresh-token", **body)) == "refresh_token_invalid"
    with (
        pytest.raises(NotAuthenticated),
        enter(Caller(), writes=True, database=database) as ctx,
    ):
        widget.enter_frame(ctx, SignedInElsewhere(handover=second, origin=SHOP))
    begun = client.by_password()
    assert code_of(client.second(begun, **client.second_code(begun, "email"))) == "ok"
    assert len(live(database, owner)) == 1
    assert {who(**one) for one in callers} == {"nobody"}


def test_with_the_setting_gone_everything_works_on(
    required: None, client: Client, owner: User, api: Api, database: Database, set_settings: Set
) -> None:
    begun = client.by_password()
    answer = client.second(begun, **client.second_code(begun, "email"))
    token = answer.json()["content"]["access_token"]
    set_settings(PORTAL_TWO_STEP="optional")
    assert code_of(api.get("/auth/user", token=token)) in ("ok", "not_found")
    assert code_of(client.by_password()) == "ok"  # the device is trusted
    assert code_of(Client(api, database).by_password()) == "second_proof_required"
    assert code_of(api.delete("/auth/two-step", token=token)) == "ok"
    assert code_of(Client(api, database).by_password()) == "ok"


# What may be second, and what comes of it


@pytest.mark.parametrize("way", ["password", "email", "sms"])
@pytest.mark.parametrize("second", ["password", "email", "sms"])
def test_two_different_proofs_turn_it_on(
    required: None,
    client: Client,
    owner: User,
    api: Api,
    database: Database,
    clock: Clock,
    way: str,
    second: str,
) -> None:
    owner = with_phone(database, owner)
    begun = ONE_PROOF[way][0](client)
    clock.advance(seconds=31)
    token = told(begun)["second_proof_token"]
    if way == second:
        body = {"second_proof_token": token, "channel": second}
        given = [client.post("/auth/second-proof/code", **body)] if second != "password" else []
        given += [client.second(begun, password=PASSWORD)] if second == "password" else []
        given += [client.second(begun, new_password=NEW)]
        assert {code_of(answer) for answer in given} == {"second_proof_unfit"}
        assert load_user(database, owner).two_step_at is None
        return
    proof = {"password": PASSWORD} if second == "password" else client.second_code(begun, second)
    answer = client.second(begun, **proof)
    assert code_of(answer) == "ok"
    signed_in = answer.json()["content"]["access_token"]
    shown = api.get("/auth/two-step", token=signed_in).json()["content"]["two_step"]
    assert (shown["is_on"], shown["is_required"], shown["recovery_codes_left"]) == (True, True, 0)
    made = api.post("/auth/two-step/recovery-codes", token=signed_in).json()["content"]
    assert len(made["recovery_codes"]) == 10
    assert "two_step_on" in {one.kind for one in messages(database)}
    assert code_of(client.by_password()) == "ok"  # on the device that two proofs let in
    other = told(Client(api, database).by_password())
    assert (other["turns_on"], "recovery_code" in other["ways"]) == (False, True)
    assert code_of(client.second(begun, **proof)) == "second_proof_expired"


@pytest.mark.parametrize("contact", ["email", "phone"])
def test_one_way_gets_a_second(
    required: None, client: Client, owner: User, database: Database, contact: str
) -> None:
    change_user(database, owner, password_hash=None)
    if contact == "phone":
        change_user(database, owner, email=None, is_phone_verified=True, **PHONE)
    begun = client.by_email() if contact == "email" else client.by_phone()
    assert told(begun)["ways"] == ["new_password"]
    assert code_of(client.second(begun, new_password="password")) == "weak_password"
    assert load_user(database, owner).password_hash is None
    assert code_of(client.second(begun, new_password=NEW)) == "ok"
    assert load_user(database, owner).two_step_at is not None
    newest = rows(database, SignIn)[-1]
    assert (newest.second_method, newest.succeeded) == ("new_password", True)
    kinds = {one.kind for one in messages(database)}
    assert {"two_step_on", "password_changed"} <= kinds
    assert code_of(client.second(begun, new_password=NEW)) == "second_proof_expired"


def test_a_reset_is_that_second_way_where_there_was_none(
    required: None, client: Client, owner: User, database: Database
) -> None:
    change_user(database, owner, password_hash=None)
    assert code_of(client.by_reset(NEW)) == "ok"
    assert load_user(database, owner).two_step_at is not None
    assert len(live(database, owner)) == 1


def test_the_mailbox_alone_never_replaces_a_password(
    required: None, client: Client, owner: User, database: Database
) -> None:
    begun = client.by_reset(NEW)
    assert told(begun)["ways"] == []
    tries = [{"new_password": NEW}, {"password": PASSWORD}, {"password": NEW}]
    assert {code_of(client.second(begun, **one)) for one in tries} == {"second_proof_unfit"}
    body = {"second_proof_token": told(begun)["second_proof_token"], "channel": "email"}
    assert code_of(client.post("/auth/second-proof/code", **body)) == "second_proof_unfit"
    assert load_user(database, owner).password_hash == owner.password_hash


def test_who_has_another_way_chooses_no_password(
    required: None, client: Client, owner: User, database: Database
) -> None:
    change_user(database, with_phone(database, owner), password_hash=None)
    begun = client.by_email()
    assert set(told(begun)["ways"]) == {"sms", "whatsapp"}
    assert code_of(client.second(begun, new_password=NEW)) == "second_proof_unfit"


def test_a_contact_that_nobody_proved_is_no_way_of_an_account_that_has_one(
    required: None, client: Client, owner: User, database: Database
) -> None:
    change_user(database, owner, **PHONE)
    assert told(client.by_password())["ways"] == ["email"]


def test_a_passkey_is_both_and_turns_it_on(
    required: None, client: Client, owner: User, database: Database, clock: Clock
) -> None:
    make_page_session(database, owner, clock.now, "opened by one")
    assert code_of(by_passkey(client, owner)) == "ok"
    assert load_user(database, owner).two_step_at is not None
    assert len(live(database, owner)) == 1


def test_the_shops_word_opens_a_frame(
    required: None, owner: User, database: Database, clock: Clock
) -> None:
    word = make_assertion(clock.now, email="owner@example.com", email_verified=True)
    caller = Caller(ip_address="192.0.2.1", user_agent="Mozilla/5.0")
    with enter(caller, writes=False, database=database) as ctx:
        given = widget.vouch(ctx, Vouch(assertion=word, origin=SHOP))
    framed = Caller(cookie=given.cookie, origin=SHOP)
    with enter(framed, writes=False, database=database) as ctx:
        assert (ctx.actor.kind, ctx.actor.is_framed) == ("customer", True)


# New accounts


def test_registering_ends_with_it_on(
    required: None, client: Client, api: Api, database: Database
) -> None:
    begun = register(client)
    proof = client.second_code(begun, "email")
    wrong = wrong_code(proof)
    assert code_of(client.second(begun, **wrong)) == "otp_invalid"
    assert code_of(client.second(begun, **proof)) == "ok"
    [user] = [one for one in rows(database, User) if one.email == "new@example.com"]
    assert (user.is_unproven, user.is_email_verified, user.first_name) == (False, True, "Nora")
    assert user.two_step_at is not None
    assert code_of(client.by_password()) == "ok"


def test_who_registers_with_anothers_mailbox_gets_nowhere(
    required: None, api: Api, database: Database
) -> None:
    mallory, victim = Client(api, database), Client(api, database)
    begun = register(mallory)
    [user] = [one for one in rows(database, User) if one.email == "new@example.com"]
    for proof in ({"password": PASSWORD}, {"new_password": NEW}):
        assert code_of(mallory.second(begun, **proof)) == "second_proof_unfit"
    assert code_of(by_passkey(mallory, user)) == "passkey_unknown"
    with enter(Caller(), writes=True, actor=SHOP_ITSELF, database=database) as ctx:
        service.turn_two_step_off_for(ctx, user.customer_id)
    assert "new_password" not in told(mallory.by_password())["ways"]
    victim.email = "new@example.com"
    theirs = victim.by_email()
    assert told(theirs)["ways"] == ["new_password"]
    assert code_of(victim.second(theirs, new_password=NEW)) == "ok"
    assert code_of(mallory.by_password()) == "invalid_credentials"
    assert code_of(by_passkey(Client(api, database), user)) == "ok"  # one of the owner's


def test_guesses_at_the_second_proof_count_on(
    required: None, client: Client, owner: User, database: Database, clock: Clock
) -> None:
    """Before it is on as after: each right password would forget them."""
    for _ in range(4):
        begun = client.by_password()
        proof = client.second_code(begun, "email")
        wrong = wrong_code(proof)
        assert code_of(client.second(begun, **wrong)) == "otp_invalid"
        clock.advance(seconds=31)
    assert sum(row.wrong_codes for row in rows(database, KnownDevice)) == 4


def test_on_a_known_device_too(
    client: Client, owner: User, database: Database, clock: Clock, set_settings: Set
) -> None:
    with_phone(database, owner)
    assert code_of(client.by_password()) == "ok"
    set_settings(PORTAL_TWO_STEP="required")
    for tried in (1, 2):
        clock.advance(seconds=31)
        begun = client.by_email()
        proof = client.second_code(begun, "sms")
        wrong = wrong_code(proof)
        assert code_of(client.second(begun, **wrong)) == "otp_invalid"
        assert sum(row.wrong_codes for row in rows(database, KnownDevice)) == tried


# Off


def test_it_cannot_be_turned_off(
    required: None, client: Client, owner: User, api: Api, database: Database
) -> None:
    begun = client.by_password()
    answer = client.second(begun, **client.second_code(begun, "email"))
    token = answer.json()["content"]["access_token"]
    refused = api.delete("/auth/two-step", token=token)
    assert (refused.status_code, code_of(refused)) == (409, "two_step_is_required")
    assert load_user(database, owner).two_step_at is not None


@pytest.mark.parametrize("was_on", [True, False])
def test_the_shop_lets_one_proof_turn_it_on_anew(
    client: Client,
    owner: User,
    api: Api,
    database: Database,
    clock: Clock,
    set_settings: Set,
    call: Any,
    was_on: bool,
) -> None:
    if was_on:
        turn_on(api, owner)
    set_settings(PORTAL_TWO_STEP="required")
    assert told(client.by_reset(NEW))["ways"] == (["recovery_code"] if was_on else [])
    call(service.turn_two_step_off_for, "owner@example.com", actor=SHOP_ITSELF)
    clock.advance(seconds=31)
    begun = client.by_password()
    assert set(told(begun)["ways"]) == {"email", "new_password"}
    assert code_of(client.by_reset(NEW)) == "ok"
    assert load_user(database, owner).two_step_waived_at is None
    clock.advance(seconds=31)
    assert "new_password" not in told(Client(api, database).by_email())["ways"]


def test_what_the_shop_lets_ends_after_a_week(
    required: None, client: Client, owner: User, clock: Clock, call: Any
) -> None:
    call(service.turn_two_step_off_for, "owner@example.com", actor=SHOP_ITSELF)
    clock.advance(days=7)
    assert told(client.by_reset(NEW))["ways"] == []


@pytest.mark.parametrize("mode", ["required", "optional"])
def test_what_an_intruder_left_opens_nothing_once_the_shop_helped(
    client: Client, owner: User, database: Database, set_settings: Set, call: Any, mode: str
) -> None:
    """Who enrolled in place of the owner added a passkey and stayed signed in."""
    set_settings(PORTAL_TWO_STEP=mode)
    authenticator = give_passkey(
        database, change_user(database, owner, two_step_at=owner.created_at)
    )
    make_session(database, owner)
    call(service.turn_two_step_off_for, "owner@example.com", actor=SHOP_ITSELF)
    assert live(database, owner) == []
    begun = client.post("/auth/login/passkey/options").json()["content"]
    signed = authenticator.sign(begun["options"])
    answer = client.post(
        "/auth/login/passkey", passkey_token=begun["passkey_token"], credential=signed
    )
    assert (answer.status_code, live(database, owner)) == (400, [])
    assert load_user(database, owner).two_step_at is None


def test_where_nobody_has_to_there_is_nothing_to_turn_off(owner: User, call: Any) -> None:
    with pytest.raises(TwoStepIsOff):
        call(service.turn_two_step_off_for, "owner@example.com", actor=SHOP_ITSELF)


def test_it_needs_somebody_who_sends_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TWO_STEP", "required")
    assert Settings(demo=True).two_step == "required"
    monkeypatch.setenv("PORTAL_DEMO", "0")
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a long secret key of the shop's own, 2026")
    with pytest.raises(SettingsError, match="PORTAL_TWO_STEP=required needs codes"):
        load_settings()
    monkeypatch.setenv("PORTAL_SMTP_HOST", "mail.shop.example")
    monkeypatch.setenv("PORTAL_MAIL_FROM", "orders@shop.example")
    assert load_settings().two_step == "required"
