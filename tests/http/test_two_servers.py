"""Two servers of one shop on one database and one Redis; Redis and a server are killed for real.

What one of them does the other knows: changes, sign-outs, limits, open pages. Without Redis the API
and what is read go on, open pages wait and say so, and all of it comes back by itself.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest
from sqlmodel import SQLModel

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.state import OrdersState
from account_portal.profile.state.profile import ProfileState
from tests.conftest import BASE, DATABASES
from tests.factories.auth import load_user
from tests.factories.pictures import make_picture
from tests.factories.users import PASSWORD, make_user
from tests.http.shop_for_real import KEY
from tests.live_tab import NAMESPACE, LiveTab, post, somebodys_email
from tests.merchant.systems import BASE as SYSTEMS
from tests.merchant.systems import make_key
from tests.torture.outside import Missing, OwnRedis
from tests.torture.portal import Portal

REFRESH = f"{OrdersState.get_full_name()}.refresh_data"
RENAME = f"{ProfileState.get_full_name()}.save_name"
PICTURE = f"{ProfileState.get_full_name()}.save_picture"
SOCKET = f"{NAMESPACE}/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WITHIN = 30.0
AT_MOST = 10
"""Wrong passwords for an account in a quarter of an hour."""

pytestmark = pytest.mark.timeout(300)


@dataclass
class Pair:
    """Both servers, and what they share."""

    database: Database
    redis: OwnRedis
    portals: list[Portal]
    systems: str
    """Authorization of one of the shop's systems."""

    def url(self, which: int) -> str:
        return f"http://localhost:{self.portals[which].port}"

    def customer(self) -> User:
        return make_user(self.database, email=somebodys_email())

    def sign_in(self, which: int, user: User) -> str:
        """The cookie of a browser that signed in at one of them."""
        assert user.email
        return post(self.url(which), "login", contact=user.email, password=PASSWORD)[1]

    def token(self, which: int, user: User) -> str:
        """The access token of a client that signed in at one of them."""
        answer = self.guess(which, user, PASSWORD)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["content"]["access_token"])

    def ask(self, which: int, method: str, path: str, token: str = "", **more: Any) -> Any:
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        return httpx.request(method, self.url(which) + path, headers=headers, timeout=20, **more)

    def guess(self, which: int, user: User, password: str) -> httpx.Response:
        body = {"email": user.email, "password": password}
        answer = self.ask(which, "POST", f"{BASE}/auth/login/password", json=body)
        assert isinstance(answer, httpx.Response)
        return answer

    def add_order(self, which: int, user: User) -> str:
        """The shop's systems tell one of them of an order; its number."""
        number = f"TWO-{uuid4().hex[:12]}"
        mug = {"sku": "MUG", "product_id": "mug", "product_name": "Mug", "selling_price": 9}
        order = {
            "customer_email": user.email,
            "order_date": "2026-01-05T10:00:00Z",
            "payment_status": "success",
            "lines": [mug],
        }
        told = self.ask(which, "PUT", f"{SYSTEMS}/orders/{number}", self.systems, json=order)
        assert told.status_code == 200, told.text
        return number

    def errors(self) -> list[str]:
        """Errors of ours; what Reflex says of a Redis that is gone is true."""
        lines = [line for portal in self.portals for line in portal.errors()]
        return [line for line in lines if '"logger":"account_portal' in line]


@contextmanager
def open_pair(url: str, folder: Path) -> Iterator[Pair]:
    try:
        redis = OwnRedis()
    except Missing as missing:
        pytest.skip(str(missing))
    settings = {
        "PORTAL_DEMO": "false",
        "PORTAL_SECRET_KEY": KEY,
        "PORTAL_REDIS_URL": redis.url,
        "PORTAL_STORAGE_URL": f"file://{folder}/media",
    }
    portals = [Portal(folder / str(n), url, ("serve",), dict(settings)) for n in range(2)]
    database = Database(url)
    redis.start()
    try:
        for portal in portals:  # one after the other, so that one of them migrates and builds
            portal.folder.mkdir()
            portal.start()
        yield Pair(database, redis, portals, make_key(database))
    finally:
        for portal in portals:
            portal.remove()
        redis.kill()
        with database.engine.begin() as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(table.delete())
        database.dispose()


@pytest.fixture(scope="module")
def pair(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Pair]:
    if not os.environ.get("TEST_POSTGRES_URL"):
        pytest.skip("TEST_POSTGRES_URL is not set")
    folder = tmp_path_factory.mktemp("two")
    with open_pair(request.getfixturevalue("postgres_url"), folder) as found:
        yield found


@pytest.fixture(params=DATABASES)
def any_pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """On SQLite, too: both on this machine, which is all that a file can serve."""
    if request.param == "postgresql":
        yield request.getfixturevalue("pair")
        return
    with open_pair(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path) as found:
        yield found


@pytest.fixture
def customer(pair: Pair) -> User:
    return pair.customer()


def test_a_change_told_to_one_shows_on_a_page_of_the_other(pair: Pair, customer: User) -> None:
    tabs = [LiveTab(pair.url(n), pair.sign_in(n, customer), "/orders") for n in range(2)]
    for tab in tabs:
        tab.open()
    for which in range(2):
        number = pair.add_order(which, customer)
        for tab in tabs:
            tab.hear('"news":')
            refresh(tab)
            tab.hear(number)
    for tab in tabs:
        tab.close()


def test_signing_out_at_one_ends_it_at_both(pair: Pair, customer: User) -> None:
    cookie, token = pair.sign_in(0, customer), pair.token(0, customer)
    tab = LiveTab(pair.url(1), cookie)
    assert customer.email in tab.open()
    account = f"{BASE}/auth/user/{customer.id}"
    assert pair.ask(1, "GET", account, token).status_code == 200
    assert pair.ask(0, "POST", f"{BASE}/auth/logout", token).status_code == 200
    assert pair.ask(1, "GET", account, token).status_code == 401
    post(pair.url(0), "logout", cookie)
    tab.hear('"signed_out_rx_state_":true')  # it asks by itself, nobody has to press anything
    told = tab.send(RENAME, form={"first_name": "Late", "last_name": ""})
    assert "Name saved." not in told
    assert load_user(pair.database, customer).first_name == customer.first_name
    assert tab.upload(PICTURE, make_picture())[0] == 401
    assert customer.email not in LiveTab(pair.url(1), cookie).open()


def test_a_limit_counts_what_both_have_seen(pair: Pair, customer: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: pair.guess(n % 2, customer, f"wrong-{n}"), range(24))
        statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * AT_MOST + [429] * (24 - AT_MOST)
    assert [pair.guess(n, customer, PASSWORD).status_code for n in range(2)] == [429, 429]


def test_a_page_goes_on_at_the_other_when_its_server_is_killed(pair: Pair, customer: User) -> None:
    cookie, token = pair.sign_in(0, customer), pair.token(0, customer)
    tab = LiveTab(pair.url(0), cookie)
    tab.open()
    pair.portals[0].kill()
    try:
        assert tab.is_closed()
        other = LiveTab(pair.url(1), cookie, **tab.said)
        assert customer.email in other.open()
        assert "Name saved." in other.send(RENAME, form={"first_name": "Nia", "last_name": ""})
        assert pair.ask(1, "GET", f"{BASE}/auth/user/{customer.id}", token).status_code == 200
        other.close()
    finally:
        pair.portals[0].start()
    assert load_user(pair.database, customer).first_name == "Nia"
    assert customer.email in LiveTab(pair.url(0), cookie).open()


def refresh(tab: LiveTab) -> None:
    """Ask for the data anew, as pages do that hear of news."""
    tab.emit("event", {"name": REFRESH, "payload": {}, "router_data": tab.router})


class Clients:
    """Keep calling both servers' API, and note what they answered."""

    def __init__(self, pair: Pair, user: User) -> None:
        self.pair, self.user = pair, user
        self.tokens = [pair.token(n, user) for n in range(2)]
        self.statuses: list[int] = []
        self._stop = Event()
        self._threads = [Thread(target=self._run, args=(n,), daemon=True) for n in range(2)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, which: int) -> None:
        account = f"{BASE}/auth/user/{self.user.id}"
        while not self._stop.is_set():
            token = self.tokens[which]
            read = self.pair.ask(which, "GET", account, token)
            name = {"first_name": f"N{len(self.statuses)}"}
            written = self.pair.ask(which, "PUT", account, token, json=name)
            self.statuses += [read.status_code, written.status_code]


def test_redis_is_killed_and_comes_back(any_pair: Pair) -> None:
    pair, customer = any_pair, any_pair.customer()
    cookie = pair.sign_in(0, customer)
    tabs = [LiveTab(pair.url(n), cookie, "/orders") for n in range(2)]
    for tab in tabs:
        tab.open()
    with Clients(pair, pair.customer()) as clients:
        for turn in range(2):
            pair.redis.kill()
            began = time.monotonic()
            for which, tab in enumerate(tabs):
                assert tab.is_closed()
                told = pair.portals[which].wait_for(503, WITHIN)
                assert b'"redis": "no answer"' in told.body
                assert int(told.retry_after or 0) > 0
                # A page is refused at the door, and what is no open page goes on.
                refused = pair.ask(which, "GET", SOCKET, headers=UPGRADE | {"Cookie": cookie})
                assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
                shown = pair.ask(which, "GET", "/orders", headers={"Cookie": cookie})
                assert shown.status_code == 200
                assert pair.sign_in(which, customer)
                upload = LiveTab(pair.url(which), cookie)
                status, _ = upload.upload(PICTURE, make_picture())
                assert status == 503
            number = pair.add_order(turn, customer)
            assert time.monotonic() - began < WITHIN
            pair.redis.start()
            for which in range(2):
                pair.portals[which].wait_for(200, WITHIN)
            tabs = [
                LiveTab(pair.url(n), cookie, "/orders", **tab.said) for n, tab in enumerate(tabs)
            ]
            for tab in tabs:
                tab.open()  # with the count of news, by which pages see that they are behind
                refresh(tab)
                tab.hear(number)
        seen = len(clients.statuses)
        deadline = time.monotonic() + WITHIN
        while len(clients.statuses) < seen + 8 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert set(clients.statuses) == {200}
    for tab in tabs:
        tab.close()
    assert pair.errors() == []
