"""Many rows of one table at once."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table
from sqlmodel import Session, SQLModel

Row = dict[str, Any]
"""A row as it is going to be."""
Stored = Mapping[str, Any]
"""A row as it is in the database."""


Listener = Callable[[Session, type[SQLModel], list[Row]], None]
listeners: dict[type[SQLModel], Listener] = {}
"""Who is told of rows that `insert` added, by model."""


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert(
    db: Session, model: type[SQLModel], rows: list[Row], *, replacing: str | None = None
) -> None:
    """Add rows; all have the same columns.

    The statement goes straight to the driver: most of an import is here, and SQLAlchemy would take
    three times as long to work out the parameters of each row anew.

    Args:
        db: the session, whose pending changes are not flushed first.
        model: whose table.
        rows: what to add.
        replacing: a key; rows that are there under it take the new values.
    """
    if not rows:
        return
    connection = db.connection()
    names = tuple(rows[0])
    statement, processors = _insertion(model, names, replacing, connection.dialect)
    pick = itemgetter(*names)
    columns = [list(column) for column in zip(*map(pick, rows), strict=True)]
    for index, process in processors:
        columns[index] = [None if value is None else process(value) for value in columns[index]]
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))
    if model in listeners:
        listeners[model](db, model, rows)


@lru_cache(maxsize=64)
def _insertion(
    model: type[SQLModel], names: tuple[str, ...], replacing: str | None, dialect: Dialect
) -> tuple[str, list[tuple[int, Callable[..., Any]]]]:
    """An INSERT in the driver's words, and how values of some columns become the driver's."""
    table = table_of(model)
    place = {"qmark": "?", "pyformat": "%s"}[dialect.paramstyle]
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join([place] * len(names))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608
    if replacing is not None:
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != replacing)
        statement += f' ON CONFLICT ("{replacing}") DO UPDATE SET {changes}'
    processors: list[tuple[int, Callable[..., Any]]] = []
    for index, name in enumerate(names):
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            processors.append((index, process))
    return statement, processors
