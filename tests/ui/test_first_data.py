"""What a page shows first, found by the handlers of its websocket."""

import asyncio
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from account_portal.app import PAGES
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.edge.pages import PageRequest
from account_portal.models import User, UserSession
from account_portal.orders import service
from account_portal.security.cookies import session_cookie_name
from account_portal.ui import first_data
from tests.factories.addresses import make_address
from tests.factories.auth import change_user, make_page_session
from tests.factories.orders import make_order

SHOWN = [page for page in PAGES if not page.public]
LOADING = {page.path: page.load for page in SHOWN}


def request_of(cookie: str, route: str, **parameters: str) -> PageRequest:
    path = route
    for name, value in parameters.items():
        path = path.replace(f"[{name}]", value)
    headers = {"cookie": f"theme=dark; {session_cookie_name()}={cookie}", "user-agent": "Browser/1"}
    return PageRequest(path, route, "", parameters, headers, "192.0.2.7")


def ask(cookie: str, route: str, **parameters: str) -> dict[str, dict[str, Any]] | None:
    request = request_of(cookie, route, **parameters)
    found = asyncio.run(first_data.FirstData(LOADING)(request))
    return None if found is None else json.loads(found)


def of_state(found: Any, name: str) -> dict[str, Any]:
    (values,) = (values for state, values in found.items() if state.endswith(f"_{name}"))
    return values


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr(first_data, "TIME_LIMIT", 60.0)


@pytest.fixture
def cookie(database: Database, owner: User, clock: Any) -> str:
    secret = new_id()
    make_page_session(database, owner, clock.now, secret)
    return secret


def test_the_owner_sees_their_orders(database: Database, owner: User, cookie: str) -> None:
    order = make_order(database, owner)
    found = ask(cookie, "/orders")
    shown = of_state(found, "orders_state")
    assert shown["phase_rx_state_"] == "ready"
    assert [one["order_number"] for one in shown["orders_rx_state_"]] == [order.order_number]
    assert of_state(found, "page_state")["viewer_rx_state_"]["first_name"] == "Olivia"


def test_a_part_of_the_address_counts(database: Database, owner: User, cookie: str) -> None:
    number = make_order(database, owner).order_number
    found = ask(cookie, "/orders/[order_number]", order_number=number)
    assert number in json.dumps(of_state(found, "order_detail_state"))
    assert found is not None
    assert found["reflex___state____state"].pop("order_number_rx_state_") == number
    assert not any(found["reflex___state____state"].values())


def test_a_strangers_order_is_not_there(database: Database, stranger: User, cookie: str) -> None:
    number = make_order(database, stranger).order_number
    found = ask(cookie, "/orders/[order_number]", order_number=number)
    shown = of_state(found, "order_detail_state")
    assert (shown["phase_rx_state_"], shown["shown_rx_state_"]) == ("missing", None)


def test_nobody_gets_nothing(database: Database, cookie: str) -> None:
    assert ask(new_id(), "/orders") is None


def test_an_expired_session_gets_nothing(database: Database, cookie: str, clock: Any) -> None:
    clock.now += timedelta(days=31)
    assert ask(cookie, "/orders") is None


def test_a_session_that_was_ended_gets_nothing(database: Database, cookie: str) -> None:
    with database.session(writes=True) as db:
        db.execute(delete(UserSession))
        db.commit()
    assert ask(cookie, "/orders") is None


def test_a_deactivated_customer_gets_nothing(database: Database, owner: User, cookie: str) -> None:
    change_user(database, owner, deactivated_at=datetime.now(UTC))
    assert ask(cookie, "/orders") is None


def test_a_service_that_fails_leaves_the_page_to_its_websocket(
    database: Database, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("down")

    monkeypatch.setattr(service, "search_orders", fail)
    assert ask(cookie, "/orders") is None


def test_a_page_does_not_wait_for_long(
    database: Database,
    cookie: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(service, "search_orders", lambda *_args: go_on.wait(30))
    monkeypatch.setattr(first_data, "TIME_LIMIT", 0.2)

    async def open_page() -> str | None:
        found = await first_data.FirstData(LOADING)(request_of(cookie, "/orders"))
        assert not go_on.is_set()
        go_on.set()
        return found

    assert asyncio.run(open_page()) is None
    assert "first data of /orders took too long" in caplog.text


def test_a_fault_is_logged_and_nothing_else(
    database: Database,
    cookie: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(first_data, "json_dumps", lambda _told: 1 / 0)
    assert ask(cookie, "/orders") is None
    assert "no first data for /orders" in caplog.text


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_opening_a_page_only_reads(
    database: Database, owner: User, cookie: str, statements: list[str], page: Any
) -> None:
    number = make_order(database, owner).order_number
    names = {"order_number": number, "return_id": new_id()}
    needed = {name: value for name, value in names.items() if f"[{name}]" in page.path}
    statements.clear()
    found = ask(cookie, page.path, **needed)
    assert found is not None
    assert [one for one in statements if not one.startswith(("SELECT", "WITH"))] == []


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_what_the_server_keeps_stays_there(database: Database, cookie: str, page: Any) -> None:
    names = {"order_number": "NW-1", "return_id": new_id()}
    needed = {name: value for name, value in names.items() if f"[{name}]" in page.path}
    found = ask(cookie, page.path, **needed)
    assert found is not None
    assert not [name for values in found.values() for name in values if name.startswith("_")]
    text = json.dumps(found)
    assert cookie not in text
    assert "Browser/1" not in text


class TestWhereabouts:
    """Where a reader is whose browser has not told its zone."""

    @staticmethod
    def locate(cookie: str) -> str:
        guess = first_data.Whereabouts(service.zone_of_customer, "Europe/Paris")
        return asyncio.run(guess(request_of(cookie, "/orders")))

    def test_where_their_parcels_go(self, database: Database, owner: User, cookie: str) -> None:
        make_order(database, owner, place={"state": "California", "country": "United States"})
        assert self.locate(cookie) == "America/Los_Angeles"

    def test_at_home_whatever_was_sent_elsewhere(
        self, database: Database, owner: User, cookie: str
    ) -> None:
        make_address(database, owner, country="Germany", is_default_shipping=True)
        make_order(database, owner, place={"state": "California", "country": "United States"})
        assert self.locate(cookie) == "Europe/Berlin"

    def test_of_no_known_place_where_the_store_is(
        self, database: Database, owner: User, cookie: str, set_settings: Callable[..., None]
    ) -> None:
        set_settings(PORTAL_STORE_TIME_ZONE="Asia/Tokyo")
        make_order(database, owner, place={"country": "Atlantis"})
        assert self.locate(cookie) == "Asia/Tokyo"

    def test_nobody_is_where_the_store_is(self, database: Database) -> None:
        assert self.locate(new_id()) == "Europe/Paris"
