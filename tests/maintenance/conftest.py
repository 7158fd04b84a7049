"""Another empty database of each kind, and a portal in which all tables have rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from account_portal.core.db import Database
from account_portal.demo.seed import seed_demo

Other = Database


@pytest.fixture
def demo(database: Database) -> Database:
    """The demo's rows: every state the portal knows."""
    seed_demo(database)
    return database


@pytest.fixture
def other_sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    path = tmp_path / "other" / "portal.db"
    path.parent.mkdir()
    shutil.copy(sqlite_template, path)
    found = Database(f"sqlite:///{path}")
    yield found
    found.dispose()


@pytest.fixture
def other_postgresql(request: pytest.FixtureRequest, database: Database) -> Iterator[Database]:
    if not database.is_sqlite:
        pytest.skip("this worker's PostgreSQL database is the one that is copied")
    found = Database(request.getfixturevalue("postgres_url"))
    yield found
    with found.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    found.dispose()
