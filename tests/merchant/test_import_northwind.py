"""The example of the manual: relational tables of a shop become records, and orders here.

All 830 orders are tried where the tables are: in the folder that NORTHWIND names, or beside the
project. A handful of them is always here.
"""

import csv
import os
import subprocess
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.models import AddressCopy, Order, User
from account_portal.orders.schemas import OrderSearch
from account_portal.orders.service import get_order, search_orders
from tests.conftest import Acting
from tests.factories.records import bring_in, contents, rows

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "northwind_to_ndjson.py"
FEW = Path(__file__).parent / "data" / "northwind"
ALL = Path(os.environ.get("NORTHWIND", ROOT.parent / "shared" / "data" / "northwind"))


def convert(folder: Path, target: Path) -> Path:
    with target.open("w", encoding="utf-8") as output:
        subprocess.run([sys.executable, str(EXAMPLE), str(folder)], stdout=output, check=True)
    return target


def totals(folder: Path) -> dict[str, tuple[str, int]]:
    """Customer and cents by order number, straight from the tables."""
    cents: dict[str, int] = defaultdict(int)
    with (folder / "order-details.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            price = Decimal(row["unitPrice"]) * int(row["quantity"])
            paid = price * (1 - Decimal(row["discount"])) * 100
            cents[row["orderID"]] += int(paid.quantize(Decimal(1), ROUND_HALF_UP))
    found = {}
    for line in (folder / "orders.csv").read_text(encoding="utf-8").splitlines()[1:]:
        # Freight stands before the first column with loose commas.
        cells = line.split(",")
        freight = int((Decimal(cells[7]) * 100).quantize(Decimal(1), ROUND_HALF_UP))
        found[cells[0]] = (cells[1], cents[cells[0]] + freight)
    return found


def check(database: Database, acting: Acting, folder: Path, tmp_path: Path) -> None:
    path = convert(folder, tmp_path / "northwind.ndjson")
    expected = totals(folder)
    _, faults = bring_in(database, path)
    assert faults == []
    before = contents(database)
    bring_in(database, path)
    assert contents(database) == before

    owners = {user.customer_id: user for user in rows(database, User)}
    orders = rows(database, Order)
    assert {
        order.order_number: (owners[order.customer_id].external_id, order.grand_total)
        for order in orders
    } == expected
    for order in orders:
        items = order.subtotal + order.item_total_tax + order.shipping_amount
        assert (items, order.handling_charge_excluding_tax) == (order.grand_total, 0)

    by_owner: dict[str, set[str]] = defaultdict(set)
    for order in orders:
        by_owner[order.customer_id].add(order.order_number)
    for customer_id, user in owners.items():
        strangers = next((order for order in orders if order.customer_id != customer_id), None)
        with acting(user, writes=False) as ctx:
            page = search_orders(ctx, OrderSearch(limit=100))
            assert {order.order_number for order in page.rows} == by_owner[customer_id]
            assert strangers is not None
            with pytest.raises(NotFound):
                get_order(ctx, strangers.order_number)


def test_a_few_orders(database: Database, acting: Acting, tmp_path: Path) -> None:
    check(database, acting, FEW, tmp_path)
    [order] = rows(database, Order, order_number="10250")
    [address] = rows(database, AddressCopy, id=order.shipping_address_id)
    assert (address.address_line1, address.city) == ("Rua do Paço, 67", "Rio de Janeiro")
    assert (address.pincode, address.country) == ("05454-876", "Brazil")
    states = {order.order_number: order.status for order in rows(database, Order)}
    assert (states["10250"], states["11077"]) == ("complete", "confirmed")


@pytest.mark.skipif(not ALL.is_dir(), reason=f"no tables in {ALL.name}; set NORTHWIND")
def test_all_orders(database: Database, acting: Acting, tmp_path: Path) -> None:
    check(database, acting, ALL, tmp_path)
    assert len(rows(database, Order)) == 830


def test_the_example_is_short() -> None:
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 60
