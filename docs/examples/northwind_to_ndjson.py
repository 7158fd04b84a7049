# ruff: noqa: ANN001, ANN002, ANN003, ANN201, D103, INP001, T201
"""Northwind's tables as records: `northwind_to_ndjson.py FOLDER > northwind.ndjson`."""

import csv
import json
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path


def table(name, loose=None):
    """Rows of a table. Nobody quoted the commas of the `loose` column ("Rua do Paço, 67")."""
    with (Path(sys.argv[1]) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        if loose and (extra := len(row) - len(header)):
            at = header.index(loose)
            row[at : at + extra + 1] = [",".join(row[at : at + extra + 1])]
        yield {k: None if v == "NULL" else v for k, v in zip(header, row, strict=True)}


def emit(kind, **fields):
    print(json.dumps({"type": kind, **fields}, default=str))


def address(row, *columns, **more):
    names = ("address_line1", "city", "state", "pincode", "country")
    return {**dict(zip(names, map(row.get, columns), strict=True)), **more}


def cents(amount):
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


products = {row["productID"]: row["productName"] for row in table("products")}
shippers = {row["shipperID"]: row["companyName"] for row in table("shippers")}
for row in table("customers", loose="address"):
    key, (first, _, last) = row["customerID"], row["contactName"].partition(" ")
    who = {"first_name": first, "last_name": last, "phone": row["phone"]}
    home = address(row, "address", "city", "region", "postalCode", "country", **who)
    emit("customer", external_id=key, email=f"{key}@northwind.example", addresses=[home], **who)
lines = defaultdict(list)
for row in table("order-details"):
    price, quantity, sku = Decimal(row["unitPrice"]), int(row["quantity"]), row["productID"]
    line = {"sku": sku, "product_name": products[sku], "quantity": quantity, "selling_price": price}
    line["line_total"] = cents(price * quantity * (1 - Decimal(row["discount"])))
    lines[row["orderID"]].append(line)
for row in table("orders", loose="shipAddress"):
    key, bought = row["orderID"], lines[row["orderID"]]
    day, sent = (at and at[:10] for at in (row["orderDate"], row["shippedDate"]))  # no midnights
    columns = ("shipAddress", "shipCity", "shipRegion", "shipPostalCode", "shipCountry")
    order = {"order_number": key, "customer_id": row["customerID"], "order_date": day}
    order |= {"currency": "USD", "lines": bought, "shipping_amount": cents(row["freight"])}
    total = sum((line["line_total"] for line in bought), cents(row["freight"]))
    paid = {"request_number": f"{key}-1", "amount": total, "payment_method": "On account"}
    parcel = {"reference_number": f"{key}-1", "status": "delivered", "delivered_date": sent}
    parcel |= {"shipped_date": sent, "courier_company_name": shippers[row["shipVia"]]}
    order |= {"payments": [paid], "shipments": [parcel] if sent else [], "grand_total": total}
    emit("order", shipping_address=address(row, *columns, first_name=row["shipName"]), **order)
