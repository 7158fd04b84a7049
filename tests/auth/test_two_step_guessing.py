"""Who has one of two proofs neither guesses at the other nor keeps the owner out."""

import base64
import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import update

from account_portal.core.db import Database
from account_portal.models import KnownDevice, User
from account_portal.security import tokens
from tests.conftest import Api, Clock, Set
from tests.factories.auth import change_user, load_user, messages
from tests.factories.records import rows
from tests.factories.two_step import PHONE, Client, code_of, turn_on, with_phone
from tests.factories.users import PASSWORD


@pytest.fixture
def owner(database: Database, owner: User, clock: Clock) -> User:
    return with_phone(database, owner)


@pytest.fixture
def codes(api: Api, owner: User) -> list[str]:
    """Of the owner, who has turned it on."""
    return turn_on(api, owner)


@pytest.fixture(params=["on", "required"])
def asked(request: Any, api: Api, owner: User, set_settings: Set) -> None:
    """The owner turned it on, or the shop asks everybody."""
    if request.param == "on":
        turn_on(api, owner)
    else:
        set_settings(PORTAL_TWO_STEP="required")


@pytest.fixture
def thief(api: Api, database: Database) -> Client:
    return Client(api, database)


@pytest.fixture
def mine(api: Api, database: Database, codes: list[str]) -> Client:
    """A device of the owner that the account knows, and does not trust any more."""
    client = Client(api, database)
    first = client.by_password()
    assert code_of(client.second(first, **client.second_code(first, "email"))) == "ok"
    with database.session(writes=True) as db:
        db.execute(update(KnownDevice).values(trusted_at=None))
        db.commit()
    return client


def close_codes(client: Client, contact: dict[str, str]) -> None:
    """Try so many wrong codes of a contact that strangers get links in place of codes."""
    way = "email" if "email" in contact else "phone"
    sent = client.post(f"/auth/login/{way}", **contact).json()["content"]
    body = {"otp_token": sent["otp_token"], "otp_action": "login", "otp": "000000"}
    for _ in range(6):
        client.post("/auth/verify-otp", **body)


def follow_link(client: Client, contact: dict[str, str]) -> None:
    """Open, as a device of its own, the link that is sent in place of a code."""
    client.device = ""
    way = "email" if "email" in contact else "phone"
    client.post(f"/auth/login/{way}", **contact)
    sent = [one for one in messages(client.database) if one.recipient][-1]
    assert sent.kind == "device_link"
    link = json.loads(tokens.decrypt(sent.payload["sealed"]))["link"]
    client.api.client.cookies.clear()
    answer = client.api.client.get(f"/api/session/device?key={link.partition('key=')[2]}")
    client.device = answer.cookies["portal-device"]
    client.api.client.cookies.clear()


def test_the_mailbox_gives_no_more_tries_at_the_phones_codes(
    thief: Client, owner: User, asked: None, database: Database, clock: Clock
) -> None:
    """Else each link would make a device known, with a hundred tries of its own."""
    email = {"email": thief.email}
    close_codes(thief, PHONE)
    clock.advance(seconds=31)
    close_codes(thief, email)
    for _ in range(2):
        clock.advance(seconds=31)
        follow_link(thief, email)
        clock.advance(seconds=31)
        first = thief.by_email()  # the mailbox's codes work again
        assert code_of(first) == "second_proof_required"
        token = first.json()["content"]["second_proof_token"]
        body = {"second_proof_token": token, "channel": "sms"}
        sent = thief.post("/auth/second-proof/code", **body).json()["content"]
        tried = thief.second(first, otp_token=sent["otp_token"], otp="000000")
        assert code_of(tried) == "otp_expired"


def test_who_has_both_contacts_gets_in_by_their_links(
    thief: Client, owner: User, asked: None, database: Database, clock: Clock
) -> None:
    """A stranger who closed the codes of both keeps the owner of both from nothing."""
    email = {"email": thief.email}
    close_codes(thief, PHONE)
    clock.advance(seconds=31)
    close_codes(thief, email)
    clock.advance(seconds=31)
    owners = Client(thief.api, database)
    follow_link(owners, email)
    clock.advance(seconds=31)
    first = owners.by_email()
    token, kept = first.json()["content"]["second_proof_token"], owners.device
    body = {"second_proof_token": token, "channel": "sms"}
    owners.post("/auth/second-proof/code", **body)
    sent = [one for one in messages(database) if one.recipient][-1]
    assert sent.kind == "device_link"
    link = json.loads(tokens.decrypt(sent.payload["sealed"]))["link"]
    headers = {"Cookie": f"portal-device={kept}"}
    url = f"/api/session/device?key={link.partition('key=')[2]}"
    assert owners.api.client.get(url, headers=headers).cookies["portal-device"] == kept
    owners.api.client.cookies.clear()
    clock.advance(seconds=31)
    assert code_of(owners.second(first, **owners.second_code(first, "sms"))) == "ok"


def test_the_mailbox_gives_ten_tries_at_the_password_however_many_devices(
    thief: Client, owner: User, asked: None, database: Database, clock: Clock
) -> None:
    email = {"email": thief.email}
    first = thief.by_email()
    tried = [code_of(thief.second(first, password=f"wrong {n}")) for n in range(11)]
    assert tried == ["password_wrong"] * 10 + ["too_many_requests"]
    clock.advance(seconds=31)
    close_codes(thief, email)
    clock.advance(seconds=31)
    follow_link(thief, email)
    clock.advance(seconds=31)
    first = thief.by_email()
    assert code_of(first) == "second_proof_required"
    assert code_of(thief.second(first, password="wrong again")) == "too_many_requests"


def test_strangers_without_a_proof_use_up_no_second_ones(
    thief: Client, owner: User, asked: None, api: Api, database: Database
) -> None:
    for n in range(11):
        thief.post("/auth/login/password", email=thief.email, password=f"wrong {n}")
    assert code_of(thief.by_password()) == "too_many_requests"
    owners = Client(api, database)
    assert code_of(owners.second(owners.by_email(), password=PASSWORD)) == "ok"


def test_who_has_the_password_uses_up_their_own_tries_at_recovery_codes(
    thief: Client, mine: Client, codes: list[str], api: Api, database: Database, clock: Clock
) -> None:
    first = thief.by_password()
    tried = [code_of(thief.second(first, recovery_code=f"wrong-{n}")) for n in range(11)]
    assert tried[-1] == "too_many_requests"
    clock.advance(seconds=31)
    assert code_of(mine.second(mine.by_password(), recovery_code=codes[0])) == "ok"
    anywhere = Client(api, database)
    assert code_of(anywhere.second(anywhere.by_email(), recovery_code=codes[1])) == "ok"


def test_devices_that_one_proof_made_known_are_forgotten(
    thief: Client, owner: User, api: Api, database: Database
) -> None:
    """They would keep tries of their own: who was in once by one proof could go on guessing."""
    assert code_of(thief.by_password()) == "ok"
    turn_on(api, owner)
    assert [one.device_hash for one in rows(database, KnownDevice)] == []


def test_a_first_proof_does_not_tell_the_other_contact(
    thief: Client, owner: User, api: Api, database: Database
) -> None:
    """The token can be read: of what stands in it nobody can try what was hashed."""
    change_user(database, owner, password_hash=None)
    turn_on(api, owner)
    token = thief.by_email().json()["content"]["second_proof_token"]
    said = token.split(".")[1]
    stamp = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))["stamp"]
    user = load_user(database, owner)
    parts = (None, user.email, user.country_code, user.phone, user.two_step_at)
    assert stamp != hashlib.sha256(repr(parts).encode()).hexdigest()
