"""A stranger can slow the owner of an account, but not keep them out."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.auth import schemas, service
from account_portal.auth.rules import Contact, parse_contact
from account_portal.auth.service.guessing import DEVICES, KNOWN_FOR, WRONG_CODES
from account_portal.context import NOBODY, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import KnownDevice, User
from account_portal.security import tokens
from tests.conftest import Api, Clock
from tests.factories.auth import change_user, last_code, messages, other_code
from tests.factories.users import PASSWORD

OWNER = "owner@example.com"
HOME, ELSEWHERE, THIRD = "192.0.2.7", "198.51.100.9", "203.0.113.4"
NEW = "a better passphrase"


class Device:
    """A phone or browser somewhere, which keeps what it is given."""

    def __init__(self, database: Database, address: str = HOME) -> None:
        self.database, self.address = database, address
        self.token: str | None = None
        self.sent: list[tuple[Any, str]] = []

    def _run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        writes = function not in (service.login_with_password, service.reset_password)
        caller = Caller(ip_address=self.address, device=self.token)
        with enter(caller, writes=writes, actor=NOBODY, database=self.database) as ctx:
            answer = function(ctx, *args, **kwargs)
        self.token = getattr(answer, "device_token", None) or self.token
        return answer

    def password(self, password: str = PASSWORD) -> str:
        data = schemas.LoginWithEmailPassword(email=OWNER, password=password)
        return self._outcome(service.login_with_password, data)

    def ask(self, contact: str = OWNER, action: str = "login") -> str:
        def run() -> None:
            parsed = parse_contact(contact)
            if action == "login":
                answer = self._run(service.request_login_code, parsed, "email", registers=False)
            else:
                answer = self._run(service.request_reset_code, parsed, "email")
            told = messages(self.database)[-1]
            is_code = told.kind == "one_time_code" and told.recipient
            self.sent.append((answer, last_code(self.database) if is_code else "000000"))

        return outcome(run)

    def enter(self, *, right: bool = True, which: int = -1) -> str:
        answer, code = self.sent[which]
        data = schemas.VerifyOtp(
            otp=code if right else other_code(code),
            otp_token=answer.otp_token,
            otp_action=answer.otp_action,
        )
        return self._outcome(service.verify_otp, data)

    def open_link(self) -> str:
        def run() -> None:
            self.token = self._run(service.know_device_by_link, link_key(self.database))

        return outcome(run)

    def _outcome(self, function: Callable[..., Any], *args: Any) -> str:
        return outcome(self._run, function, *args)


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    try:
        function(*args, **kwargs)
    except PortalError as error:
        return error.code
    return "ok"


def link_key(database: Database) -> str:
    row = [message for message in messages(database) if message.recipient][-1]
    assert row.kind == "device_link"
    return str(json.loads(tokens.decrypt(row.payload["sealed"]))["link"]).partition("key=")[2]


def rows(database: Database) -> list[KnownDevice]:
    with database.session(writes=False) as db:
        return list(db.execute(select(KnownDevice)).scalars())


@pytest.fixture
def mine(database: Database, clock: Clock, owner: User) -> Device:
    """A device that signed in before."""
    device = Device(database)
    assert device.password() == "ok"
    return device


@pytest.fixture
def theirs(database: Database, clock: Clock, owner: User) -> Device:
    """A stranger's, which never did."""
    return Device(database, ELSEWHERE)


# Passwords


def test_a_stranger_who_guesses_passwords_locks_out_strangers_only(
    mine: Device, theirs: Device, database: Database
) -> None:
    for _ in range(10):
        assert theirs.password("wrong") == "invalid_credentials"
    assert theirs.password() == "too_many_requests"
    assert Device(database, THIRD).password() == "too_many_requests"
    assert mine.password() == "ok"


def test_a_known_device_has_ten_tries_of_its_own(
    mine: Device, database: Database, clock: Clock
) -> None:
    assert [mine.password("wrong") for _ in range(11)] == ["invalid_credentials"] * 10 + [
        "too_many_requests"
    ]
    assert Device(database).password() == "ok"
    clock.advance(minutes=15)
    assert mine.password() == "ok"


def test_neighbours_of_a_stranger_are_not_held_up_on_known_devices(
    mine: Device, database: Database
) -> None:
    for number in range(50):
        data = schemas.LoginWithEmailPassword(email=f"user{number}@example.com", password="wrong")
        mine._outcome(service.login_with_password, data)
    assert Device(database).password() == "too_many_requests"
    assert mine.password() == "ok"


def test_a_device_of_another_account_is_a_stranger(
    theirs: Device, stranger: User, database: Database
) -> None:
    data = schemas.LoginWithEmailPassword(email="stranger@example.com", password=PASSWORD)
    assert theirs._outcome(service.login_with_password, data) == "ok"
    assert theirs.token
    for _ in range(10):
        theirs.password("wrong")
    assert Device(database, THIRD).password() == "too_many_requests"


@pytest.mark.parametrize("token", ["", "x", "\x00", "a" * 5000, "\udcff"])
def test_made_up_tokens_are_none(theirs: Device, token: str, database: Database) -> None:
    theirs.token = token
    assert [theirs.password("wrong") for _ in range(11)][-1] == "too_many_requests"
    assert Device(database, THIRD).password() == "too_many_requests"


def test_a_changed_password_is_for_known_devices_to_learn(
    mine: Device, theirs: Device, database: Database, owner: User
) -> None:
    assert theirs.password() == "ok"  # had the password once
    caller = Caller(device=mine.token)
    actor = {"kind": "customer", "user_id": owner.id, "customer_id": owner.customer_id}
    from account_portal.context import Actor

    with enter(caller, writes=False, actor=Actor(**actor), database=database) as ctx:
        data = schemas.ChangePassword(old_password=PASSWORD, new_password=NEW, confirm_password=NEW)
        service.change_password(ctx, data)
    for _ in range(10):
        theirs.password("wrong")
    assert Device(database, THIRD).password(NEW) == "too_many_requests"
    assert mine.password(NEW) == "ok"


def test_an_account_knows_its_last_devices_only(
    mine: Device, database: Database, clock: Clock
) -> None:
    for _ in range(DEVICES):
        clock.advance(minutes=1)
        assert Device(database).password() == "ok"
    assert len(rows(database)) == DEVICES
    for _ in range(10):
        mine.password("wrong")
    assert Device(database, THIRD).password() == "too_many_requests"  # mine counts as one of them


# Codes


def test_a_stranger_who_asks_for_codes_does_not_use_up_the_owners(
    mine: Device, theirs: Device, clock: Clock, database: Database
) -> None:
    new_phone = Device(database, THIRD)
    for _ in range(10):
        assert theirs.ask() == "ok"
        assert theirs.ask() == "too_many_requests"
        clock.advance(seconds=31)
    assert theirs.ask() == "too_many_requests"
    assert mine.ask() == "ok"
    assert mine.enter() == "ok"
    assert new_phone.ask() == "ok"
    assert new_phone.enter() == "ok"


def test_nobody_is_flooded_with_codes(
    theirs: Device, mine: Device, clock: Clock, database: Database
) -> None:
    for number in range(120):  # an hour of strangers from everywhere
        assert Device(database, f"203.0.113.{number}").ask() == "ok"
        clock.advance(seconds=30)
    sent = [message.kind for message in messages(database) if message.recipient]
    assert (sent.count("one_time_code"), sent.count("device_link")) == (20, 10)
    assert mine.ask() == "ok"
    assert mine.enter() == "ok"


def test_strangers_who_use_up_all_codes_do_not_keep_the_owner_out(
    theirs: Device, clock: Clock, database: Database
) -> None:
    for number in range(21):
        Device(database, f"203.0.113.{number}").ask()
    new_phone = Device(database, THIRD)
    for _ in range(4):  # whenever the owner comes, a link in the mailbox leads in
        clock.advance(seconds=97)
        assert Device(database, ELSEWHERE).ask() in ("ok", "too_many_requests")
    assert new_phone.ask() == "ok"
    assert new_phone.enter() == "otp_invalid"
    assert new_phone.open_link() == "ok"
    assert new_phone.ask() == "ok"
    assert new_phone.enter() == "ok"


def test_wrong_tries_count_over_all_living_codes(
    theirs: Device, clock: Clock, database: Database
) -> None:
    for _ in range(3):
        assert theirs.ask() == "ok"
        clock.advance(seconds=31)
    tried = [theirs.enter(right=False, which=which) for which in (0, 0, 1, 1, 2)]
    assert tried == ["otp_invalid"] * 5
    assert [theirs.enter(which=which) for which in range(3)] == ["otp_expired"] * 3
    assert theirs.ask(action="reset-password") == "ok"
    assert theirs.enter() == "ok"  # of another action


def test_guesses_at_several_codes_at_once_are_five(
    theirs: Device, clock: Clock, database: Database
) -> None:
    for _ in range(4):
        theirs.ask()
        clock.advance(seconds=31)
    barrier = Barrier(12)

    def guess(number: int) -> str:
        barrier.wait()
        return theirs.enter(right=False, which=number % 4)

    with ThreadPoolExecutor(12) as pool:
        found = sorted(pool.map(guess, range(12)))
    assert found == ["otp_expired"] * 7 + ["otp_invalid"] * 5


def test_a_known_device_enters_its_code_whatever_strangers_try(
    mine: Device, theirs: Device, clock: Clock
) -> None:
    assert mine.ask() == "ok"
    theirs.ask()
    for _ in range(5):
        assert theirs.enter(right=False) == "otp_invalid"
    assert mine.enter() == "ok"


def test_a_known_device_has_ten_tries_at_codes(mine: Device, clock: Clock) -> None:
    for _ in range(2):
        mine.ask()
        assert [mine.enter(right=False) for _ in range(5)] == ["otp_invalid"] * 5
        clock.advance(seconds=31)
    mine.ask()
    assert mine.enter() == "too_many_requests"


def test_a_new_device_gets_a_link_when_strangers_closed_the_door(
    theirs: Device, database: Database, clock: Clock
) -> None:
    theirs.ask()
    for _ in range(5):
        theirs.enter(right=False)
    new_phone = Device(database, THIRD)
    assert new_phone.ask() == "ok"  # and no other answer than ever
    assert new_phone.enter() == "otp_expired"
    assert new_phone.open_link() == "ok"
    assert new_phone.ask() == "ok"
    assert new_phone.enter() == "ok"
    assert theirs.enter() == "otp_expired"


def test_the_link_ends_and_cannot_be_made_up(
    theirs: Device, database: Database, clock: Clock
) -> None:
    theirs.ask()
    for _ in range(5):
        theirs.enter(right=False)
    clock.advance(seconds=31)
    theirs.ask()
    handle = theirs.sent[-1][0].otp_token
    assert outcome(theirs._run, service.know_device_by_link, handle) == "otp_not_found"
    assert outcome(theirs._run, service.know_device_by_link, "x") == "otp_not_found"
    clock.advance(minutes=10)
    assert theirs.open_link() == "otp_expired"


def use_up(theirs: Device, clock: Clock, contact: str = OWNER) -> None:
    """Try as many wrong codes as an account allows in its life."""
    for _ in range(WRONG_CODES // 5):
        assert theirs.ask(contact) == "ok"
        assert [theirs.enter(right=False) for _ in range(5)] == ["otp_invalid"] * 5
        clock.advance(minutes=11)


def told(database: Database) -> list[str]:
    return [row.recipient for row in messages(database) if row.kind == "too_many_wrong_codes"]


def test_wrong_codes_are_capped_for_an_accounts_life_and_the_owner_is_told_once(
    mine: Device, theirs: Device, database: Database, clock: Clock
) -> None:
    use_up(theirs, clock)
    assert told(database) == [OWNER]
    clock.advance(days=700)
    for action in ("login", "reset-password"):
        assert theirs.ask(action=action) == "ok"
        assert messages(database)[-1].kind == "device_link"
        assert [theirs.enter() for _ in range(3)] == ["otp_expired"] * 3
        clock.advance(minutes=11)
    assert told(database) == [OWNER]
    assert mine.ask() == "ok"
    assert mine.enter() == "ok"  # entered otherwise: strangers' codes work again
    assert theirs.ask() == "ok"
    assert theirs.enter() == "ok"


def test_a_password_opens_codes_again(theirs: Device, database: Database, clock: Clock) -> None:
    use_up(theirs, clock)
    assert Device(database).password() == "ok"
    theirs.ask()
    assert theirs.enter() == "ok"


def test_a_known_device_that_guesses_too_much_is_known_no_more(
    mine: Device, theirs: Device, database: Database, clock: Clock
) -> None:
    for _ in range(WRONG_CODES // 5):
        assert mine.ask() == "ok"
        assert [mine.enter(right=False) for _ in range(5)] == ["otp_invalid"] * 5
        clock.advance(minutes=11)
    for _ in range(10):
        theirs.password("wrong")
    assert mine.password() == "too_many_requests"


def test_contacts_of_nobody_are_capped_alike(
    theirs: Device, database: Database, clock: Clock
) -> None:
    use_up(theirs, clock, "nobody@example.com")
    assert theirs.ask("nobody@example.com") == "ok"
    assert theirs.enter(right=False) == "otp_expired"
    assert told(database) == []
    assert not any("nobody" in row.subject for row in rows(database))


def test_who_opened_an_account_unproven_may_not_guess_its_codes_as_known(
    mine: Device, owner: User, database: Database, clock: Clock
) -> None:
    change_user(database, owner, is_unproven=True, is_email_verified=False)
    mine.ask()
    for _ in range(5):
        mine.enter(right=False)
    clock.advance(seconds=31)
    mine.ask()
    assert messages(database)[-1].kind == "device_link"


def test_devices_of_before_the_first_proof_are_forgotten(
    mine: Device, owner: User, database: Database, clock: Clock
) -> None:
    change_user(database, owner, is_unproven=True, is_email_verified=False)
    new_phone = Device(database, THIRD)
    assert new_phone.ask() == "ok"
    assert new_phone.enter() == "ok"
    devices = {row.device_hash for row in rows(database) if row.device_hash}
    assert devices == {tokens.digest(str(new_phone.token))}


def test_devices_are_forgotten_after_a_year_but_not_what_strangers_tried(
    mine: Device, theirs: Device, database: Database, clock: Clock
) -> None:
    theirs.ask()
    theirs.enter(right=False)
    theirs.ask("nobody@example.com")
    theirs.enter(right=False)
    clock.advance(days=KNOWN_FOR.days + 1)
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        service.sweep_sign_ins(ctx)
    assert [(row.subject[:5], row.device_hash) for row in rows(database)] == [("user:", "")]


# Doors


def test_clients_of_the_api_are_known_by_a_header(api: Api, owner: User) -> None:
    right = {"email": OWNER, "password": PASSWORD}
    wrong = {"email": OWNER, "password": "wrong"}
    first = api.post("/auth/login/password", json=right)
    mine = {"X-Device-Token": first.json()["content"]["device_token"]}
    for _ in range(10):
        assert api.post("/auth/login/password", json=wrong).status_code == 401
    locked = api.post("/auth/login/password", json=right)
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_requests")
    again = api.post("/auth/login/password", json=right, headers=mine)
    assert again.status_code == 200
    assert again.json()["content"]["device_token"] == mine["X-Device-Token"]


def form(api: Api, path: str, **fields: str) -> Any:
    headers = {"Sec-Fetch-Site": "same-origin"}
    return api.client.post(f"/api/session/{path}", data=fields, headers=headers)


def test_browsers_are_known_by_a_cookie_that_signing_out_leaves(api: Api, owner: User) -> None:
    login = {"contact": OWNER, "password": PASSWORD}
    answer = form(api, "login", **login)
    set_cookies = answer.headers.get_list("set-cookie")
    mine = next(line for line in set_cookies if line.startswith("portal-device=")).lower()
    assert "httponly" in mine
    assert "samesite=lax" in mine
    form(api, "logout")
    for _ in range(10):
        api.post("/auth/login/password", json={"email": OWNER, "password": "wrong"})
    assert form(api, "login", **login).headers["location"] == "/"
    api.client.cookies.clear()
    assert "error=too_many_requests" in form(api, "login", **login).headers["location"]


def test_either_of_two_codes_may_be_typed_in_a_browser(
    api: Api, owner: User, database: Database, clock: Clock
) -> None:
    form(api, "code", contact=OWNER)
    first = last_code(database)
    clock.advance(seconds=31)
    form(api, "code", contact=OWNER)
    assert form(api, "verify", otp=first).headers["location"] == "/"


@pytest.mark.parametrize("decoy", ["bogus", "expired", "of another action", "of a stranger"])
def test_tries_are_counted_for_the_code_they_are_tried_at(
    api: Api, owner: User, stranger: User, database: Database, clock: Clock, decoy: str
) -> None:
    """The cookie is the browser's: a handle put before the real one takes no tries from it."""
    asking = {
        "expired": ("code", OWNER),
        "of another action": ("forgot", OWNER),
        "of a stranger": ("code", stranger.email),
    }
    first = "x" * 43
    if decoy in asking:
        name, contact = asking[decoy]
        form(api, name, contact=contact)
        first = api.client.cookies["portal-code"].split(".")[0]
        clock.advance(minutes=11 if decoy == "expired" else 1)
    api.client.cookies.clear()
    form(api, "code", contact=OWNER)
    code, real = last_code(database), api.client.cookies["portal-code"].split(".")[0]
    seen = []
    for typed in [*[other_code(code)] * 12, code]:
        api.client.cookies.clear()
        api.client.cookies["portal-code"] = f"{first}.{real}"
        place = form(api, "verify", otp=typed).headers["location"]
        seen.append(place.rpartition("error=")[2])
    # Five for the code itself, and before five for a stranger's own.
    assert seen.count("otp_invalid") == (10 if decoy == "of a stranger" else 5)
    assert seen[-1] in {"otp_expired", "otp_not_found", "otp_action_mismatch"}
    assert seen[-1] == seen[-2]


@pytest.mark.parametrize("password", [NEW, "password"])
def test_a_reset_tells_nothing_of_a_code_once_codes_are_closed(
    theirs: Device, database: Database, password: str
) -> None:
    theirs.ask(action="reset")
    answer, code = theirs.sent[-1]

    def reset(typed: str) -> str:
        data = schemas.ResetPassword(
            otp_token=answer.otp_token,
            otp=typed,
            new_password=password,
            confirm_password=password,
        )
        return outcome(theirs._run, service.reset_password, data)

    assert [reset(other_code(code)) for _ in range(6)][-1] == "otp_expired"
    assert reset(code) == reset(other_code(code)) == "otp_expired"


def test_the_link_of_a_message_opens_codes_on_that_browser(
    api: Api, owner: User, database: Database, clock: Clock, theirs: Device
) -> None:
    theirs.ask()
    for _ in range(5):
        theirs.enter(right=False)
    form(api, "code", contact=OWNER)
    key = link_key(database)
    assert "error=" in api.client.get("/api/session/device?key=x").headers["location"]
    headers = {"Sec-Fetch-Site": "cross-site"}  # from a webmail
    opened = api.client.get(f"/api/session/device?key={key}", headers=headers)
    assert (opened.status_code, opened.headers["location"]) == (303, "/login?known=1")
    clock.advance(seconds=31)
    form(api, "code", contact=OWNER)
    assert form(api, "verify", otp=last_code(database)).headers["location"] == "/"


def test_addresses_of_one_ipv6_network_are_one_caller() -> None:
    from account_portal.auth.service.limits import network_of

    assert network_of("2001:db8:1:2:3::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of(None) == ""
    assert network_of("unix") == "unix"


def test_contact_keys_name_nobody(theirs: Device, database: Database) -> None:
    theirs.ask("nobody@example.com")
    theirs.enter(right=False)
    subject = rows(database)[0].subject
    assert subject.startswith("contact:")
    assert len(subject) <= 80
    assert Contact.of(email="nobody@example.com").key not in subject
