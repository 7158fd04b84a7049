"""Junk to every handler there is, over real connections: no crash, nothing of anybody else's.

Which arguments reach a handler at all: `tests/ui/test_typed_events.py`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from sqlmodel import SQLModel

from account_portal.core.db import Database
from tests.conftest import DATABASES
from tests.factories.addresses import make_address
from tests.factories.bank_accounts import make_bank_account
from tests.factories.orders import make_line, make_order
from tests.factories.records import contents
from tests.factories.users import PASSWORD, make_user
from tests.live_tab import CLOSED, HYDRATE, READY, LiveTab, post
from tests.portal_server import portal_server
from tests.ui.events import HANDLERS, fitting

EXAMPLES = 6
REPORT = "reflex.app:default_frontend_exception_handler"
"""Logs what a page reports of itself: one line, without what was sent."""
WAYS = ("nobody", "customer", "customer with the page open")


class Ground:
    """The server, whoever sends junk to it, and somebody who must not notice."""

    def __init__(self, url: str, database: Database, log: Path) -> None:
        self.url, self.database, self.log = url, database, log
        self.bystander = self.customer()
        make_order(database, self.bystander)
        make_address(database, self.bystander)
        self.seen = log.stat().st_size

    def customer(self) -> Any:
        return make_user(self.database, first_name="Kept")

    def lines(self) -> list[dict[str, Any]]:
        """What was logged since the last look."""
        with self.log.open("rb") as file:
            file.seek(self.seen)
            told = file.read()
        self.seen += len(told)
        return [json.loads(line) for line in told.decode().splitlines() if line.startswith("{")]

    def untouched(self) -> str:
        """All rows of the bystander, and of nobody."""
        mine = self.bystander.id, self.bystander.customer_id
        found = contents(self.database)
        return json.dumps(
            {
                table: sorted(row for row in rows if any(own in row for own in mine))
                for table, rows in found.items()
            },
            default=str,
        )


@pytest.fixture(scope="module", params=DATABASES)
def ground(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("portal")
    sqlite = f"sqlite:///{folder / 'portal.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {"PORTAL_DATABASE_URL": url, "PORTAL_PASSWORD_MEMORY_KIB": "64"}
    with portal_server(folder, **settings) as address:
        database = Database(url)
        yield Ground(address, database, folder / "server.log")
    with database.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    database.dispose()


class Sender:
    """Whoever sends junk: with a connection that is opened anew when it was ended."""

    def __init__(self, ground: Ground, way: str) -> None:
        self.ground, self.way = ground, way
        self.tab: LiveTab | None = None

    def open(self) -> LiveTab:
        cookie = ""
        if self.way != "nobody":
            user = self.ground.customer()
            make_bank_account(self.ground.database, user)
            make_address(self.ground.database, user)
            make_order(self.ground.database, user, lines=[make_line(quantity=3)])
            _, cookie = post(self.ground.url, "login", contact=user.email, password=PASSWORD)
        self.tab = LiveTab(self.ground.url, cookie)
        self.tab.open()
        return self.tab

    def send(self, name: str, payloads: list[dict[str, Any]]) -> None:
        tab = self.tab or self.open()
        for payload in payloads:
            event = {"name": name, "payload": payload, "router_data": tab.router}
            tab.emit("event", event)
        tab.emit("event", {"name": HYDRATE, "payload": {}, "router_data": tab.router})
        if CLOSED in tab.hear(READY):
            self.tab = None


def some_of(name: str) -> list[dict[str, Any]]:
    """A few payloads a handler takes, full of junk; the same ones each time."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=EXAMPLES)
    @given(fitting(name))
    def collect(payload: dict[str, Any]) -> None:
        found.append(payload)

    collect()
    return found


@pytest.mark.parametrize("way", WAYS)
def test_junk_to_every_handler(ground: Ground, way: str) -> None:
    sender = Sender(ground, way)
    before = ground.untouched()
    wrong: dict[str, Any] = {}
    for name in HANDLERS:
        if way.endswith("open"):
            load = f"{name.rpartition('.')[0]}.load"
            if load in HANDLERS:
                sender.send(load, [{}])
        sender.send(name, some_of(name))
        told = [line for line in ground.lines() if line["level"] not in ("info", "debug")]
        told = [line for line in told if not line["message"].startswith(REPORT)]
        if told:
            wrong[name] = told[:1]
    assert wrong == {}
    assert ground.untouched() == before
