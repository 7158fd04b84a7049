"""Rows by natural key: what is there, what differs, what is new. Many rows a statement."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table, bindparam, select
from sqlmodel import Session, SQLModel

CHUNK = 500
"""Values in one `IN`; every database takes that many."""

Row = dict[str, Any]
"""A row as it is going to be."""

Stored = Mapping[str, Any]
"""A row as it is in the database."""


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def fetch(
    db: Session,
    model: type[SQLModel],
    column: str,
    values: Collection[Any],
    names: Collection[str] = (),
) -> list[Stored]:
    """The rows whose column holds one of the values; `names` are the columns to read."""
    table = table_of(model)
    wanted = list(values)
    columns: list[Column[Any]] = [table.c[name] for name in names] or list(table.c)
    rows: list[Stored] = []
    for start in range(0, len(wanted), CHUNK):
        condition = table.c[column].in_(wanted[start : start + CHUNK])
        found = db.execute(select(*columns).where(condition)).mappings()
        rows += cast("Iterable[Stored]", found)
    return rows


def insert(db: Session, model: type[SQLModel], rows: list[Row]) -> None:
    """Add rows; all have the same columns.

    The statement goes straight to the driver: most of an import is here, and SQLAlchemy would take
    three times as long to work out the parameters of each row anew.
    """
    if not rows:
        return
    connection = db.connection()
    names = tuple(rows[0])
    statement, processors = _insertion(model, names, connection.dialect)
    pick = itemgetter(*names)
    columns = [list(column) for column in zip(*map(pick, rows), strict=True)]
    for index, process in processors:
        columns[index] = [None if value is None else process(value) for value in columns[index]]
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


@lru_cache(maxsize=64)
def _insertion(
    model: type[SQLModel], names: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[int, Callable[..., Any]]]]:
    """An INSERT in the driver's words, and how values of some columns become the driver's."""
    table = table_of(model)
    place = {"qmark": "?", "pyformat": "%s"}[dialect.paramstyle]
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join([place] * len(names))
    processors: list[tuple[int, Callable[..., Any]]] = []
    for index, name in enumerate(names):
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            processors.append((index, process))
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', processors  # noqa: S608


def difference(there: Stored, wanted: Row) -> Row:
    """The values that are not as wanted."""
    return {name: value for name, value in wanted.items() if there[name] != value}


def update(
    db: Session, model: type[SQLModel], key: str, changes: Iterable[tuple[Any, Row]]
) -> None:
    """Change rows: pairs of key and the values to set."""
    table = table_of(model)
    alike: dict[tuple[str, ...], list[Row]] = {}
    for value, row in changes:
        names = tuple(sorted(row))
        alike.setdefault(names, []).append(
            {"its_key": value, **{f"new_{n}": row[n] for n in names}}
        )
    for names, rows in alike.items():
        statement = (
            table.update()
            .where(table.c[key] == bindparam("its_key"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        db.connection().execute(statement, rows)
