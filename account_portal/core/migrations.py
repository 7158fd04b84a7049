"""Brings the database's tables to the state this code needs; refuses one that is newer."""

from functools import cache

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from account_portal.core.db import Database, get_database
from account_portal.core.places import ROOT

SCRIPTS = ROOT / "alembic"
_LOCK = 0x706F7274616C  # "portal"


class DatabaseTooNew(Exception):
    """The database was made by a newer version of the code; nothing was touched."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _require_known(connection: Connection, scripts: ScriptDirectory) -> str | None:
    current = current_revision(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseTooNew(
            f"The database is at revision {current}, which this version does not know: it was made "
            "by a newer version. Nothing was changed. Update the code, or point "
            "PORTAL_DATABASE_URL elsewhere."
        )
    return current


def current_revision(connection: Connection) -> str | None:
    """Revision of the tables; none where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    """Whether the tables are those of this code.

    Raises:
        DatabaseTooNew: the database knows revisions this code doesn't.
    """
    scripts = _scripts()
    with database.connect() as connection:
        return _require_known(connection, scripts) == scripts.get_current_head()


def upgrade(database: Database | None = None) -> None:
    """Create or update all tables. Several processes may call it at once.

    Raises:
        DatabaseTooNew: the database knows revisions this code doesn't; nothing is touched.
    """
    database = database or get_database()
    scripts = _scripts()
    with database.writing_engine.begin() as connection:
        if not database.is_sqlite:
            # They take as long as they need, and wait for another process that is at it.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _require_known(connection, scripts) != scripts.get_current_head():
            command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Undo migrations down to a revision; `base` leaves no table. The data goes with them."""
    with database.writing_engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def differences(database: Database) -> list[object]:
    """What a migration would have to change so that tables and models agree."""
    with database.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "target_metadata": SQLModel.metadata},
        )
        return list(compare_metadata(context, SQLModel.metadata))


def write_revision(message: str, database: Database | None = None) -> None:
    """Write a new revision file from the difference between models and database."""
    database = database or get_database()
    with database.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
