"""Rows by natural key: what is there, what differs, what is new. Many rows a statement."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import Column, bindparam, select
from sqlmodel import Session, SQLModel

from account_portal.core.bulk import Row, Stored, table_of
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
    table = table_of(model)
    wanted = sorted(values) if lock else list(values)
    columns: list[Column[Any]] = [table.c[name] for name in names] or list(table.c)
    rows: list[Stored] = []
    for start in range(0, len(wanted), CHUNK):
        condition = table.c[column].in_(wanted[start : start + CHUNK])
        statement = select(*columns).where(condition)
        if lock:
            statement = statement.order_by(table.c[column]).with_for_update()
        found = db.execute(statement).mappings()
        rows += cast("Iterable[Stored]", found)
    return rows


def difference(there: Stored, wanted: Row) -> Row:
    """The values that are not as wanted."""
    return {name: value for name, value in wanted.items() if there[name] != value}


def update(
    db: Session, model: type[SQLModel], key: str, changes: Iterable[tuple[Any, Row]]
) -> None:
    """Change rows: pairs of key and the values to set."""
    table = table_of(model)
    changes = list(changes)
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
    tell_of_updates(db, model, key, changes)
