"""Prepared statements on PostgreSQL, through the driver's own door to the server's library.

The driver's cursors wait for a socket with Python, twice for each statement; the library does it by
itself. For an indexed row that is most of the time.
"""

from typing import Any

from psycopg import DataError, OperationalError, RawCursor, errors
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import PoolProxiedConnection

WRITER = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""Writes statements with `$1`, `$2`, as the server prepares them."""

_PREPARED = "prepared reads"


def ask(
    connection: PoolProxiedConnection, name: str, text: str, values: list[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a statement, which is prepared once on each connection that only reads.

    In a transaction the driver keeps prepared statements of its own, and clears them away with ours
    when one was undone; there it is asked the usual way.

    Args:
        connection: one that nobody else uses meanwhile.
        name: of the statement, the same for the same text.
        text: with a `$` and a number where a value belongs.
        values: texts and whole numbers, by place.
    """
    driver: Any = connection.dbapi_connection
    if not driver.autocommit:
        return RawCursor(driver).execute(text, values).fetchall()
    bound = [_encoded(value) for value in values]
    known: set[str] = connection.info.setdefault(_PREPARED, set())
    try:
        result = _run(driver.pgconn, name, text, bound, known)
    except errors.InvalidSqlStatementName:
        # Cleared away after a rollback; those that were prepared since then are there still.
        known.discard(name)
        result = _run(driver.pgconn, name, text, bound, known)
    found = Transformer(driver)
    found.set_pgresult(result)
    return found.load_rows(0, result.ntuples, tuple)


def _run(server: Any, name: str, text: str, bound: list[bytes], known: set[str]) -> Any:
    if name not in known:
        prepared = server.prepare(name.encode(), text.encode())
        _require(server, prepared, ExecStatus.COMMAND_OK)
        known.add(name)
    result = server.exec_prepared(name.encode(), bound, result_format=Format.BINARY)
    _require(server, result, ExecStatus.TUPLES_OK)
    return result


def _encoded(value: str | int) -> bytes:
    encoded = str(value).encode()
    if b"\0" in encoded:  # the library would end the text there
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return encoded


def _require(server: Any, result: Any, wanted: ExecStatus) -> None:
    if result.status == wanted:
        return
    if server.status != ConnStatus.OK:
        raise OperationalError(server.get_error_message())
    raise errors.error_from_result(result)
