"""Several portals that serve pages on one database: noticed, and said."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.settings import get_settings
from account_portal.edge import neighbours
from account_portal.edge.health import Health
from account_portal.models import RunningPortal
from account_portal.serving.doctor import doctor
from tests.conftest import Clock
from tests.edge.asgi_client import Answer, Echo, call

REDIS = "redis://127.0.0.1:6379/0"


@pytest.fixture(autouse=True)
def nobody_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_found", ())


def portal(address: str = "host-b:8000", redis: str = "", **values: Any) -> RunningPortal:
    store = neighbours.page_store(get_settings().model_copy(update={"redis_url": redis}))
    kept = {"id": new_id(), "address": address, "page_store": store, "seen_at": utc_now()}
    return RunningPortal(**{**kept, **values})


def add(database: Database, *portals: RunningPortal) -> None:
    with database.session(writes=True) as db:
        db.add_all(portals)
        db.commit()


def present(database: Database) -> list[str]:
    with database.session(writes=False) as db:
        return sorted(row.address for row in db.execute(select(RunningPortal)).scalars())


def wait(is_so: Callable[[], Any]) -> None:
    while not is_so():
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("own", "others", "seen"),
    [
        ("", [], 0),
        ("", [""], 1),
        ("", [REDIS], 1),
        (REDIS, [""], 1),
        (REDIS, [REDIS, REDIS], 0),
        (REDIS, ["redis://elsewhere/0"], 1),
        ("", ["", ""], 2),
    ],
)
def test_who_does_not_share_open_pages_is_seen(
    database: Database, own: str, others: list[str], seen: int
) -> None:
    add(database, *(portal(f"host-{number}:8000", redis) for number, redis in enumerate(others)))
    neighbours.look(portal("here:8000", own))
    assert len(neighbours.found()) == seen


def test_it_is_said_once_and_its_end_too(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    own = portal("here:8000", seen_at=clock.now)
    add(database, portal(seen_at=clock.now))
    with caplog.at_level(logging.WARNING, "account_portal.neighbours"):
        for _ in range(2):
            neighbours.look(own)
            clock.advance(seconds=30)
        [said] = caplog.messages
        assert "host-b:8000" in said
        assert "PORTAL_REDIS_URL" in said
        clock.advance(seconds=30)
        neighbours.look(own)
    assert len(caplog.messages) == 2
    assert present(database) == ["here:8000"]
    assert neighbours.found() == ()


def test_a_server_is_there_as_long_as_it_runs_and_replaces_its_killed_self(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    add(database, portal("here:8000"))  # killed a moment ago

    async def serve() -> list[str]:
        async with neighbours.watching():
            await asyncio.to_thread(wait, lambda: present(database) == ["here:8000"])
            add(database, portal())
            await asyncio.to_thread(wait, neighbours.found)
            return present(database)

    assert asyncio.run(serve()) == ["here:8000", "host-b:8000"]
    assert present(database) == ["host-b:8000"]


def test_health_tells_without_saying_where() -> None:
    def ready(*found: str) -> Answer:
        return call(Health(Echo(404), {}, {}, neighbours=lambda: found), "/health/ready")

    assert "pages" not in json.loads(ready().body)
    told = ready("b:1")
    assert told.status == 200
    assert json.loads(told.body)["pages"] == "several portals without a shared Redis"
    assert b"b:1" not in told.body


def test_doctor_says_what_to_do(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> str:
        lines = CliRunner().invoke(doctor).output.splitlines()
        return next(line for line in lines if "Portals:" in line)

    monkeypatch.setattr("account_portal.serving.doctor.read_settings", lambda _port: get_settings())
    assert told() == "ok     Portals: none serves pages just now"
    add(database, portal("a:1", REDIS), portal("a:1", REDIS))
    add(database, portal("old:1", seen_at=utc_now() - timedelta(minutes=5)))
    assert told() == "ok     Portals: pages served at a:1"
    add(database, portal("b:1"))
    assert told().startswith("wrong  Portals: several serve pages")
    assert "a:1, b:1" in told()
    assert "PORTAL_REDIS_URL" in told()
