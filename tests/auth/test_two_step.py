"""Two-step sign-in: every door that opens a session, and what may follow a first proof."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import KnownDevice, SignIn, User, UserSession
from account_portal.widget import service as widget
from account_portal.widget.schemas import Vouch
from tests.conftest import Api, Clock
from tests.factories.auth import change_user, codes_sent, load_user, messages
from tests.factories.passkeys import give_passkey
from tests.factories.records import rows
from tests.factories.two_step import PHONE, Client, code_of, turn_on, with_phone, wrong_code
from tests.factories.users import PASSWORD, make_user
from tests.factories.vouching import SHOP, make_assertion

NEW = "another good passphrase"


@pytest.fixture
def owner(database: Database, owner: User, clock: Clock) -> User:
    return with_phone(database, owner)


@pytest.fixture
def codes(api: Api, owner: User) -> list[str]:
    """Of the owner, who has turned it on."""
    return turn_on(api, owner)


@pytest.fixture
def client(api: Api, database: Database) -> Client:
    """On a device that nobody knows."""
    return Client(api, database)


def live(database: Database, user: User) -> int:
    """Sessions of the user, without the one that `api.token` makes."""
    found = [one for one in rows(database, UserSession) if one.user_id == user.id]
    return len([one for one in found if one.revoked_at is None]) - 1


def trust(client: Client) -> None:
    """Let the client's device in by two proofs."""
    first = client.by_password()
    assert code_of(client.second(first, **client.second_code(first, "email"))) == "ok"


FIRST: dict[str, Callable[[Client], Any]] = {
    "password": Client.by_password,
    "email": Client.by_email,
    "sms": Client.by_phone,
    "reset": lambda client: client.by_reset(NEW),
}
MAY_FOLLOW = {
    "password": {"email", "sms", "whatsapp", "recovery_code"},
    "email": {"password", "sms", "whatsapp", "recovery_code"},
    "sms": {"password", "email", "recovery_code"},
    "reset": {"sms", "whatsapp", "recovery_code"},
}


@pytest.mark.parametrize("first", FIRST)
def test_one_proof_opens_a_session_while_it_is_off(
    client: Client, owner: User, database: Database, api: Api, first: str
) -> None:
    api.token(owner)
    assert code_of(FIRST[first](client)) == "ok"


@pytest.mark.parametrize("first", FIRST)
def test_on_an_unknown_device_one_proof_opens_nothing(
    client: Client, owner: User, codes: list[str], database: Database, first: str
) -> None:
    answer = FIRST[first](client)
    assert (answer.status_code, code_of(answer)) == (403, "second_proof_required")
    told = answer.json()["content"]
    assert set(told["ways"]) == MAY_FOLLOW[first]
    assert set(told["sent_to"]) == MAY_FOLLOW[first] & {"email", "sms", "whatsapp"}
    assert "owner@" not in str(told)
    assert PHONE["phone"] not in str(told)
    assert live(database, owner) == 0
    [row] = rows(database, SignIn)
    assert (row.succeeded, row.second_method) == (False, "awaited")
    assert load_user(database, owner).password_hash == owner.password_hash
    token = told["second_proof_token"]
    assert client.api.get("/auth/user", token=token).status_code in (401, 404)
    assert client.api.get("/auth/two-step", token=token).status_code == 401


def proof_by(client: Client, first: Any, way: str, codes: list[str]) -> dict[str, str]:
    if way == "password":
        return {"password": PASSWORD}
    if way == "recovery_code":
        return {"recovery_code": codes[0]}
    return client.second_code(first, way)


@pytest.mark.parametrize(
    ("first", "second"), [(one, two) for one in FIRST for two in sorted(MAY_FOLLOW[one])]
)
def test_two_different_proofs_open_one(
    client: Client,
    owner: User,
    codes: list[str],
    database: Database,
    clock: Clock,
    first: str,
    second: str,
) -> None:
    begun = FIRST[first](client)
    clock.advance(seconds=31)
    answer = client.second(begun, **proof_by(client, begun, second, codes))
    assert code_of(answer) == "ok", answer.text
    [row] = rows(database, SignIn)
    method = {"reset": "email"}.get(first, first)
    assert (row.method, row.second_method, row.succeeded) == (method, second, True)
    changed = load_user(database, owner).password_hash != owner.password_hash
    assert changed is (first == "reset")
    assert client.api.get("/auth/two-step", token=answer.json()["content"]["access_token"]).json()[
        "content"
    ]["two_step"]["recovery_codes_left"] == (9 if second == "recovery_code" else 10)


@pytest.mark.parametrize("first", FIRST)
def test_a_trusted_device_is_the_second_proof(
    client: Client, owner: User, codes: list[str], database: Database, clock: Clock, first: str
) -> None:
    trust(client)
    clock.advance(seconds=31)
    answer = FIRST[first](client)
    assert code_of(answer) == "ok"
    newest = max(rows(database, SignIn), key=lambda row: row.id)
    assert (newest.second_method, newest.succeeded) == ("device", True)


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("again", ["email", "sms", "password"])
def test_the_same_way_twice_is_one(
    client: Client,
    owner: User,
    codes: list[str],
    database: Database,
    clock: Clock,
    first: str,
    again: str,
) -> None:
    if again in MAY_FOLLOW[first]:
        return
    begun = FIRST[first](client)
    clock.advance(seconds=31)
    token = begun.json()["content"]["second_proof_token"]
    if again == "password":
        answers = [client.second(begun, password=PASSWORD), client.second(begun, password=NEW)]
    else:
        body = {"second_proof_token": token, "channel": again}
        answers = [client.post("/auth/second-proof/code", **body)]
        # A code of the door where anybody asks for one is no other proof either.
        ask = ("email", {"email": client.email}) if again == "email" else ("phone", PHONE)
        sent = client.post(f"/auth/login/{ask[0]}", **ask[1]).json()["content"]
        code = codes_sent(database)[-1][2]
        answers.append(client.second(begun, otp_token=sent["otp_token"], otp=code))
    assert {code_of(answer) for answer in answers} == {"second_proof_unfit"}
    assert live(database, owner) == 0


def test_a_phone_is_one_way_by_whichever_channel(
    client: Client, owner: User, codes: list[str], clock: Clock
) -> None:
    begun = client.by_phone()
    assert "whatsapp" not in begun.json()["content"]["ways"]


def test_a_passkey_is_both(
    client: Client, owner: User, codes: list[str], database: Database
) -> None:
    authenticator = give_passkey(database, load_user(database, owner))
    begun = client.post("/auth/login/passkey/options").json()["content"]
    body = {
        "passkey_token": begun["passkey_token"],
        "credential": authenticator.sign(begun["options"]),
    }
    assert code_of(client.post("/auth/login/passkey", **body)) == "ok"
    assert code_of(client.by_password()) == "ok"  # the device is trusted now


def test_the_shops_word_lets_in_automatic(
    owner: User, codes: list[str], database: Database, clock: Clock
) -> None:
    word = make_assertion(clock.now, email="owner@example.com", email_verified=True)
    caller = Caller(ip_address="192.0.2.1", user_agent="Mozilla/5.0")
    with enter(caller, writes=False, database=database) as ctx:
        assert widget.vouch(ctx, Vouch(assertion=word, origin=SHOP)).cookie
    assert live(database, owner) == 1


def test_a_first_proof_works_once(
    client: Client, owner: User, codes: list[str], database: Database
) -> None:
    begun = client.by_password()
    assert code_of(client.second(begun, recovery_code=codes[0])) == "ok"
    assert code_of(client.second(begun, recovery_code=codes[1])) == "second_proof_expired"
    assert len(load_user(database, owner).recovery_codes) == 9
    assert live(database, owner) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda database, owner, clock: clock.advance(minutes=10),
        lambda database, owner, clock: change_user(database, owner, password_hash="other"),
        lambda database, owner, clock: change_user(database, owner, email="new@example.com"),
        lambda database, owner, clock: change_user(database, owner, phone="9845099999"),
        lambda database, owner, clock: change_user(database, owner, two_step_at=None),
        lambda database, owner, clock: change_user(database, owner, deactivated_at=clock.now),
    ],
    ids=["late", "password", "email", "phone", "turned off", "closed"],
)
def test_it_counts_no_more(
    client: Client, owner: User, codes: list[str], database: Database, clock: Clock, change: Any
) -> None:
    begun = client.by_password()
    change(database, owner, clock)
    assert code_of(client.second(begun, recovery_code=codes[0])) == "second_proof_expired"
    token = begun.json()["content"]["second_proof_token"]
    body = {"second_proof_token": token, "channel": "email"}
    assert code_of(client.post("/auth/second-proof/code", **body)) == "second_proof_expired"
    assert live(database, owner) == 0


def test_nothing_of_another_account_follows(
    client: Client, owner: User, codes: list[str], api: Api, database: Database, clock: Clock
) -> None:
    mallory = with_phone_of(database, "9845077777")
    own = turn_on(api, mallory)
    begun = client.by_password()
    assert code_of(client.second(begun, recovery_code=own[0])) == "recovery_code_wrong"
    theirs = Client(api, database, "mallory@example.com")
    other = theirs.by_password()
    proof = theirs.second_code(other, "email")
    assert code_of(client.second(begun, **proof)) == "second_proof_unfit"
    for token in ("x" * 20, api.token(mallory), other.json()["content"]["second_proof_token"][:-2]):
        body = {"second_proof_token": token, "recovery_code": own[0]}
        assert code_of(client.post("/auth/second-proof", **body)) == "second_proof_expired"
    assert live(database, owner) == 0


def with_phone_of(database: Database, phone: str) -> User:
    return make_user(
        database,
        email="mallory@example.com",
        country_code="+91",
        phone=phone,
        is_phone_verified=True,
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": PASSWORD, "recovery_code": "x"},
        {"otp": "123456"},
        {"otp_token": "x" * 20},
        {"password": PASSWORD, "otp_token": "x" * 20},
    ],
)
def test_exactly_one_proof_is_taken(
    client: Client, owner: User, codes: list[str], body: dict[str, str]
) -> None:
    assert code_of(client.second(client.by_password(), **body)) == "validation_error"


# Guessing


def test_wrong_second_codes_count_on_whatever_first_proofs_are_given(
    client: Client, owner: User, codes: list[str], database: Database, clock: Clock
) -> None:
    """Else who has the password could guess at codes for ever: each right one would forget them."""
    for _ in range(4):
        begun = client.by_password()
        proof = client.second_code(begun, "email")
        wrong = wrong_code(proof)
        assert code_of(client.second(begun, **wrong)) == "otp_invalid"
        clock.advance(seconds=31)
    [row] = rows(database, KnownDevice)
    assert row.wrong_codes == 4
    begun = client.by_password()
    assert code_of(client.second(begun, recovery_code=codes[0])) == "ok"
    assert {one.wrong_codes for one in rows(database, KnownDevice)} == {0}


def test_wrong_recovery_codes_and_passwords_end(
    client: Client, owner: User, codes: list[str], clock: Clock
) -> None:
    begun = client.by_password()
    tried = [code_of(client.second(begun, recovery_code=f"wrong-{n}")) for n in range(11)]
    assert tried == ["recovery_code_wrong"] * 10 + ["too_many_requests"]
    assert code_of(client.second(begun, recovery_code=codes[0])) == "too_many_requests"
    begun = client.by_email()
    tried = [code_of(client.second(begun, password=f"wrong {n}")) for n in range(11)]
    assert tried == ["password_wrong"] * 10 + ["too_many_requests"]


def test_a_recovery_code_is_taken_as_it_is_written_down(
    client: Client, owner: User, codes: list[str], database: Database
) -> None:
    assert len(set(codes)) == 10
    written = codes[3].upper().replace("-", " ")
    assert code_of(client.second(client.by_password(), recovery_code=written)) == "ok"
    assert codes[3] not in str(load_user(database, owner).model_dump())
    assert "recovery_code_used" in {one.kind for one in messages(database)}


# Devices


def test_a_device_let_in_by_one_proof_is_no_proof(
    client: Client, owner: User, api: Api, clock: Clock
) -> None:
    assert code_of(client.by_password()) == "ok"
    assert client.device
    turn_on(api, owner)
    assert code_of(client.by_password()) == "second_proof_required"


def test_the_secret_of_a_trusted_device_is_one_that_nobody_knew(
    client: Client, owner: User, api: Api, database: Database
) -> None:
    """Who used the same browser before may have kept a copy of the old one."""
    assert code_of(client.by_password()) == "ok"
    turn_on(api, owner)
    copy = client.device
    trust(client)
    assert client.device != copy
    thief = Client(api, database)
    thief.device = copy
    assert code_of(thief.by_password()) == "second_proof_required"
    kept = client.device
    assert code_of(client.by_password()) == "ok"
    assert client.device == kept


@pytest.mark.parametrize("end", ["others", "off and on", "shop"])
def test_devices_are_trusted_until_the_customer_ends_it(
    client: Client,
    owner: User,
    codes: list[str],
    api: Api,
    database: Database,
    end: str,
    call: Any,
) -> None:
    from account_portal.auth import service
    from account_portal.context import Actor

    trust(client)
    if end == "others":
        call(service.end_other_sessions)
    elif end == "shop":
        call(service.sign_out_customer, "owner@example.com", actor=Actor(kind="shop"))
    else:
        assert api.delete("/auth/two-step", user=owner).status_code == 200
        turn_on(api, owner)
    assert code_of(client.by_password()) == "second_proof_required"


def test_a_link_in_the_mailbox_makes_no_device_a_proof(
    client: Client, owner: User, codes: list[str], database: Database, clock: Clock
) -> None:
    """The mailbox would be both proofs: its link, and its code."""
    trust(client)
    with database.session(writes=True) as db:
        db.execute(update(KnownDevice).values(trusted_at=None))
        db.commit()
    clock.advance(seconds=31)
    assert code_of(client.by_email()) == "second_proof_required"


# At once


def test_a_first_proof_followed_at_once_opens_one_session(
    api: Api, owner: User, codes: list[str], database: Database, client: Client
) -> None:
    begun = client.by_password()
    barrier = Barrier(4)

    def follow(number: int) -> str:
        barrier.wait()
        return code_of(Client(api, database).second(begun, recovery_code=codes[number]))

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(follow, range(4)))
    assert found == ["ok"] + ["second_proof_expired"] * 3
    assert len(load_user(database, owner).recovery_codes) == 9
    assert live(database, owner) == 1


def test_one_recovery_code_given_at_once_opens_one_session(
    api: Api, owner: User, codes: list[str], database: Database, client: Client
) -> None:
    begun = [client.by_password() for _ in range(4)]
    barrier = Barrier(4)

    def follow(number: int) -> str:
        barrier.wait()
        return code_of(Client(api, database).second(begun[number], recovery_code=codes[0]))

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(follow, range(4)))
    assert found == ["ok"] + ["recovery_code_wrong"] * 3
    assert live(database, owner) == 1


def test_the_record_of_others_stays(
    client: Client, owner: User, codes: list[str], database: Database
) -> None:
    """Whoever stops at the second step leaves a row, which the owner sees."""
    client.by_password()
    trust(client)
    with database.session(writes=False) as db:
        found = db.execute(select(SignIn).order_by(col(SignIn.id))).scalars().all()
    assert [(row.second_method, row.succeeded) for row in found] == [
        ("awaited", False),
        ("email", True),
    ]


def test_one_contacts_right_code_gives_no_more_tries_at_the_others(
    client: Client, owner: User, api: Api, database: Database, clock: Clock
) -> None:
    """On a device that the account knows, too."""
    turn_on(api, owner)
    trust(client)
    with database.session(writes=True) as db:
        db.execute(update(KnownDevice).values(trusted_at=None))
        db.commit()
    for tried in (1, 2):
        clock.advance(seconds=31)
        begun = client.by_email()
        proof = client.second_code(begun, "sms")
        wrong = wrong_code(proof)
        assert code_of(client.second(begun, **wrong)) == "otp_invalid"
        assert sum(row.wrong_codes for row in rows(database, KnownDevice)) == tried
