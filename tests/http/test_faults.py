"""Every door answers 503 and when to ask again, while the database or the disk cannot work."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from account_portal.api.app import make_app
from account_portal.context import SHOP, Caller, Context, enter, get_gateways
from account_portal.core.clock import utc_now
from account_portal.core.db import Database, get_database
from account_portal.core.errors import GatewayUnavailable
from account_portal.edge.uploads import HANDLER, PAGE_UPLOADS
from account_portal.edge.wrapper import wrap
from account_portal.models import User
from account_portal.security import tokens
from account_portal.ui.arrivals import INTRODUCTION, admit_upload
from tests.conftest import BASE, forget_singletons
from tests.factories.auth import make_page_session
from tests.factories.pictures import make_picture
from tests.factories.users import PASSWORD, make_session

SECRET = "a page's secret"
SAID = '{"token": "a-tab-of-mine-0123", "page": "a-page-of-mine-0123"}'
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


class Doors:
    """One request through each kind of door."""

    def __init__(self, database: Database, owner: User, now: Any) -> None:
        self.owner = owner
        self.token = make_session(database, owner)
        make_page_session(database, owner, now, SECRET)

    def ask(self) -> dict[str, Any]:
        """Answers by door; each client is new, as after a restart."""
        uploads = (admit_upload, lambda _name: True)
        app: Any = wrap(make_app(), uploads=uploads)  # type: ignore[arg-type]
        bearer = {"Authorization": f"Bearer {self.token}"}
        contact = {"contact": "owner@example.com"}
        with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
            return {
                "read": client.get(f"{BASE}/orders?user_id={self.owner.id}", headers=bearer),
                "write": client.put(
                    f"{BASE}/auth/user/{self.owner.id}", json={"first_name": "Nia"}, headers=bearer
                ),
                "repeated": client.post(
                    f"{BASE}/customers/{self.owner.id}/addresses",
                    json={},
                    headers={**bearer, "Idempotency-Key": "a key of mine"},
                ),
                "sign-in": client.post(
                    f"{BASE}/auth/login/password",
                    json={"email": "owner@example.com", "password": PASSWORD},
                ),
                "code": client.post(
                    f"{BASE}/auth/login/email", json={"email": "owner@example.com"}
                ),
                "form": client.post(
                    "/api/session/login", data={**contact, "password": PASSWORD}, headers=OURS
                ),
                "form for a code": client.post("/api/session/code", data=contact, headers=OURS),
                "vouching": client.post("/api/session/hand-over", data={}, headers=self.page()),
                "upload of a page": client.post(
                    PAGE_UPLOADS,
                    headers={**self.page(), HANDLER.decode(): "x", INTRODUCTION.decode(): SAID},
                ),
                "health": client.get("/health/ready"),
            }

    def page(self) -> dict[str, str]:
        return {**OURS, "Cookie": f"portal={SECRET}"}


@pytest.fixture
def doors(database: Database, owner: User, clock: Any) -> Doors:
    return Doors(database, owner, clock.now)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Database]]:
    """The database anew, with other settings."""

    def set_to(**settings: str) -> Database:
        for name, value in settings.items():
            monkeypatch.setenv(f"PORTAL_DATABASE_{name}", value)
        forget_singletons()
        return get_database()

    yield set_to
    forget_singletons()


def assert_all_unavailable(answers: dict[str, Any]) -> None:
    told = {door: answer.status_code for door, answer in answers.items()}
    assert told == dict.fromkeys(answers, 503)
    assert [door for door, answer in answers.items() if "retry-after" not in answer.headers] == []


def test_a_database_that_is_gone_is_503_at_every_door(
    doors: Doors, short: Callable[..., Database], database: Database, tmp_path: Any
) -> None:
    if database.is_sqlite:
        (tmp_path / "folder").mkdir()
        short(URL=f"sqlite:///{tmp_path}/folder")
    else:
        short(URL="postgresql+psycopg://postgres@127.0.0.1:1/none")
    assert_all_unavailable(doors.ask())


def test_a_pool_that_is_empty_is_503_at_every_door(
    doors: Doors, short: Callable[..., Database]
) -> None:
    limited = short(POOL="4", POOL_SECONDS="0.1")
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(limited.engine.connect())
        assert_all_unavailable(doors.ask())
    assert doors.ask()["read"].status_code == 200


def test_an_answer_is_not_lost_with_the_note_of_its_first_use(
    doors: Doors, short: Callable[..., Database]
) -> None:
    limited = short(POOL="1", POOL_SECONDS="0.05")
    with limited.session(writes=True) as db:
        db.execute(text("UPDATE sessions SET generation = 1, pair_used_at = NULL"))
        db.commit()
    claims = tokens.verify(doors.token, utc_now())
    newest = tokens.sign({**claims, "gen": 1})
    limited.end_reading(limited.begin_reading())  # no second connection is left for the note
    with enter(Caller(bearer=newest), writes=False, database=limited) as ctx:
        assert ctx.actor.is_customer


def test_a_server_that_restarts_is_503_at_most_and_then_answers(
    doors: Doors, short: Callable[..., Database], database: Database
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite is no server")
    ours = short()
    assert doors.ask()["read"].status_code == 200
    with database.engine.connect() as other:
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    answers = doors.ask()
    assert {answer.status_code for answer in answers.values()} <= {200, 400, 404, 429, 503}
    assert ours.in_use == 0


@pytest.mark.parametrize("seconds", ["LOCK_SECONDS", "STATEMENT_SECONDS"])
def test_a_lock_that_is_not_given_is_503(
    doors: Doors, short: Callable[..., Database], database: Database, seconds: str
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one lock, and a limit of its own")
    short(**{seconds: "0.2"})
    with database.engine.begin() as other:
        other.execute(text("SELECT id FROM users FOR UPDATE"))
        answers = doors.ask()
    for door in ("write", "sign-in", "form"):
        assert (answers[door].status_code, door) == (503, door)
        assert int(answers[door].headers["retry-after"]) > 0
    assert answers["read"].status_code == 200


def slow(ctx: Context, seconds: float) -> None:
    ctx.db.execute(text("SELECT 1"))
    time.sleep(seconds)
    ctx.db.execute(text("SELECT 1"))


def test_a_transaction_that_stands_still_is_ended_and_503(
    short: Callable[..., Database], database: Database
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no such limit")
    short(IDLE_SECONDS="0.1")
    with pytest.raises(GatewayUnavailable), enter(writes=True, actor=SHOP) as ctx:
        slow(ctx, 0.5)
    with enter(writes=True, actor=SHOP) as ctx:
        slow(ctx, 0)


def test_a_database_that_takes_no_writes_is_503(
    doors: Doors, short: Callable[..., Database], database: Database
) -> None:
    if database.is_sqlite:
        pytest.skip("a standby that takes over is PostgreSQL's")
    url = database.engine.url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    short(URL=url.render_as_string(hide_password=False))
    answers = doors.ask()
    for door in ("write", "sign-in", "code", "form", "form for a code"):
        assert (answers[door].status_code, door) == (503, door)
    assert answers["read"].status_code == 200


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_a_disk_that_takes_no_file_is_503(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(*_args: Any) -> None:
        raise OSError(code, "full")

    monkeypatch.setattr(type(get_gateways().storage), "write", full)
    app: Any = wrap(make_app())  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post(
            f"{BASE}/auth/user/{doors.owner.id}/profile-image",
            files={"image": ("me.jpg", make_picture(), "image/jpeg")},
            headers={"Authorization": f"Bearer {doors.token}"},
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    assert int(answer.headers["retry-after"]) > 0
