"""What is sensitive asks that the customer proved of late who they are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.auth import service
from account_portal.auth.rules import Contact, PasswordWrong
from account_portal.auth.schemas import ConfirmPassword
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import NotFound, TooManyAttempts, TopLevelRequired
from account_portal.core.proof import FreshProofRequired, ProofWays
from account_portal.core.settings import get_settings
from account_portal.models import BankAccount, OtpChallenge, OutboxMessage, User, UserSession
from account_portal.widget import service as widget
from account_portal.widget.rules import AssertionRefused
from account_portal.widget.schemas import SignedInElsewhere, Vouch
from tests.conftest import Api, Clock
from tests.factories.auth import (
    change_user,
    codes_sent,
    last_code,
    load_user,
    make_page_session,
    messages,
    set_proof,
)
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.passkeys import give_passkey
from tests.factories.users import PASSWORD
from tests.factories.vouching import SHOP, make_assertion

OTHER = "another good passphrase"
ROUTES = [
    "update-email",
    "update-phone",
    "create bank account",
    "update bank account",
    "delete bank account",
    "close account",
]


@pytest.fixture
def owner(database: Database, owner: User) -> User:
    return change_user(database, owner, country_code="+91", phone="9845012345")


@pytest.fixture
def send(api: Api, database: Database, owner: User) -> Callable[..., Any]:
    """`send(route, user=…)`: a call of the owner's account that asks for fresh proof."""
    account = make_bank_account(database, owner)

    def run(route: str, **kwargs: Any) -> Any:
        accounts = f"/customers/{owner.id}/bank-accounts"
        calls: dict[str, tuple[str, str, dict[str, Any] | None]] = {
            "update-email": (
                "POST",
                "/auth/generate-otp",
                {"channel": "email", "email": "new@example.com", "otp_action": "update-email"},
            ),
            "update-phone": (
                "POST",
                "/auth/generate-otp",
                {"channel": "sms", "phone": "9845099999", "otp_action": "update-phone"},
            ),
            "create bank account": ("POST", accounts, SAVINGS),
            "update bank account": ("PUT", f"{accounts}/{account.id}", {"bank_name": "Other Bank"}),
            "delete bank account": ("DELETE", f"{accounts}/{account.id}", None),
            "close account": ("PUT", f"/auth/user/{owner.id}/deactivate", None),
        }
        method, path, body = calls[route]
        return api.request(method, path, json=body, **kwargs)

    return run


def snapshot(database: Database) -> list[Any]:
    with database.session(writes=False) as db:
        return [
            [row.model_dump() for row in db.execute(select(table)).scalars()]
            for table in (User, BankAccount, OtpChallenge, OutboxMessage)
        ]


@pytest.mark.parametrize("route", ROUTES)
def test_a_session_alone_changes_nothing(
    api: Api,
    send: Callable[..., Any],
    database: Database,
    owner: User,
    stranger: User,
    clock: Clock,
    route: str,
) -> None:
    api.token(owner)
    set_proof(database, owner, None)
    before = snapshot(database)
    assert send(route).status_code == 401
    if not route.startswith("update-"):  # of whoever calls, whoever that is
        assert send(route, user=stranger).json()["code"] == "forbidden"
    for proven_at in (None, clock.now - timedelta(minutes=15)):
        set_proof(database, owner, proven_at)
        answer = send(route, user=owner)
        assert answer.status_code == 403
        assert answer.json()["code"] == "fresh_proof_required"
    assert snapshot(database) == before
    set_proof(database, owner, clock.now - timedelta(minutes=15, seconds=-1))
    assert send(route, user=owner).status_code == 200
    assert snapshot(database) != before


@pytest.mark.parametrize("route", ROUTES)
def test_visitors_are_asked_to_sign_in_and_not_for_proof(
    api: Api, send: Callable[..., Any], route: str
) -> None:
    visitor = api.post("/auth/anonymous", headers={"X-Api-Key": "public"}).json()["content"]
    answer = send(route, token=visitor["access_token"])
    assert answer.json()["code"] in {"login_required", "unauthorized"}


def test_how_long_a_proof_is_fresh_is_a_setting(
    api: Api,
    send: Callable[..., Any],
    database: Database,
    owner: User,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.token(owner)
    monkeypatch.setenv("PORTAL_FRESH_PROOF_MINUTES", "2")
    get_settings.cache_clear()
    set_proof(database, owner, clock.now - timedelta(minutes=2))
    assert send("close account", user=owner).json()["code"] == "fresh_proof_required"


def is_fresh(database: Database, **caller: Any) -> bool:
    with enter(Caller(**caller), writes=False, database=database) as ctx:
        try:
            service.require_fresh_proof(ctx)
        except FreshProofRequired:
            return False
        return True


# Who has just proven who they are is asked nothing.


def test_signing_in_is_a_proof_and_refreshing_is_none(
    api: Api, database: Database, owner: User, clock: Clock
) -> None:
    body = {"email": owner.email, "password": PASSWORD}
    pair = api.post("/auth/login/password", json=body).json()["content"]
    assert is_fresh(database, bearer=pair["access_token"])
    clock.advance(minutes=16)
    body = {"refresh_token": pair["refresh_token"]}
    pair = api.post("/auth/refresh-token", json=body).json()["content"]
    assert not is_fresh(database, bearer=pair["access_token"])
    sent = api.post("/auth/login/email", json={"email": owner.email}).json()["content"]
    code = {"otp": last_code(database), **sent}
    pair = api.post("/auth/verify-otp", json=code).json()["content"]
    assert is_fresh(database, bearer=pair["access_token"])


def test_signing_in_a_browser_is_a_proof(database: Database, owner: User, clock: Clock) -> None:
    with enter(writes=False, database=database) as ctx:
        cookie = service.login_page(ctx, Contact(email=owner.email), PASSWORD)
    assert is_fresh(database, cookie=cookie)
    clock.advance(minutes=15)
    assert not is_fresh(database, cookie=cookie)


def test_the_password_is_a_proof(
    api: Api, send: Callable[..., Any], database: Database, owner: User
) -> None:
    api.token(owner)
    set_proof(database, owner, None)
    wrong = api.post("/auth/confirm-password", json={"password": "wrong"}, user=owner)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "password_wrong")
    assert send("close account", user=owner).status_code == 403
    right = api.post("/auth/confirm-password", json={"password": PASSWORD}, user=owner)
    assert right.status_code == 200
    assert right.json().keys() == {"message", "success"}
    assert send("close account", user=owner).status_code == 200


def test_who_has_no_password_is_told_so(api: Api, database: Database, owner: User) -> None:
    change_user(database, owner, password_hash=None)
    answer = api.post("/auth/confirm-password", json={"password": PASSWORD}, user=owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "password_not_set")
    assert api.post("/auth/confirm-password", json={"password": PASSWORD}).status_code == 401


def test_guesses_at_the_password_are_counted(api: Api, database: Database, owner: User) -> None:
    api.token(owner)
    set_proof(database, owner, None)
    for _ in range(10):
        api.post("/auth/confirm-password", json={"password": "wrong"}, user=owner)
    answer = api.post("/auth/confirm-password", json={"password": PASSWORD}, user=owner)
    assert answer.status_code == 429
    assert not is_fresh(database, bearer=api.token(owner))


def test_a_proof_counts_for_its_session_only(api: Api, database: Database, owner: User) -> None:
    page = make_page_session(database, owner, owner.created_at, "a secret")
    api.token(owner)
    set_proof(database, owner, None)
    api.post("/auth/confirm-password", json={"password": PASSWORD}, user=owner)
    with database.session(writes=False) as db:
        assert db.get_one(UserSession, page).proven_at is None


def test_changing_the_password_takes_the_old_one_for_proof(
    api: Api, database: Database, owner: User, clock: Clock
) -> None:
    api.token(owner)
    set_proof(database, owner, None)
    body = {"old_password": "wrong", "new_password": OTHER, "confirm_password": OTHER}
    before = load_user(database, owner).password_hash
    wrong = api.post("/auth/change-password", json=body, user=owner)
    assert wrong.json()["code"] == "old_password_wrong"
    assert load_user(database, owner).password_hash == before
    assert messages(database) == []
    body["old_password"] = PASSWORD
    changed = api.post("/auth/change-password", json=body, user=owner).json()["content"]
    assert is_fresh(database, bearer=changed["access_token"])


@pytest.mark.parametrize(
    ("action", "contact"),
    [
        ("verify-email", {"channel": "email", "email": "owner@example.com"}),
        ("verify-phone", {"channel": "sms", "phone": "9845012345"}),
        ("verify-phone", {"channel": "whatsapp", "phone": "9845012345"}),
    ],
)
def test_a_code_to_a_present_contact_is_a_proof(
    api: Api,
    send: Callable[..., Any],
    database: Database,
    owner: User,
    action: str,
    contact: dict[str, str],
) -> None:
    change_user(database, owner, is_phone_verified=True)
    api.token(owner)
    set_proof(database, owner, None)
    body = {"otp_action": action, **contact}
    sent = api.post("/auth/generate-otp", json=body, user=owner).json()["content"]
    assert send("close account", user=owner).status_code == 403
    words = messages(database)[-1]
    assert words.channel == contact["channel"]
    confirmed = api.post(
        "/auth/verify-otp", json={"otp": last_code(database), **sent}, user=owner
    ).json()["content"]
    assert send("close account", token=confirmed["access_token"]).status_code == 200


def test_a_code_to_a_new_contact_proves_nothing(
    api: Api, send: Callable[..., Any], database: Database, owner: User
) -> None:
    sent = send("update-email", user=owner).json()["content"]
    set_proof(database, owner, None)
    body = {"otp": last_code(database), **sent}
    pair = api.post("/auth/verify-otp", json=body, user=owner).json()["content"]
    assert load_user(database, owner).email == "new@example.com"
    assert not is_fresh(database, bearer=pair["access_token"])


def test_what_is_verified_is_asked_for_only_as_a_proof(
    api: Api, database: Database, owner: User
) -> None:
    body = {"otp_action": "verify-email", "channel": "email", "email": owner.email}
    answer = api.post("/auth/generate-otp", json=body, user=owner)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_verified")
    set_proof(database, owner, None)
    assert api.post("/auth/generate-otp", json=body, user=owner).status_code == 200


# What the dialog of the pages is made of.


def actor(user: User, session_id: str, **values: Any) -> Actor:
    return Actor(
        kind="customer",
        user_id=user.id,
        customer_id=user.customer_id,
        session_id=session_id,
        **values,
    )


def ways_of(call: Any, caller: Actor) -> ProofWays:
    with pytest.raises(FreshProofRequired) as refused:
        call(service.require_fresh_proof, actor=caller)
    return refused.value.ways


def test_the_ways_to_prove_it_are_named_and_masked(
    call: Any, database: Database, owner: User
) -> None:
    caller = actor(owner, "")
    codes = {"email": "o•••@example.com", "sms": "+91 ••• 45", "whatsapp": "+91 ••• 45"}
    assert ways_of(call, caller) == ProofWays(password=True, codes=codes)
    framed = actor(owner, "", is_framed=True)
    assert ways_of(call, framed).password is False
    change_user(database, owner, password_hash=None, phone=None, country_code=None)
    assert ways_of(call, caller) == ProofWays(codes={"email": "o•••@example.com"})


def test_a_passkey_is_a_way_for_who_has_one(
    call: Any, database: Database, owner: User, stranger: User
) -> None:
    give_passkey(database, stranger)
    assert not ways_of(call, actor(owner, "")).passkey
    give_passkey(database, owner)
    assert ways_of(call, actor(owner, "")).passkey
    assert not ways_of(call, actor(owner, "", is_framed=True)).passkey


def test_a_page_proves_by_code_or_password(
    call: Any, acting: Any, database: Database, owner: User, clock: Clock
) -> None:
    page = make_page_session(database, owner, clock.now, "a secret")
    set_proof(database, owner, None)
    caller = actor(owner, page)
    for channel in ("email", "sms", "whatsapp"):
        call(service.send_proof_code, channel, actor=caller)
        clock.advance(seconds=31)
    assert [(way, to) for way, to, _code in codes_sent(database)] == [
        ("email", "owner@example.com"),
        ("sms", "+919845012345"),
        ("whatsapp", "+919845012345"),
    ]
    assert not is_fresh(database, cookie="a secret")
    with acting(caller, writes=False) as ctx:
        service.confirm_password(ctx, ConfirmPassword(password=PASSWORD))
    assert is_fresh(database, cookie="a secret")
    change_user(database, owner, phone=None, country_code=None)
    with pytest.raises(NotFound):
        call(service.send_proof_code, "sms", actor=caller)


def test_nobody_types_a_password_into_a_frame(
    acting: Any, database: Database, owner: User, clock: Clock
) -> None:
    with (
        pytest.raises(TopLevelRequired),
        acting(actor(owner, "", is_framed=True), writes=False) as ctx,
    ):
        service.confirm_password(ctx, ConfirmPassword(password=PASSWORD))


def test_a_password_that_changed_while_it_was_checked_proves_nothing(
    acting: Any, database: Database, owner: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page_session(database, owner, clock.now, "a secret")
    set_proof(database, owner, None)
    from account_portal.auth.service import passwords

    verify = passwords.verify_password

    def slowly(*args: Any) -> Any:
        answer = verify(*args)
        change_user(database, owner, password_hash="another")
        return answer

    monkeypatch.setattr(passwords, "verify_password", slowly)
    with (
        pytest.raises((PasswordWrong, TooManyAttempts)),
        acting(actor(owner, page), writes=False) as ctx,
    ):
        service.confirm_password(ctx, ConfirmPassword(password=PASSWORD))
    assert not is_fresh(database, cookie="a secret")


# A storefront's word


@pytest.fixture
def vouch(database: Database, owner: User, clock: Clock) -> Callable[..., str]:
    """The cookie of a frame whose storefront says that the owner is here."""
    change_user(database, owner, external_id="shop-77")

    def run(**claims: Any) -> str:
        word = make_assertion(clock.now, **claims)
        with enter(writes=False, database=database) as ctx:
            return widget.vouch(ctx, Vouch(assertion=word, origin=SHOP)).cookie

    return run


def test_a_storefronts_word_is_no_proof_unless_it_says_so(
    vouch: Callable[..., str], database: Database, clock: Clock
) -> None:
    assert not is_fresh(database, cookie=vouch())
    now = int(clock.now.timestamp())
    assert not is_fresh(database, cookie=vouch(auth_time=now - 15 * 60))
    assert is_fresh(database, cookie=vouch(auth_time=now - 60))
    assert is_fresh(database, cookie=vouch())  # the page was loaded again
    clock.advance(minutes=14)
    assert not is_fresh(database, cookie=vouch())


@pytest.mark.parametrize("said", ["now", True, -1, 1e30, [1]])
def test_when_it_says_the_customer_proved_it_must_be_a_time(
    vouch: Callable[..., str], said: Any
) -> None:
    with pytest.raises(AssertionRefused, match="auth_time"):
        vouch(auth_time=said)


def test_a_proof_does_not_lie_in_the_future(
    vouch: Callable[..., str], database: Database, clock: Clock
) -> None:
    now = int(clock.now.timestamp())
    with pytest.raises(AssertionRefused, match="future"):
        vouch(auth_time=now + 31)
    assert is_fresh(database, cookie=vouch(auth_time=now + 30))
    clock.advance(minutes=15)
    assert not is_fresh(database, cookie=vouch())


def test_a_frame_knows_what_was_proven_in_the_window_that_signed_it_in(
    database: Database, owner: User, clock: Clock
) -> None:
    make_page_session(database, owner, clock.now - timedelta(minutes=10), "a secret")
    with enter(Caller(cookie="a secret"), writes=True, database=database) as ctx:
        word = widget.hand_to_frame(ctx)
    with enter(writes=True, database=database) as ctx:
        data = SignedInElsewhere(handover=word, origin=SHOP)
        frame = widget.enter_frame(ctx, data).cookie
    assert is_fresh(database, cookie=frame)
    clock.advance(minutes=5)
    assert not is_fresh(database, cookie=frame)


# Every other contact is told, always.


def news(database: Database) -> list[tuple[str, str, str]]:
    return [
        (row.kind, row.channel, row.recipient)
        for row in messages(database)
        if row.kind != "one_time_code"
    ]


EMAIL, PHONE = ("email", "owner@example.com"), ("sms", "+919845012345")


@pytest.mark.parametrize(
    ("route", "told"),
    [
        ("update-email", [("contact_changed", *EMAIL), ("other_contact_changed", *PHONE)]),
        ("update-phone", [("contact_changed", *PHONE), ("other_contact_changed", *EMAIL)]),
        ("create bank account", [("bank_account_changed", *way) for way in (EMAIL, PHONE)]),
        ("update bank account", [("bank_account_changed", *way) for way in (EMAIL, PHONE)]),
        ("delete bank account", [("bank_account_changed", *way) for way in (EMAIL, PHONE)]),
        ("close account", [("account_deactivated", *way) for way in (EMAIL, PHONE)]),
    ],
)
def test_every_present_contact_is_told(
    api: Api, send: Callable[..., Any], database: Database, owner: User, route: str, told: Any
) -> None:
    answer = send(route, user=owner).json()
    if route.startswith("update-"):
        assert news(database) == []
        body = {"otp": last_code(database), **answer["content"]}
        assert api.post("/auth/verify-otp", json=body, user=owner).status_code == 200
    assert sorted(news(database)) == sorted(told)


def test_a_first_phone_is_told_to_the_e_mail(
    api: Api, send: Callable[..., Any], database: Database, owner: User
) -> None:
    change_user(database, owner, phone=None, country_code=None)
    sent = send("update-phone", user=owner).json()["content"]
    body = {"otp": last_code(database), **sent}
    api.post("/auth/verify-otp", json=body, user=owner)
    assert news(database) == [("other_contact_changed", *EMAIL)]
    words = messages(database)[-1].payload["words"]
    assert (words["is_first"], words["shown"]) == (True, "+91 ••• 99")


def test_a_password_that_was_set_is_told_to_every_contact(
    api: Api, database: Database, owner: User
) -> None:
    body = {"old_password": PASSWORD, "new_password": OTHER, "confirm_password": OTHER}
    api.post("/auth/change-password", json=body, user=owner)
    assert sorted(news(database)) == [
        ("password_changed", *EMAIL),
        ("password_changed", *PHONE),
    ]


def test_asking_who_has_a_contact_is_limited(api: Any, owner: User, stranger: User) -> None:
    """Each answer tells whether an address has an account; so each is counted, refusals too."""
    codes = []
    for number in range(22):
        email = stranger.email if number % 2 else f"nobody{number}@example.com"
        body = {"otp_action": "update-email", "channel": "email", "email": email}
        answer = api.post("/auth/generate-otp", user=owner, json=body)
        codes.append(answer.json().get("code"))
    assert codes[:2] == [None, "email_taken"]
    assert codes[20:] == ["too_many_requests"] * 2
