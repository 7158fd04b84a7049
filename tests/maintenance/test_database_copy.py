"""A portal moves to another database, row by row."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import delete, inspect, select
from sqlmodel import col

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.maintenance import database_copy
from account_portal.maintenance.database_copy import Differs, copy_database
from account_portal.maintenance.tables import (
    NotEmpty,
    encode_row,
    one_moment,
    read_rows,
    tables,
)
from account_portal.models import Order, User, WaitingEvent
from tests.conftest import DATABASES
from tests.factories.users import make_user


def lines(database: Database) -> dict[str, list[bytes]]:
    with one_moment(database) as connection:
        return {
            table.name: [encode_row(row) for row in read_rows(connection, table)]
            for table in tables()
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, database: Database) -> Database:
    if request.param == "postgresql" and "postgresql" not in str(DATABASES):
        pytest.skip("TEST_POSTGRES_URL is not set")
    found: Database = request.getfixturevalue(f"other_{request.param}")
    return found


def test_every_row_arrives_as_it_was(demo: Database, other: Database) -> None:
    rows = copy_database(demo, other)
    assert lines(other) == lines(demo)
    assert rows["orders"] > 30
    assert rows["users"] == 3


def test_the_new_database_is_one_to_work_with(demo: Database, other: Database) -> None:
    copy_database(demo, other)
    made = make_user(other, email="later@example.com")
    with other.session(writes=False) as db:
        assert db.get(User, made.id) is not None
        # What the models find in JSON columns, as customers' pages would.
        for one in demo.session(writes=False).execute(select(Order)).scalars():
            there = db.get_one(Order, one.id)
            assert there.applied_promotions == one.applied_promotions


def test_numbers_go_on_after_the_last_though_its_row_is_gone(
    demo: Database, other: Database
) -> None:
    def number_of_a_new_event(database: Database) -> int:
        told = WaitingEvent(id=new_id(), type="x", source="shop", created_at=utc_now(), data="{}")
        with database.session(writes=True) as db:
            db.add(told)
            db.flush()
            assert told.number is not None
            db.commit()
        return told.number

    for _ in range(3):
        before = number_of_a_new_event(demo)
    with demo.session(writes=True) as db:
        db.execute(delete(WaitingEvent))
        db.commit()
    copy_database(demo, other)
    assert number_of_a_new_event(other) == before + 1


def test_a_database_with_rows_is_left_alone(demo: Database, other_sqlite: Database) -> None:
    make_user(other_sqlite, email="mine@example.com")
    before = lines(other_sqlite)
    with pytest.raises(NotEmpty, match="holds rows already"):
        copy_database(demo, other_sqlite)
    assert lines(other_sqlite) == before


def test_what_reads_otherwise_there_is_not_kept(
    demo: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(connection: object, table: object, rows: Iterator[dict[str, object]]) -> None:
        from account_portal.maintenance.tables import write_rows

        name = getattr(table, "name", "")
        changed = ({**row, "first_name": "X"} for row in rows) if name == "users" else rows
        write_rows(connection, table, changed)  # type: ignore[arg-type]

    monkeypatch.setattr(database_copy, "write_rows", spoil)
    with pytest.raises(Differs, match="users"):
        copy_database(demo, other)
    assert not any(lines(other).values())


def test_all_tables_are_moved_but_those_about_processes(demo: Database) -> None:
    names = set(inspect(demo.engine).get_table_names())
    moved = {table.name for table in tables()}
    assert names - moved == {"alembic_version", "running_portals"}


def test_a_row_read_while_others_write_is_of_one_moment(demo: Database) -> None:
    users = next(table for table in tables() if table.name == "users")
    with one_moment(demo) as connection, closing(read_rows(connection, users)) as rows:
        first = [next(rows)]
        make_user(demo, email="meanwhile@example.com")
        addresses = [row["email"] for row in (*first, *rows)]
    assert "meanwhile@example.com" not in addresses
    with demo.session(writes=False) as db:
        statement = select(col(User.id)).where(col(User.email) == "meanwhile@example.com")
        assert db.execute(statement).first() is not None
