"""The test ground: a database per test, users to call as, an HTTP client, a clock that moves."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

# Set before anything of the product is imported; each worker process has its own folder.
# In memory where there is room: what a database waits for is mostly the disk.
_MEMORY = Path("/dev/shm")
_HAS_ROOM = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 1 << 30
_FOLDER = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=_MEMORY if _HAS_ROOM else None))
os.environ.update(
    PORTAL_DATA_DIR=str(_FOLDER),
    PORTAL_DATABASE_URL=f"sqlite:///{_FOLDER}/test.db",
    PORTAL_SECRET_KEY="a key for tests only, long enough",
    PORTAL_PASSWORD_MEMORY_KIB="64",
    PORTAL_DEMO="1",
    PORTAL_DEBUG_OTP="0",
    PORTAL_PUBLIC_URL="http://localhost:8000",
)

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlmodel import SQLModel
from starlette.testclient import TestClient

import account_portal.context as context_module
import account_portal.core.db as db_module
from account_portal.context import Actor, Caller, Context, enter, get_gateways
from account_portal.core.db import Database, get_database
from account_portal.core.engine import make_engine
from account_portal.core.migrations import upgrade
from account_portal.core.reading import PreparedSelect
from account_portal.core.settings import get_settings
from account_portal.models import User
from account_portal.security import tokens
from tests import kept_facts  # noqa: F401 - it watches every commit
from tests.factories.users import make_session, make_user

settings.register_profile(
    "quick",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("quick")

BASE = "/api/v1/main/storefront"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
DATABASES = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first: at the end one worker would wait for the other."""
    items.sort(key=lambda item: not {"fuzz", "torture"}.intersection(item.path.parts))


def pytest_sessionfinish(session: pytest.Session) -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)


def forget_singletons() -> None:
    """Let settings, database and gateways be read anew."""
    if get_database.cache_info().currsize:
        get_database().dispose()
    for cached in (get_settings, get_database, get_gateways, tokens.derived_keys):
        cached.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated, empty database, copied for each test."""
    path = _FOLDER / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this worker's own."""
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: TEST_POSTGRES_URL names none")
    name = f"portal_test_{os.getpid()}_{worker_id}"
    url = POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = Database(url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    own = str(admin.engine.url.set(database=name).render_as_string(hide_password=False))
    database = Database(own)
    upgrade(database)
    database.dispose()
    yield own
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(params=DATABASES)
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty database, SQLite and (when TEST_POSTGRES_URL is set) PostgreSQL in turn."""
    if request.param == "sqlite":
        path = _FOLDER / "test.db"
        for left in _FOLDER.glob("test.db*"):
            left.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    forget_singletons()
    with monkeypatch.context() as patched:
        patched.setattr(db_module, "make_engine", engine_of_worker)
        found = get_database()
    yield found
    if request.param == "postgresql":
        empty(found)
    found.dispose()  # a test that changed settings has another one by now
    forget_singletons()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database for servers of the test's own, each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "portal.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    yield (url := request.getfixturevalue("postgres_url"))
    used = Database(url)
    empty(used)
    used.dispose()


engine_of_worker = cache(make_engine)
"""One engine for all tests of a worker: each would compile its statements anew, a third of
its time."""


def empty(database: Database) -> None:
    """Remove every row; for a few rows this is many times quicker than TRUNCATE."""
    statements = _emptying()
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("; ".join(statements))  # in one go
        else:
            for statement in statements:
                connection.exec_driver_sql(statement)


@cache
def _emptying() -> list[str]:
    tables = reversed(SQLModel.metadata.sorted_tables)
    return [f'DELETE FROM "{table.name}"' for table in tables]


Set = Callable[..., None]


@pytest.fixture
def set_settings(database: Database, monkeypatch: pytest.MonkeyPatch) -> Set:
    """`set_settings(PORTAL_DEMO="0")`: other settings from here to the test's end."""

    def change(**environment: str) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        get_gateways.cache_clear()

    return change


@pytest.fixture
def shop_for_real(set_settings: Set) -> None:
    """Outside demo mode, with no provider set up."""
    set_settings(PORTAL_DEMO="0")


class Clock:
    """The moment services see."""

    def __init__(self) -> None:
        self.now = self.began = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> datetime:
        """Move on, as in `clock.advance(days=31)`."""
        self.now += timedelta(**parts)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until it is moved."""
    clock = Clock()
    monkeypatch.setattr(context_module, "utc_now", clock)
    return clock


@pytest.fixture
def owner(database: Database) -> User:
    """A customer: the one a test is about."""
    return make_user(database, email="owner@example.com", first_name="Olivia", last_name="Owner")


@pytest.fixture
def stranger(database: Database) -> User:
    """Another customer, who must see nothing of the owner's."""
    return make_user(database, email="stranger@example.com", first_name="Stan")


def actor_of(user: User, **values: Any) -> Actor:
    """The actor a user becomes who has just signed in."""
    values.setdefault("proven_at", context_module.utc_now())
    return Actor(kind="customer", user_id=user.id, customer_id=user.customer_id, **values)


Acting = Callable[..., AbstractContextManager[Context]]


@pytest.fixture
def acting(database: Database) -> Acting:
    """`with acting(owner) as ctx:` one transaction as that user (or an Actor, or nobody)."""

    def act(
        who: User | Actor | None = None, *, writes: bool = True
    ) -> AbstractContextManager[Context]:
        actor = actor_of(who) if isinstance(who, User) else who or Actor()
        return enter(Caller(ip_address="192.0.2.1"), writes=writes, actor=actor, database=database)

    return act


@pytest.fixture
def call(acting: Acting, owner: User) -> Callable[..., Any]:
    """`call(service, …)` as the owner; `actor=stranger` as somebody else."""

    def run(
        service: Callable[..., Any], *args: Any, actor: User | Actor | None = None, **kwargs: Any
    ) -> Any:
        with acting(actor or owner) as ctx:
            return service(ctx, *args, **kwargs)

    return run


class Api:
    """An HTTP client that speaks the contract: paths below the store, tokens by user."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client = client
        self._database = database
        self._tokens: dict[str, str] = {}

    def token(self, user: User) -> str:
        """An access token of the user, on a session of its own."""
        if user.id not in self._tokens:
            self._tokens[user.id] = make_session(self._database, user)
        return self._tokens[user.id]

    def request(
        self, method: str, path: str, *, user: User | None = None, token: str = "", **kwargs: Any
    ) -> Any:
        """Send a request as a user, with a token, or as nobody."""
        headers = dict(kwargs.pop("headers", None) or {})
        bearer = self.token(user) if user else token
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        return self.client.request(method, BASE + path, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Any:
        return self.request("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        return self.request("DELETE", path, **kwargs)


@pytest.fixture
def api(database: Database) -> Iterator[Api]:
    """An HTTP client on the API's app."""
    from account_portal.api.app import make_app

    client = TestClient(make_app(), raise_server_exceptions=False, follow_redirects=False)
    yield Api(client, database)
    client.close()


@pytest.fixture
def statements(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL statements sent so far, transaction control left out; clear it to count anew."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    def rows(read: PreparedSelect, *rest: Any) -> list[tuple[Any, ...]]:
        seen.append(str(read.statement))
        return plain_rows(read, *rest)

    plain_rows = PreparedSelect.rows
    monkeypatch.setattr(
        PreparedSelect, "rows", rows
    )  # the one way to the driver that tells no listener
    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)
