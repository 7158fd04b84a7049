"""Reading and overwriting a file of boxes, however its sizes lie."""

from os import SEEK_END
from typing import BinaryIO

_ZEROS = bytes(256 * 1024)
_MOST_READ = 8 * 1024 * 1024
"""Bytes read at once: the tables of hours of film have less."""
_MOST_BOXES = 300_000
"""Looked at in one file: an hour of film in blocks of its own for each picture has fewer."""


class Damaged(Exception):
    """The file is not what it claims to be; the text says how."""


class File:
    """A file in which nothing outside it can be read or written.

    Attributes:
        end: how many bytes it has.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._boxes = 0
        self.end = stream.seek(0, SEEK_END)

    def count_box(self) -> None:
        """Note that one more box is looked at.

        Raises:
            Damaged: these are more than films have.
        """
        self._boxes += 1
        if self._boxes > _MOST_BOXES:
            raise Damaged("it has too many parts")

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`, all of them.

        Raises:
            Damaged: they are not there, or are more than tables have.
        """
        if not 0 <= start <= end <= self.end:
            raise Damaged("it may be damaged")
        if end - start > _MOST_READ:
            raise Damaged("its tables are too long")
        self._stream.seek(start)
        return self._stream.read(end - start)

    def write(self, start: int, content: bytes) -> None:
        """Overwrite bytes that are there."""
        assert 0 <= start <= start + len(content) <= self.end
        self._stream.seek(start)
        self._stream.write(content)

    def erase(self, start: int, end: int) -> None:
        """Overwrite bytes by zeros."""
        assert end <= self.end
        if start < end:
            self._stream.seek(start)
        while start < end:
            start += self._stream.write(_ZEROS[: end - start])
