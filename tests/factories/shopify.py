"""Exports of Shopify's admin, written cell by cell."""

import csv
from pathlib import Path

COLUMNS = """
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,
Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,
Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,
Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Address1,Billing City,Billing Zip,
Billing Country,Billing Phone,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,
Shipping Country,Shipping Phone,Notes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,
Outstanding Balance,Id,Tags,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Phone,
Duties
""".replace("\n", "").split(",")

Cells = dict[str, str]


def head(name: str = "#1001", **cells: str) -> Cells:
    """The first row of an order: a cup of 10.00, paid, not sent. `Paid_at` fills `Paid at`."""
    usual = {
        "Name": name,
        "Email": "asha@shop.example",
        "Financial Status": "paid",
        "Fulfillment Status": "unfulfilled",
        "Currency": "EUR",
        "Subtotal": "10.00",
        "Shipping": "0.00",
        "Taxes": "0.00",
        "Total": "10.00",
        "Created at": "2026-03-02 10:00:00 +0530",
        "Lineitem quantity": "1",
        "Lineitem name": "Cup",
        "Lineitem price": "10.00",
        "Lineitem sku": "CUP",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "pending",
        "Payment Method": "Shopify Payments",
    }
    return usual | _named(cells)


def line(name: str = "#1001", **cells: str) -> Cells:
    """A further row of an order: another line."""
    return {"Name": name, "Email": "asha@shop.example", "Lineitem taxable": "true"} | _named(cells)


def _named(cells: Cells) -> Cells:
    return {name.replace("_", " "): text for name, text in cells.items()}


def export(path: Path, *rows: Cells, columns: dict[str, str] | None = None) -> Path:
    """A file of rows; `columns` are headers to write another way."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([(columns or {}).get(name, name) for name in COLUMNS])
        writer.writerows([[row.get(name, "") for name in COLUMNS] for row in rows])
    return path
