"""Health answers, with what they tell of really broken."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from account_portal.core import migrations
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.edge import health
from account_portal.edge.health import Health, ping_redis
from account_portal.models import OutboxMessage
from tests.edge.asgi_client import Echo, call
from tests.portal_server import free_port


def broken() -> None:
    raise ConnectionError("password=hunter2")


def ready(app: Health) -> tuple[int, dict[str, str]]:
    answer = call(app, "/health/ready")
    return answer.status, json.loads(answer.body)


def usual() -> Health:
    return Health(Echo(404), neighbours=lambda: ())


def test_live_says_nothing_about_the_database() -> None:
    assert call(Health(Echo(404), {"database": broken}), "/health/live").status == 200


def test_no_detail_of_what_does_not_answer() -> None:
    answer = call(Health(Echo(404), {"database": broken}, {}), "/health/ready")
    assert answer.status == 503
    assert b"hunter2" not in answer.body


def test_other_paths_and_methods_go_on() -> None:
    assert call(Health(Echo(404), {"database": broken}), "/health/other").status == 404
    assert call(Health(Echo(405)), "/health/ready", method="POST").status == 405


def test_all_is_well(database: Database, revision: None) -> None:
    told = dict.fromkeys(("status", "database", "migrations", "storage", "messages"), "ok")
    assert ready(usual()) == (200, told)


def test_a_database_that_went(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    monkeypatch.setattr(health, "get_database", lambda: Database(elsewhere))
    status, told = ready(usual())
    assert (status, told["database"], told["migrations"]) == (503, "no answer", "no answer")


@pytest.fixture
def revision(database: Database) -> Iterator[None]:
    """The tables are marked as those of this code, now and when the test is over."""

    def mark() -> None:
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            head = migrations._scripts().get_current_head()
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})

    with database.engine.begin() as connection:
        words = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)"
        connection.execute(text(words))
    mark()
    yield
    mark()


@pytest.mark.parametrize(
    ("mark", "said"),
    [("0001", "to be run"), ("9999", "the database is of a newer version")],
)
def test_tables_of_another_version(
    database: Database, revision: None, mark: str, said: str
) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :mark"), {"mark": mark})
    status, told = ready(usual())
    assert (status, told["migrations"], told["database"]) == (503, said, "ok")


def test_pages_need_their_redis_too() -> None:
    nobody = f"redis://127.0.0.1:{free_port()}"
    needed = {"database": lambda: None, "redis": lambda: ping_redis(nobody)}
    gone = ready(Health(Echo(404), needed, {}))
    assert gone == (503, {"status": "unavailable", "database": "ok", "redis": "no answer"})


def test_a_storage_that_is_full_or_gone_is_told(
    database: Database, revision: None, set_settings: Any, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "media"
    in_the_way.write_text("a file where a folder should be")
    set_settings(PORTAL_STORAGE_URL=f"file://{in_the_way}")
    status, told = ready(usual())
    assert (status, told["status"], told["storage"]) == (200, "degraded", "no answer")


def test_messages_that_do_not_go_out_are_told(database: Database, revision: None) -> None:
    def queue(status: str, age: timedelta) -> None:
        then = utc_now() - age
        with database.session(writes=True) as db:
            db.add(
                OutboxMessage(
                    channel="email",
                    recipient="a@b.example",
                    kind="x",
                    status=status,
                    due_at=utc_now(),  # a try that failed moves it
                    created_at=then,
                )
            )
            db.commit()

    queue("sent", timedelta(days=1))
    queue("failed", timedelta(days=1))
    queue("queued", timedelta(minutes=9))
    assert ready(usual())[1]["messages"] == "ok"
    queue("queued", timedelta(minutes=11))
    status, told = ready(usual())
    assert (status, told["status"], told["messages"]) == (200, "degraded", "waiting")


def test_what_hangs_is_asked_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ANSWER_WITHIN", 0.05)
    over, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        over.wait(10)

    app = Health(Echo(404), {"database": lambda: None}, {"storage": hang}, lambda: ())

    async def many() -> None:
        try:
            for _ in range(3):
                assert await app._answer("storage") == "no answer"
        finally:
            over.set()

    asyncio.run(many())
    assert len(asked) == 1
