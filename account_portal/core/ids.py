"""Ids of rows: ULIDs, 26 characters of Crockford base 32, sorted by time of creation."""

import re
import secrets
import threading
import time
from datetime import datetime

from ulid import ULID

ULID_PATTERN = r"^[0-9A-HJKMNP-TV-Z]{26}$"
_ULID = re.compile(ULID_PATTERN)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, 10, -10)
_one_at_a_time = threading.Lock()
_last = 0
"""The id made last, as a number."""
_begins = (0, "")
"""All but the last four characters of the ids made last: as a number, and as they are written."""


def new_id() -> str:
    """A new ULID, greater than all that this process made before.

    Within a millisecond, and when the clock is set back, each counts on from the one before. An
    import makes eight an order, for which the library's own way would take a fifth of its time.
    """
    global _last, _begins
    with _one_at_a_time:
        now = time.time_ns() // 1_000_000
        _last = value = _last + 1 if now <= _last >> 80 else now << 80 | secrets.randbits(80)
        if value >> 20 != _begins[0]:
            _begins = value >> 20, "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])
        return _begins[1] + _PAIRS[value >> 10 & 1023] + _PAIRS[value & 1023]


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
    return f"{prefix}-{year}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
