"""A shop's whole server while its database is away or gives nothing, and afterwards, for real."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Self

import httpx
import pytest
from sqlalchemy import text
from starlette.routing import Route

from account_portal.api.app import make_app
from account_portal.core.migrations import upgrade
from account_portal.models import User
from account_portal.profile.state.profile import ProfileState
from tests.conftest import BASE, DATABASES
from tests.console.conftest import make_staff
from tests.factories.auth import load_user
from tests.factories.users import PASSWORD, make_session
from tests.http.shop_for_real import Shop, open_shop
from tests.live_tab import LiveTab, post
from tests.merchant.systems import make_key
from tests.torture.outside import Missing, OwnPostgres

GHOST = "00000000000000000000000000"
RENAME = f"{ProfileState.get_full_name()}.save_name"
POOL = 4
STATEMENT_SECONDS = 3
MANY = 6 * POOL
WITHIN = 30.0

pytestmark = pytest.mark.timeout(240)


@dataclass
class Ground:
    """A shop, its customer, and its database's server if it is the test's own."""

    shop: Shop
    server: OwnPostgres | None
    user: User
    token: str

    def name(self, name: str) -> httpx.Response:
        """The customer changes their name by API."""
        address = f"{self.shop.url}{BASE}/auth/user/{self.user.id}"
        bearer = {"Authorization": f"Bearer {self.token}"}
        return httpx.put(address, json={"first_name": name}, headers=bearer, timeout=WITHIN)

    def read(self) -> httpx.Response:
        address = f"{self.shop.url}{BASE}/auth/user/{self.user.id}"
        return httpx.get(address, headers={"Authorization": f"Bearer {self.token}"}, timeout=WITHIN)

    def errors(self) -> list[dict[str, Any]]:
        return [line for line in self.shop.told() if line["level"] in ("error", "critical")]


@pytest.fixture(scope="module", params=DATABASES)
def ground(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("lost")
    settings = {"POOL": POOL, "POOL_SECONDS": 0.5, "STATEMENT_SECONDS": STATEMENT_SECONDS}
    server, url = None, f"sqlite:///{folder / 'portal.db'}"
    with ExitStack() as stack:
        if request.param == "postgresql":
            try:
                server = OwnPostgres()
            except Missing as missing:
                pytest.skip(str(missing))
            stack.callback(server.remove)
            url = server.make_database("lost")
        told = {f"PORTAL_DATABASE_{name}": str(value) for name, value in settings.items()}
        shop = stack.enter_context(open_shop(folder, url, **told))
        upgrade(shop.database)
        make_staff(shop.database)  # without anybody who may sign in there is no console
        user = shop.customer()
        yield Ground(shop, server, user, make_session(shop.database, user))


def wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def is_told_when_to_ask_again(answer: httpx.Response) -> bool:
    """Whether a 503 is one that a client can go by."""
    if not answer.headers["content-type"].startswith("text/"):
        assert answer.json()["status" if "/health/" in answer.url.path else "code"]
    return int(answer.headers.get("retry-after", 0)) > 0


def doors(ground: Ground) -> list[httpx.Request]:
    """One request at each route there is, by whoever may send it, and at some pages."""
    shop = ground.shop
    user = shop.customer()  # one of their own: some calls end an account
    bearers = {
        "storefront": make_session(shop.database, user),
        "merchant": make_key(shop.database),
    }
    browser = {"Origin": shop.url, "Sec-Fetch-Site": "same-origin", "Cookie": "portal=mine"}
    found = [("GET", path) for path in ("/health/ready", "/", "/orders", "/login", "/embed/orders")]
    for route in make_app().routes:
        assert isinstance(route, Route)
        path = route.path.replace("{store_id}", "main")
        path = re.sub(r"(user|customers)/{\w+}", rf"\1/{user.id}", path)
        path = re.sub(r"{[^}]*}", GHOST, path)
        found += [(method, path) for method in (route.methods or set()) - {"HEAD"}]
    made = []
    for number, (method, path) in enumerate(found):
        kind = path.split("/")[4] if "/v1/" in path else ""
        headers = {"Authorization": f"Bearer {bearers[kind]}"} if kind else browser
        headers |= {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
        body: dict[str, Any] = {"json": {}} if kind else {"data": {"contact": "a@b.example"}}
        body = body if method in ("POST", "PUT") else {}
        url = shop.url + path
        made.append(httpx.Request(method, url, headers=headers, **body))
    return made


def ask_all(requests: list[httpx.Request]) -> list[httpx.Response]:
    with httpx.Client(timeout=WITHIN) as client, ThreadPoolExecutor(POOL) as pool:
        return list(pool.map(client.send, requests))


def withdraw(ground: Ground) -> list[httpx.Response]:
    """The three pages of a withdrawal, by somebody without an account."""
    said = {"name": "Mia Last Day", "order": "NW-1", "contact": "mia@example.com", "lang": "en"}
    with httpx.Client(
        base_url=ground.shop.url, timeout=WITHIN, headers={"Sec-Fetch-Site": "same-origin"}
    ) as browser:
        return [
            browser.get("/withdraw?lang=en"),
            browser.post("/withdraw", data=said),
            browser.post("/withdraw/confirm", data=said),
        ]


class Writer:
    """Changes the customer's name again and again, and notes which changes were acknowledged."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.done = self.sent = 0
        self.statuses: Counter[int] = Counter()
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(httpx.TransportError):
                self.sent += 1
                answer = self.ground.name(f"N{self.sent}")
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    self.done = self.sent


def test_every_door_is_503_while_the_database_is_away_and_opens_again(ground: Ground) -> None:
    if ground.server is None:
        pytest.skip("SQLite has no server")
    shop, user = ground.shop, ground.user
    assert user.email
    cookie = post(shop.url, "login", contact=user.email, password=PASSWORD)[1]
    tab = LiveTab(shop.url, cookie)
    tab.open()
    asked = doors(ground)
    with Writer(ground) as writer:
        wait(lambda: writer.done > 5)
        ground.server.stop("immediate")
        wait(lambda: writer.statuses[503] > 0)
    last = writer.done, writer.sent

    answers = ask_all(asked)
    told = {f"{one.request.method} {one.request.url.path}": one for one in answers}
    for door, answer in told.items():
        if "/v1/" in door or ("/console" in door and ".css" not in door) or "/health/" in door:
            assert answer.status_code == 503, door
        if answer.status_code >= 500:
            assert answer.status_code == 503, door
            assert is_told_when_to_ask_again(answer), door
    assert len(told) > 200
    said = tab.send(RENAME, form={"first_name": "Nia", "last_name": ""})
    assert "could not be done just now" in said
    asking, checking, refused = withdraw(ground)
    assert (asking.status_code, checking.status_code, refused.status_code) == (200, 200, 503)
    assert "could not be received just now" in refused.text
    assert 'value="Mia Last Day"' in refused.text  # with its button, to be pressed again
    assert is_told_when_to_ask_again(refused)

    ground.server.start()
    wait(lambda: httpx.get(f"{shop.url}/health/ready").status_code == 200)
    kept = load_user(shop.database, user).first_name
    assert kept is not None
    # What nobody acknowledged may be done or not.
    assert last[0] <= int(kept[1:]) <= last[1]
    assert max(answer.status_code for answer in ask_all(asked)) < 500
    assert "We have received your withdrawal" in withdraw(ground)[-1].text
    assert "Name saved." in tab.send(RENAME, form={"first_name": "Nia", "last_name": ""})
    assert load_user(shop.database, user).first_name == "Nia"
    tab.close()
    assert ground.errors() == []


def test_an_empty_pool_is_503_and_fills_again(ground: Ground) -> None:
    """As many writes as there are connections wait for somebody else's; all others are told."""
    wait(lambda: ground.name("Before").status_code == 200)
    with ThreadPoolExecutor(MANY) as pool, ground.shop.database.engine.connect() as other:
        other.execute(text("UPDATE users SET first_name = 'Other'"))
        calls: list[Future[httpx.Response]] = [
            pool.submit(ground.name, f"N{number}") for number in range(MANY)
        ]
        wait(lambda: sum(call.done() for call in calls) >= MANY - POOL)
        refused = [call.result() for call in calls if call.done()]
        assert {answer.status_code for answer in refused} == {503}
        if ground.server is not None:  # a statement has its limit there
            wait(lambda: all(call.done() for call in calls))
        other.rollback()
        answers = [call.result() for call in calls]
    statuses = Counter(answer.status_code for answer in answers)
    assert all(is_told_when_to_ask_again(one) for one in answers if one.status_code == 503)
    assert set(statuses) <= {200, 503}
    assert (statuses[200] > 0) is (ground.server is None)
    assert [ground.name("After").status_code, ground.read().status_code] == [200, 200]
    assert load_user(ground.shop.database, ground.user).first_name == "After"
    assert ground.errors() == []
