"""Several portals on one database without a shared Redis: each says so, and where, for real.

Their pages can't be shared, so a browser whose connection goes to the other one starts anew there:
that is told in the log, by `/health/ready` and by `doctor`. All else they share works fully.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel

from account_portal.core.db import Database
from account_portal.core.places import ROOT
from tests.conftest import BASE, DATABASES
from tests.factories.users import PASSWORD, make_user
from tests.http.shop_for_real import KEY
from tests.live_tab import somebodys_email
from tests.torture.portal import Portal

SAID = "several portals without a shared Redis"
WITHIN = 120.0
"""They look every thirty seconds."""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", params=DATABASES)
def portals(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[list[Portal]]:
    folder = tmp_path_factory.mktemp("apart")
    sqlite = f"sqlite:///{folder / 'portal.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {
        "PORTAL_DEMO": "false",
        "PORTAL_SECRET_KEY": KEY,
        "PORTAL_STORAGE_URL": f"file://{folder}/media",
    }
    found = [Portal(folder / str(n), url, ("serve",), dict(settings)) for n in range(2)]
    try:
        for portal in found:
            portal.folder.mkdir()
        yield found
    finally:
        for portal in found:
            portal.remove()
        database = Database(url)
        with database.engine.begin() as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(table.delete())
        database.dispose()


def pages_of(portal: Portal) -> tuple[str, str | None]:
    """Its state, and what it says of pages."""
    told = json.loads(portal.wait_for(200).body)
    return told["status"], told.get("pages")


def wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "not told in time"
        time.sleep(0.2)


def doctors_word(portal: Portal) -> str:
    """What `doctor` says of portals beside a running one."""
    asked = [sys.executable, "-m", "account_portal", "doctor"]
    told = subprocess.run(
        asked, cwd=ROOT, env=portal.environment(), capture_output=True, text=True, check=False
    )
    return next(line for line in told.stdout.splitlines() if "Portals:" in line)


def test_portals_apart_say_so_share_sessions_and_say_when_it_is_over(portals: list[Portal]) -> None:
    first, second = portals
    first.start()
    assert pages_of(first) == ("ok", None)
    assert doctors_word(first).startswith("ok ")

    second.start()
    for portal in portals:
        wait(lambda portal=portal: pages_of(portal) == ("degraded", SAID))  # type: ignore[misc]
        [said] = [line for line in portal.lines() if line["logger"].endswith("neighbours")]
        assert said["level"] == "warning"
        other = second if portal is first else first
        assert f":{other.port}" in said["message"]
        assert "PORTAL_REDIS_URL" in said["message"]
    word = doctors_word(first)
    assert word.startswith("wrong ")
    assert all(f":{portal.port}" in word for portal in portals)

    # The API is one: a session that began at one is in force, and ended, at the other.
    database = Database(first.database_url)
    user = make_user(database, email=somebodys_email())
    database.dispose()
    body = {"email": user.email, "password": PASSWORD}
    here, there = (f"http://localhost:{portal.port}{BASE}" for portal in portals)
    token = httpx.post(f"{here}/auth/login/password", json=body).json()["content"]["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{there}/auth/user/{user.id}", headers=bearer).status_code == 200
    assert httpx.post(f"{there}/auth/logout", headers=bearer, json={}).status_code == 200
    assert httpx.get(f"{here}/auth/user/{user.id}", headers=bearer).status_code == 401

    second.stop()
    wait(lambda: pages_of(first) == ("ok", None))
    assert doctors_word(first).startswith("ok ")
    levels = {
        line["level"] for line in first.lines() if line["logger"].startswith("account_portal")
    }
    assert not levels & {"error", "critical"}
