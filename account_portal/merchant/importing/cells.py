"""Rows of a CSV file as a spreadsheet or a shop's admin writes them, read by column name."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain
from typing import BinaryIO

_NUMBERED = re.compile(r"(phone|zip|id|sku|number|references?| at)$|^name$", re.IGNORECASE)
"""Columns of keys and numbers, where an apostrophe keeps a spreadsheet from calculating."""


_NO_UTF8 = re.compile(r"[\udc80-\udcff]")
_GUARDED = re.compile(r"'(?=[0-9+\-=@#])")


class CellError(ValueError):
    """A cell cannot be read; `str(error)` names its column and what stands in it."""


@lru_cache(maxsize=512)
def column(name: str) -> str:
    """One spelling for `Billing Address1`, `billing address 1` and `BILLING_ADDRESS1`."""
    return re.sub(r"[\W_]+", "", name).lower()


class Row:
    """The cells of one row. What is not there is empty."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, name: str) -> str:
        """A cell; keys and numbers without the apostrophe a spreadsheet put before them."""
        cell = self._cells.get(column(name), "")
        if cell.startswith("'") and _NUMBERED.search(name) and _GUARDED.match(cell):
            return cell[1:]
        return cell

    def word(self, name: str) -> str:
        """A state, in one spelling: `Partially Refunded` is `partially_refunded`."""
        return re.sub(r"[\s-]+", "_", self.text(name).lower())

    def one_of(self, name: str, words: Collection[str]) -> str:
        """A state that must be one of these words.

        Raises:
            CellError: nobody knows it.
        """
        word = self.word(name)
        if word not in words:
            known = ", ".join(sorted(filter(None, words)))
            raise CellError(f"{name}: {self.text(name)!r} is unknown; known are {known}")
        return word

    def amount(self, name: str) -> Decimal:
        """An amount; an empty cell is nothing.

        Raises:
            CellError: it is no number.
        """
        cell = self.text(name).removeprefix("'")
        try:
            amount = Decimal(cell or "0")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise CellError(f"{name}: {cell!r} is no number; write it with a point, as in 1234.50")
        return amount

    def moment(self, name: str) -> str | None:
        """`2023-01-05 10:21:33 +0530` in the form records take."""
        text = self.text(name)
        return text.replace(" UTC", "+00:00").replace(" +", "+").replace(" -", "-") or None

    def __bool__(self) -> bool:
        return any(self._cells.values())


def delimiter_of(header: str) -> str:
    """What stands between the columns of a header; spreadsheets of some countries write `;`."""
    return max(",;\t", key=header.count)


def read_rows(file: BinaryIO) -> Iterator[tuple[int, Row | None, str]]:
    """The rows below the header: line, cells, and the reason why they cannot count, if any.

    Of a row that cannot count the cells still tell whose it is; none: nothing of it can be read.
    """
    # Bytes that are no UTF-8 become lone surrogates.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    blank = -1
    first = "\n"
    while first and not first.strip():
        first, blank = text.readline(), blank + 1
    reader = csv.reader(chain([first], text), delimiter=delimiter_of(first), strict=True)
    names: list[str] = []
    header: list[str] = []
    line = 1 + blank
    try:
        for cells in reader:
            if not header:
                names, header = cells, [column(name) for name in cells]
            elif any(cells):
                stripped = (cell.strip() for cell in cells)
                reason = ""
                if len(cells) > len(header):
                    reason = f"has {len(cells)} columns, the header {len(header)}"
                elif _NO_UTF8.search("".join(cells)):
                    place = next(n for n, cell in enumerate(cells) if _NO_UTF8.search(cell))
                    reason = f"{names[place]}: is not UTF-8; save the file as UTF-8"
                yield line, Row(dict(zip(header, stripped, strict=False))), reason
            line = reader.line_num + blank + 1
    except csv.Error as error:
        yield line, None, f"is not valid CSV: {error}"
    finally:
        text.detach()
