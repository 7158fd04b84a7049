"""Exports of Shopify's admin: orders and customers as CSV, read as records.

An order has a row for each line; only its first row has what concerns the whole order.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from account_portal.addresses.rules import country_name_of
from account_portal.core.clock import utc_now
from account_portal.merchant.importing.cells import CellError, Row, column, read_rows
from account_portal.merchant.importing.columns import CUSTOMERS, ORDERS
from account_portal.merchant.importing.fields import is_order_number
from account_portal.merchant.importing.shopify_money import (
    AUTHORIZED,
    is_tax_included,
    payments,
    refunds,
    shipping_tax,
)

Found = tuple[int, dict[str, Any] | None, str]
Reader = Callable[[BinaryIO], Iterator[Found]]

_ORDERS = {"Name", "Email", "Financial Status", "Lineitem name", "Lineitem price"}
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_CUSTOMERS = {"First Name", "Last Name", "Email", "Total Spent"}
_PARTIAL = {"partial", "partially_fulfilled"}
_FULFILMENTS = _PARTIAL | {
    "", "fulfilled", "in_progress", "not_eligible", "on_hold", "open", "pending",
    "pending_fulfillment", "request_declined", "restocked", "scheduled", "unfulfilled",
}  # fmt: skip
ARRIVES_WITHIN = timedelta(days=14)
"""The export does not say when a parcel arrived; after so long we take it to be there."""


class Export(NamedTuple):
    """A kind of file: what reads it, and the column that each field of its records comes from."""

    read: Reader
    columns: Mapping[str, str]


def export_with(header: set[str]) -> Export | None:
    """The kind of a file with this header, if it is an export of Shopify."""
    columns = {column(name) for name in header}
    if columns >= {column(name) for name in _ORDERS}:
        return Export(_read_orders, ORDERS)
    if columns >= {column(name) for name in _CUSTOMERS}:
        return Export(_read_customers, CUSTOMERS)
    return None


def _read_orders(file: BinaryIO) -> Iterator[Found]:
    now = utc_now()
    first_line = 0
    head: Row | None = None
    rows: list[Row] = []  # of the order that `head` begins; none when it was refused
    for line, row, reason in read_rows(file):
        if row is None:
            yield line, None, reason
            continue
        if head is not None and not _begins_another(head, row):
            if reason:
                yield line, None, reason
                rows = []  # an order goes in whole or not at all
            elif rows:
                rows.append(row)
            continue
        if rows:
            yield _order(first_line, rows, now)
        name, before = row.text("Name"), head
        head, rows, first_line = row, [], line
        if reason:
            yield line, None, reason
        elif not name:
            head = before
            yield line, None, "has no Name, and no order stands before it"
        elif not row.text("Total"):
            yield line, None, "has no Total; the first row of its order is missing"
        elif before is not None and _is_unclear(before, row):
            yield line, None, f"another order is named {name}, and no Id tells them apart"
        else:
            rows = [row]
    if rows:
        yield _order(first_line, rows, now)


def _is_unclear(before: Row, row: Row) -> bool:
    """Whether an order would be taken for news of the one before, for want of an Id."""
    is_named_alike = row.text("Name") == before.text("Name")
    return is_named_alike and not (before.text("Id") and row.text("Id"))


def _begins_another(head: Row, row: Row) -> bool:
    """Whether a row is not one of the order before: a name may be given twice, an Id is not."""
    if row.text("Name") not in ("", head.text("Name")):
        return True
    names = ("Id",) if head.text("Id") and row.text("Id") else ("Email", "Total")
    return any(
        row.text(name) and row.text(name).lower() != head.text(name).lower() for name in names
    )


def _order(line: int, rows: list[Row], now: datetime) -> Found:
    try:
        return line, _order_record(rows, now), ""
    except CellError as error:
        return line, None, str(error)


def _order_record(rows: list[Row], now: datetime) -> dict[str, Any]:
    head = rows[0]
    number, phone = order_number(head.text("Name")), _phone(head)
    if not (head.text("Email") or _may_be_phone(phone)):
        raise CellError(
            "Email, Phone, Billing Phone, Shipping Phone: none names a customer, "
            "so nobody could see this order"
        )
    # A line whose quantity is 0 was taken out of the order.
    sold = [row for row in rows if _has_line(row) and _quantity(row) != 0]
    if not sold:
        raise CellError("Lineitem quantity: is 0 in each line, so nothing is left of this order")
    lines = _lines(sold)
    costs = [
        line["selling_price"] * (_quantity(row) or 0) - line["promotion_discount_amount"]
        for row, line in zip(sold, lines, strict=True)
    ]
    gross, subtotal = sum(costs, Decimal(0)), head.amount("Subtotal")
    taxed = sum(
        (cost for cost, line in zip(costs, lines, strict=True) if "tax_amount" not in line),
        Decimal(0),
    )
    included = is_tax_included(head)
    taxable = subtotal * taxed / gross if gross else Decimal(0)
    on_shipping = shipping_tax(head, taxable=taxable, included=included)
    for line in lines:
        line["price_including_tax"] = included
    shipping = head.amount("Shipping")
    return {
        "type": "order",
        "order_number": number,
        "external_id": _id(head, "Id"),
        "order_date": head.moment("Created at"),
        "customer_email": head.text("Email"),
        "customer_phone": phone,
        "currency": head.text("Currency"),
        "status": "cancelled" if head.text("Cancelled at") else None,
        "cancelled_at": head.moment("Cancelled at"),
        "customer_note": head.text("Notes"),
        "coupon_code": head.text("Discount Code"),
        "discount_amount": max(Decimal(0), gross - subtotal),
        "shipping_amount": shipping - on_shipping if included else shipping,
        "shipping_tax_amount": on_shipping,
        "item_total_tax": head.amount("Taxes") - on_shipping,
        "grand_total": head.amount("Total"),
        "metadata": _metadata(head, number),
        "lines": lines,
        "billing_address": _address(head, "Billing "),
        "shipping_address": _address(head, "Shipping "),
        "payments": payments(head, number),
        "refunds": refunds(head, number),
        "fulfilment": _fulfilment(head, sold, lines, now),
    }


def _id(row: Row, name: str) -> str:
    """The key of an order or a customer.

    Raises:
        CellError: a spreadsheet made it a rounded number, which others are rounded to as well.
    """
    cell = row.text(name)
    if _ROUNDED.fullmatch(cell):
        raise CellError(
            f"{name}: {cell!r} was rounded by a spreadsheet; import the file as it was exported"
        )
    return cell


def _phone(head: Row) -> str:
    """The customer's phone; of an address, if nothing else names the customer."""
    told = head.text("Phone")
    if head.text("Email"):
        return told
    phones = [told, head.text("Billing Phone"), head.text("Shipping Phone")]
    return next(filter(_may_be_phone, phones), "")


def _may_be_phone(cell: str) -> bool:
    """Whether a cell may hold a phone number: `0` and `n/a` name nobody."""
    return sum(map(str.isdigit, cell)) > 3


def order_number(name: str) -> str:
    """The order number of a name: `#1001` is `1001`.

    Names of another form than order numbers have lose what does not fit, and end with a few
    letters made of the whole name, so that no two names become one number.
    """
    number = name.removeprefix("#")
    if is_order_number(number) or not number:
        return number
    plain = unicodedata.normalize("NFKD", number).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:31].strip("-") or "order"
    return f"{kept}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"


def _has_line(row: Row) -> bool:
    """Whether a row tells a line; one of an order may tell something else alone."""
    return any(row.text(f"Lineitem {name}") for name in ("name", "sku", "price"))


def _quantity(row: Row) -> int | None:
    """Units of a line, if they are a whole number."""
    try:
        units = row.amount("Lineitem quantity")
    except CellError:
        return None  # which the record refuses by field name
    return (
        int(units) if units == units.to_integral_value() and row.text("Lineitem quantity") else None
    )


def _lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The lines of an order; a sku that stands twice gets a number, so that it names one line."""
    lines: list[dict[str, Any]] = []
    taken: set[str] = set()
    for row in rows:
        line = _line(row)
        sku, count = line["sku"], 1
        while line["sku"] in taken:
            count += 1
            line["sku"] = f"{sku[:60]}-{count}"
        line["product_id"] = sku
        if count > 1:
            line["twin_of"] = sku
        taken.add(line["sku"])
        lines.append(line)
    return lines


def _line(row: Row) -> dict[str, Any]:
    price = row.amount("Lineitem price")
    listed = row.amount("Lineitem compare at price")
    name = row.text("Lineitem name") or row.text("Lineitem sku")
    if not name:
        raise CellError("Lineitem name: is empty, and so is Lineitem sku")
    if not row.text("Lineitem quantity"):
        raise CellError("Lineitem quantity: is empty")
    line = {
        "sku": (row.text("Lineitem sku") or name)[:64],
        "product_name": name,
        "quantity": row.text("Lineitem quantity").removeprefix("'"),
        "selling_price": price,
        "listing_price": max(listed, price),
        "on_offer": listed > price,
        "promotion_discount_amount": row.amount("Lineitem discount"),
        "product_type": (
            "digital" if row.word("Lineitem requires shipping") == "false" else "physical"
        ),
    }
    if row.word("Lineitem taxable") == "false":
        line["tax_amount"] = Decimal(0)
    return line


def _fulfilment(
    head: Row, rows: Sequence[Row], lines: Sequence[dict[str, Any]], now: datetime
) -> dict[str, Any] | None:
    """What was sent so far; which parcels there are is known when the order is looked up."""
    state = head.one_of("Fulfillment Status", _FULFILMENTS)
    is_partial = state in _PARTIAL
    if not (is_partial or state == "fulfilled"):
        return None
    units = [
        {"sku": line["sku"], "quantity": sent}
        for row, line in zip(rows, lines, strict=True)
        if (sent := _sent(row) if is_partial else _quantity(row))
    ]
    return {
        "items": units,
        "fulfilled_at": head.moment("Fulfilled at") or head.moment("Created at"),
        "arrived_before": now - ARRIVES_WITHIN,
        "courier_company_name": head.text("Shipping Method"),
    }


def _sent(row: Row) -> int:
    """Units of a line that are surely on their way."""
    state = row.one_of("Lineitem fulfillment status", _FULFILMENTS)
    quantity = _quantity(row) or 0
    if state == "fulfilled":
        return quantity
    # Some are and some are not, and the export does not say how many.
    return min(1, quantity - 1) if state in _PARTIAL else 0


def _metadata(head: Row, number: str) -> dict[str, str]:
    names = {"Tags": "tags", "Source": "source", "Note Attributes": "note_attributes", "Id": "id"}
    metadata = {ours: head.text(theirs) for theirs, ours in names.items() if head.text(theirs)}
    if number != head.text("Name").removeprefix("#"):
        metadata["name"] = head.text("Name")
    if head.word("Financial Status") == AUTHORIZED:
        metadata["financial_status"] = AUTHORIZED
    return metadata


def _read_customers(file: BinaryIO) -> Iterator[Found]:
    for line, row, reason in read_rows(file):
        if row is None or reason:
            yield line, None, reason
            continue
        try:
            yield line, _customer_record(row), ""
        except CellError as error:
            yield line, None, str(error)


def _customer_record(row: Row) -> dict[str, Any]:
    address = _address(row, "Default Address ") or _address(row, "")
    if address is not None:
        names = {"first_name": row.text("First Name"), "last_name": row.text("Last Name")}
        address = {**address, **names, "is_default_shipping": True, "is_default_billing": True}
    marketing = row.word("Accepts Email Marketing") or row.word("Accepts Marketing")
    key, phone = _id(row, "Customer ID"), row.text("Phone") or row.text("Default Address Phone")
    if not (key or row.text("Email") or phone):
        raise CellError("Customer ID, Email, Phone, Default Address Phone: all are empty")
    return {
        "type": "customer",
        "external_id": key,
        "email": row.text("Email"),
        "phone": phone,
        "first_name": row.text("First Name"),
        "last_name": row.text("Last Name"),
        "accepts_marketing": marketing in {"yes", "true"},
        "addresses": [address] if address else None,
    }


def _address(row: Row, prefix: str) -> dict[str, Any] | None:
    def of(name: str) -> str:
        return row.text(prefix + name)

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
