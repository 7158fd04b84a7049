"""The attacker's script: knows a victim's e-mail, tab token and ids, has an account, gets nothing.

Each row of the table in `docs/security.md` as it was seen, against a server as it runs for
customers, on each database. What a row is about stands in its docstring.
"""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from account_portal.auth.service import limits
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.models import Address, BankAccount, Order, Payment, User, UserSession
from account_portal.profile.state.profile import ProfileState
from account_portal.security import rate_limit
from tests.conftest import BASE, DATABASES
from tests.factories.addresses import make_address
from tests.factories.auth import load_user, other_code, set_proof
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.factories.users import PASSWORD, make_session
from tests.factories.vouching import SHOP, make_assertion
from tests.http.shop_for_real import VOUCHING, Client, Shop, open_shop
from tests.live_tab import LiveTab, somebodys_email
from tests.merchant.systems import BASE as SYSTEMS
from tests.merchant.systems import make_key

PLANTED = "planted-secret-5f2c"
"""Part of everything secret that is sent here: no line of the log may hold it."""
PHONE = {"country_code": "+91", "phone": "9876543210"}
NEW = f"a better passphrase {PLANTED}"
PROFILE = ProfileState.get_full_name()


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    sqlite = f"sqlite:///{folder / 'portal.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(folder, url) as found:
        yield found
        # Whatever was tried: each line is JSON, none says a secret, none is a crash.
        told = found.told()
        assert PLANTED not in found.log()
        ours = [line for line in told if line["logger"].startswith("account_portal")]
        assert [line for line in ours if line["level"] in ("error", "critical")] == []


@pytest.fixture
def victim(shop: Shop) -> User:
    return shop.customer(first_name="Vic")


@pytest.fixture
def thief(shop: Shop) -> Iterator[Client]:
    """Signed in to an account of their own."""
    with Client(shop, "198.51.100.66") as client:
        client.token = make_session(shop.database, shop.customer(first_name="Thea"))
        yield client


@pytest.fixture
def anybody(shop: Shop) -> Iterator[Client]:
    with Client(shop, "198.51.100.77") as client:
        yield client


def sign_in(client: Client, user: User, password: str = PASSWORD, **headers: str) -> httpx.Response:
    body = {"email": user.email, "password": password}
    return client.post("/auth/login/password", body, Authorization="", **headers)


def register(client: Client, email: str, **fields: Any) -> httpx.Response:
    words = {"password": NEW, "confirm_password": NEW, "email": email, **fields}
    return client.post("/auth/register/password", words, Authorization="")


def ask_code(client: Client, email: str) -> str:
    sent = client.post("/auth/login/email", {"email": email}, Authorization="")
    assert sent.status_code == 200, sent.text
    return str(sent.json()["content"]["otp_token"])


def enter_code(client: Client, token: str, otp: str) -> httpx.Response:
    body = {"otp": otp, "otp_token": token, "otp_action": "login"}
    return client.post("/auth/verify-otp", body, Authorization="")


def enter_by_code(shop: Shop, client: Client, email: str) -> None:
    client.take(enter_code(client, ask_code(client, email), shop.code_for(email)))


def reset(shop: Shop, client: Client, email: str) -> None:
    body = {"channel": "email", "email": email}
    sent = client.post("/auth/forgot-password", body, Authorization="").json()["content"]
    words = {"new_password": "reset by its owner", "confirm_password": "reset by its owner"}
    code = shop.code_for(email)
    answer = client.post(
        "/auth/reset-password", {"otp_token": sent["otp_token"], "otp": code, **words}
    )
    assert answer.status_code == 200, answer.text


def vouch(shop: Shop, client: Client, email: str = "", **claims: Any) -> httpx.Response:
    known: Any = {"email": email, "email_verified": True} if email else {}
    word = make_assertion(key=VOUCHING, aud=shop.url, **known, **claims)
    return client.http.post("/api/session/vouch", data={"assertion": word, "origin": SHOP})


def vouch_for(shop: Shop, client: Client, email: str) -> None:
    answer = vouch(shop, client, email, sub=f"shop-{email}")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("prove", [enter_by_code, reset, vouch_for])
def test_a1_an_account_prepared_for_somebody_else_opens_nothing_of_theirs(
    shop: Shop, thief: Client, anybody: Client, prove: Any
) -> None:
    """A1: registered with the victim's e-mail and the thief's phone; then the owner comes."""
    email = somebodys_email()
    thief.take(register(thief, email, phone=f"98{datetime.now(UTC):%f%S}", country_code="+91"))
    prove(shop, anybody, email)
    with shop.database.session(writes=False) as db:
        owned = db.exec(select(User).where(col(User.email) == email)).one()
    assert thief.get(f"/auth/user/{owned.id}").status_code == 401
    assert thief.post("/auth/refresh-token", {"refresh_token": thief.refresh}).status_code == 401
    assert sign_in(thief, owned, NEW).status_code == 401
    assert (owned.phone, owned.is_unproven, owned.is_email_verified) == (None, False, True)


def test_a2_a_tabs_token_opens_nothing(shop: Shop, victim: User, thief: Client) -> None:
    """A2: with the victim's token, by websocket and upload, as nobody and as a thief."""
    with shop.browser() as mine:
        mine.post("/api/session/login", data={"contact": victim.email or "", "password": PASSWORD})
        cookie = "; ".join(f"{name}={value}" for name, value in mine.cookies.items())
    tab = LiveTab(shop.url, cookie)
    assert victim.email
    assert victim.email in tab.open()
    stolen = {"token": tab.said["token"], "page": tab.said["token"]}
    for cookies in ("", "portal=made-up-by-a-thief"):
        theirs = LiveTab(shop.url, cookies, address=f"token={stolen['token']}&", **stolen)
        theirs.open()
        theirs.send(f"{PROFILE}.save_name", form={"first_name": "Stolen", "last_name": ""})
        assert victim.email not in theirs.heard
        assert victim.id not in theirs.heard
        assert theirs.upload(f"{PROFILE}.save_picture", make_picture())[0] == 401
    now = load_user(shop.database, victim)
    assert (now.first_name, now.picture_id) == ("Vic", None)
    assert tab.said["token"] not in shop.log()


@pytest.mark.parametrize(
    "name",
    ["reflex___state.nothing", 'x\n{"level":"error","message":"forged"}', "\u202e", "x" * 9000],
)
def test_a3_what_is_sent_stands_in_no_log(shop: Shop, victim: User, name: str) -> None:
    """A3: an unknown handler, with secrets beside it, and line ends that forge a line."""
    tab = LiveTab(shop.url, f"portal={PLANTED}")
    tab.open()
    before = len(shop.told())
    event = {"name": name, "payload": {"password": PLANTED}, "router_data": tab.router}
    tab.emit("event", event)
    assert tab.is_closed()
    told = shop.told()[before:]
    assert [line["level"] for line in told if line["logger"] == "account_portal.pages"] == [
        "warning"
    ]
    assert max(len(json.dumps(line)) for line in told) < 1000


SENSITIVE = {
    "a new e-mail": (
        "POST",
        "/auth/generate-otp",
        {"channel": "email", "email": "thief@example.com", "otp_action": "update-email"},
    ),
    "a passkey": ("POST", "/auth/passkey-options", {}),
    "a bank account": ("POST", "/customers/{id}/bank-accounts", SAVINGS),
    "another bank account's name": ("PUT", "/customers/{id}/bank-accounts/{bank}", SAVINGS),
    "no bank account": ("DELETE", "/customers/{id}/bank-accounts/{bank}", None),
    "no account": ("PUT", "/auth/user/{id}/deactivate", {}),
}


@pytest.mark.parametrize("name", SENSITIVE)
def test_a4_a_session_alone_does_not_change_how_an_account_is_entered(
    shop: Shop, victim: User, name: str
) -> None:
    """A4: the victim's open session, hours old, in the thief's hands."""
    method, path, body = SENSITIVE[name]
    bank = make_bank_account(shop.database, victim)
    with Client(shop, "198.51.100.66") as stolen:
        stolen.token = make_session(shop.database, victim)
        set_proof(shop.database, victim, datetime.now(UTC) - timedelta(hours=1))
        answer = stolen.ask(method, path.format(id=victim.id, bank=bank.id), body)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_proof_required"), answer.text
    with shop.database.session(writes=False) as db:
        own = col(BankAccount.customer_id) == victim.customer_id
        assert [one.id for one in db.exec(select(BankAccount).where(own))] == [bank.id]
    assert load_user(shop.database, victim) == victim


def test_a5_a_refresh_token_is_no_account_for_ever(
    shop: Shop, victim: User, anybody: Client
) -> None:
    """A5: refreshed on and on; the absolute end stays where it was."""
    anybody.take(sign_in(anybody, victim))

    def ends() -> set[Any]:
        with shop.database.session(writes=False) as db:
            own = col(UserSession.user_id) == victim.id
            return {one.ends_at for one in db.exec(select(UserSession).where(own))}

    before = ends()
    for _ in range(3):
        refreshed = anybody.post("/auth/refresh-token", {"refresh_token": anybody.refresh})
        anybody.take(refreshed)
        anybody.get("/orders")
    assert ends() == before


def test_a6_a_stranger_slows_the_owner_but_does_not_stop_them(
    shop: Shop, victim: User, thief: Client, anybody: Client
) -> None:
    """A6: wrong passwords and wrong codes until the door is closed; the owner enters."""
    known = sign_in(anybody, victim)
    device = {"X-Device-Token": known.json()["content"]["device_token"]}
    for _ in range(10):
        sign_in(thief, victim, "wrong" + PLANTED)
    assert sign_in(thief, victim).status_code == 429
    assert sign_in(anybody, victim, **device).status_code == 200
    assert victim.email
    token = ask_code(thief, victim.email)
    code = shop.code_for(victim.email)
    wrong = {enter_code(thief, token, other_code(code)).status_code for _ in range(5)}
    assert wrong == {400}
    assert enter_code(thief, token, code).status_code != 200
    own = anybody.post("/auth/login/email", {"email": victim.email}, **device).json()["content"]
    body = {"otp_token": own["otp_token"], "otp_action": "login"}
    newer = shop.code_for(victim.email, after=1)
    assert anybody.post("/auth/verify-otp", {**body, "otp": newer}, **device).status_code == 200


def test_a7_registering_is_no_unlimited_oracle(shop: Shop, victim: User) -> None:
    """A7: who has an account, asked without end from one address; 290 tries were made before."""
    address, limit = "198.51.100.99", limits.PER_ADDRESS_REGISTRATIONS
    with shop.database.session(writes=True) as db:
        for _ in range(limit.times - 10):
            rate_limit.count(db, limit, address, utc_now())
        db.commit()
    with Client(shop, address) as asking:
        told = [register(asking, victim.email or "").status_code for _ in range(12)]
        refused = register(asking, somebodys_email())
    assert told == [409] * 10 + [429] * 2
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("password", ["northwind1", "P@ssw0rd123", "12345678", "qwertyuiop"])
def test_a8_passwords_everybody_has_are_refused(anybody: Client, password: str) -> None:
    """A8: the store's name and its kin, and the most used ones."""
    email = somebodys_email()
    answer = register(anybody, email, password=password, confirm_password=password)
    assert (answer.status_code, answer.json()["code"]) == (400, "weak_password"), answer.text


def test_a8_one_password_however_its_accents_were_sent(anybody: Client, shop: Shop) -> None:
    email = somebodys_email()
    nfc, nfd = "caf\u00e9 au lait trop chaud", "cafe\u0301 au lait trop chaud"
    assert register(anybody, email, password=nfc, confirm_password=nfd).status_code in (200, 400)
    register(anybody, email, password=nfc, confirm_password=nfc)
    answer = anybody.post("/auth/login/password", {"email": email, "password": nfd})
    assert answer.status_code == 200


def test_a9_a_passkey_is_a_way_in_for_its_owner_only(anybody: Client, thief: Client) -> None:
    """A9: made-up answers to a real challenge."""
    begun = anybody.post("/auth/login/passkey/options", {}).json()["content"]
    for credential in ({}, {"id": PLANTED, "rawId": PLANTED, "type": "public-key", "response": {}}):
        body = {"passkey_token": begun["passkey_token"], "credential": credential}
        assert anybody.post("/auth/login/passkey", body).status_code == 400
    assert thief.get("/auth/passkeys").json()["content"] in ([], {"passkeys": []})


def test_b1_an_address_is_no_command_to_the_mail_server(shop: Shop, anybody: Client) -> None:
    """B1: what was parsed as an Apprise address goes to itself, letter by letter."""
    for name in ("a&smtp=evil.example", "o'neil", "a?to=evil", "a+b{to}", "%0abcc"):
        email = f"{name}{somebodys_email()}"
        body = {"email": email, "register_if_not_exists": True}
        assert anybody.post("/auth/login/email", body).status_code == 200
        assert shop.code_for(email)
    assert not {
        one for one in shop.box.recipients if one.endswith(("@evil.example", "shop.example"))
    }


def test_b2_nobody_pays_with_play_money(shop: Shop, victim: User) -> None:
    """B2: an order of one's own, marked paid by a gateway that moves no money."""
    order = make_order(shop.database, victim, payments=[{"payment_status": "failed"}])
    with Client(shop) as client:
        client.token = make_session(shop.database, victim)
        gateway = {"payment_gateway_params": {"payment_gateway": "TEST"}}
        answer = client.post(f"/orders/{order.order_number}/retry-payment", gateway)
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_gateway_not_enabled")
        with shop.database.session(writes=False) as db:
            [payment] = db.exec(select(Payment).where(col(Payment.order_id) == order.id))
        page = f"/test-gateway/{payment.request_number}"
        assert client.http.get(page).status_code == 404
        assert client.http.post(page, data={"outcome": "success"}).status_code == 404
    with shop.database.session(writes=False) as db:
        assert db.get(Payment, payment.id).payment_status == "failed"  # type: ignore[union-attr]


def test_b3_no_code_goes_to_a_channel_that_is_not_there(shop: Shop, anybody: Client) -> None:
    """B3: by SMS without a provider; and no file holds a message."""
    answer = anybody.post("/auth/login/phone", PHONE)
    assert (answer.status_code, answer.json()["code"]) == (422, "channel_not_available")
    assert not (shop.folder / "outbox").exists()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "http://\tx", "a\nb"]
)
def test_b4_addresses_of_systems_are_links_and_pictures_or_refused(
    shop: Shop, anybody: Client, address: str
) -> None:
    """B4: scripts and other hosts as the addresses of a product and its pictures."""
    key = make_key(shop.database, name=f"systems {somebodys_email()}")
    for field in ("image_url", "url"):
        product = {
            "name": "Mug",
            "slug": "mug",
            "currency": "INR",
            "selling_price": 1,
            field: address,
        }
        answer = anybody.http.put(
            f"{SYSTEMS}/products/mug", json=product, headers={"Authorization": f"Bearer {key}"}
        )
        assert address not in answer.text or answer.status_code in (400, 422)


def test_b5_two_lines_of_forwarded_addresses_are_one_list(shop: Shop, victim: User) -> None:
    """B5: another made-up address with each try, in a line before the proxy's."""
    with Client(shop) as client:
        for turn in range(50):
            fields = [("X-Forwarded-For", f"192.0.2.{turn}"), ("X-Forwarded-For", "198.51.100.50")]
            client.http.headers = httpx.Headers([("Accept", "application/json"), *fields])
            client.post(
                "/auth/login/password",
                {"email": somebodys_email(), "password": "wrong" + PLANTED},
            )
        body = {"email": victim.email, "password": PASSWORD}
        assert client.post("/auth/login/password", body).status_code == 429


def test_b6_every_claim_of_a_word_is_checked(shop: Shop, anybody: Client) -> None:
    """B6: not yet valid, and others; of twenty firsts at once each enters."""
    later = int((datetime.now(UTC) + timedelta(minutes=10)).timestamp())
    for claims in ({"nbf": later}, {"iat": later}, {"exp": 1}, {"iss": "https://evil.example"}):
        assert vouch(shop, anybody, somebodys_email(), **claims).status_code == 401, claims
    email = somebodys_email()

    def first(_turn: int) -> int:
        with Client(shop) as client:
            known = {"phone_number": "+919812345678", "phone_number_verified": True}
            return vouch(shop, client, email, sub=f"twenty-{email}", **known).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(first, range(20))) == {200}


EVERYWHERE = ("/", "/login", "/orders", "/api/nothing", "/console", "/console/nothing", "/no/page",
              "/backend/_upload", "/backend/_event/", "/health/ready", "/api/docs",
              f"{BASE}/orders", f"{BASE}/orders?user_id=%00", "/%2e%2e/etc/passwd",
              "//evil.example", "/api/media/none/x.webp", "/.git/config", "/.env",
              "/embed/orders")  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "TRACE"])
def test_b7_every_answer_has_its_headers(shop: Shop, method: str) -> None:
    """B7: refusals too, and none is a 5xx."""
    with shop.browser() as browser:
        for path in EVERYWHERE:
            answer = browser.request(method, path, headers={"X-Odd": "a\tb"})
            assert answer.status_code < 500, (path, answer.text)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            policy = answer.headers["content-security-policy"]
            assert "base-uri 'none'" in policy or "default-src 'none'" in policy, path


def test_b8_what_the_portal_writes_is_its_own(shop: Shop) -> None:
    """B8: another account of the machine reads nothing."""
    for path in shop.folder.rglob("*"):
        if path.name != "server.log":  # the tests' own
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_another_customers_things_are_not_there(shop: Shop, victim: User, thief: Client) -> None:
    """All ids of the victim, at every call of the contract."""
    order = make_order(shop.database, victim)
    bank = make_bank_account(shop.database, victim)
    address = make_address(shop.database, victim)
    before = _all_of(shop.database, victim)
    known = {
        "user_id": victim.id,
        "id": victim.id,
        "order_number": order.order_number,
        "account_id": bank.id,
        "address_id": address.id,
    }
    document = thief.http.get("/api/openapi.json").json()
    asked = 0
    for path, calls in document["paths"].items():
        if "{" not in path:
            continue
        filled = BASE + path
        for name, value in known.items():
            filled = filled.replace(f"{{{name}}}", value)
        filled = filled.partition("{")[0] + "nothing" if "{" in filled else filled
        for method in calls:
            if method.upper() not in ("GET", "POST", "PUT", "DELETE"):
                continue
            answer = thief.http.request(
                method, filled, json={}, headers={"Authorization": f"Bearer {thief.token}"}
            )
            asked += 1
            assert answer.status_code in (400, 403, 404, 405, 415, 422), (method, path, answer.text)
            for secret in (victim.email or "", bank.number_masked, address.id):
                assert secret not in answer.text.replace(filled, "")
    assert asked > 20
    assert _all_of(shop.database, victim) == before


def _all_of(database: Database, user: User) -> str:
    with database.session(writes=False) as db:
        rows: list[Any] = [db.get(User, user.id)]
        for table in (Order, BankAccount, Address):
            own = table.customer_id == user.customer_id
            rows += db.exec(select(table).where(own)).all()
        return json.dumps([row.model_dump(mode="json") for row in rows], default=str)
