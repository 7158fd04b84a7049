"""Exports of Shopify's admin: orders and customers as CSV, read as records.

An order has a row for each line; only its first row has what concerns the whole order.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from account_portal.addresses.rules import country_name_of
from account_portal.core.clock import utc_now

Row = dict[str, str]
Found = tuple[int, dict[str, Any] | None, str]
Reader = Callable[[BinaryIO], Iterator[Found]]

_ORDERS = {"Name", "Email", "Financial Status", "Lineitem name", "Lineitem price"}
_CUSTOMERS = {"First Name", "Last Name", "Email", "Total Spent"}
_CENT = Decimal("0.01")
ARRIVES_WITHIN = timedelta(days=14)
"""The export does not say when a parcel arrived; after so long we take it to be there."""


def reader_for(header: set[str]) -> Reader | None:
    """What reads a file with this header, if it is an export of Shopify."""
    if header >= _ORDERS:
        return _read_orders
    if header >= _CUSTOMERS:
        return _read_customers
    return None


def _rows(file: BinaryIO) -> Iterator[tuple[int, Row | None, str]]:
    # Bytes that are no UTF-8 become lone surrogates, which records refuse by field name.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text, strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = [name.strip() for name in cells]
            elif len(cells) > len(header):
                yield line, None, f"has {len(cells)} columns, the header {len(header)}"
            elif any(cells):
                yield line, dict(zip(header, (_plain(cell) for cell in cells), strict=False)), ""
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, None, f"is not valid CSV: {error}"
    finally:
        text.detach()


def _plain(cell: str) -> str:
    # Shopify writes an apostrophe before what a spreadsheet would take for a number.
    return cell.strip().removeprefix("'")


def _read_orders(file: BinaryIO) -> Iterator[Found]:
    now = utc_now()
    first_line = 0
    rows: list[Row] = []
    for line, row, reason in _rows(file):
        if row is None:
            yield line, None, reason
            continue
        name = row.get("Name", "")
        if rows and name and name != rows[0]["Name"]:
            yield _order(first_line, rows, now)
            rows = []
        if not rows:
            first_line = line
        if name or rows:
            rows.append(row)
        else:
            yield line, None, "has no Name, and no order stands before it"
    if rows:
        yield _order(first_line, rows, now)


def _order(line: int, rows: list[Row], now: datetime) -> Found:
    try:
        return line, _order_record(rows, now), ""
    except InvalidOperation:
        return line, None, "holds an amount that is no number"


def _order_record(rows: list[Row], now: datetime) -> dict[str, Any]:
    head = rows[0]
    number = head["Name"].removeprefix("#")
    lines = [_line(row) for row in rows if row.get("Lineitem name")]
    total = _amount(head, "Total")
    included = _is_tax_included(head)
    for line in lines:
        line["price_including_tax"] = included
    gross = sum(
        line["selling_price"] * int(line["quantity"] or 0) - line["promotion_discount_amount"]
        for line in lines
        if str(line["quantity"]).isdecimal()
    )
    placed = _moment(head.get("Created at", ""))
    return {
        "type": "order",
        "order_number": number,
        "order_date": placed,
        "customer_email": head.get("Email"),
        "customer_phone": head.get("Phone"),
        "currency": head.get("Currency"),
        "status": "cancelled" if head.get("Cancelled at") else None,
        "cancelled_at": _moment(head.get("Cancelled at", "")),
        "customer_note": head.get("Notes"),
        "coupon_code": head.get("Discount Code"),
        "discount_amount": max(Decimal(0), gross - _amount(head, "Subtotal")),
        "shipping_amount": _amount(head, "Shipping"),
        "item_total_tax": _amount(head, "Taxes"),
        "grand_total": total,
        "metadata": _metadata(head),
        "lines": lines,
        "billing_address": _address(head, "Billing "),
        "shipping_address": _address(head, "Shipping "),
        "payments": _payments(head, number, total, placed),
        "refunds": _refunds(head, number, placed),
        "shipments": _shipments(rows, number, now),
    }


def _line(row: Row) -> dict[str, Any]:
    price = _amount(row, "Lineitem price")
    listed = _amount(row, "Lineitem compare at price")
    name = row["Lineitem name"]
    return {
        "sku": (row.get("Lineitem sku") or name)[:64],
        "product_name": name,
        "quantity": row.get("Lineitem quantity"),
        "selling_price": price,
        "listing_price": max(listed, price),
        "on_offer": listed > price,
        "promotion_discount_amount": _amount(row, "Lineitem discount"),
        "product_type": (
            "digital"
            if row.get("Lineitem requires shipping", "").lower() == "false"
            else "physical"
        ),
    }


def _is_tax_included(head: Row) -> bool:
    """Whether the total already holds the tax with the subtotal."""
    without = _amount(head, "Subtotal") + _amount(head, "Shipping")
    taxes, total = _amount(head, "Taxes"), _amount(head, "Total")
    return abs(total - without) < abs(total - without - taxes) or not taxes


def _payments(head: Row, number: str, total: Decimal, placed: str | None) -> list[dict[str, Any]]:
    state = head.get("Financial Status", "").lower()
    paid = total
    if state == "partially_paid":
        paid = max(Decimal(0), total - _amount(head, "Outstanding Balance"))
    status = {
        "paid": "success",
        "partially_paid": "success",
        "refunded": "success",
        "partially_refunded": "success",
        "voided": "failed",
        "expired": "failed",
    }.get(state, "pending")
    if not total or (status == "pending" and not head.get("Payment Method")):
        return []
    paid_at = _moment(head.get("Paid at", ""))
    return [
        {
            "request_number": f"{number}-payment",
            "amount": paid,
            "payment_status": status,
            "payment_date": (paid_at or placed) if status == "success" else None,
            "payment_method": head.get("Payment Method"),
            "payment_reference_number": head.get("Payment Reference") or head.get("Payment ID"),
            "created_at": placed,
        }
    ]


def _refunds(head: Row, number: str, placed: str | None) -> list[dict[str, Any]]:
    amount = _amount(head, "Refunded Amount")
    if not amount:
        return []
    moved = _moment(head.get("Cancelled at", "")) or _moment(head.get("Fulfilled at", "")) or placed
    return [
        {
            "request_number": f"{number}-refund",
            "refund_amount": amount,
            "status": "success",
            "refund_date": moved,
            "payment_method": head.get("Payment Method"),
            "created_at": moved,
        }
    ]


def _shipments(rows: list[Row], number: str, now: datetime) -> list[dict[str, Any]]:
    head = rows[0]
    state = head.get("Fulfillment Status", "").lower()
    if state not in {"fulfilled", "partial"}:
        return []
    sent = _moment(head.get("Fulfilled at", "")) or _moment(head.get("Created at", ""))
    arrived = sent is not None and _is_before(sent, now - ARRIVES_WITHIN)
    items = [
        {
            "sku": (row.get("Lineitem sku") or row["Lineitem name"])[:64],
            "quantity": row.get("Lineitem quantity"),
        }
        for row in rows
        if row.get("Lineitem name") and row.get("Lineitem fulfillment status") == "fulfilled"
    ]
    if state == "partial" and not items:
        return []
    return [
        {
            "reference_number": f"{number}-1",
            "status": "delivered" if arrived else "shipped",
            "shipped_date": sent,
            "delivered_date": sent if arrived else None,
            "courier_company_name": head.get("Shipping Method"),
            "items": items if state == "partial" else None,
        }
    ]


def _is_before(text: str, moment: datetime) -> bool:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return (found if found.tzinfo else found.replace(tzinfo=UTC)) < moment


def _metadata(head: Row) -> dict[str, str]:
    names = {"Tags": "tags", "Source": "source", "Note Attributes": "note_attributes", "Id": "id"}
    return {ours: head[theirs] for theirs, ours in names.items() if head.get(theirs)}


def _read_customers(file: BinaryIO) -> Iterator[Found]:
    for line, row, reason in _rows(file):
        yield (line, None, reason) if row is None else (line, _customer_record(row), "")


def _customer_record(row: Row) -> dict[str, Any]:
    email = row.get("Email")
    address = _address(row, "Default Address ") or _address(row, "")
    if address is not None:
        names = {"first_name": row.get("First Name"), "last_name": row.get("Last Name")}
        address = {**address, **names, "is_default_shipping": True, "is_default_billing": True}
    marketing = row.get("Accepts Email Marketing") or row.get("Accepts Marketing") or ""
    return {
        "type": "customer",
        "external_id": row.get("Customer ID"),
        "email": email,
        "phone": row.get("Phone") or row.get("Default Address Phone"),
        "first_name": row.get("First Name"),
        "last_name": row.get("Last Name"),
        "accepts_marketing": marketing.lower() in {"yes", "true"},
        "addresses": [address] if address else None,
    }


def _address(row: Row, prefix: str) -> dict[str, Any] | None:
    def of(name: str) -> str:
        return row.get(prefix + name, "")

    if not (of("Address1") or of("Street") or of("City") or of("Zip")):
        return None
    first, _, last = of("Name").partition(" ")
    country = of("Country") or of("Country Code")
    return {
        "first_name": first,
        "last_name": last.strip(),
        "business_name": of("Company"),
        "address_line1": of("Address1") or of("Street"),
        "address_line2": of("Address2"),
        "city": of("City"),
        "pincode": of("Zip"),
        "state": of("Province Name") or of("Province") or of("Province Code"),
        "country": country_name_of(country) or country,
        "phone": of("Phone"),
    }


def _amount(row: Row, name: str) -> Decimal:
    text = row.get(name) or "0"
    amount = Decimal(text)
    if not amount.is_finite():
        raise InvalidOperation
    return amount


def _moment(text: str) -> str | None:
    """`2023-01-05 10:21:33 +0530` in the form records take."""
    return text.replace(" UTC", "+00:00").replace(" +", "+").replace(" -", "-") or None
