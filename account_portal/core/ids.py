"""Ids of rows: ULIDs, 26 characters of Crockford base 32, sorted by time of creation."""

import re
import secrets
import threading
from datetime import datetime

from ulid import ULID

ULID_PATTERN = r"^[0-9A-HJKMNP-TV-Z]{26}$"
_ULID = re.compile(ULID_PATTERN)
_one_at_a_time = threading.Lock()
"""Within a millisecond each id counts on from the one before: two threads must not get the same."""


def new_id() -> str:
    """A new ULID."""
    with _one_at_a_time:
        ulid = ULID()
    return str(ulid)


def made_at(identity: str) -> datetime:
    """When an id was made."""
    return ULID.from_str(identity).datetime


def is_id(text: object) -> bool:
    """Whether the text has the form of a ULID."""
    return isinstance(text, str) and _ULID.match(text) is not None


def new_secret(size: int = 32) -> str:
    """An unguessable text, safe in addresses and headers; `size` is in bytes."""
    return secrets.token_urlsafe(size)


def new_number(prefix: str, year: int) -> str:
    """A readable number such as ``RET-2026-7K3M9Q2D`` that tells nobody how many there are."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return f"{prefix}-{year}-" + "".join(secrets.choice(alphabet) for _ in range(8))
