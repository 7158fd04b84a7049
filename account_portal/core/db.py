"""The database: one engine a process, SQLite or PostgreSQL, and the column types both share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Integer,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from account_portal.core.engine import is_open, make_engine
from account_portal.core.errors import Conflict, GatewayUnavailable, ValidationError
from account_portal.core.reading import PreparedSelect
from account_portal.core.settings import get_settings

ENDED_BY_SERVER = ("25006", "25P03", "25P04")
"""States of SQL that tell of PostgreSQL, not of the statement: it takes no writes now (a standby
that takes over), the transaction stood still too long, or took too long."""
_LOST_BEFORE = "8s2b"
"""SQLAlchemy's code for what is asked in a transaction whose connection was lost."""
MAY_BE_DONE = "No answer came in time: it may have been done, or not. Look before you try again."
KEPT_FOR_READS = 8
"""Connections of a process that wait for the next call that only reads, outside the pool: so many,
and no more than half of them all, or a small pool would have none left for calls that write."""

Minor = BigInteger().with_variant(Integer(), "sqlite")
"""Minor units of money, or hundredths of a point: 64 bits, as SQLite's integers are anyway."""

JsonType = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON; None is the database's NULL, as bulk writes and backups write it, not a JSON `null`."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, UTC and aware on both sides; refuses naive times."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """What the database is given: SQLite a text, as SQLAlchemy would write it."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """What the database gave: SQLite a text."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _to_utc(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError("a naive time reached the database")
    return None if value is None else value.astimezone(UTC)


# Most moments of a transaction are its own.
@lru_cache(maxsize=1024)
def _to_text(value: datetime | None) -> str | None:
    moment = _to_utc(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:26]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _signs_of_absence(dialect: Dialect) -> tuple[type[Exception], ...]:
    driver = dialect.loaded_dbapi
    signs = (OperationalError, PoolTimeout, DisconnectionError, driver.OperationalError)
    if dialect.name == "sqlite":
        return signs
    return (*signs, InterfaceError, driver.InterfaceError)  # SQLite's mean a wrong value


@event.listens_for(Session, "do_orm_execute")
def _read_locked_rows_anew(state: ORMExecuteState) -> None:
    """A row that is locked is read as it stands then, also where the call had read it before.

    While it waited for the lock others may have changed it.
    """
    if state.is_select and getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)


class Transaction:
    """One call's transaction, on one connection that is taken when it is first needed.

    Prepared reads go straight to the driver, all else through the session. A call may begin with
    the one and go on with the other.
    """

    def __init__(self, database: "Database", *, writes: bool) -> None:
        self._database = database
        self.writes = writes
        self._pooled: PoolProxiedConnection | None = None
        self.first_use_of: tuple[str, int] | None = None
        """Session and generation of tokens that came for the first time, to be noted at the end."""
        self.info: dict[str, Any] = {}
        """What its sessions are to know of the call."""
        self.begun: Session | None = None
        """The session, once somebody has asked for it; without one there is nothing to commit."""
        self.is_in_doubt = False
        """The connection was lost while the server kept what was done: nobody knows whether."""

    @property
    def session(self) -> Session:
        """The session of this transaction."""
        if self.begun is None:
            self.begun = self._database.session(writes=self.writes)
            self.begun.info.update(self.info)
            if self._pooled is not None:
                self._database.leave_to_session(self._pooled)
                self.begun.bind = Connection(self._database.engine, self._pooled)
        return self.begun

    def tell(self, name: str, value: Any) -> None:
        """Let its sessions know something of the call, the one that has begun too."""
        self.info[name] = value
        if self.begun is not None:
            self.begun.info[name] = value

    def read(self, read: PreparedSelect, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a prepared read; what is pending in the session is not flushed first."""
        dialect = self._database.engine.dialect
        if self.writes or self.begun is not None:
            return read.rows(self.session.connection().connection, dialect, values)
        if self._pooled is None:
            self._pooled = self._database.begin_reading()
        try:
            return read.rows(self._pooled, dialect, values)
        except self._database.driver_error:
            hung_up = getattr(self._pooled.dbapi_connection, "broken", False)
            self._pooled.invalidate()
            if not hung_up:
                raise
        # The server restarted, say, and its good-bye came too late to be seen before. As each read
        # stands for itself there, it is asked once more.
        self._database.drop_lost()
        self._pooled = self._database.begin_reading()
        return read.rows(self._pooled, dialect, values)

    def commit(self) -> None:
        """Keep what was done.

        Raises:
            GatewayUnavailable: the connection was lost; it may be kept or not.
        """
        if self.begun is None:
            return
        self.begun.flush()
        try:
            self.begun.commit()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self.is_in_doubt = True
            raise GatewayUnavailable(MAY_BE_DONE) from error

    def begin_writing(self) -> None:
        """End a reading transaction; what is asked next begins a writing one.

        One that writes goes on: what it wrote and the locks it holds must not get lost because a
        service that it calls brings something up to date.
        """
        if self.writes:
            return
        self.close()
        self.writes = True

    def close(self) -> None:
        """Give the connection back; what was not committed is undone.

        Whatever the driver says to that: a connection that can't be undone is dropped, by which the
        server undoes it. What the call has come to stays what it is.
        """
        session, self.begun = self.begun, None
        pooled, self._pooled = self._pooled, None
        faults = (SQLAlchemyError, self._database.engine.dialect.loaded_dbapi.Error)
        if session is not None:
            try:
                session.close()
            except faults:
                session.invalidate()
        if pooled is not None and pooled.is_valid:
            try:
                if session is None:
                    self._database.end_reading(pooled)
                else:
                    pooled.close()
            except faults:
                pooled.invalidate()


class Database:
    """The engine of a process, and sessions on it."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.writing_engine = self.engine.execution_options(writes=True)
        self.driver_error: type[Exception] = self.engine.dialect.loaded_dbapi.OperationalError
        self.away: tuple[type[Exception], ...] = _signs_of_absence(self.engine.dialect)
        """What is raised when the database is away, busy or slow, rather than asked wrongly."""
        self._kept: list[PoolProxiedConnection] = []
        self._most_kept = min(KEPT_FOR_READS, get_settings().database_pool // 2)

    def is_away(self, error: Exception) -> bool:
        """Whether an error says that the database is away, busy or slow, not asked wrongly."""
        if isinstance(error, self.away):
            return True
        if isinstance(error, PendingRollbackError):
            return error.code == _LOST_BEFORE
        return getattr(getattr(error, "orig", error), "sqlstate", None) in ENDED_BY_SERVER

    @contextmanager
    def errors_for_callers(self) -> Iterator[None]:
        """Raise what a caller can be told in place of what the database says.

        Raises:
            Conflict: a race that the database itself decided.
            GatewayUnavailable: the database is away, or gave no connection, lock or answer in time.
            ValidationError: a text holds what no row can, such as a NUL.
        """
        try:
            yield
        except IntegrityError as error:
            raise Conflict from error
        except Exception as error:
            if self.is_away(error):
                raise GatewayUnavailable from error
            if self._cannot_be_asked(error):
                raise ValidationError(message="It holds signs that nothing has.") from error
            raise

    def _cannot_be_asked(self, error: Exception) -> bool:
        """Whether the driver itself refused a value; what the server refuses has a code."""
        told = getattr(error, "orig", error)
        is_data = isinstance(told, self.engine.dialect.loaded_dbapi.DataError)
        return is_data and not self.is_sqlite and getattr(told, "sqlstate", None) is None

    def session(self, *, writes: bool) -> Session:
        """A session that has not begun yet; one that `writes` locks SQLite when it begins."""
        return Session(self.writing_engine if writes else self.engine, expire_on_commit=False)

    def begin_reading(self) -> PoolProxiedConnection:
        """A connection of the pool for reads alone.

        Some are kept from one call to the next: to take one from the pool and to give it back costs
        as much as to ask an indexed row.

        PostgreSQL shows each statement the latest state, in a transaction or not; around reads, one
        would only be two more round trips.
        """
        while self._kept:
            try:
                pooled = self._kept.pop()
            except IndexError:  # another thread was quicker
                continue
            if self.is_sqlite or is_open(pooled.dbapi_connection, self.engine.dialect):
                break
            pooled.invalidate()
        else:
            pooled = self.engine.raw_connection()
            if not self.is_sqlite:
                pooled.dbapi_connection.autocommit = True  # type: ignore[union-attr]
        if self.is_sqlite:
            self._run(pooled, "BEGIN")
        return pooled

    def end_reading(self, pooled: PoolProxiedConnection) -> None:
        """Give such a connection back."""
        if len(self._kept) >= self._most_kept:
            self.leave_to_session(pooled)
            pooled.close()
            return
        if self.is_sqlite:
            self._run(pooled, "ROLLBACK")
        self._kept.append(pooled)

    def _run(self, pooled: PoolProxiedConnection, command: str) -> None:
        try:
            pooled.dbapi_connection.execute(command)  # type: ignore[union-attr]
        except self.driver_error:
            pooled.invalidate()
            raise

    @property
    def in_use(self) -> int:
        """Connections that calls hold at this moment."""
        checked_out: int = self.engine.pool.checkedout()  # type: ignore[attr-defined]
        return checked_out - len(self._kept)

    def leave_to_session(self, pooled: PoolProxiedConnection) -> None:
        """Make such a connection what sessions expect; SQLite's transaction goes on."""
        if not self.is_sqlite:
            pooled.dbapi_connection.autocommit = False  # type: ignore[union-attr]

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection outside any customer's transaction, for checks and migrations."""
        with self.engine.connect() as connection:
            yield connection

    def ping(self) -> None:
        """One cheap question; raises what the driver raises when nobody answers."""
        with self.connect() as connection:
            connection.execute(text("SELECT 1"))

    def drop_lost(self) -> None:
        """Forget connections to a server that hung up; what is asked next connects anew."""
        self._drop_kept()
        with suppress(DBAPIError):  # by which the pool hears that its own are lost as well
            self.ping()

    def _drop_kept(self) -> None:
        with suppress(IndexError):  # none is left, or another thread was quicker
            while True:
                self._kept.pop().invalidate()

    def dispose(self) -> None:
        """Close all connections."""
        self._drop_kept()
        self.engine.dispose()


@lru_cache(maxsize=1)
def get_database() -> Database:
    """The database of this process, connected at first use, not at import."""
    return Database(get_settings().sqlalchemy_url)
