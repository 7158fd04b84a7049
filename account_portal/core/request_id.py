"""The id of the request that is being answered, or whose message is being sent, for log lines."""

import re
import secrets
from contextvars import ContextVar

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

OUTSIDE = "-"
"""In place of an id where no request is being answered."""
request_id: ContextVar[str] = ContextVar("request_id", default=OUTSIDE)
"""Set by the wrapper for the time of one request; `-` outside of one."""


def accept_or_make(sent: str | None) -> str:
    """The id the caller sent if it is harmless in a log line, else a new one."""
    return sent if sent and _SANE.fullmatch(sent) else secrets.token_hex(12)
