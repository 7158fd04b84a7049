"""A shop as it runs for customers, on each database, while that is locked, and after an outage.

What each door answers in the cases no running server is needed for stands in `test_faults.py`.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import BASE, DATABASES
from tests.factories.users import PASSWORD, make_session
from tests.http.shop_for_real import Client, Shop, open_shop

Doors = dict[str, Callable[[], httpx.Response]]
READS = {"account", "health"}
"""Doors behind which nothing is written."""


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Shop]:
    """Its clock can be moved on."""
    folder = tmp_path_factory.mktemp("shop")
    sqlite = f"sqlite:///{folder / 'portal.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    clock(folder).write_text("0")
    moved = {"module": "tests.moved_server", "MOVED_CLOCK": str(clock(folder))}
    with open_shop(folder, url, PORTAL_DATABASE_LOCK_SECONDS="0.5", **moved) as found:
        yield found


def clock(folder: Path) -> Path:
    return folder / "clock"


def move(shop: Shop, seconds: int) -> None:
    now = clock(shop.folder)
    now.write_text(str(int(now.read_text()) + seconds))


def test_an_answer_to_a_refresh_that_an_outage_took_signs_nobody_out(shop: Shop) -> None:
    user = shop.customer()
    with Client(shop) as client:

        def sign_in() -> str:
            words = {"email": user.email, "password": PASSWORD}
            return client.take(client.post("/auth/login/password", words)).json()["content"][
                "refresh_token"
            ]

        def refresh(token: str) -> httpx.Response:
            return client.post("/auth/refresh-token", {"refresh_token": token}, Authorization="")

        token = sign_in()
        lost = refresh(token)
        move(shop, 60)
        again = refresh(token)
        assert (again.status_code, again.json()["content"]) == (200, lost.json()["content"])
        client.take(again)
        assert client.get(f"/auth/user/{user.id}").status_code == 200
        move(shop, 12)
        assert refresh(token).status_code == 401
        assert client.get(f"/auth/user/{user.id}").status_code == 401
        assert refresh(client.refresh).status_code == 401


@contextmanager
def somebody_at_all_doors(shop: Shop) -> Iterator[Doors]:
    """A new customer's calls, each on a connection of its own."""
    user = shop.customer()
    account = f"{BASE}/auth/user/{user.id}"
    bearer = {"Authorization": f"Bearer {make_session(shop.database, user)}"}
    words = {"email": user.email, "password": PASSWORD}
    form = {"contact": user.email, "password": PASSWORD}
    with shop.browser(**{"Sec-Fetch-Site": "same-origin"}) as http:
        yield {
            "account": lambda: http.get(account, headers=bearer),
            "health": lambda: http.get("/health/ready"),
            "name": lambda: http.put(account, json={"first_name": "Nia"}, headers=bearer),
            "sign-in": lambda: http.post(f"{BASE}/auth/login/password", json=words),
            "form": lambda: http.post("/api/session/login", data=form),
        }


def ask_all(doors: Doors) -> dict[str, int]:
    """Statuses by door, asked at once; what is refused says when to ask again."""
    with ThreadPoolExecutor(len(doors)) as pool:
        answers = dict(zip(doors, pool.map(lambda ask: ask(), doors.values()), strict=True))
    for door, answer in answers.items():
        if answer.status_code == 503:
            assert int(answer.headers.get("retry-after", 0)) > 0, door
    return {door: answer.status_code for door, answer in answers.items()}


def test_while_somebody_holds_the_database_writes_are_503_and_reads_answer(shop: Shop) -> None:
    """Of SQLite another process, ours, holds the only lock; of PostgreSQL each customer's row."""
    with somebody_at_all_doors(shop) as doors:
        with shop.database.engine.connect() as other:
            other.execute(text("UPDATE users SET first_name = first_name"))
            told = ask_all(doors)
            other.rollback()
        assert told == {door: 200 if door in READS else 503 for door in doors}
        assert set(ask_all(doors).values()) == {200}
