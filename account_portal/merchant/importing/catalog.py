"""Products, and what customers say of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from account_portal.core import money
from account_portal.core.bulk import Row, insert, table_of
from account_portal.core.ids import new_id
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.customers import customers_of
from account_portal.merchant.importing.records import ProductRecord, ReviewRecord
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import Product, Purchase, Review
from account_portal.states import ReviewStatus


def write_products(batch: Batch, entries: Sequence[Entry[ProductRecord]]) -> None:
    """Add or update products."""
    there = {
        row["id"]: row
        for row in fetch(batch.db, Product, "id", {entry.record.product_id for entry in entries})
    }
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    for entry in entries:
        record = entry.record
        currency = record.currency or batch.currency
        digits = money.exponent(currency)
        selling = minor(record.selling_price, digits)
        values: Row = {
            "name": record.name,
            "slug": record.slug or record.product_id,
            "image_url": record.image_url,
            "product_type": record.product_type,
            "currency": currency,
            "selling_price": selling,
            "listing_price": (
                selling if record.listing_price is None else minor(record.listing_price, digits)
            ),
            "is_active": record.is_active,
        }
        known = there.get(record.product_id)
        if known is None:
            new.append(_product_row(batch, record.product_id, values))
        elif changed := difference(known, values):
            changes.append((record.product_id, {**changed, "modified_at": batch.now}))
    insert(batch.db, Product, new)
    update(batch.db, Product, "id", changes)


def _product_row(batch: Batch, product_id: str, values: Row) -> Row:
    return {
        "id": product_id,
        **values,
        "rating_sum": 0,
        "rating_count": 0,
        "created_at": batch.now,
        "modified_at": batch.now,
    }


def add_missing_products(batch: Batch, lines: Iterable[Row], currencies: Mapping[str, str]) -> None:
    """Products that only orders speak of, so that what was bought can be reviewed.

    A product has one currency, and its prices are those of a line in it: the store's currency if
    any of the orders was in it.

    Args:
        batch: what is being imported.
        lines: of orders.
        currencies: of the orders, by id.
    """
    in_stores_last = sorted(lines, key=lambda line: currencies[line["order_id"]] == batch.currency)
    sold = {line["product_id"]: line for line in in_stores_last}
    for row in fetch(batch.db, Product, "id", sold, ("id",)):
        del sold[row["id"]]
    insert(
        batch.db,
        Product,
        [
            _product_row(
                batch,
                product_id,
                {
                    "name": line["product_name"],
                    "slug": line["slug"] or product_id,
                    "image_url": line["product_image_url"],
                    "product_type": line["product_type"],
                    "currency": currencies[line["order_id"]],
                    "selling_price": line["selling_price"],
                    "listing_price": line["listing_price"],
                    "is_active": True,
                },
            )
            for product_id, line in sold.items()
        ],
    )


def write_reviews(batch: Batch, entries: Sequence[Entry[ReviewRecord]]) -> None:
    """Add or update reviews, and the ratings of their products."""
    owners = customers_of(batch, entries, create=False)
    products = {
        row["id"]
        for row in fetch(
            batch.db, Product, "id", {entry.record.product_id for entry in entries}, ("id",)
        )
    }
    customer_ids = {owner["customer_id"] for owner in owners.values()}
    there: dict[tuple[str, str], Any] = {
        (row["customer_id"], row["product_id"]): row
        for row in fetch(batch.db, Review, "customer_id", customer_ids)
    }
    bought = {
        (row["customer_id"], row["product_id"]): row["order_number"]
        for row in fetch(batch.db, Purchase, "customer_id", customer_ids)
    }
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    touched: set[str] = set()
    for position, owner in owners.items():
        entry = entries[position]
        record = entry.record
        key = (owner["customer_id"], record.product_id)
        if record.product_id not in products:
            batch.wait_or_refuse(entry, f"product {record.product_id} is not known")
            continue
        known = there.get(key)
        order_number = record.order_number or bought.get(key) or (known and known["order_number"])
        if order_number is None:
            batch.wait_or_refuse(
                entry, f"no order of the customer brought product {record.product_id}"
            )
            continue
        values: Row = {
            "order_number": order_number,
            "status": str(record.status),
            "rating": int(record.rating * 2),
            "review_text": record.review_text,
            "review_date": record.review_date,
            "tags": list(record.tags),
        }
        if known is None:
            row = {
                "id": new_id(),
                "customer_id": key[0],
                "product_id": key[1],
                **values,
                "created_at": record.review_date,
                "modified_at": record.review_date,
            }
            new.append(row)
            there[key] = row
        else:
            said = batch.said_anew(record)
            changed = {name: new for name, new in difference(known, values).items() if name in said}
            if not changed:
                continue
            changes.append((known["id"], {**changed, "modified_at": batch.now}))
        touched.add(record.product_id)
    insert(batch.db, Review, new)
    update(batch.db, Review, "id", changes)
    _rate(batch, touched)


def _rate(batch: Batch, product_ids: set[str]) -> None:
    """Set the ratings of products to the sums of their approved reviews."""
    if not product_ids:
        return
    # Locked: reviews that come meanwhile would be left out of the sums.
    fetch(batch.db, Product, "id", product_ids, ("id",), lock=True)
    table = table_of(Review)
    sums = {
        row.product_id: {"rating_sum": int(row.stars), "rating_count": row.reviews}
        for row in batch.db.execute(
            select(
                table.c.product_id,
                func.sum(table.c.rating).label("stars"),
                func.count().label("reviews"),
            )
            .where(table.c.product_id.in_(list(product_ids)))
            .where(table.c.status == ReviewStatus.APPROVED)
            .group_by(table.c.product_id)
        )
    }
    nothing = {"rating_sum": 0, "rating_count": 0}
    update(batch.db, Product, "id", ((key, sums.get(key, nothing)) for key in product_ids))
