"""Files of records: what they are is told by their content, not by their name."""

import csv
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, Protocol

from account_portal.core.json_names import Repeated, once
from account_portal.merchant.importing import shopify
from account_portal.merchant.importing.cells import delimiter_of

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one record; a longer line is no record but a file of another kind."""

_PEEK = 64 * 1024
_BOM = b"\xef\xbb\xbf"


class Found(NamedTuple):
    """A record as it was found, or the reason why there is none; `offset` is how far we are."""

    line: int
    data: dict[str, Any] | None
    reason: str
    offset: int
    columns: Mapping[str, str] = {}
    """The columns of a CSV file that fields come from."""


def read_file(path: Path) -> Iterator[Found]:
    """The records of a file; what cannot be read is found as a reason."""
    try:
        with path.open("rb") as file:
            yield from _read(file)
    except OSError as error:
        yield Found(0, None, f"cannot be read: {error.strerror or error}", 0)


def _read(file: BinaryIO) -> Iterator[Found]:
    start = file.read(_PEEK)
    file.seek(0)
    text = start.removeprefix(_BOM).lstrip()
    if not text:
        yield Found(0, None, "is empty: there are no records in it", 0)
    elif start.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Found(0, None, "is UTF-16; save it as UTF-8", 0)
    elif text.startswith(b"["):
        yield Found(0, None, "is one JSON array; write one record a line (NDJSON)", 0)
    elif text.startswith(b"{"):
        yield from read_ndjson(file)
    else:
        yield from _read_csv(file, text)


class Lines(Protocol):
    """Where lines come from: a file, or the body of a request."""

    def readline(self, limit: int, /) -> bytes:
        """The next line, at most so many bytes of it; empty at the end."""


def read_ndjson(file: Lines) -> Iterator[Found]:
    """The records of lines, one a line."""
    offset = 0
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        offset += len(raw)
        ends = raw.endswith(b"\n")
        if number == 1:
            raw = raw.removeprefix(_BOM)
        if not ends and len(raw) >= LONGEST_LINE - len(_BOM):
            yield Found(number, None, "is longer than 16 MiB", offset)
            return
        raw = raw.strip()
        if raw:
            yield _parse(raw, number, offset, ends=ends)


def _parse(raw: bytes, number: int, offset: int, *, ends: bool) -> Found:
    try:
        data = _DECODER.decode(raw.decode())
    except UnicodeDecodeError as error:
        return Found(number, None, f"is not UTF-8 (byte {error.start + 1})", offset)
    except json.JSONDecodeError as error:
        cut = "" if ends else "; the file seems to be cut off"
        reason = (
            f"is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]} (column {error.colno}){cut}"
        )
        return Found(number, None, reason, offset)
    except Repeated as error:
        return Found(number, None, str(error), offset)
    except (ValueError, ArithmeticError, RecursionError):
        return Found(number, None, "is not valid JSON", offset)
    if not isinstance(data, dict):
        return Found(number, None, "is no object", offset)
    return Found(number, data, "", offset)


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"the value {name} is no number", "", 0)


_DECODER = json.JSONDecoder(
    object_pairs_hook=once, parse_float=Decimal, parse_constant=_refuse_constant
)


def _read_csv(file: BinaryIO, start: bytes) -> Iterator[Found]:
    if b"\0" in start:
        yield Found(0, None, "is no text file: it holds NUL bytes", 0)
        return
    first = start.split(b"\n", 1)[0].decode("utf-8", "replace")
    header = next(csv.reader([first], delimiter=delimiter_of(first)), [])
    export = shopify.export_with({name.strip() for name in header})
    if export is None:
        reason = "is neither NDJSON nor a Shopify export of orders or customers (CSV)"
        yield Found(0, None, reason, 0)
        return
    for line, data, reason in export.read(file):
        yield Found(line, data, reason, file.tell(), export.columns)
