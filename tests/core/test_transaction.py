"""One call, one connection: prepared reads and the session on it, and servers that hang up."""

from contextlib import ExitStack
from typing import Any

import pytest
from psycopg import DataError
from sqlalchemy import bindparam, select, text
from sqlmodel import col

from account_portal.context import Actor, enter
from account_portal.core.db import KEPT_FOR_READS, Database, get_database
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.reading import PreparedSelect, as_bytes
from account_portal.models import User
from tests.conftest import forget_singletons

NAME = PreparedSelect(select(col(User.first_name)).where(col(User.id) == bindparam("id")))


def rename(database: Database, user: User, name: str) -> None:
    with enter(writes=True, actor=Actor(), database=database) as ctx:
        ctx.db.get_one(User, user.id).first_name = name


def test_a_read_and_the_session_share_a_connection(database: Database, owner: User) -> None:
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        assert ctx.read(NAME, id=owner.id) == [("Olivia",)]
        assert ctx.db.get_one(User, owner.id).first_name == "Olivia"
        assert ctx.read(NAME, id=owner.id) == [("Olivia",)]
        assert database.in_use == 1
    assert database.in_use == 0


def test_on_sqlite_both_see_one_state(database: Database, owner: User) -> None:
    """PostgreSQL shows each statement the latest state; SQLite keeps a transaction's."""
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        ctx.read(NAME, id=owner.id)
        rename(database, owner, "Olga")
        seen = "Olivia" if database.is_sqlite else "Olga"
        assert ctx.read(NAME, id=owner.id) == [(seen,)]
        assert ctx.db.get_one(User, owner.id).first_name == seen


def test_what_a_session_wrote_is_read(database: Database, owner: User) -> None:
    with enter(writes=True, actor=Actor(), database=database) as ctx:
        ctx.db.get_one(User, owner.id).first_name = "Olga"
        ctx.db.flush()
        assert ctx.read(NAME, id=owner.id) == [("Olga",)]


def test_a_session_after_a_read_can_be_undone(database: Database, owner: User) -> None:
    """On PostgreSQL a read needs no transaction; what follows in a session has one all the same."""

    def spoil() -> None:
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            ctx.read(NAME, id=owner.id)
            ctx.db.execute(text("UPDATE users SET first_name = 'Olga'"))
            raise ValueError

    with pytest.raises(ValueError):
        spoil()
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        assert ctx.read(NAME, id=owner.id) == [("Olivia",)]


def test_writing_begins_after_reading(database: Database, owner: User) -> None:
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        ctx.read(NAME, id=owner.id)
        ctx.begin_writing()
        ctx.db.get_one(User, owner.id).first_name = "Olga"
        assert database.in_use == 1
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        assert ctx.read(NAME, id=owner.id) == [("Olga",)]


def test_what_was_written_before_is_kept(database: Database, owner: User) -> None:
    with enter(writes=True, actor=Actor(), database=database) as ctx:
        row = ctx.db.get_one(User, owner.id)
        row.first_name = "Olga"
        ctx.begin_writing()
        row.last_name = "Later"
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        found = ctx.db.get_one(User, owner.id)
        assert (found.first_name, found.last_name) == ("Olga", "Later")


def test_connections_whose_server_hung_up_are_replaced(database: Database, owner: User) -> None:
    """Also when it hung up too late to be seen before a read: nobody's call fails by it."""
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    with (
        enter(writes=False, actor=Actor(), database=database) as one,
        enter(writes=False, actor=Actor(), database=database) as other,
    ):
        for ctx in (one, other):
            ctx.read(NAME, id=owner.id)
        with database.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        assert one.read(NAME, id=owner.id) == [("Olivia",)]
        assert other.read(NAME, id=owner.id) == [("Olivia",)]
    for _ in range(3):
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            assert ctx.read(NAME, id=owner.id) == [("Olivia",)]


def test_a_call_that_reads_finds_the_connection_of_the_last_one(
    database: Database, owner: User
) -> None:
    seen = set()
    for _ in range(3):
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            ctx.read(NAME, id=owner.id)
            seen.add(id(ctx.transaction._pooled.dbapi_connection))  # type: ignore[union-attr]
    assert len(seen) == 1


def test_more_calls_than_connections_are_kept(database: Database, owner: User) -> None:
    with ExitStack() as calls:
        for _ in range(KEPT_FOR_READS + 4):
            ctx = calls.enter_context(enter(writes=False, actor=Actor(), database=database))
            assert ctx.read(NAME, id=owner.id) == [("Olivia",)]
        assert database.in_use == KEPT_FOR_READS + 4
    assert database.in_use == 0
    assert database.engine.pool.checkedout() == KEPT_FOR_READS  # type: ignore[attr-defined]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_reads_leave_a_small_pool_a_connection_for_writes(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_POOL", str(most))
    monkeypatch.setenv("PORTAL_DATABASE_POOL_SECONDS", "0.1")
    forget_singletons()
    small = get_database()
    with ExitStack() as calls:
        for _ in range(most):
            ctx = calls.enter_context(enter(writes=False, actor=Actor(), database=small))
            ctx.read(NAME, id=owner.id)
    rename(small, owner, "Olga")
    assert small.in_use == 0


def test_a_kept_connection_shows_what_was_written_since(database: Database, owner: User) -> None:
    for name in ("Olga", "Otto"):
        rename(database, owner, name)
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            assert ctx.read(NAME, id=owner.id) == [(name,)]


def test_a_database_that_is_closed_keeps_no_connection(database: Database, owner: User) -> None:
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        ctx.read(NAME, id=owner.id)
    database.dispose()
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        assert ctx.read(NAME, id=owner.id) == [("Olivia",)]


def test_prepared_statements_that_were_cleared_away_are_prepared_again(
    database: Database, owner: User
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's driver keeps them itself")
    for _ in range(2):
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            assert ctx.read(NAME, id=owner.id) == [("Olivia",)]
            driver = ctx.transaction._pooled.dbapi_connection  # type: ignore[union-attr]
        driver.execute("DEALLOCATE ALL")


def test_a_statement_prepared_after_the_others_were_cleared_away_stays_known(
    database: Database, owner: User
) -> None:
    """The driver clears statements away in the middle of a connection's life, after a rollback."""
    if database.is_sqlite:
        pytest.skip("SQLite's driver keeps them itself")
    email = PreparedSelect(select(col(User.email)).where(col(User.id) == bindparam("id")))

    def ask(read: PreparedSelect) -> object:
        with enter(writes=False, actor=Actor(), database=database) as ctx:
            (row,) = ctx.read(read, id=owner.id)
            drivers.add(ctx.transaction._pooled.dbapi_connection)  # type: ignore[union-attr]
            return row[0]

    drivers: set[Any] = set()
    assert ask(NAME) == "Olivia"
    (driver,) = drivers
    driver.execute("DEALLOCATE ALL")
    answers = [ask(email), ask(NAME), ask(email), ask(NAME)]
    assert answers == ["owner@example.com", "Olivia"] * 2
    assert drivers == {driver}


@pytest.mark.parametrize("value", ["", "a\0b", "ü" * 400, "'; --", "$1"])
def test_any_text_may_be_asked_for(database: Database, owner: User, value: str) -> None:
    with enter(writes=False, actor=Actor(), database=database) as ctx:
        if "\0" in value and not database.is_sqlite:
            with pytest.raises(DataError):
                ctx.read(NAME, id=value)
        else:
            assert ctx.read(NAME, id=value) == []
        assert ctx.read(NAME, id=owner.id) == [("Olivia",)]


def test_a_text_is_had_as_bytes(database: Database, owner: User) -> None:
    rename(database, owner, "Ольга \\x41 'ü'")
    name = PreparedSelect(
        select(as_bytes(col(User.first_name))).where(col(User.id) == bindparam("id"))
    )
    for writes in (False, True):
        with enter(writes=writes, actor=Actor(), database=database) as ctx:
            assert ctx.read(name, id=owner.id) == [("Ольга \\x41 'ü'".encode(),)]


def test_a_driver_that_fails_is_no_fault_of_ours(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object) -> list[tuple[object, ...]]:
        raise database.driver_error("gone")

    monkeypatch.setattr(PreparedSelect, "rows", fail)
    with (
        pytest.raises(GatewayUnavailable),
        enter(writes=False, actor=Actor(), database=database) as ctx,
    ):
        ctx.read(NAME, id=owner.id)
    assert database.in_use == 0


def test_a_row_that_is_locked_is_read_as_it_stands_then(database: Database, owner: User) -> None:
    if database.is_sqlite:
        pytest.skip("a transaction that writes is alone there from its beginning")
    locked = select(User).where(col(User.id) == owner.id).with_for_update()
    with enter(writes=True, actor=Actor(), database=database) as ctx:
        before = ctx.db.get_one(User, owner.id)
        rename(database, owner, "Olga")
        assert before.first_name == "Olivia"
        assert ctx.db.execute(locked).scalar_one() is before
        assert before.first_name == "Olga"


def test_what_the_call_itself_changed_outlives_a_lock(database: Database, owner: User) -> None:
    locked = select(User).where(col(User.id) == owner.id).with_for_update()
    with enter(writes=True, actor=Actor(), database=database) as ctx:
        mine = ctx.db.get_one(User, owner.id)
        mine.first_name = "Olga"
        assert ctx.db.execute(locked).scalar_one().first_name == "Olga"
    with database.session(writes=False) as db:
        assert db.get_one(User, owner.id).first_name == "Olga"
