"""Files of customers are for the account that the portal runs as, and nobody else."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

OTHERS = 0o077


def keep_files_private() -> None:
    """Let nobody else read what this process writes, or look into folders it makes."""
    os.umask(OTHERS)


@contextmanager
def files_for_all() -> Iterator[None]:
    """Write files that every account may read, such as pages, which anybody is served."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def readable_by_others(paths: Iterable[Path]) -> Path | None:
    """The first of these files, or of the files in these folders, that another account could read.

    A folder that lets nobody else in protects all that lies in it.
    """
    for path in paths:
        for found in (path, *sorted(path.rglob("*"))) if path.is_dir() else (path,):
            if found.is_file() and found.stat().st_mode & 0o044 and _is_reached(found):
                return found
    return None


def _is_reached(file: Path) -> bool:
    return all(folder.stat().st_mode & 0o011 for folder in file.resolve().parents)
