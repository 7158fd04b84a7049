"""Ids that are the same at every seeding, so that links, screenshots and tests stay true."""

import hashlib
from datetime import UTC, datetime

from ulid import ULID

_BORN = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000).to_bytes(6, "big")


def seeded_id(kind: str, name: str) -> str:
    """The ULID of a named thing: always the same for the same kind and name."""
    digest = hashlib.sha256(f"{kind}:{name}".encode()).digest()
    return str(ULID.from_bytes(_BORN + digest[:10]))


def seeded_number(name: str, digits: int) -> str:
    """A number that looks like a courier's or a bank's, always the same for the same name."""
    value = int.from_bytes(hashlib.sha256(name.encode()).digest()[:12], "big")
    return str(value % 10**digits).zfill(digits)
