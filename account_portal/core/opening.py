"""How a command opens the database: tables up to date, or a sentence why not."""

import time

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from account_portal.core.db import Database, get_database
from account_portal.core.migrations import DatabaseTooNew, upgrade
from account_portal.core.places import begin_in_project

TRIES_EVERY = 0.5
"""Seconds between two looks whether a database has come up."""


class CannotOpen(Exception):
    """The database cannot be used; the text says why."""


def open_database(*, waits: float = 0) -> Database:
    """The database of the settings, with its tables up to date.

    Relative paths of settings begin as `places` says.

    Args:
        waits: seconds it may take to come up.

    Raises:
        CannotOpen: it does not answer, or was made by a newer version; nothing was changed.
    """
    begin_in_project()
    database = get_database()
    _wait_for_answer(database, waits)
    try:
        upgrade(database)
    except DatabaseTooNew as error:
        raise CannotOpen(str(error)) from None
    except OperationalError as error:
        raise CannotOpen(_sentence(error)) from None
    return database


def _wait_for_answer(database: Database, seconds: float) -> None:
    began, was_told = time.monotonic(), False
    while True:
        try:
            database.ping()
        except DBAPIError as error:
            reason = _sentence(error)
            left = 0 if database.is_sqlite else began + seconds - time.monotonic()
            if left <= 0:
                raise CannotOpen(reason) from None
            if not was_told:
                click.echo(f"{reason} Trying for {seconds:g} seconds ...", err=True)
                was_told = True
            time.sleep(min(left, TRIES_EVERY))
        else:
            if was_told:
                click.echo("The database answers.", err=True)
            return


def _sentence(error: DBAPIError) -> str:
    reason = str(error.orig).strip().partition("\n")[0]
    return f"The database does not answer: {reason}."
