"""Rows with a key that two transactions add at once: the slower one looks again.

Between a look-up that finds nothing and the row that is then added, somebody else may add it.
PostgreSQL lets the second wait until the first has committed and then refuses its row. That says
nothing of what it was to do: done again, it finds the row. SQLite has one writer, and no such race.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from account_portal.core.errors import Conflict

Done = TypeVar("Done")

TRIES = 10
"""So many keys of one record may be lost to others one after the other: its customer's, its own."""
MOST_DEADLOCKS = 3
"""Each takes a second, and does not end by itself if this transaction wrote something before."""
_LOST = ("23505", "23503", "40P01")
"""States of SQL: a unique key is there already; a row that is pointed at is not there any more; two
transactions wait for each other."""
_DEADLOCK = _LOST[2]
_KEY = re.compile(r"Key \((.+?)\)=|UNIQUE constraint failed: (.+)")


def again_when_lost(db: Session, deed: Callable[[], Done]) -> Done:
    """Do something in a savepoint, and all of it again when another transaction was quicker.

    A key that was lost once is seen from then on: what fails for the same key twice is no race, and
    is raised.

    Args:
        db: a session that writes.
        deed: looks up and adds; an `IntegrityError` may come out of it as the cause of a
            `Conflict`. It may run more than once, so it does nothing that can't be undone.
    """
    lost: set[str] = set()
    deadlocks = 0
    while True:
        try:
            with db.begin_nested():  # what fails in it leaves the transaction usable
                return deed()
        except (DBAPIError, Conflict) as error:
            told = getattr(error.__cause__ if isinstance(error, Conflict) else error, "orig", None)
            state, words = getattr(told, "sqlstate", None), str(told)
            deadlocks += state == _DEADLOCK
            if state not in _LOST or words in lost or len(lost) == TRIES - 1:
                raise
            if deadlocks > MOST_DEADLOCKS:
                raise
            lost.add(words)
        db.expire_all()  # what was read is read as it stands now


def taken_key(error: Exception) -> str | None:
    """The columns of the key that a row has in common with another, if that is what is wrong."""
    found = _KEY.search(str(getattr(error, "orig", "")))
    if not isinstance(error, IntegrityError) or found is None:
        return None
    return re.sub(r"\w+\.", "", found[1] or found[2])
