"""Files of customers, named by the rows that hold them, from one storage to another."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from sqlalchemy import select
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.gateways.storage import Storage
from account_portal.gateways.videos import VideoUnreadable, clean_video
from account_portal.models import Media

PIECE = 256 * 1024
VIDEOS = frozenset({"mp4", "webm"})
"""How names of files end that hold a film."""


def file_keys(media: Mapping[str, Any]) -> list[str]:
    """Keys of the files of one row of `media`."""
    return [f"{media['id']}/{name}" for name in str(media["sizes"]).split(",")]


def copy_stream(source: BinaryIO | IO[bytes], target: IO[bytes]) -> None:
    """Copy a file in pieces."""
    shutil.copyfileobj(source, target, PIECE)


def all_keys(database: Database) -> Iterator[str]:
    """Keys of all files that rows refer to."""
    with database.session(writes=False) as db:
        statement = select(col(Media.id), col(Media.sizes)).order_by(col(Media.id))
        for row in db.execute(statement, execution_options={"yield_per": 500}):
            yield from file_keys({"id": row[0], "sizes": row[1]})


def copy_files(database: Database, source: Storage, target: Storage) -> tuple[int, int]:
    """Copy all files that rows refer to; one that is there already is written again.

    Returns:
        Files copied, and files that rows name but the source doesn't have.
    """
    copied = missing = 0
    for key in all_keys(database):
        file = source.open(key)
        if file is None:
            missing += 1
            continue
        with file:
            target.write(key, file)
        copied += 1
    return copied, missing


@dataclass
class Cleaned:
    """What became of stored videos.

    Attributes:
        changed: these told something, and tell it no more.
        same: nothing was to be done.
        missing: rows name them, but the storage does not have them.
        unreadable: keys of those that are damaged, and stay as they are.
    """

    changed: int = 0
    same: int = 0
    missing: int = 0
    unreadable: list[str] = field(default_factory=list)


def clean_videos(database: Database, storage: Storage) -> Cleaned:
    """Overwrite what stored videos tell beside picture and sound, as is done when one is sent.

    The portal may be used meanwhile, and it may be run again.
    """
    found = Cleaned()
    # All at once: no transaction stays open while films are read.
    keys = [key for key in all_keys(database) if _kind(key) in VIDEOS]
    for key in keys:
        stored = storage.open(key)
        if stored is None:
            found.missing += 1
            continue
        with stored, TemporaryFile() as film:
            copy_stream(stored, film)
            before = _digest(film)
            try:
                clean_video(film, _kind(key))
            except VideoUnreadable:
                found.unreadable.append(key)
                continue
            if _digest(film) == before:
                found.same += 1
                continue
            storage.write(key, film)
            found.changed += 1
        # Somebody may have taken it back meanwhile: then the file went before it was written.
        if not _is_named(database, key.partition("/")[0]):
            storage.delete(key)
    return found


def _kind(key: str) -> str:
    return key.rpartition(".")[2]


def _digest(film: BinaryIO | IO[bytes]) -> bytes:
    film.seek(0)
    return file_digest(film, "sha256").digest()  # type: ignore[arg-type]


def _is_named(database: Database, media_id: str) -> bool:
    with database.session(writes=False) as db:
        return db.get(Media, media_id) is not None
