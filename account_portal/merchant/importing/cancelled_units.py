"""Units that were cancelled here, and records of their orders that do not tell them any more.

An order keeps its lines and its total as they were sold, and its account takes off what was
cancelled. A shop that carries out the cancel tells fewer units, and a lower total: that is the
same cancel, not another one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from account_portal.core import money
from account_portal.core.bulk import Row, Stored
from account_portal.merchant.importing.amounts import LineAmounts, OrderAmounts
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.tables import fetch
from account_portal.models import CancelledItem
from account_portal.orders.rules import LineUnits, worth_of


@dataclass(slots=True)
class Cancelled:
    """What was cancelled of a line; `amount` is what it cost, tax included."""

    units: int = 0
    free: int = 0
    amount: int = 0


def cancelled_units(batch: Batch, column: str, ids: Collection[str]) -> dict[str, Cancelled]:
    """What was cancelled here, by line id; of the orders or lines that `column` has `ids` of."""
    found: dict[str, Cancelled] = defaultdict(Cancelled)
    for row in fetch(batch.db, CancelledItem, column, ids):
        line = found[row["line_id"]]
        line.units += row["quantity"]
        line.free += row["free_quantity"]
        line.amount += row["amount"]
    return dict(found)


def leave_out(lines: Mapping[str, LineUnits], cancelled: Mapping[str, Cancelled]) -> None:
    """Take what was cancelled out of lines, by id: no parcel may hold it."""
    for line_id, gone in cancelled.items():
        if line_id in lines:
            lines[line_id].quantity -= gone.units
            lines[line_id].free_quantity -= gone.free


def add_back(
    rows: list[Row],
    amounts: OrderAmounts,
    order: Stored,
    lines: Mapping[str, Stored],
    cancelled: Mapping[str, Cancelled],
) -> bool:
    """Add to lines of a record what it leaves out of those because it was cancelled here.

    Units beyond those that were cancelled stay left out: those the shop takes out itself.

    Args:
        rows: the lines of the record, which have the skus of those that are there.
        amounts: what they come to, in the same order.
        order: the order as it is.
        lines: its lines by sku.
        cancelled: what was cancelled, by line id.

    Returns:
        Whether the bill is told as it was sold, so that nothing of it is to change: the cancel
        shows in its units or its total alone.
    """
    gone = {sku: cancelled[line["id"]] for sku, line in lines.items() if line["id"] in cancelled}
    told: dict[str, Any] = {
        row["sku"]: (row, of) for row, of in zip(rows, amounts.lines, strict=True)
    }
    missing = {
        sku: min(one.units, max(0, lines[sku]["quantity"] - _units(told, sku)))
        for sku, one in gone.items()
    }
    fewer = sum(missing.values())
    less = order["grand_total"] - amounts.grand_total
    whole = sum(one.amount for one in gone.values())
    is_same = told.keys() <= lines.keys() and all(
        _units(told, sku) + missing.get(sku, 0) == line["quantity"] for sku, line in lines.items()
    )
    if whole and is_same and less == (0 if fewer else whole):
        return True
    for sku, units in missing.items():
        line, one = lines[sku], gone[sku]
        if sku not in told:
            told[sku] = (
                {**line, "quantity": 0, "free_quantity": 0},
                LineAmounts(line["selling_price"], line["listing_price"], 0, 0, 0, 0),
            )
            rows.append(told[sku][0])
            amounts.lines.append(told[sku][1])
        row, of = told[sku]
        _add(row, of, line, one, units)
    return False


def _units(told: Mapping[str, Any], sku: str) -> int:
    return int(told[sku][0]["quantity"]) if sku in told else 0


def _add(row: Row, of: LineAmounts, line: Stored, gone: Cancelled, units: int) -> None:
    def share(name: str) -> int:
        return money.split(line[name], [units, line["quantity"] - units])[0]

    free = min(gone.free, max(0, line["free_quantity"] - row["free_quantity"]))
    row["quantity"] += units
    # As many units as were cancelled of those that cost something stay such units.
    row["free_quantity"] = min(
        row["free_quantity"] + free, row["quantity"] - (gone.units - gone.free)
    )
    row["is_free_item"] = row["free_quantity"] == row["quantity"]
    of.total += worth_of(max(0, units - free), gone.units - gone.free, gone.amount)
    of.tax = min(of.tax + share("tax_amount"), of.total)
    of.promotion += share("promotion_discount_amount")
    of.coupon += share("coupon_discount_amount")
    row["line_total"], row["tax_amount"] = of.total, of.tax
    row["promotion_discount_amount"] = of.promotion
    row["coupon_discount_amount"] = of.coupon
