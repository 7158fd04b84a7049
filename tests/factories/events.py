"""What is in the event log."""

import json
from typing import Any

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.events.log import Entry, place_waiting, read_after


def place_all(database: Database) -> None:
    """Give every waiting event its place."""
    while True:
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            if not place_waiting(ctx):
                return


def log_of(database: Database, after: int = 0) -> list[Entry]:
    """All events in the order in which readers see them."""
    place_all(database)
    found: list[Entry] = []
    with enter(writes=False, actor=SHOP, database=database) as ctx:
        while some := read_after(ctx.db, found[-1].position if found else after, limit=100):
            found += some
    return found


def told(database: Database, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Types and data of the events."""
    return [(one.type, json.loads(one.data)) for one in log_of(database, after)]


def types_told(database: Database, after: int = 0) -> list[str]:
    """Types of the events, in order."""
    return [one.type for one in log_of(database, after)]


def mark(database: Database) -> int:
    """The place of the newest event: what comes after it is new."""
    found = log_of(database)
    return found[-1].position if found else 0
