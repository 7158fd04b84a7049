"""Copies a portal's database into an empty one of either kind, and checks it row by row."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from sqlalchemy import Connection

from account_portal.core.db import Database
from account_portal.core.migrations import upgrade
from account_portal.maintenance.tables import (
    Row,
    Sum,
    continue_numbers,
    encode_row,
    last_numbers,
    one_moment,
    read_rows,
    require_empty,
    sum_of,
    tables,
    write_rows,
)


class Differs(Exception):
    """What was written reads otherwise than what was read; nothing was kept."""


def copy_database(
    source: Database, target: Database, note: Callable[[str, int], None] = lambda *_: None
) -> dict[str, int]:
    """Copy all rows as they are at one moment, in one transaction of the target's.

    Args:
        source: with the tables of this version; it may be in use, but what is written there later
            is not copied.
        target: empty or without tables; they are made.
        note: is told each table and its rows when they are there.

    Returns:
        Rows by table.

    Raises:
        NotEmpty: the target holds rows.
        Differs: a table reads otherwise in the target.
    """
    upgrade(target)
    with one_moment(source) as reading, target.writing_engine.begin() as writing:
        without_limits(writing)
        require_empty(writing)
        read: dict[str, Sum] = {}
        for table in tables():
            read[table.name] = found = Sum()

            with closing(read_rows(reading, table)) as rows:
                write_rows(writing, table, _counted(rows, found))
            note(table.name, found.rows)
        continue_numbers(writing, last_numbers(reading))
        require_same(writing, read)
    return {name: found.rows for name, found in read.items()}


def _counted(rows: Iterable[Row], found: Sum) -> Iterator[Row]:
    for row in rows:
        found.add(encode_row(row))
        yield row


def without_limits(connection: Connection) -> None:
    """Let this transaction take as long as it needs; a portal's calls have limits."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def require_same(connection: Connection, read: dict[str, Sum]) -> None:
    """Compare each table with what was read for it.

    Raises:
        Differs: the text names the table.
    """
    for table in tables():
        there, here = sum_of(connection, table), read[table.name]
        if (there.rows, there.text) != (here.rows, here.text):
            raise Differs(f"The rows of {table.name} read otherwise there; nothing was kept.")
