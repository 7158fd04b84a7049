"""Files of customers in a bucket: S3 and what speaks like it, Google's or Azure's.

Keys and regions come from the variables that the clients of these services know
(`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL` …), or from the machine's own role. A server
without TLS is spoken to if `AWS_ALLOW_HTTP=true`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from account_portal.core.errors import GatewayUnavailable

CONNECT_WITHIN = timedelta(seconds=5)
ANSWER_WITHIN = timedelta(seconds=30)
_PIECE = 256 * 1024
_PART = 8 * 1024 * 1024


class BucketStorage:
    """Keeps files under keys in one bucket, or below a prefix in it."""

    def __init__(self, url: str) -> None:
        """Open a bucket; asks nothing of it yet.

        Args:
            url: `s3://bucket/prefix`, `gs://…` or `az://account/container/…`.

        Raises:
            ValueError: the address names no bucket, or the variables for it don't fit.
        """
        options: Any = {
            "connect_timeout": CONNECT_WITHIN,
            "timeout": ANSWER_WITHIN,
            "allow_http": os.environ.get("AWS_ALLOW_HTTP") == "true",
        }
        retries: Any = {"max_retries": 2, "retry_timeout": ANSWER_WITHIN}
        try:
            self._store = from_url(url, client_options=options, retry_config=retries)
        except (BaseError, ValueError) as error:
            raise ValueError(str(error)) from None

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        with _answered():
            if not isinstance(content, bytes):
                content.seek(0)
            # Large ones go in parts; the file appears once all are there.
            obstore.put(self._store, key, content, chunk_size=_PART)

    def open(self, key: str) -> BinaryIO | None:
        with _answered():
            try:
                reader = obstore.open_reader(self._store, key, buffer_size=_PIECE)
            except FileNotFoundError:
                return None
        return cast(BinaryIO, BufferedReader(_Reader(reader), _PIECE))

    def delete(self, key: str) -> None:
        with _answered():
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                return

    def check(self) -> None:
        """Ask the bucket for something; raises `GatewayUnavailable` if it lets nobody in."""
        with _answered():
            for _ in obstore.list(self._store, chunk_size=1):
                break


class _Reader(RawIOBase):
    """A file of the bucket as Python reads files."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _answered():
            found = memoryview(self._reader.read(len(buffer)))
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = 0) -> int:
        with _answered():
            return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()


@contextmanager
def _answered() -> Iterator[None]:
    """Turn what the client raises, when the service is away or refuses, into our own error."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise GatewayUnavailable from error
