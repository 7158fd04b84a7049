"""The engine of a process: how it connects to SQLite or PostgreSQL, and for how long it waits."""

import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from account_portal.core.settings import get_settings

waits: list[Callable[[float], None]] = []
"""Who is told how many seconds a call waited for a connection; nobody, unless metrics are on."""
KEPT_IN_POOL = 10
"""Connections that stay open when nobody needs them."""
CONNECT_WITHIN = 5
"""Seconds a server has to take a connection."""


class _TimedPool(QueuePool):
    """Tells how long it let a call wait."""

    # The library names a pool's logger after its class: ours would write into the portal's log.
    _sqla_logger_namespace = "sqlalchemy.pool.impl.QueuePool"

    def connect(self) -> PoolProxiedConnection:
        if not waits:
            return super().connect()
        began = time.perf_counter()
        try:
            return super().connect()
        finally:
            for tell in waits:
                tell(time.perf_counter() - began)


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        # The driver's own transaction control is off: `begin` below decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock first: a transaction that reads and then writes could otherwise
        # fail half-way because another one wrote in between.
        driver: Any = connection.connection.dbapi_connection
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not driver.in_transaction:  # a `Transaction` of reads may have begun it
            driver.execute("BEGIN")  # waits for nobody: nothing that could fail to be translated


def _configure_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def _is_there(driver: Any, _record: object, _pooled: object) -> None:
        # A server that hung up has said so on the socket. To ask it each time, as `pool_pre_ping`
        # does, is a round trip more for every call.
        if not is_open(driver, engine.dialect):
            raise InvalidatePoolError("the server hung up")


def is_open(driver: Any, dialect: Dialect) -> bool:
    """Whether a server still listens, as far as the socket knows."""
    socket = select.poll()
    try:
        socket.register(driver.fileno(), select.POLLIN)
        if socket.poll(0):
            dialect.do_ping(driver)  # perhaps it was something else
    except (OSError, dialect.loaded_dbapi.Error):
        return False
    return True


def make_engine(url: str) -> Engine:
    """An engine for the address; opens no connection yet."""
    settings = get_settings()
    kept = min(KEPT_IN_POOL, settings.database_pool)
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "poolclass": _TimedPool,
        "hide_parameters": True,  # what a statement was given is nothing for a log
        "pool_size": kept,
        "max_overflow": settings.database_pool - kept,
        "pool_timeout": settings.database_pool_seconds,
    }
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("the database needs a file: several threads use it")
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"check_same_thread": False}, **options)
        _configure_sqlite(engine)
        return engine
    limits = {
        "lock_timeout": settings.database_lock_seconds,
        "statement_timeout": settings.database_statement_seconds,
        "idle_in_transaction_session_timeout": settings.database_idle_seconds,
    }
    told = " ".join(f"-c {name}={round(limit * 1000)}" for name, limit in limits.items())
    own = parsed.query.get("options")
    connect_args = {
        "connect_timeout": CONNECT_WITHIN,
        # What the address says itself comes last, and so counts.
        "options": f"{told} {own}" if isinstance(own, str) else told,
    }
    engine = create_engine(
        parsed.difference_update_query(["options"]), connect_args=connect_args, **options
    )
    _configure_postgresql(engine)
    return engine
