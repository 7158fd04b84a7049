"""The commands `backup`, `restore`, `database`, `files` and `reencrypt`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.core.migrations import DatabaseTooNew
from account_portal.core.opening import CannotOpen, open_database
from account_portal.core.settings import SettingsError, get_settings
from account_portal.gateways.storage import Storage, open_storage
from account_portal.maintenance.backup import (
    BackupUnusable,
    Manifest,
    restore_backup,
    write_backup,
)
from account_portal.maintenance.database_copy import Differs, copy_database
from account_portal.maintenance.files import clean_videos, copy_files
from account_portal.maintenance.reencryption import reencrypt
from account_portal.maintenance.tables import NotEmpty


@contextmanager
def _in_words() -> Iterator[None]:
    """End a command with a sentence instead of a traceback."""
    try:
        yield
    except (
        BackupUnusable, CannotOpen, DatabaseTooNew, Differs, NotEmpty, SettingsError
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from None
    except FileExistsError as error:
        taken = error.filename2 or error.filename
        raise click.ClickException(f"{taken} is there already.") from None
    except PortalError as error:
        told = error.__cause__ or error
        raise click.ClickException(f"The storage does not answer: {told}") from None
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(f"The database does not answer: {reason}.") from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'File'}: {error.strerror}.") from None


def _note(name: str, rows: int) -> None:
    if rows:
        click.echo(f"  {name.replace('_', ' ')}: {rows:,}")


def _storage(url: str) -> Storage:
    try:
        return open_storage(url, get_settings().data_dir)
    except ValueError as error:
        raise click.ClickException(f"{url} is no storage: {error}") from None


def _say(did: str, manifest: Manifest) -> None:
    rows = sum(one.rows for one in manifest.tables.values())
    click.echo(f"{did}: {rows:,} rows and {manifest.files:,} files.")


@click.command()
@click.argument("path", metavar="PATH")
def backup(path: str) -> None:
    """Write all rows and files, as they are at one moment, into an archive at PATH.

    A folder, or what ends in a slash, gets a file named after the time. The portal may be in use
    meanwhile. The archive holds what customers told; only this account can read it. Secrets of the
    settings are not in it.
    """
    target = Path(path).resolve()
    with _in_words():
        database = open_database()
        if target.is_dir() or path.endswith("/"):  # what is no folder yet is no file's name
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            target /= f"portal-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
        manifest = write_backup(database, _storage(get_settings().storage_url), target, _note)
    _say(f"Written to {target}", manifest)


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(path: Path) -> None:
    """Fill an empty portal from the archive at PATH: all of it, or nothing.

    The database of the settings may be of the other kind than the one that was backed up.
    """
    path = path.resolve()
    with _in_words():
        database = open_database()
        manifest = restore_backup(database, _storage(get_settings().storage_url), path, _note)
    _say("Restored, and compared row by row", manifest)


@click.group()
def database() -> None:
    """Move to another database."""


@database.command("copy")
@click.option("--to", "url", required=True, help="Address, as PORTAL_DATABASE_URL writes it.")
def copy_rows(url: str) -> None:
    """Copy all rows into an empty database, and compare them one by one.

    What is written here meanwhile is not copied: stop the portal first, copy, then start it with
    the new PORTAL_DATABASE_URL.
    """
    with _in_words():
        source = open_database()
        try:
            if make_url(url) == source.engine.url:
                raise click.ClickException("That is the database the settings name already.")
            target = Database(url)
        except (ValueError, ImportError) as error:
            raise click.ClickException(f"That is no address of a database: {error}") from None
        try:
            rows = copy_database(source, target, _note)
        finally:
            target.dispose()
    click.echo(f"Copied, and compared row by row: {sum(rows.values()):,} rows.")


@click.group()
def files() -> None:
    """Move customers' files, or make stored ones tell less."""


@files.command("copy")
@click.option("--to", "url", required=True, help="Address, as PORTAL_STORAGE_URL writes it.")
def copy_to(url: str) -> None:
    """Copy all pictures and videos that rows refer to.

    It may be run again, and while the portal is used.
    """
    with _in_words():
        database = open_database()
        target = _storage(url)
        target.check()
        copied, missing = copy_files(database, _storage(get_settings().storage_url), target)
    click.echo(f"Copied: {copied:,} files.")
    if missing:
        click.echo(f"{missing:,} files that rows refer to are not here: removed, or lost.")


@files.command("clean-videos")
def clean_stored_videos() -> None:
    """Overwrite what stored videos tell beside picture and sound: places, days, names.

    Videos that are sent now are stored without. It may be run again, and while the portal is used.
    """
    with _in_words():
        found = clean_videos(open_database(), _storage(get_settings().storage_url))
    click.echo(f"Overwritten: {found.changed:,} videos; nothing to do: {found.same:,}.")
    if found.missing:
        click.echo(f"{found.missing:,} videos that rows refer to are not here: removed, or lost.")
    if found.unreadable:
        raise click.ClickException(
            f"{len(found.unreadable):,} videos are damaged and stay as they are: "
            + ", ".join(found.unreadable)
        )


@click.command("reencrypt")
def encrypt_anew() -> None:
    """Encrypt anew, with the present key, what an earlier one encrypted.

    Earlier keys stand in PORTAL_SECRET_KEY_FALLBACKS. It may be run again, and while the portal is
    used.
    """
    with _in_words():
        found = reencrypt(open_database())
    click.echo(f"Encrypted anew: {found.earlier:,}; by the present key already: {found.present:,}.")
    if found.unreadable:
        raise click.ClickException(
            f"{found.unreadable:,} values were encrypted with another key: add it to "
            "PORTAL_SECRET_KEY_FALLBACKS and run this again."
        )
