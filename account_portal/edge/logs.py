"""Log lines as JSON, one object a line, each with the id of the request it belongs to.

No line says what somebody sent. Libraries put cookies, forms and whole events into what they log,
and exceptions carry the values they are about: of libraries' records stay the place in their code
and the type of the exception, of exceptions the way through the code and their types.
"""

import json
import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

from account_portal.core.request_id import request_id
from account_portal.core.tracing import trace_id

ACCESS_LOG = "account_portal.access"
OWN = "account_portal"
LONGEST_NAME = 100
"""Characters of a name in a line of the log."""
_SOCKETS = "engineio.server"
"""Calls an error what strangers get wrong when they open a connection; its own errors raise."""
_STRANGE = re.compile(r"[^A-Za-z0-9_.:<>/-]")


class JsonLines(logging.Formatter):
    """One JSON object a line. A record's `fields` (``extra={"fields": {...}}``) join it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        if trace := trace_id():
            line["trace_id"] = trace
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = told(record.exc_info[1])
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # half a surrogate pair, say; a line of the log is never lost
            return json.dumps(line, default=str)


_access = logging.getLogger(ACCESS_LOG)
_SAME_IN_ALL = vars(logging.LogRecord(ACCESS_LOG, logging.INFO, __file__, 0, "request", None, None))


def log_request(level: int, fields: dict[str, Any]) -> None:
    """Log a request; where in the code that is says nothing, and would take time to find out."""
    if not _access.isEnabledFor(level):
        return
    record = logging.LogRecord.__new__(logging.LogRecord)
    now = time.time()
    vars(record).update(
        _SAME_IN_ALL,
        levelno=level,
        levelname=logging.getLevelName(level),
        created=now,
        msecs=now % 1 * 1000,
        fields=fields,
    )
    _access.handle(record)


def plain_name(text: object) -> str:
    """A name that a client may have chosen, harmless in a line of the log."""
    return _STRANGE.sub("?", str(text)[:LONGEST_NAME])


def told(error: BaseException | None) -> str:
    """Where an exception came from and what kinds led to it, without what any of them says."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append("".join(traceback.format_tb(error.__traceback__)) + kind_of(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(parts)


def kind_of(error: BaseException) -> str:
    """The type of an exception, harmless in a line of the log."""
    kind = type(error)
    return plain_name(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."))


class _WithoutContent(logging.LogRecord):
    """A record of a library: `reflex.app:on_event`, and the type of the exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name == OWN or self.name.startswith(OWN + "."):
            return
        if self.name == _SOCKETS and self.levelno == logging.ERROR and not self.exc_info:
            self.levelno, self.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        error = self.exc_info[1] if self.exc_info else None
        self.msg = plain_name(f"{self.name}:{self.funcName or '-'}:{self.lineno}")
        if error is not None:
            self.msg += f" {kind_of(error)}"
        self.args, self.exc_info, self.exc_text, self.stack_info = (), None, None, None


def configure_logging(level: str) -> None:
    """Write the portal's log lines to standard error, from `level` on.

    Loggers of libraries keep the handlers they have, but whatever those are, a record reaches them
    without its content, and what has no format of its own is one of our lines.
    """
    logging.setLogRecordFactory(_WithoutContent)
    lines = JsonLines()
    for handler in _plain_handlers():
        handler.setFormatter(lines)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logger = logging.getLogger(OWN)
    logger.handlers = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False


def _plain_handlers() -> list[logging.Handler]:
    loggers = [logging.getLogger(), *logging.getLogger().manager.loggerDict.values()]
    found = [one for each in loggers if isinstance(each, logging.Logger) for one in each.handlers]
    if logging.lastResort:
        found.append(logging.lastResort)
    return [one for one in found if one.formatter is None]
