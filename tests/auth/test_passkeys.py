"""Passkeys: made and used as WebAuthn says, by whoever may, and nothing else opens an account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url as b64

from account_portal.auth import schemas, service
from account_portal.auth.rules import AccountIsDeactivated, InvalidCredentials
from account_portal.auth.rules import passkeys as reasons
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import (
    NotAuthenticated,
    NotFound,
    TooManyAttempts,
    TopLevelRequired,
)
from account_portal.core.proof import FreshProofRequired
from account_portal.core.settings import get_settings
from account_portal.models import Passkey, SignIn, User, UserSession
from tests.conftest import Clock
from tests.factories.auth import change_user, messages, set_proof
from tests.factories.passkeys import ELIGIBLE, PRESENT, VERIFIED, Authenticator, give_passkey
from tests.factories.records import rows
from tests.factories.users import make_session, make_user

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


class Person:
    """Somebody on the database: signed in with a token, or nobody."""

    def __init__(self, database: Database, user: User | None = None) -> None:
        self.database = database
        self.bearer = make_session(database, user) if user else None

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        caller = Caller(bearer=self.bearer, ip_address="192.0.2.1", user_agent=CHROME)
        writes = function is not service.login_with_password
        with enter(caller, writes=writes, database=self.database) as ctx:
            return function(ctx, *args, **kwargs)

    def begin(self) -> Any:
        return self.call(service.begin_passkey)

    def add(self, begun: Any, credential: dict[str, Any], **more: Any) -> Any:
        given = {"passkey_token": begun.passkey_token, "credential": credential, **more}
        return self.call(service.add_passkey, schemas.NewPasskey.model_validate(given))

    def make(self, authenticator: Authenticator | None = None, **more: Any) -> Any:
        begun = self.begin()
        return self.add(begun, (authenticator or Authenticator()).make(begun.options), **more)

    def ask(self) -> Any:
        return self.call(service.begin_passkey_login)

    def answer(self, begun: Any, credential: dict[str, Any]) -> Any:
        given = {"passkey_token": begun.passkey_token, "credential": credential}
        data = schemas.PasskeyProof.model_validate(given)
        return self.call(service.login_with_passkey, data)

    def prove(self, begun: Any, credential: dict[str, Any]) -> None:
        given = {"passkey_token": begun.passkey_token, "credential": credential}
        data = schemas.PasskeyProof.model_validate(given)
        self.call(service.prove_with_passkey, data)

    def sign_in(self, authenticator: Authenticator) -> Any:
        begun = self.ask()
        return self.answer(begun, authenticator.sign(begun.options))


@pytest.fixture
def mine(database: Database, owner: User, clock: Clock) -> Person:
    return Person(database, owner)


@pytest.fixture
def nobody(database: Database, clock: Clock) -> Person:
    return Person(database)


def is_open(database: Database, bearer: str) -> bool:
    with enter(Caller(bearer=bearer), writes=False, database=database) as ctx:
        return ctx.actor.is_customer


def news(database: Database) -> list[tuple[str, str]]:
    return [(row.kind, row.recipient) for row in messages(database)]


def test_a_passkey_is_made_and_signs_in(
    mine: Person, nobody: Person, owner: User, database: Database, clock: Clock
) -> None:
    authenticator = Authenticator()
    made = mine.make(authenticator)
    assert (made.name, made.is_backed_up, made.last_used_at) == ("Apple Passwords", True, None)
    clock.advance(minutes=5)
    pair = nobody.sign_in(authenticator)
    assert pair.user.id == owner.id
    assert is_open(database, pair.access_token)
    [shown] = mine.call(service.list_passkeys)
    assert shown.last_used_at == clock.now
    assert ("passkey", True) in {(r.method, r.succeeded) for r in rows(database, SignIn)}
    assert news(database) == [("passkey_added", "owner@example.com")]


def test_what_the_browser_is_asked(mine: Person, nobody: Person, owner: User) -> None:
    authenticator = Authenticator()
    first = mine.begin()
    mine.add(first, authenticator.make(first.options))
    options = mine.begin().options
    assert options["rp"] == {"id": "localhost", "name": "Northwind"}
    assert options["user"]["name"] == "owner@example.com"
    assert options["user"]["displayName"] == "Olivia Owner"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [b64(authenticator.id)]
    assert options["excludeCredentials"][0]["transports"] == ["hybrid", "internal"]
    asked = nobody.ask().options
    assert (asked["rpId"], asked["allowCredentials"]) == ("localhost", [])
    assert asked["userVerification"] == "required"


def test_the_handle_is_random_stays_and_is_nobodys_name(
    mine: Person, owner: User, stranger: User, database: Database
) -> None:
    handles = [mine.begin().options["user"]["id"] for _ in range(2)]
    assert handles[0] == handles[1]
    assert len(base64url_to_bytes(handles[0])) >= 16
    theirs = Person(database, stranger).begin().options["user"]["id"]
    assert handles[0] not in {theirs, b64(owner.id.encode())}


# What a passkey must not sign, or a browser say. Each is wrong in one thing only.
WRONG: dict[str, Callable[[Authenticator], object]] = {
    "another origin": lambda it: setattr(it, "origin", "https://evil.example"),
    "the origin's other port": lambda it: setattr(it, "origin", "http://localhost:8001"),
    "another site": lambda it: setattr(it, "rp_id", "evil.example"),
    "nobody there": lambda it: setattr(it, "flags", it.flags & ~PRESENT),
    "nobody verified": lambda it: setattr(it, "flags", it.flags & ~VERIFIED),
    "inside another page": lambda it: it.client.update(crossOrigin=True),
    "another kind": lambda it: it.client.update(type="webauthn.other"),
    "another challenge": lambda it: it.client.update(challenge=b64(b"0" * 64)),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_answers_make_no_passkey(mine: Person, database: Database, what: str) -> None:
    authenticator = Authenticator()
    WRONG[what](authenticator)
    with pytest.raises(reasons.PasskeyInvalid):
        mine.make(authenticator)
    assert rows(database, Passkey) == []


OF_SIGNING: dict[str, Callable[[Authenticator], object]] = {
    **WRONG,
    "no handle": lambda it: setattr(it, "handle", None),
    "another's handle": lambda it: setattr(it, "handle", b64(b"0" * 32)),
    "not to be copied any more": lambda it: setattr(it, "flags", PRESENT | VERIFIED),
    "another key": lambda it: setattr(it, "key", Authenticator().key),
}


@pytest.mark.parametrize("what", OF_SIGNING)
def test_wrong_answers_open_nothing(
    nobody: Person, owner: User, database: Database, what: str
) -> None:
    authenticator = give_passkey(database, owner)
    OF_SIGNING[what](authenticator)
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.sign_in(authenticator)
    assert rows(database, UserSession) == []
    assert [(r.method, r.succeeded) for r in rows(database, SignIn)] == [("passkey", False)]


@pytest.mark.parametrize("part", ["signature", "authenticatorData", "clientDataJSON"])
def test_a_tampered_answer_opens_nothing(
    nobody: Person, owner: User, database: Database, part: str
) -> None:
    authenticator = give_passkey(database, owner)
    begun = nobody.ask()
    credential = authenticator.sign(begun.options)
    raw = bytearray(base64url_to_bytes(credential["response"][part]))
    raw[-2] ^= 1
    credential["response"][part] = b64(bytes(raw))
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.answer(begun, credential)
    assert rows(database, UserSession) == []


@given(junk=st.binary(max_size=200))
@pytest.mark.parametrize("part", ["signature", "authenticatorData", "clientDataJSON"])
def test_junk_is_refused(
    nobody: Person, owner: User, database: Database, clock: Clock, part: str, junk: bytes
) -> None:
    clock.advance(hours=1)
    if not rows(database, Passkey):
        test_junk_is_refused.authenticator = give_passkey(database, owner)  # type: ignore[attr-defined]
    begun = nobody.ask()
    credential = test_junk_is_refused.authenticator.sign(begun.options)  # type: ignore[attr-defined]
    credential["response"][part] = b64(junk) or "A"
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.answer(begun, credential)


@given(junk=st.binary(max_size=200))
def test_junk_makes_no_passkey(mine: Person, junk: bytes) -> None:
    begun = mine.begin()
    credential = Authenticator().make(begun.options)
    credential["response"]["attestationObject"] = b64(junk) or "A"
    with pytest.raises(reasons.PasskeyInvalid):
        mine.add(begun, credential)


def test_a_challenge_works_once(nobody: Person, owner: User, database: Database) -> None:
    authenticator = give_passkey(database, owner)
    begun = nobody.ask()
    credential = authenticator.sign(begun.options)
    nobody.answer(begun, credential)
    with pytest.raises(reasons.PasskeyExpired):
        nobody.answer(begun, credential)


def test_also_when_the_first_answer_was_wrong(
    nobody: Person, owner: User, database: Database
) -> None:
    authenticator = give_passkey(database, owner)
    begun = nobody.ask()
    with pytest.raises(reasons.PasskeyUnknown):
        nobody.answer(begun, Authenticator().sign(begun.options))
    with pytest.raises(reasons.PasskeyExpired):
        nobody.answer(begun, authenticator.sign(begun.options))


def test_of_two_answers_at_once_one_is_heard(
    nobody: Person, owner: User, database: Database
) -> None:
    begun = nobody.ask()
    credential = give_passkey(database, owner).sign(begun.options)
    together = Barrier(4)

    def answer(_: int) -> bool:
        together.wait()
        try:
            nobody.answer(begun, credential)
        except reasons.PasskeyExpired:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(answer, range(4))) == [False, False, False, True]
    assert len(rows(database, UserSession)) == 1


def test_a_challenge_ends_after_five_minutes(
    nobody: Person, mine: Person, owner: User, database: Database, clock: Clock
) -> None:
    authenticator = give_passkey(database, owner)
    early, late, making = nobody.ask(), nobody.ask(), mine.begin()
    clock.advance(minutes=5, seconds=-1)
    assert nobody.answer(early, authenticator.sign(early.options))
    clock.advance(seconds=1)
    with pytest.raises(reasons.PasskeyExpired):
        nobody.answer(late, authenticator.sign(late.options))
    with pytest.raises(reasons.PasskeyExpired):
        mine.add(making, Authenticator().make(making.options))


def test_a_challenge_is_for_who_asked_and_for_what(
    mine: Person, nobody: Person, owner: User, stranger: User, database: Database
) -> None:
    begun = mine.begin()
    credential = Authenticator().make(begun.options)
    for other in (Person(database, owner), Person(database, stranger)):
        with pytest.raises(reasons.PasskeyExpired):
            other.add(begun, credential)
    asked = nobody.ask()
    with pytest.raises(reasons.PasskeyExpired):
        mine.add(asked, credential)
    with pytest.raises(reasons.PasskeyExpired):
        nobody.answer(begun, give_passkey(database, owner).sign(asked.options))
    proof = mine.call(service.begin_passkey_proof)
    swapped = {**begun.options, "challenge": proof.options["challenge"]}
    with pytest.raises(reasons.PasskeyExpired):
        mine.add(proof, Authenticator().make(swapped))
    assert mine.add(begun, credential)


@pytest.mark.parametrize("token", ["x" * 16, "e30.e30.e30" * 2, "\ud800" * 16])
def test_only_our_own_tokens_are_challenges(
    nobody: Person, owner: User, database: Database, token: str
) -> None:
    begun = nobody.ask()
    credential = give_passkey(database, owner).sign(begun.options)
    begun = begun.model_copy(update={"passkey_token": token})
    with pytest.raises((reasons.PasskeyExpired, ValueError)):
        nobody.answer(begun, credential)


def test_a_counter_must_grow(mine: Person, nobody: Person, owner: User, database: Database) -> None:
    authenticator = Authenticator(counts=True, synced=False)
    mine.make(authenticator)
    nobody.sign_in(authenticator)
    nobody.sign_in(authenticator)
    authenticator.count = 1  # the next answer counts 2 again, as a copy's would
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.sign_in(authenticator)
    assert rows(database, Passkey)[0].sign_count == 2
    assert nobody.sign_in(authenticator)


def test_the_largest_counter_fits(mine: Person, nobody: Person, database: Database) -> None:
    authenticator = Authenticator(counts=True)
    mine.make(authenticator)
    authenticator.count = 2**32 - 2
    nobody.sign_in(authenticator)
    assert rows(database, Passkey)[0].sign_count == 2**32 - 1


def test_whether_it_is_copied_follows_each_use(
    nobody: Person, owner: User, database: Database
) -> None:
    authenticator = give_passkey(database, owner)
    authenticator.flags = PRESENT | VERIFIED | ELIGIBLE
    nobody.sign_in(authenticator)
    assert not rows(database, Passkey)[0].is_backed_up


def test_a_removed_passkey_opens_nothing(
    mine: Person, nobody: Person, owner: User, database: Database
) -> None:
    authenticator = give_passkey(database, owner)
    begun = nobody.ask()
    credential = authenticator.sign(begun.options)
    [passkey] = rows(database, Passkey)
    mine.call(service.remove_passkey, passkey.id)
    with pytest.raises(reasons.PasskeyUnknown):
        nobody.answer(begun, credential)
    with pytest.raises(NotFound):
        mine.call(service.remove_passkey, passkey.id)
    assert news(database) == [("passkey_removed", "owner@example.com")]


def test_another_customers_passkey_is_not_there(
    mine: Person, stranger: User, database: Database
) -> None:
    theirs = give_passkey(database, stranger)
    [passkey] = rows(database, Passkey)
    assert mine.call(service.list_passkeys) == []
    rename = schemas.RenamePasskey(name="Mine")
    for work in (
        lambda: mine.call(service.rename_passkey, passkey.id, rename),
        lambda: mine.call(service.remove_passkey, passkey.id),
    ):
        with pytest.raises(NotFound):
            work()
    with pytest.raises(reasons.PasskeyInvalid):  # nor can it be claimed
        mine.make(theirs)
    [kept] = rows(database, Passkey)
    assert (kept.user_id, kept.name) == (stranger.id, "Apple Passwords")


def test_signed_by_one_under_the_id_of_another(
    nobody: Person, owner: User, stranger: User, database: Database
) -> None:
    mine, theirs = give_passkey(database, owner), give_passkey(database, stranger)
    theirs.id = mine.id
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.sign_in(theirs)
    theirs.handle = mine.handle
    with pytest.raises(reasons.PasskeyInvalid):
        nobody.sign_in(theirs)


def test_a_closed_account_stays_closed(
    nobody: Person, owner: User, database: Database, clock: Clock
) -> None:
    authenticator = give_passkey(database, owner)
    change_user(database, owner, deactivated_at=clock.now)
    with pytest.raises(AccountIsDeactivated):
        nobody.sign_in(authenticator)
    assert rows(database, UserSession) == []
    assert [r.succeeded for r in rows(database, SignIn)] == [False]


def test_nobody_of_the_demo_enters_elsewhere(
    nobody: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticator = give_passkey(database, make_user(database, is_demo=True))
    assert nobody.sign_in(authenticator)
    monkeypatch.setenv("PORTAL_DEMO", "0")
    get_settings.cache_clear()
    with pytest.raises(reasons.PasskeyUnknown):
        nobody.sign_in(authenticator)


def test_guessing_is_limited_by_address(nobody: Person, owner: User, database: Database) -> None:
    right = give_passkey(database, owner)
    for _ in range(50):
        with pytest.raises(reasons.PasskeyUnknown):
            nobody.sign_in(Authenticator())
    with pytest.raises(TooManyAttempts):
        nobody.sign_in(right)


def test_there_are_limits_to_how_many(
    mine: Person, owner: User, database: Database, clock: Clock
) -> None:
    begun = mine.begin()
    for _ in range(reasons.MOST_PASSKEYS):
        mine.make()
    with pytest.raises(reasons.PasskeyLimitReached):
        mine.begin()
    with pytest.raises(reasons.PasskeyLimitReached):
        mine.add(begun, Authenticator().make(begun.options))
    mine.call(service.remove_passkey, rows(database, Passkey)[0].id)
    with pytest.raises(TooManyAttempts):
        mine.make()
    clock.advance(days=1)
    mine.bearer = make_session(database, owner, expires=timedelta(days=2))
    set_proof(database, owner, clock.now)
    assert mine.make()


def test_names(mine: Person) -> None:
    unknown = Authenticator()
    unknown.aaguid = bytes(16)
    names = [mine.make().name, mine.make().name, mine.make(unknown).name]
    assert names == ["Apple Passwords", "Apple Passwords 2", "Chrome on Windows"]
    made = mine.make(name="  The blue key ")
    assert made.name == "The blue key"
    renamed = mine.call(
        service.rename_passkey, made.id, schemas.RenamePasskey(name="The green key")
    )
    assert renamed.name == "The green key"
    assert [one.name for one in mine.call(service.list_passkeys)][-1] == "The green key"


def test_nobody_has_none(nobody: Person) -> None:
    with pytest.raises(NotAuthenticated):
        nobody.begin()
    with pytest.raises(NotAuthenticated):
        nobody.call(service.list_passkeys)


def test_not_inside_a_storefronts_frame(
    mine: Person, owner: User, database: Database, acting: Any
) -> None:
    begun = mine.begin()
    data = schemas.NewPasskey.model_validate(
        {
            "passkey_token": begun.passkey_token,
            "credential": Authenticator().make(begun.options),
        }
    )
    framed = Actor(kind="customer", user_id=owner.id, customer_id=owner.customer_id, is_framed=True)
    give_passkey(database, owner)
    [passkey] = rows(database, Passkey)
    for work, args in (
        (service.begin_passkey, ()),
        (service.add_passkey, (data,)),
        (service.remove_passkey, (passkey.id,)),
    ):
        with pytest.raises(TopLevelRequired), acting(framed) as ctx:
            work(ctx, *args)


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://account.shop.example", "account.shop.example", "https://account.shop.example"),
        (
            "https://Account.Shop.example:443",
            "account.shop.example",
            "https://account.shop.example",
        ),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://shop.example", None, None),
        ("https://192.0.2.1", None, None),
        ("http://127.0.0.1:8000", None, None),
    ],
)
def test_the_portals_address_says_whose_they_are(
    address: str, host: str | None, origin: str | None
) -> None:
    if host is None:
        with pytest.raises(reasons.PasskeysNotAvailable):
            reasons.relying_party_id(address)
        return
    assert (reasons.relying_party_id(address), reasons.web_origin(address)) == (host, origin)


def test_its_use_ends_what_strangers_guessed(
    nobody: Person, owner: User, database: Database
) -> None:
    """A passkey is not guessed: whoever has it is the owner, and tries count anew."""
    authenticator = give_passkey(database, owner)
    login = schemas.LoginWithEmailPassword(email=owner.email or "", password="wrong")
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            nobody.call(service.login_with_password, login)
    with pytest.raises(TooManyAttempts):
        nobody.call(service.login_with_password, login)
    assert nobody.sign_in(authenticator).device_token
    with pytest.raises(InvalidCredentials):
        nobody.call(service.login_with_password, login)


def test_an_open_session_alone_adds_and_removes_none(
    mine: Person, owner: User, database: Database, clock: Clock
) -> None:
    give_passkey(database, owner)
    [passkey] = rows(database, Passkey)
    mine.bearer = make_session(database, owner, expires=timedelta(hours=1))
    clock.advance(minutes=16)
    for work in (mine.begin, lambda: mine.call(service.remove_passkey, passkey.id)):
        with pytest.raises(FreshProofRequired):
            work()
    assert rows(database, Passkey)
    mine.call(service.rename_passkey, passkey.id, schemas.RenamePasskey(name="Still mine"))


def test_proof_that_grows_old_meanwhile_leaves_no_passkey_that_opens_nothing(
    mine: Person, owner: User, database: Database, clock: Clock
) -> None:
    mine.bearer = make_session(database, owner, expires=timedelta(hours=1))
    clock.advance(minutes=14)
    begun = mine.begin()
    clock.advance(minutes=2)
    assert mine.add(begun, Authenticator().make(begun.options))


def test_a_passkey_is_fresh_proof(
    mine: Person, owner: User, database: Database, clock: Clock
) -> None:
    authenticator = give_passkey(database, owner)
    mine.bearer = make_session(database, owner, expires=timedelta(hours=1))
    clock.advance(minutes=16)
    with pytest.raises(FreshProofRequired):
        mine.begin()
    begun = mine.call(service.begin_passkey_proof)
    assert [one["id"] for one in begun.options["allowCredentials"]] == [b64(authenticator.id)]
    mine.prove(begun, authenticator.sign(begun.options))
    assert mine.begin()
    assert rows(database, Passkey)[0].last_used_at == clock.now
    with pytest.raises(reasons.PasskeyExpired):
        mine.prove(begun, authenticator.sign(begun.options))


def test_one_that_was_named_need_not_say_whose_it_is(
    mine: Person, owner: User, database: Database
) -> None:
    authenticator = give_passkey(database, owner)
    authenticator.handle = None
    begun = mine.call(service.begin_passkey_proof)
    mine.prove(begun, authenticator.sign(begun.options))


@pytest.mark.parametrize("what", sorted(OF_SIGNING.keys() - {"no handle"}))
def test_wrong_answers_prove_nothing(
    mine: Person, owner: User, database: Database, clock: Clock, what: str
) -> None:
    authenticator = give_passkey(database, owner)
    set_proof(database, owner, None)
    begun = mine.call(service.begin_passkey_proof)
    OF_SIGNING[what](authenticator)
    with pytest.raises(reasons.PasskeyInvalid):
        mine.prove(begun, authenticator.sign(begun.options))
    with pytest.raises(FreshProofRequired):
        mine.begin()


def test_nobody_proves_for_another(
    mine: Person, nobody: Person, owner: User, stranger: User, database: Database
) -> None:
    """Neither with a passkey of one's own, nor for another session or purpose."""
    right, theirs = give_passkey(database, owner), give_passkey(database, stranger)
    begun = mine.call(service.begin_passkey_proof)
    with pytest.raises(reasons.PasskeyUnknown):
        mine.prove(begun, theirs.sign(begun.options))
    begun = mine.call(service.begin_passkey_proof)
    answer = right.sign(begun.options)
    for other in (Person(database, owner), Person(database, stranger)):
        with pytest.raises(reasons.PasskeyExpired):
            other.prove(begun, answer)
    with pytest.raises(reasons.PasskeyExpired):
        nobody.answer(begun, answer)
    asked = nobody.ask()
    with pytest.raises(reasons.PasskeyExpired):
        mine.prove(asked, right.sign(asked.options))
    mine.prove(begun, answer)


def test_who_has_no_passkey_proves_otherwise(mine: Person, nobody: Person) -> None:
    with pytest.raises(NotFound):
        mine.call(service.begin_passkey_proof)
    with pytest.raises(NotAuthenticated):
        nobody.call(service.begin_passkey_proof)
