"""A shop seen whole, by HTTP alone, while its server and its worker are killed in between.

An order arrives and stands on the customer's open page, ships in two parcels by bulk moves, is
delivered, one item comes back, the shop's systems approve and settle. Their receiver has every
event, under one id each, in the order in which it happened.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from account_portal.core.demo import DEMO_PASSWORD
from account_portal.core.places import ROOT
from account_portal.orders.state import OrdersState
from tests.live_tab import LiveTab, post
from tests.torture.portal import Portal
from tests.webhooks.receiver import receiving

EMAIL = "demo@example.com"
NUMBER = "WHOLE-1"
WITHIN = 40.0
"""Seconds, of which 4 are the lease of what a killed worker had taken."""
GENERAL = {"order.updated", "points.changed"}
STORY = [
    "order.created",
    "order.paid",
    *["shipment.moved"] * 6,
    "return.requested",
    "return.decided",
    "refund.requested",
    "return.received",
    "return.completed",
    "refund.approved",
    "refund.settled",
]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/portal.db"
        return
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        pytest.skip("TEST_POSTGRES_URL is not set")
    with own_database(server) as url:
        yield url


@contextmanager
def own_database(server: str) -> Iterator[str]:
    import psycopg

    name = f"whole_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield server.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Worker:
    """A process that sends webhooks, as often as it is started and killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = {**environment, "WEBHOOKS_LEASE_SECONDS": "4"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.webhooks.sending_process"],
            cwd=ROOT,
            env=self._environment,
        )

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Systems:
    """A client that keeps asking while the server is away, as one with Idempotency-Keys may."""

    def __init__(self, base: str, token: str, *, repeats: bool) -> None:
        self._client = httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        self._repeats = repeats
        self._calls = 0

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        self._calls += 1
        headers = {"Idempotency-Key": f"call-{self._calls:06}"} if method == "POST" else {}
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                answer = self._client.request(method, path, headers=headers, **more)
                if answer.status_code not in (409, 503) or time.monotonic() > deadline:
                    break
            except httpx.TransportError:
                assert self._repeats, "nobody killed the server now"
                assert time.monotonic() < deadline
            time.sleep(0.1)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        return answer.json()["content"]

    def close(self) -> None:
        self._client.close()


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.timeout(300)  # a server is started three times, a worker four times
def test_a_shop_seen_whole(database_url: str, tmp_path: Path) -> None:
    settings = {"PORTAL_WORK_IN_SERVER": "off", "PORTAL_WEBHOOKS_ALLOW_PRIVATE": "on"}
    portal = Portal(tmp_path, database_url, ("serve",), settings)
    worker = Worker(portal.environment())
    hurt = iter((503,))  # tried again five seconds later

    with receiving(lambda _: next(hurt, 204)) as receiver:
        try:
            portal.start()
            worker.start()
            key = make_key(portal)
            shop = Systems(f"{address(portal)}/api/v1/main/merchant", key, repeats=True)
            secret = shop("POST", "/webhooks", json={"url": receiver.url})["secret"]
            live(portal, worker, shop)
            log = read_log(shop)
            shop.close()
            mine = [one["id"] for one in log if one["data"].get("order_number") == NUMBER]
            until(lambda: set(mine) <= set(receiver.ids), "an event never came")
            assert [line for line in portal.errors() if '"level":"error"' in line] == []
        finally:
            worker.kill()
            portal.remove()
    assert all(one.verified_by(secret) for one in receiver.got)
    # Exactly once under each id, for whoever keeps ids; a repeat says the same.
    bodies: dict[str, bytes] = {}
    for one in receiver.got:
        assert bodies.setdefault(one.id, one.body) == one.body
    taken = list(bodies)
    assert [event_id for event_id in taken if event_id in set(mine)] == mine
    kinds = [one["type"] for one in log if one["data"].get("order_number") == NUMBER]
    assert [kind for kind in kinds if kind not in GENERAL] == STORY


def address(portal: Portal) -> str:
    return f"http://localhost:{portal.port}"


def make_key(portal: Portal) -> str:
    return subprocess.run(
        [sys.executable, "-m", "account_portal", "keys", "create", "erp", "--scope", "*"],
        cwd=ROOT,
        env=portal.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def read_log(shop: Systems) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = shop("GET", "/events", params={"limit": 3, **({"after": after} if after else {})})
        found += page["events"]
        after, more = page["next_cursor"], page["has_more"]
    return found


def live(portal: Portal, worker: Worker, shop: Systems) -> None:
    _, cookie = post(address(portal), "login", contact=EMAIL, password=DEMO_PASSWORD)
    tab = LiveTab(address(portal), cookie, "/orders")
    tab.open()
    order = {
        "customer_email": EMAIL,
        "order_date": datetime.now(UTC).isoformat(),
        "payment_status": "success",
        "lines": [
            {"sku": "MUG", "product_id": "mug", "product_name": "Mug", "quantity": 2,
             "selling_price": "100.50"},
            {"sku": "TEA", "product_id": "tea", "product_name": "Tea", "selling_price": 40},
        ],
    }  # fmt: skip
    assert shop("PUT", f"/orders/{NUMBER}", json=order)["outcome"] == "created"
    # The server tells the open page that there is news; it asks for its data anew, as pages do.
    tab.hear('"news":')
    refresh = {"name": f"{OrdersState.get_full_name()}.refresh_data", "payload": {}}
    tab.emit("event", {**refresh, "router_data": tab.router})
    tab.hear(NUMBER)
    tab.close()

    worker.kill()
    parcels = [
        shop("POST", f"/orders/{NUMBER}/shipments", json={"items": [item]})["reference_number"]
        for item in ({"sku": "MUG", "quantity": 2}, {"sku": "TEA", "quantity": 1})
    ]
    move(shop, parcels, "shipped")
    portal.kill()
    portal.command = ("api",)  # no page is open any more, and it is there sooner
    worker.start()
    portal.start()
    move(shop, parcels, "delivered")
    again = shop(
        "POST", "/shipment-moves", json=[{"reference_number": parcels[0], "status": "shipped"}]
    )
    [refused] = again["outcomes"]
    assert (refused["outcome"], refused["content"]["order"]["status"]) == ("refused", "delivered")
    worker.kill()
    worker.start()

    base = f"{address(portal)}/api/v1/main/storefront"
    signed_in = httpx.post(
        f"{base}/auth/login/password", json={"email": EMAIL, "password": DEMO_PASSWORD}
    ).json()["content"]
    customer = Systems(base, signed_in["access_token"], repeats=False)
    item = {
        "sku": "MUG", "product_id": "mug", "quantity": 1, "resolution": "refund",
        "return_reason": "Broken",
    }  # fmt: skip
    asked = customer("POST", f"/orders/{NUMBER}/return", json={"return_items": [item]})
    number = asked["order_return"]["request_number"]
    waiting = shop("GET", "/returns", params={"status": "created", "order_number": NUMBER})
    assert [one["request_number"] for one in waiting["returns"]] == [number]
    shop("POST", f"/returns/{number}/approve")
    shop("POST", f"/returns/{number}/ship")
    portal.kill()
    worker.kill()
    portal.start()
    shop("POST", f"/returns/{number}/receive")
    assert shop("POST", f"/returns/{number}/complete")["status"] == "complete"
    worker.start()
    [refund] = shop("GET", "/refunds", params={"order_number": NUMBER})["refunds"]
    shop("POST", f"/refunds/{refund['request_number']}/approve")
    shop("POST", f"/refunds/{refund['request_number']}/settle", json={"status": "success"})
    [mine] = customer("GET", f"/orders/{NUMBER}/refunds")["refunds"]
    customer.close()
    assert (mine["refund_amount"], mine["status"]) == (100.5, "success")


def move(shop: Systems, parcels: list[str], status: str) -> None:
    moves = [{"reference_number": one, "status": status} for one in parcels]
    outcomes = shop("POST", "/shipment-moves", json=moves)["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["done", "done"]
