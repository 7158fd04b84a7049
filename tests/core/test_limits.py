"""A database that is busy, slow or restarting is answered with 503, and goes on afterwards."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text

from account_portal.context import SHOP, Context, enter
from account_portal.core.db import Database, get_database
from account_portal.core.errors import GatewayUnavailable, TooManyAttempts
from account_portal.models import User
from tests.conftest import forget_singletons


@pytest.fixture
def limited(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    for name, value in (("POOL", "2"), ("POOL_SECONDS", "0.1")):
        monkeypatch.setenv(f"PORTAL_DATABASE_{name}", value)
    for name in ("LOCK_SECONDS", "STATEMENT_SECONDS"):
        monkeypatch.setenv(f"PORTAL_DATABASE_{name}", "0.2")
    del database
    forget_singletons()
    yield get_database()
    forget_singletons()


def ask(ctx: Context, statement: str) -> Any:
    return ctx.db.execute(text(statement)).all()


def test_no_connection_left_is_503_and_one_given_back_helps(limited: Database) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(limited.engine.connect())
        with pytest.raises(GatewayUnavailable), enter(writes=False, actor=SHOP) as ctx:
            ask(ctx, "SELECT 1")
    with enter(writes=False, actor=SHOP) as ctx:
        assert ask(ctx, "SELECT 1") == [(1,)]


def test_a_count_that_cannot_be_kept_is_503(limited: Database) -> None:
    if limited.is_sqlite:
        pytest.skip("a lock of the whole file is taken when a transaction begins")
    with (  # noqa: PT012 - what fails is the commit after the last of these
        pytest.raises(GatewayUnavailable),
        enter(writes=True, actor=SHOP) as ctx,
    ):
        pid = ask(ctx, "SELECT pg_backend_pid()")[0][0]
        with limited.engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({pid})"))
        raise TooManyAttempts(5)


def test_a_lock_that_is_not_given_is_503(limited: Database, owner: User) -> None:
    if limited.is_sqlite:
        pytest.skip("SQLite has one lock, and a limit of its own")
    update = f"UPDATE users SET news = news WHERE id = '{owner.id}' RETURNING id"
    with limited.engine.connect() as other:
        other.execute(text(update))
        with pytest.raises(GatewayUnavailable), enter(writes=True, actor=SHOP) as ctx:
            ask(ctx, update)
    with enter(writes=True, actor=SHOP) as ctx:
        assert ask(ctx, update) == [(owner.id,)]


@pytest.mark.parametrize(
    "statement", ["SELECT pg_sleep(5)", "SELECT pg_terminate_backend(pg_backend_pid())"]
)
def test_what_is_slow_or_cut_off_is_503(limited: Database, statement: str) -> None:
    if limited.is_sqlite:
        pytest.skip("SQLite has neither")
    with pytest.raises(GatewayUnavailable), enter(writes=False, actor=SHOP) as ctx:
        ask(ctx, statement)
    with enter(writes=False, actor=SHOP) as ctx:
        assert ask(ctx, "SELECT 1") == [(1,)]
