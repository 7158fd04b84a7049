"""All rows of a database, in an order in which they can be written to another one.

Rows are read in one transaction that sees one moment, while customers and systems go on writing.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    Table,
    cast,
    func,
    insert,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlmodel import SQLModel

import account_portal.models  # noqa: F401  (declares the tables)
from account_portal.core.db import Database, UtcDateTime

NOT_MOVED = frozenset({"running_portals"})
"""Tables about processes, not about customers: they mean nothing elsewhere."""
BATCH = 500
"""Rows that are held at a time."""

Row = dict[str, Any]


class NotEmpty(Exception):
    """Rows would be mixed with others that are there already; nothing was written."""


def tables() -> list[Table]:
    """The tables that are moved: each stands after all it refers to."""
    return [one for one in SQLModel.metadata.sorted_tables if one.name not in NOT_MOVED]


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """A connection whose reads all see the database as it is at the first one."""
    if database.is_sqlite:
        with database.engine.connect() as connection:  # WAL: a reading transaction is a snapshot
            yield connection
        return
    isolated = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with isolated.connect() as connection:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
        yield connection


def read_rows(connection: Connection, table: Table) -> Generator[Row, None, None]:
    """The rows of a table by primary key, streamed; values are of the types the models say.

    Close it before the connection.

    Texts are ordered byte by byte, so that both kinds of databases give the same order.
    """
    keys = [
        key.collate("C") if connection.dialect.name == "postgresql" and _is_text(key) else key
        for key in table.primary_key
    ]
    options = {"stream_results": True, "yield_per": BATCH}
    with connection.execute(select(table).order_by(*keys), execution_options=options) as found:
        for row in found:
            yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def _is_text(column: Any) -> bool:
    return bool(column.type.python_type is str)


def encode_row(row: Mapping[str, Any]) -> bytes:
    """A row as one line of JSON: times in UTC, bytes in base64."""
    return orjson.dumps(dict(row), default=_encode, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS)


def _encode(value: Any) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in a table")


def decode_row(table: Table, line: bytes) -> Row:
    """The row that `encode_row` wrote.

    Raises:
        ValueError: it is no row of this table.
    """
    row = orjson.loads(line)
    if not isinstance(row, dict) or set(row) != set(table.columns.keys()):
        raise ValueError(f"a row of {table.name} has other columns")
    for column in table.columns:
        value = row[column.name]
        if value is None:
            continue
        if isinstance(column.type, UtcDateTime):
            row[column.name] = datetime.fromisoformat(value).astimezone(UTC)
        elif isinstance(column.type, LargeBinary):
            row[column.name] = b64decode(value)
    return row


class Sum:
    """Counts and digests the rows of a table, so that two databases can be compared."""

    def __init__(self) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()

    def add(self, line: bytes) -> None:
        """Take a row in, as `encode_row` writes it."""
        self.rows += 1
        self._digest.update(line + b"\n")

    @property
    def text(self) -> str:
        """The digest of all rows so far."""
        return self._digest.hexdigest()


def sum_of(connection: Connection, table: Table) -> Sum:
    """Count and digest of what stands in a table now."""
    found = Sum()
    for row in read_rows(connection, table):
        found.add(encode_row(row))
    return found


def require_empty(connection: Connection) -> None:
    """Refuse a database in which a row stands.

    Raises:
        NotEmpty: the text names the first table with rows.
    """
    for table in tables():
        if connection.execute(select(table).limit(1)).first() is not None:
            raise NotEmpty(
                f"The database there holds rows already ({table.name}); none was written."
            )


def write_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Write rows in batches. JSON columns that hold nothing get SQL's null, as the models write."""
    batch: list[Row] = []
    for row in rows:
        batch.append(_for_insert(table, row))
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)


def _for_insert(table: Table, row: Row) -> Row:
    empty = {
        column.name: null()
        for column in table.columns
        if isinstance(column.type, JSON) and row[column.name] is None and column.nullable
    }
    return row | empty


def numbered() -> list[tuple[Table, Column[Any]]]:
    """The tables whose rows the database numbers, and the column of the number."""
    found = ((table, table.autoincrement_column) for table in tables())
    return [(table, key) for table, key in found if key is not None]


def last_numbers(connection: Connection) -> dict[str, int]:
    """The last number given out, by table: higher than any row's where rows are removed by age."""
    last: dict[str, int] = {}
    for table, key in numbered():
        if connection.dialect.name == "postgresql":
            name = _sequence(connection, table, key)
            found = connection.execute(select(func.pg_sequence_last_value(cast(name, REGCLASS))))
        else:
            found = connection.exec_driver_sql(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
            )
        last[table.name] = found.scalar() or 0
    return last


def continue_numbers(connection: Connection, last: Mapping[str, int]) -> None:
    """Go on with numbers where another database stopped, so that none is given out twice.

    Readers of the event log hold numbers; one below theirs would never be seen.
    """
    for table, key in numbered():
        number = last.get(table.name, 0)
        if not number:
            continue
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.setval(_sequence(connection, table, key), number)))
        else:
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            connection.exec_driver_sql(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, number)
            )


def _sequence(connection: Connection, table: Table, key: Column[Any]) -> str:
    named = select(func.pg_get_serial_sequence(table.name, key.name))
    return str(connection.execute(named).scalar_one())
