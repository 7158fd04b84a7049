"""`/metrics`: what was asked and what waits, for who shows the token; workers add up."""

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from account_portal.core import engine
from account_portal.core.db import Database
from account_portal.core.settings import SettingsError, get_settings, load_settings
from account_portal.edge.measured import Measured
from account_portal.edge.metrics import Metrics
from account_portal.models import OutboxMessage, User
from tests.factories.orders import make_order
from tests.portal_server import free_port

TOKEN = "a token of Prometheus"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(database: Database, set_settings: Any) -> Any:
    from account_portal.api.app import make_wrapped_app

    set_settings(PORTAL_METRICS="on", PORTAL_METRICS_TOKEN=TOKEN)
    before = list(engine.waits)
    handlers = list(logging.getLogger("account_portal").handlers)
    yield TestClient(make_wrapped_app(), raise_server_exceptions=False)
    engine.waits[:] = before
    logging.getLogger("account_portal").handlers = handlers


def value(text: str, name: str, **labels: str) -> float:
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(\{{.*\}})? (\S+)", line)
        told = found and (found[1] or "")
        if found and all(f'{key}="{one}"' in str(told) for key, one in labels.items()):
            return float(found[2])
    return 0.0


def test_it_is_off_unless_asked_for(database: Database) -> None:
    from account_portal.api.app import make_wrapped_app

    assert not get_settings().metrics
    assert TestClient(make_wrapped_app()).get("/metrics", headers=SHOWN).status_code == 404


def test_without_a_token_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_METRICS", "on")
    with pytest.raises(SettingsError, match="PORTAL_METRICS_TOKEN"):
        load_settings()


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": f"Basic {TOKEN}"}]
)
def test_strangers_are_told_nothing_and_noticed(
    client: Any, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["X-Request-Id"]
    told = caplog.text
    assert "asked for metrics without the token" in told
    assert "another" not in told


def test_requests_are_counted_by_kind_and_status(client: Any) -> None:
    for _ in range(3):
        client.get("/api/v1/main/storefront/orders")
    client.get("/api/openapi.json")
    answer = client.get("/metrics", headers={**SHOWN, "X-Request-Id": "scrape-1"})
    assert answer.headers["X-Request-Id"] == "scrape-1"
    text = answer.text
    counted = {"kind": "api", "method": "GET"}
    assert value(text, "portal_requests_total", **counted, status="401") == 3
    assert value(text, "portal_requests_total", **counted, status="200") == 1
    assert value(text, "portal_request_seconds_count", kind="api") == 4
    text = client.get("/metrics", headers=SHOWN).text  # the first one asked the database itself
    assert value(text, "portal_database_wait_seconds_count") > 0
    assert value(text, "portal_database_up") == 1


def test_what_waits_is_told(client: Any, database: Database, owner: User) -> None:
    make_order(database, owner, refunds=[{"refund_amount": 5}, {"refund_amount": 6}])
    with database.session(writes=True) as db:
        for status in ("queued", "queued", "failed", "sent"):
            moment = {"due_at": owner.created_at, "created_at": owner.created_at}
            db.add(
                OutboxMessage(
                    channel="email", recipient="a@b.example", kind="x", status=status, **moment
                )
            )
        db.commit()
    text = client.get("/metrics", headers=SHOWN).text
    assert value(text, "portal_messages", channel="email", status="queued") == 2
    assert value(text, "portal_messages", channel="email", status="failed") == 1
    assert 'status="sent"' not in text
    assert value(text, "portal_refunds", status="pending") == 2
    assert "portal_messages_oldest_seconds" in text


def test_a_database_that_is_away_is_told_and_the_rest_too(caplog: Any) -> None:
    def away() -> list[Measured]:
        raise RuntimeError

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    metrics = Metrics(app, TOKEN, away)
    engine.waits.pop()
    logging.getLogger("account_portal").handlers.pop()
    client = TestClient(metrics)
    client.get("/orders")
    text = client.get("/metrics", headers=SHOWN).text
    assert value(text, "portal_database_up") == 0
    assert value(text, "portal_requests_total", kind="page", method="GET", status="200") == 1


def test_failures_and_sockets_are_counted() -> None:
    async def app(scope: Any, receive: Any, _send: Any) -> None:
        if scope["type"] == "http":
            logging.getLogger("account_portal.errors").error("it broke")
            raise RuntimeError
        await receive()
        seen.append(text())
        await receive()

    seen: list[str] = []
    metrics = Metrics(app, TOKEN, tuple)
    engine.waits.pop()

    def text() -> str:
        return metrics._written().decode()

    async def run() -> None:
        inbox = [{"type": "websocket.connect"}, {"type": "websocket.receive"}]

        async def receive() -> Any:
            return inbox.pop(0)

        async def send(_message: Any) -> None: ...

        await metrics({"type": "websocket", "path": "/_event"}, receive, send)
        with pytest.raises(RuntimeError):
            await metrics({"type": "http", "path": "/x", "method": "BREW"}, receive, send)

    asyncio.run(run())
    logging.getLogger("account_portal").handlers.pop()
    assert value(seen[0], "portal_sockets") == 1
    assert value(text(), "portal_sockets") == 0
    assert value(text(), "portal_page_messages_total") == 1
    assert value(text(), "portal_failures_total", level="error") == 1
    assert value(text(), "portal_requests_total", method="other", status="500") == 1


def test_the_workers_of_a_server_add_up(tmp_path: Path) -> None:
    """Two real processes; whichever answers tells what both were asked, and no file is left."""
    port = free_port()
    environment = {
        **os.environ,
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_DATABASE_URL": "",
        "PORTAL_METRICS": "on",
        "PORTAL_METRICS_TOKEN": TOKEN,
        "PORTAL_PUBLIC_URL": f"http://localhost:{port}",
        "PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "account_portal", "api", "--workers", "2"], env=environment
    ) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    if httpx.get(f"{url}/health/ready").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            for _ in range(40):  # a connection each, so that both workers get some
                httpx.get(f"{url}/api/openapi.json")
            text = httpx.get(f"{url}/metrics", headers=SHOWN).text
            assert value(text, "portal_requests_total", kind="api", status="200") == 40
        finally:
            server.send_signal(signal.SIGTERM)
    assert list((tmp_path / "data").glob("metrics-*")) == []
