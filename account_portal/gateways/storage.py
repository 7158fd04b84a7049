"""Files of customers: a folder by default, or a bucket."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from account_portal.core.ids import new_id
from account_portal.core.settings import Settings

_PIECE = 256 * 1024


class Storage(Protocol):
    """Keeps files under keys such as ``01HZ.../large.webp``."""

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        """Store a file in place of an older one of that key. A stream is taken in pieces."""
        ...

    def open(self, key: str) -> BinaryIO | None:
        """The file, from its start, or nothing when there is none. Whoever opens it closes it."""
        ...

    def delete(self, key: str) -> None:
        """Remove the file, if it is there."""
        ...

    def check(self) -> None:
        """Raise an error if files can't be kept there just now."""
        ...


class FolderStorage:
    """Keeps files in one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError("a key must stay inside the folder")
        return path

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{new_id()}")
        try:
            with draft.open("wb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    content.seek(0)
                    shutil.copyfileobj(content, file, _PIECE)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def open(self, key: str) -> BinaryIO | None:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent != self._folder:
            # The last file of a folder takes it along.
            with suppress(OSError):
                path.parent.rmdir()

    def check(self) -> None:
        folder = next(path for path in (self._folder, *self._folder.parents) if path.exists())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(f"{folder} can't be written")


def make_storage(settings: Settings) -> Storage:
    """The storage the settings ask for."""
    return open_storage(settings.storage_url, settings.data_dir)


def open_storage(url: str, data_dir: Path) -> Storage:
    """The storage at an address, as `PORTAL_STORAGE_URL` writes it; empty: the data folder's.

    Raises:
        ValueError: the address names no storage.
    """
    if not url:
        return FolderStorage(data_dir / "media")
    if url.startswith("file://"):
        return FolderStorage(Path(unquote(urlsplit(url).path)))
    from account_portal.gateways.bucket import BucketStorage

    return BucketStorage(url)
