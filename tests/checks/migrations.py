"""Models and migrations agree, on SQLite and PostgreSQL, and every migration can be undone."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text

import account_portal.models  # noqa: F401 - fills the metadata that is compared
from account_portal.core.db import Database
from account_portal.core.migrations import differences, downgrade, upgrade

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")


@contextmanager
def sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'check.db'}")
        yield database
        database.dispose()


@contextmanager
def postgresql() -> Iterator[Database]:
    admin = Database(POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1))
    name = f"portal_check_{os.getpid()}"
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(admin.engine.url.set(database=name).render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.dispose()
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def faults_of(database: Database) -> list[str]:
    """What is wrong with going up, down and up again."""
    upgrade(database)
    faults = [f"models and migrations differ: {change}" for change in differences(database)]
    downgrade(database, "base")
    left = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    faults += [f"downgrade leaves the table {table}" for table in sorted(left)]
    upgrade(database)
    return faults


def main() -> int:
    faults: list[str] = []
    for kind in (sqlite, postgresql) if POSTGRES else (sqlite,):
        with kind() as database:
            faults += [f"{kind.__name__}: {fault}" for fault in faults_of(database)]
    if not POSTGRES:
        print("TEST_POSTGRES_URL is not set: migrations were tried on SQLite only.")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
