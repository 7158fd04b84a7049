"""Rows by natural key: what is there, what differs, what is new. Many rows a statement."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column, bindparam, select
from sqlmodel import Session, SQLModel

from account_portal.core.bulk import Row, Stored, table_of
from account_portal.core.changing import PreparedChange
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.events import tell_of_updates

CHUNK = 500
"""Values in one `IN`; every database takes that many."""


def fetch(
    db: Session,
    model: type[SQLModel],
    column: str,
    values: Collection[Any],
    names: Collection[str] = (),
    *,
    lock: bool = False,
) -> list[Stored]:
    """The rows whose column holds one of the values; `names` are the columns to read.

    With `lock` nobody else changes the rows until the transaction ends (on PostgreSQL; SQLite has
    one writer anyway). They are locked in order, so that two imports don't wait for each other.
    """
    if not values:
        return []
    read = _rows_among(model, column, tuple(names), lock=lock)
    keys = tuple(names) or table_of(model).c.keys()
    return [dict(zip(keys, row, strict=True)) for row in read_among(db, read, values)]


@cache
def _rows_among(
    model: type[SQLModel], column: str, names: tuple[str, ...], *, lock: bool
) -> PreparedSelect:
    table = table_of(model)
    columns: list[Column[Any]] = [table.c[name] for name in names] or list(table.c)
    statement = select(*columns).where(is_among(table.c[column]))
    if lock:
        statement = statement.order_by(table.c[column]).with_for_update()
    return PreparedSelect(statement)


def difference(there: Stored, wanted: Row) -> Row:
    """The values that are not as wanted."""
    return {name: value for name, value in wanted.items() if there[name] != value}


def update(
    db: Session, model: type[SQLModel], key: str, changes: Iterable[tuple[Any, Row]]
) -> None:
    """Change rows: pairs of key and the values to set."""
    changes = list(changes)
    alike: dict[tuple[str, ...], list[Row]] = {}
    for value, row in changes:
        names = tuple(sorted(row))
        alike.setdefault(names, []).append(
            {"its_key": value, **{f"new_{n}": row[n] for n in names}}
        )
    for names, rows in alike.items():
        _update_of(model, key, names).run(db, *rows)
    tell_of_updates(db, model, key, changes)


@cache
def _update_of(model: type[SQLModel], key: str, names: tuple[str, ...]) -> PreparedChange:
    table = table_of(model)
    return PreparedChange(
        table.update()
        .where(table.c[key] == bindparam("its_key"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
