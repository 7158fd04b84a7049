"""Reads that are asked all the time: compiled once, sent to the driver as text.

What SQLAlchemy does for each statement anew (parameters, events, result rows) costs ten times what
the database takes for an indexed row. Statements are still built with it, so that they name tables
and columns as all others do and run on every database.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select

Process = Callable[[Any], Any]


class _Words(NamedTuple):
    """A statement in the words of one driver."""

    text: str
    fixed: Mapping[str, Any]
    """Values that stand in the statement itself."""
    places: tuple[str, ...] | None
    """Names of the values by place; none: the driver takes them by name."""
    processes: tuple[tuple[int, Process], ...]
    """Columns whose values the driver does not give as Python's."""


class Read:
    """A SELECT whose values are bound by name: texts and whole numbers."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def rows(
        self, driver: Any, dialect: Dialect, values: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        """Run it on a driver's connection."""
        words = self._words.get(dialect.name) or self._compile(dialect)
        values = {**words.fixed, **values}
        bound = values if words.places is None else [values[name] for name in words.places]
        rows: list[tuple[Any, ...]] = driver.execute(words.text, bound).fetchall()
        if words.processes:
            return [_processed(row, words.processes) for row in rows]
        return rows

    def _compile(self, dialect: Dialect) -> _Words:
        compiled: Any = self.statement.compile(dialect=dialect)
        types = [column.type for column in self.statement.selected_columns]
        processes = [
            (place, process)
            for place, kind in enumerate(types)
            if (process := kind.dialect_impl(dialect).result_processor(dialect, None))
        ]
        words = self._words[dialect.name] = _Words(
            text=compiled.string,
            fixed={name: value for name, value in compiled.params.items() if value is not None},
            places=tuple(compiled.positiontup) if compiled.positional else None,
            processes=tuple(processes),
        )
        return words


def _processed(row: tuple[Any, ...], processes: tuple[tuple[int, Process], ...]) -> tuple[Any, ...]:
    values = list(row)
    for place, process in processes:
        values[place] = process(values[place])
    return tuple(values)
