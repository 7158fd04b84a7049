"""Backups: all rows and all files of one moment, in one ZIP file that either database takes back.

The archive holds `rows/<table>.ndjson`, a row a line; `files/<key>`, customers' files; and last
`manifest.json`: the version of the tables, when it was made, and per table the rows and their
digest. Secrets of the settings are not in it.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Table

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.migrations import current_revision, upgrade
from account_portal.gateways.storage import Storage
from account_portal.maintenance.database_copy import require_same, without_limits
from account_portal.maintenance.files import copy_stream, file_keys
from account_portal.maintenance.tables import (
    Row,
    Sum,
    continue_numbers,
    decode_row,
    encode_row,
    last_numbers,
    one_moment,
    read_rows,
    require_empty,
    tables,
    write_rows,
)

FORMAT = 1
MANIFEST = "manifest.json"


class BackupUnusable(Exception):
    """The file is no backup, is damaged, or was made by another version; nothing was changed."""


class TableSum(BaseModel):
    """What a table held: its rows, and the digest of them all."""

    rows: int
    digest: str


class Manifest(BaseModel):
    """What an archive says of itself."""

    model_config = ConfigDict(extra="ignore")

    format: int
    revision: str
    created_at: datetime
    tables: dict[str, TableSum]
    numbers: dict[str, int]
    files: int


def write_backup(
    database: Database,
    storage: Storage,
    path: Path,
    note: Callable[[str, int], None] = lambda *_: None,
) -> Manifest:
    """Write an archive of a portal that may be in use.

    Files are read after the rows: one that a customer removed meanwhile is missing in the archive,
    as it is missing there.

    Raises:
        FileExistsError: there is a file of that name.
        OSError: no room, or the folder takes no files; nothing is left behind.
    """
    draft = path.with_name(f".{path.name}.{new_id()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            manifest = _write_all(database, storage, archive, note)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        path.hardlink_to(draft)  # refuses a name that is taken, unlike a rename
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write_all(
    database: Database,
    storage: Storage,
    archive: zipfile.ZipFile,
    note: Callable[[str, int], None],
) -> Manifest:
    sums: dict[str, TableSum] = {}
    keys: list[str] = []
    with one_moment(database) as connection:
        revision = current_revision(connection) or ""
        for table in tables():
            found = Sum()
            name = f"rows/{table.name}.ndjson"
            with (
                closing(read_rows(connection, table)) as rows,
                archive.open(name, "w", force_zip64=True) as member,
            ):
                for row in rows:
                    line = encode_row(row)
                    found.add(line)
                    member.write(line + b"\n")
                    if table.name == "media":
                        keys += file_keys(row)
            sums[table.name] = TableSum(rows=found.rows, digest=found.text)
            note(table.name, found.rows)
        numbers = last_numbers(connection)
    kept = 0
    for key in keys:
        file = storage.open(key)
        if file is None:
            continue
        # Pictures and videos are compressed already.
        told = zipfile.ZipInfo(f"files/{key}")
        with file, archive.open(told, "w", force_zip64=True) as member:
            copy_stream(file, member)
        kept += 1
    note("files", kept)
    return Manifest(
        format=FORMAT,
        revision=revision,
        created_at=utc_now(),
        tables=sums,
        numbers=numbers,
        files=kept,
    )


def read_manifest(path: Path) -> Manifest:
    """What a backup holds.

    Raises:
        BackupUnusable: it isn't one.
    """
    with _opened(path) as archive:
        return _manifest(archive)


def restore_backup(
    database: Database,
    storage: Storage,
    path: Path,
    note: Callable[[str, int], None] = lambda *_: None,
) -> Manifest:
    """Write an archive's rows and files into an empty portal, all or nothing.

    Raises:
        BackupUnusable: damaged, or of another version.
        NotEmpty: the database holds rows.
        Differs: a row reads otherwise than the archive says.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _require_whole(archive)
        upgrade(database)
        written: list[str] = []
        try:
            with database.writing_engine.begin() as connection:
                _require_same_version(manifest, current_revision(connection))
                without_limits(connection)
                require_empty(connection)
                read: dict[str, Sum] = {}
                for table in tables():
                    read[table.name] = found = Sum()
                    write_rows(connection, table, _rows(archive, table, found))
                    told = manifest.tables[table.name]
                    if (found.rows, found.text) != (told.rows, told.digest):
                        raise BackupUnusable(f"The backup's {table.name} are not those it counts.")
                    note(table.name, found.rows)
                continue_numbers(connection, manifest.numbers)
                require_same(connection, read)
                for member in archive.infolist():
                    if member.filename.startswith("files/"):
                        key = member.filename.removeprefix("files/")
                        with archive.open(member) as file:
                            written.append(key)
                            storage.write(key, cast(BinaryIO, file))
                note("files", len(written))
        except BaseException:
            for key in written:
                with suppress(OSError):
                    storage.delete(key)
            raise
    return manifest


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupUnusable(f"{path} can't be read as a backup: {error}.") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except (KeyError, ValidationError, zipfile.BadZipFile, zlib.error):
        raise BackupUnusable("The file is no backup of a portal.") from None
    if manifest.format != FORMAT:
        raise BackupUnusable(f"The backup has format {manifest.format}, not {FORMAT}.")
    return manifest


def _require_whole(archive: zipfile.ZipFile) -> None:
    try:
        damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        damaged = str(error)
    if damaged:
        raise BackupUnusable(f"The backup is damaged: {damaged}.")


def _require_same_version(manifest: Manifest, revision: str | None) -> None:
    if manifest.revision != revision or set(manifest.tables) != {one.name for one in tables()}:
        raise BackupUnusable(
            f"The backup's tables are those of revision {manifest.revision}, this version's are "
            f"those of {revision}. Restore it with the version that made it, then update."
        )


def _rows(archive: zipfile.ZipFile, table: Table, found: Sum) -> Iterator[Row]:
    with archive.open(f"rows/{table.name}.ndjson") as member:
        for line in member:
            try:
                row = decode_row(table, line)
            except (ValueError, json.JSONDecodeError) as error:
                raise BackupUnusable(f"The backup is damaged: {error}.") from None
            found.add(line.rstrip(b"\n"))
            yield row
