"""Shopify's exports as people's tools and other countries leave them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.merchant.importing import shopify
from account_portal.models import Order, OrderLine
from tests.factories.records import bring_in, rows
from tests.factories.shopify import COLUMNS, Cells, export, head, line


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shopify, "utc_now", lambda: datetime(2026, 11, 28, tzinfo=UTC))


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n", b"\xef\xbb\xbf\r\n\r\n"])
def test_a_spreadsheet_may_have_saved_the_file(
    database: Database, tmp_path: Path, separator: bytes, before: bytes
) -> None:
    path = export(tmp_path / "orders.csv", head(), head("#1002", Total="ten"))
    path.write_bytes(before + path.read_bytes().replace(b",", separator))
    [(place, reason)] = bring_in(database, path)[1]
    assert place == 3 + before.count(b"\n")
    assert reason.startswith("Total: 'ten' is no number")
    assert [row.order_number for row in rows(database, Order)] == ["1001"]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            [head(Total="20.00"), line(Lineitem_name="K\udce4se")],
            (3, "Lineitem name: is not UTF-8"),
        ),
        ([line(Lineitem_name="Tea", Lineitem_price="1")], (2, "has no Total; the first row")),
        ([head(Total="20.00"), {**line(), "Extra": "x"}], (3, "has 51 columns, the header 50")),
    ],
)
def test_an_order_with_one_bad_row_goes_in_not_at_all(
    database: Database, tmp_path: Path, cells: list[Cells], fault: tuple[int, str]
) -> None:
    path = export(tmp_path / "orders.csv")
    lines = [",".join([one.get(name, "") for name in COLUMNS]) for one in [*cells, head("#1002")]]
    for place, one in enumerate(cells):
        lines[place] += "," * ("Extra" in one) + one.get("Extra", "")
    text = path.read_text(encoding="utf-8") + "\r\n".join(lines)
    path.write_bytes(text.encode(errors="surrogateescape"))
    [(place, reason)] = bring_in(database, path)[1]
    assert (place, reason[: len(fault[1])]) == fault
    assert [row.order_number for row in rows(database, Order)] == ["1002"]


@pytest.mark.parametrize(
    ("values", "bill"),
    [
        # goods, their tax, shipping, its tax, and what else was charged
        ({"Total": "25.00", "Shipping": "5.00", "Taxes": "2.50", "Duties": "10.00",
          "Tax 1 Name": "VAT 20%", "Tax 1 Value": "2.50"}, (833, 167, 417, 83, 1000)),
        ({"Total": "28.00", "Shipping": "5.00", "Taxes": "3.00", "Duties": "10.00",
          "Tax 1 Name": "Tax 20%", "Tax 1 Value": "3.00"}, (1000, 200, 500, 100, 1000)),
        ({"Currency": "JPY", "Subtotal": "4000", "Shipping": "500", "Total": "4500",
          "Taxes": "409", "Lineitem price": "4000", "Tax 1 Name": "消費税 10%",
          "Tax 1 Value": "409"}, (3636, 364, 455, 45, 0)),
    ],
)  # fmt: skip
def test_duties_and_taxes_of_a_bill(
    database: Database, tmp_path: Path, values: dict[str, Any], bill: tuple[int, ...]
) -> None:
    path = export(tmp_path / "orders.csv", head(**values))
    assert bring_in(database, path)[1] == []
    [order] = rows(database, Order)
    assert bill == (
        order.subtotal,
        order.item_total_tax,
        order.shipping_amount,
        order.shipping_tax_amount,
        order.handling_charge_excluding_tax,
    )
    [sold] = rows(database, OrderLine)
    assert sold.line_total == order.subtotal + order.item_total_tax
