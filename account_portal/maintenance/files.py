"""Files of customers, named by the rows that hold them, from one storage to another."""

import shutil
from collections.abc import Iterator, Mapping
from typing import IO, Any, BinaryIO

from sqlalchemy import select
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.gateways.storage import Storage
from account_portal.models import Media

PIECE = 256 * 1024


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
