"""How a command opens the database: tables up to date, or a sentence why not."""

from sqlalchemy.exc import OperationalError

from account_portal.core.db import Database, get_database
from account_portal.core.migrations import DatabaseTooNew, upgrade
from account_portal.core.places import begin_in_project


class CannotOpen(Exception):
    """The database cannot be used; the text says why."""


def open_database() -> Database:
    """The database of the settings, with its tables up to date.

    Relative paths of settings begin as `places` says.

    Raises:
        CannotOpen: it does not answer, or was made by a newer version; nothing was changed.
    """
    begin_in_project()
    database = get_database()
    try:
        upgrade(database)
    except DatabaseTooNew as error:
        raise CannotOpen(str(error)) from None
    except OperationalError as error:
        raise CannotOpen(
            f"The database does not answer: {str(error.orig).strip().splitlines()[0]}."
        ) from None
    return database
