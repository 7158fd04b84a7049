"""A receipt or an invoice on paper: A4, in any script there is a font for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import uharfbuzz
from fpdf import FPDF
from fpdf.enums import Align, TextMode, XPos, YPos
from fpdf.fonts import FontFace
from typing_extensions import override

from account_portal.core.written import written_amount, written_date
from account_portal.orders.schemas import Bill, BillSum

MARGIN = 20
FONT_PACKAGES = ("manimgx_fonts", "noto_cjk_sans_jp_regular")
USUAL_FONT = "NotoSans[wght]"
SMALL, USUAL, LARGE = 8.5, 10, 20
LINE = 5
GREY, HAIRLINE = (90, 90, 90), (205, 205, 205)

TITLES = {"receipt": "Receipt", "invoice": "Invoice"}


def draw(bill: Bill, country: str, zone: ZoneInfo) -> bytes:
    """The PDF of a bill.

    Args:
        bill: what stands on it.
        country: ISO 3166 code of the store's, as which it writes amounts and days.
        zone: whose days they are.
    """
    return _Sheet(bill, country, zone).drawn()


class _Font(NamedTuple):
    name: str
    path: Path
    letters: frozenset[int]


@lru_cache(maxsize=1)
def _fonts() -> Sequence[_Font]:
    """All fonts there are, the usual one first."""
    paths = [
        Path(str(entry))
        for package in FONT_PACKAGES
        for entry in files(package).iterdir()
        if Path(entry.name).suffix in {".ttf", ".otf"} and "Italic" not in entry.name
    ]
    paths.sort(key=lambda path: (path.stem != USUAL_FONT, path.name))
    return [_Font(path.stem, path, _letters_of(path)) for path in paths]


def _letters_of(path: Path) -> frozenset[int]:
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    return frozenset(face.unicodes)


def _fonts_for(text: str) -> Sequence[_Font]:
    """The usual font, and those that have letters of the text which it lacks.

    Each further one takes longer than all the rest of a page, so no more than are needed.
    """
    usual, *others = _fonts()
    chosen, lacking = [usual], set(map(ord, text)) - usual.letters
    for font in others:
        if lacking & font.letters:
            chosen.append(font)
            lacking -= font.letters
    return chosen


class _Sheet(FPDF):
    def __init__(self, bill: Bill, country: str, zone: ZoneInfo) -> None:
        super().__init__(format="A4")
        self.bill, self.country, self.zone = bill, country, zone
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0  # words begin where lines do
        self.set_auto_page_break(auto=True, margin=MARGIN)
        usual, *others = _fonts_for(self._letters())
        for font in (usual, *others):
            self.add_font(font.name, "", font.path)
        self.set_fallback_fonts([font.name for font in others], exact_match=False)
        self.set_text_shaping(True)
        self.set_font(usual.name, size=USUAL)
        self.set_draw_color(*HAIRLINE)
        self.set_title(f"{TITLES[bill.kind]} {bill.number}")
        self.set_author(bill.seller[0])
        self.set_lang("en")
        self.set_creation_date(bill.issued_at)

    def _letters(self) -> str:
        """All that may be written: the bill, its days, and digits with the currency's sign."""
        bill = self.bill
        days = (self._day(bill.ordered_at), self._day(bill.issued_at))
        return "".join((bill.model_dump_json(), *days, self._money(Decimal(1234567890))))

    @override
    def footer(self) -> None:
        self.set_y(-MARGIN + 5)
        with self._dress(size=SMALL, color=GREY):
            name = f"{TITLES[self.bill.kind]} {self.bill.number}"
            self.cell(0, LINE, f"{name} · page {self.page_no()} of {{nb}}")

    def drawn(self) -> bytes:
        self.add_page()
        self._head()
        self._parties()
        self._goods()
        self._sums()
        self._taxes()
        self._payments()
        return bytes(self.output())

    @contextmanager
    def _dress(
        self, *, size: float = USUAL, color: tuple[int, int, int] = (0, 0, 0), strong: bool = False
    ) -> Iterator[None]:
        """Other letters for a while. The font has one weight: what is strong gets a outline."""
        mode = TextMode.FILL_STROKE if strong else TextMode.FILL
        with self.local_context(
            text_mode=mode, line_width=0.12, text_color=color, draw_color=color, font_size_pt=size
        ):
            yield

    def _line(self, text: str, *, strong: bool = False, grey: bool = False) -> None:
        with self._dress(strong=strong, color=GREY if grey else (0, 0, 0)):
            self.multi_cell(0, LINE, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _money(self, amount: Decimal) -> str:
        text = written_amount(abs(amount), self.bill.currency, self.country)
        return f"\N{MINUS SIGN}{text}" if amount < 0 else text

    def _day(self, moment: datetime) -> str:
        return written_date(moment.astimezone(self.zone).date(), self.country)

    def _head(self) -> None:
        bill = self.bill
        with self._dress(size=LARGE, strong=True):
            self.cell(0, 10, TITLES[bill.kind], new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)
        facts = [("Order", bill.order_number), ("Ordered", self._day(bill.ordered_at))]
        if bill.kind == "invoice":
            facts = [("Invoice", bill.number), ("Invoice date", self._day(bill.issued_at)), *facts]
        else:
            facts.append(("As of", self._day(bill.issued_at)))
        for name, value in facts:
            with self._dress(color=GREY):
                self.cell(32, LINE, name)
            self.cell(0, LINE, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if bill.note:
            self.ln(2)
            self._line(bill.note, strong=True)
        self.ln(6)

    def _parties(self) -> None:
        """Seller and buyer beside one another."""
        bill, top = self.bill, self.get_y()
        tax = [bill.seller_tax_number] if bill.seller_tax_number else []
        buyer_tax = [f"Tax number {bill.buyer_tax_number}"] if bill.buyer_tax_number else []
        columns = [("Sold by", [*bill.seller, *tax])]
        if bill.buyer:
            columns.append(("Billed to", [*bill.buyer, *buyer_tax]))
        if bill.delivered_to:
            columns.append(("Delivered to", bill.delivered_to))
        width, bottom = self.epw / len(columns), top
        for place, (title, lines) in enumerate(columns):
            self.set_xy(MARGIN + place * width, top)
            with self._dress(size=SMALL, color=GREY):
                self.cell(width, LINE, title, new_x=XPos.LEFT, new_y=YPos.NEXT)
            for line in lines:
                self.multi_cell(
                    width - 4, LINE, line, align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT
                )
            bottom = max(bottom, self.get_y())
        self.set_xy(MARGIN, bottom + 8)

    def _goods(self) -> None:
        grey = FontFace(color=GREY, size_pt=SMALL)
        with self.table(
            borders_layout="HORIZONTAL_LINES",
            col_widths=(50, 10, 20, 20),
            text_align=("LEFT", "RIGHT", "RIGHT", "RIGHT"),
            headings_style=grey,
            line_height=LINE,
            padding=(1.2, 0),
            v_align="TOP",
        ) as table:
            table.row(["Item", "Quantity", "Price", "Amount"])
            for line in self.bill.lines:
                row = table.row()
                row.cell(f"{line.name}\n{line.detail}" if line.detail else line.name)
                row.cell(str(line.quantity))
                row.cell(self._money(line.price))
                row.cell(self._money(line.total))
        self.ln(3)

    def _row(self, label: str, amount: Decimal, *, strong: bool = False) -> None:
        """A named amount in the right half."""
        half = self.epw / 2
        self.set_x(MARGIN + half)
        with self._dress(strong=strong):
            top = self.get_y()
            self.multi_cell(half - 34, LINE + 0.6, label, align=Align.L, new_y=YPos.NEXT)
            bottom = self.get_y()
            self.set_xy(self.w - MARGIN - 34, top)
            self.cell(34, LINE + 0.6, self._money(amount), align=Align.R)
        self.set_xy(MARGIN, bottom)

    def _rule(self) -> None:
        self.ln(1)
        self.line(MARGIN + self.epw / 2, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(1)

    def _rows(self, rows: Sequence[BillSum]) -> None:
        for row in rows:
            self._row(row.label, row.amount)

    def _sums(self) -> None:
        bill = self.bill
        self._rows(bill.sums)
        self._rule()
        self._row("Total", bill.total, strong=True)
        if bill.means:
            self._rows(bill.means)
            self._row("Left to pay", bill.total + sum(one.amount for one in bill.means))

    def _taxes(self) -> None:
        taxes = self.bill.taxes
        if not taxes:
            return
        self.ln(6)
        with self._dress(size=SMALL, color=GREY):
            self.cell(0, LINE, "Taxes in the total", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        with self.table(
            borders_layout="HORIZONTAL_LINES",
            col_widths=(40, 20, 20, 20),
            text_align=("LEFT", "RIGHT", "RIGHT", "RIGHT"),
            headings_style=FontFace(color=GREY, size_pt=SMALL),
            line_height=LINE,
            padding=(1, 0),
        ) as table:
            table.row(["Tax", "Net", "Tax", "Gross"])
            for tax in taxes:
                amounts = (tax.net, tax.tax, tax.net + tax.tax)
                table.row([tax.label, *map(self._money, amounts)])
            if len(taxes) > 1:
                whole = sum((tax.tax for tax in taxes), Decimal(0))
                table.row(["All taxes", "", self._money(whole), ""])

    def _payments(self) -> None:
        bill = self.bill
        if not bill.payments:
            return
        self.ln(6)
        with self._dress(size=SMALL, color=GREY):
            self.cell(0, LINE, "Payments", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rows(bill.payments)
        self._rule()
        went_back = any(one.amount < 0 for one in bill.payments)
        self._row("Paid, less refunds" if went_back else "Paid", bill.kept, strong=True)
