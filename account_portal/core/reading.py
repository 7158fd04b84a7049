"""Reads that are asked all the time: compiled once, sent to the driver as text.

What SQLAlchemy does for each statement anew (parameters, events, result rows) costs ten times what
the database takes for an indexed row. Statements are still built with it, so that they name tables
and columns as all others do and run on every database.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Dialect, FunctionElement, Select, bindparam, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import NullType
from sqlmodel import Session

from account_portal.core import postgresql
from account_portal.core.tracing import is_traced, span

Process = Callable[[Any], Any]
Rows = list[tuple[Any, ...]]

_numbers = count(1)


class as_bytes(FunctionElement[bytes]):  # noqa: N801 - a function of SQL
    """A text as its UTF-8: what is sent on as it is need not become a `str` first."""

    inherit_cache = True


@compiles(as_bytes)
def _cast(element: as_bytes, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(as_bytes, "postgresql")
def _convert(element: as_bytes, compiler: Any, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


class is_among(FunctionElement[Any]):  # noqa: N801 - a condition of SQL
    """Whether a column holds one of many texts, which come as one JSON array.

    So the statement is the same for any number of them.
    """

    inherit_cache = True
    # Of a boolean SQLAlchemy would ask SQLite whether it is 1, and no index answers that.
    type = NullType()

    def __init__(self, column: ColumnElement[Any], name: str = "values") -> None:
        super().__init__(column, bindparam(name))


@compiles(is_among)
def _in_json(element: is_among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - no values in it


@compiles(is_among, "postgresql")
def _any_of_json(element: is_among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY (ARRAY(SELECT json_array_elements_text(CAST({values} AS json))))"


def is_one_of(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds one of a few texts that never change: `IN` is spelled at each call."""
    return or_(*(column == value for value in sorted(values)))


class _Words(NamedTuple):
    """A statement in the words of one database."""

    text: str
    fixed: Mapping[str, Any]
    """Values that stand in the statement itself."""
    places: tuple[str, ...]
    """Names of the values by place."""
    processes: tuple[tuple[int, Process], ...]
    """Columns whose values the driver does not give as Python's."""


class PreparedSelect:
    """A SELECT whose values are bound by name: texts and whole numbers."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}
        self._name = f"read_{next(_numbers)}"

    def rows(
        self, connection: PoolProxiedConnection, dialect: Dialect, values: Mapping[str, Any]
    ) -> Rows:
        """Run it on a connection."""
        words = self._words.get(dialect.name) or self._compile(dialect)
        if words.fixed:
            values = {**words.fixed, **values}
        bound = [values[name] for name in words.places]
        if is_traced():
            with span("database", db_query_text=words.text):
                return self._ask(connection, dialect, words, bound)
        return self._ask(connection, dialect, words, bound)

    def _ask(
        self,
        connection: PoolProxiedConnection,
        dialect: Dialect,
        words: _Words,
        bound: list[Any],
    ) -> Rows:
        if dialect.name == "postgresql":
            rows = postgresql.ask(connection, self._name, words.text, bound)
        else:
            driver: Any = connection.dbapi_connection
            rows = driver.execute(words.text, bound).fetchall()
        if not rows or not words.processes:
            return rows
        if len(rows) == 1:  # a third of the time that columns take
            row = list(rows[0])
            for place, process in words.processes:
                row[place] = process(row[place])
            return [tuple(row)]
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, process in words.processes:
            if columns[place].count(None) < len(rows):  # many columns are empty in all rows
                columns[place] = [process(value) for value in columns[place]]
        return list(zip(*columns, strict=True))

    def _compile(self, dialect: Dialect) -> _Words:
        writer = postgresql.WRITER if dialect.name == "postgresql" else dialect
        compiled: Any = self.statement.compile(dialect=writer)
        types = [column.type for column in self.statement.selected_columns]
        processes = [
            (place, process)
            for place, kind in enumerate(types)
            if (process := kind.dialect_impl(dialect).result_processor(dialect, None))
        ]
        words = self._words[dialect.name] = _Words(
            text=compiled.string,
            fixed={name: value for name, value in compiled.params.items() if value is not None},
            places=tuple(compiled.positiontup or ()),
            processes=tuple(processes),
        )
        return words


def read_in(db: Session, read: PreparedSelect, **values: str | int) -> Rows:
    """Rows of a prepared read within a session's transaction; flush what they depend on first."""
    connection = db.connection()
    return read.rows(connection.connection, connection.dialect, values)


def read_among(db: Session, read: PreparedSelect, values: Collection[str]) -> Rows:
    """Rows of a prepared read whose condition is `is_among`, like `read_in`."""
    return read_in(db, read, values=orjson.dumps(list(values)).decode())
