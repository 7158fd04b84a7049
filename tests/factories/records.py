"""Records as a shop would export them, and what became of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from account_portal.core.db import Database
from account_portal.merchant.importing import Summary, run_import

Fault = tuple[int, str]
Import = Callable[..., tuple[Summary, list[Fault]]]


def order(number: str = "A-1001", **values: Any) -> dict[str, Any]:
    """An order of two lines: 3 × 100.00 and 1 × 49.99, and 40.00 for shipping."""
    return {
        "type": "order",
        "order_number": number,
        "customer_email": "asha@shop.example",
        "order_date": "2024-03-01T09:30:00Z",
        "currency": "INR",
        "lines": [
            {"sku": "TEA", "product_name": "Tea", "quantity": 3, "selling_price": "100.00"},
            {"sku": "CUP", "product_name": "Cup", "quantity": 1, "selling_price": 49.99},
        ],
        "shipping_amount": 40,
        **values,
    }


def shipment(reference: str = "SHP-1", number: str = "A-1001", **values: Any) -> dict[str, Any]:
    """A parcel that arrived."""
    return {
        "type": "shipment",
        "order_number": number,
        "reference_number": reference,
        "status": "delivered",
        "shipped_date": "2024-03-02T10:00:00Z",
        "delivered_date": "2024-03-05T10:00:00Z",
        **values,
    }


def write(path: Path, *records: Any) -> Path:
    """A file of records; texts and bytes go in as they are."""
    lines = [
        record
        if isinstance(record, bytes)
        else (record if isinstance(record, str) else json.dumps(record)).encode(
            errors="surrogatepass"
        )
        for record in records
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def bring_in(database: Database, *paths: Path, strict: bool = False) -> tuple[Summary, list[Fault]]:
    """Import files; the summary, and the faults by line."""
    faults: list[Fault] = []
    summary = run_import(
        database,
        paths,
        strict=strict,
        on_fault=lambda _source, line, reason: faults.append((line, reason)),
    )
    return summary, faults


def rows(database: Database, model: type[SQLModel], **values: Any) -> list[Any]:
    """The rows of a table with these values."""
    with database.session(writes=False) as db:
        statement = select(model).where(*(getattr(model, k) == v for k, v in values.items()))
        return list(db.execute(statement).scalars())


def contents(database: Database) -> dict[str, list[tuple[str, ...]]]:
    """Everything in the database, comparable."""
    found: dict[str, list[tuple[str, ...]]] = {}
    with database.session(writes=False) as db:
        for table in SQLModel.metadata.sorted_tables:
            if table.name == "import_statements":
                continue  # what was said may name the moment it was said at
            listed = db.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(map(repr, row)) for row in listed]
    return found
