"""Nothing that somebody sends reaches the log, neither by us nor by a library."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import engineio
import pytest
from pydantic import BaseModel
from sqlalchemy import text

from account_portal.app import app
from account_portal.core.db import Database
from account_portal.edge.logs import configure_logging, plain_name, told
from account_portal.edge.requests import END
from account_portal.ui.arrivals import PageEvents
from tests.edge.asgi_client import Crashes, call
from tests.edge.test_every_answer import wrapped

SECRETS = ("cookie-5f3a", "passw0rd-77", "code-481516", "token-eyJhbGc")
LIBRARIES = (
    "reflex.app",
    "reflex_base.event.processor.event_processor",
    "engineio.server",
    "socketio.server",
    "uvicorn.error",
    "_granian",
    "granian.access",
    "sqlalchemy.engine",
    "asyncio",
)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that is logged, by whomever, whichever handler it goes to."""
    seen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", seen)
    before, own = logging.getLogRecordFactory(), logging.getLogger("account_portal")
    kept = own.handlers, own.level, own.propagate
    configure_logging("debug")
    everything = logging.StreamHandler(seen)
    root = logging.getLogger()
    root.addHandler(everything)
    yield seen
    root.removeHandler(everything)
    own.handlers, own.level, own.propagate = kept
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize("has_handler", [True, False])
def test_lines_of_libraries_are_ours(
    logged: io.StringIO, monkeypatch: pytest.MonkeyPatch, has_handler: bool
) -> None:
    """As Engine.IO's are, which brings a handler of its own."""
    seen = io.StringIO()
    logger = logging.Logger(f"library-{has_handler}")  # noqa: LOG001 - as if nobody had asked before
    monkeypatch.setitem(logging.getLogger().manager.loggerDict, logger.name, logger)
    last = logging.StreamHandler(seen)
    monkeypatch.setattr(logging, "lastResort", last)
    if has_handler:
        logger.addHandler(logging.StreamHandler(seen))
    configure_logging("info")
    logger.error("Cookie: %s", SECRETS[0])
    [line] = seen.getvalue().splitlines()
    assert (json.loads(line)["level"], json.loads(line)["logger"]) == ("error", logger.name)
    assert SECRETS[0] not in line


def without_secrets(logged: io.StringIO) -> str:
    lines = logged.getvalue()
    for secret in SECRETS:
        assert secret not in lines
    return lines


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_tell_where_and_what_kind_only(library: str, logged: io.StringIO) -> None:
    logger = logging.getLogger(library)
    logger.error(f"Event data: {SECRETS}\nforged line")  # noqa: G004 - as libraries do
    logger.error("Cookie: %s", SECRETS[0])
    try:
        raise LookupError(SECRETS)
    except LookupError:
        logger.exception("failed for %s", SECRETS[1])
    lines = without_secrets(logged)
    assert "forged" not in lines
    assert f"{library}:test_libraries_tell" in lines
    assert "LookupError" in lines


HANDSHAKES = (
    "EIO=",
    "EIO=3&transport=websocket",
    f"EIO=4&transport={SECRETS[2]}",
    f"EIO=4&transport=websocket&sid={SECRETS[2]}",
    f"EIO=4&transport=websocket&j={SECRETS[2]}",
    "EIO=4&EIO=5&transport[]=%ff%00",
    "",
)


@pytest.mark.parametrize("query", HANDSHAKES)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_what_strangers_get_wrong_in_a_handshake_is_no_error(
    logged: io.StringIO, caplog: pytest.LogCaptureFixture, query: str, method: str
) -> None:
    server = engineio.AsyncServer(async_mode="asgi", transports=["websocket"])
    answer = call(
        engineio.ASGIApp(server, engineio_path="/"), "/", method=method, query=query, chunks=[b"4x"]
    )
    assert answer.status in {200, 400, 405}
    without_secrets(logged)
    levels = [record.levelno for record in caplog.records if record.name == "engineio.server"]
    assert max(levels, default=logging.INFO) <= logging.WARNING
    assert levels or answer.status in {200, 405}


class Form(BaseModel):
    code: int


def test_exceptions_of_ours_tell_the_way_and_not_the_values(logged: io.StringIO) -> None:
    log = logging.getLogger("account_portal.pages")
    try:
        try:
            Form.model_validate({"code": SECRETS[2]})
        except ValueError as error:
            raise RuntimeError(f"for {SECRETS[0]}") from error
    except RuntimeError as error:
        log.error("outside a guarded handler", exc_info=error)  # noqa: TRY400 - as handlers do
    line = json.loads(without_secrets(logged))
    assert "RuntimeError\ncaused by\n" in line["exception"]
    assert "ValidationError" in line["exception"]
    assert "test_logs.py" in line["exception"]


def test_a_statement_does_not_tell_what_it_was_given(database: Database) -> None:
    with database.engine.connect() as db, pytest.raises(Exception) as failed:
        db.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": SECRETS[1]})
    assert SECRETS[1] not in str(failed.value)
    assert SECRETS[1] not in told(failed.value)


def test_a_crash_is_logged_without_what_was_sent(logged: io.StringIO) -> None:
    headers = {"Cookie": SECRETS[0], "Authorization": f"Bearer {SECRETS[3]}"}
    call(
        wrapped(Crashes()),
        "/api/v1/x",
        method="POST",
        query=f"code={SECRETS[2]}",
        headers=headers,
        chunks=[f"password={SECRETS[1]}".encode()],
    )
    lines = without_secrets(logged)
    assert "RuntimeError" in lines


@pytest.mark.parametrize("name", ["a\nb", "x\u2028y", '{"level":"error"}', "\x1b[31m", "y" * 500])
def test_names_of_clients_are_escaped_and_cut(name: str) -> None:
    plain = plain_name(name)
    assert len(plain) <= 100
    assert plain.isascii()
    assert plain.isprintable()
    assert '"' not in plain


@pytest.mark.parametrize(
    "data",
    [
        {"name": "state.nobody", "payload": {"password": SECRETS[1]}},
        {"name": "state.x\nforged", "payload": {}},
        {"name": 7},
        {"payload": {"cookie": SECRETS[0]}},
        json.dumps({"name": "state.nobody", "cookie": SECRETS[0]}),
        [SECRETS[0]],
        None,
    ],
)
def test_unknown_handlers_are_refused_before_they_are_queued(
    data: Any, logged: io.StringIO
) -> None:
    ended: list[str] = []
    scope = {END: lambda: ended.append("it was ended")}

    async def handle(connection: str, _: Any) -> None:
        await pages.on_event(connection, data)

    pages = PageEvents("/events", app)
    pages.server = SimpleNamespace(
        _handle_eio_message=handle, environ={"one": {"asgi.scope": scope}}
    )
    pages.sid_to_token["one"] = "a key"
    asyncio.run(pages.receive("one", data))
    assert ended
    lines = without_secrets(logged)
    assert "an event without a handler" in lines
    assert "\nforged" not in lines
    assert len(lines.splitlines()) == 1
