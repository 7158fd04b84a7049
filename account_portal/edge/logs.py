"""Log lines as JSON, one object a line, each with the id of the request it belongs to."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import orjson

from account_portal.edge.request_id import request_id

ACCESS_LOG = "account_portal.access"


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
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
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


def configure_logging(level: str) -> None:
    """Write the portal's log lines to standard error, from `level` on.

    Only the portal's own loggers are touched; those of libraries keep what they have.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("account_portal")
    logger.handlers = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
