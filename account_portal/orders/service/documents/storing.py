"""Writes documents, counts and purchases."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from account_portal.core.bulk import table_of
from account_portal.core.changing import PreparedChange
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.models import Order, OrderDocument, OrderLine, Purchase
from account_portal.orders import rules
from account_portal.orders.service.documents.shape import Rows

_COUNT = PreparedChange(
    text(
        "INSERT INTO order_counts (customer_id, status, count) "
        "VALUES (:customer_id, :status, :count) ON CONFLICT (customer_id, status) "
        "DO UPDATE SET count = order_counts.count + excluded.count"
    )
)


class LastWord(NamedTuple):
    """What an order's documents said last."""

    customer_id: str
    status: str
    detail: str
    refunds: str | None
    changed_at: datetime


# Statements that every change asks for are made once.
_LAST = PreparedSelect(
    select(
        col(OrderDocument.order_id), *(getattr(OrderDocument, name) for name in LastWord._fields)
    ).where(is_among(table_of(OrderDocument).c.order_id))
)
_BROUGHT = PreparedSelect(
    select(col(Purchase.customer_id), col(Purchase.product_id), col(Purchase.order_id)).where(
        is_among(table_of(Purchase).c.order_id)
    )
)


def last_words(db: Session, order_ids: Collection[str]) -> dict[str, LastWord]:
    """What the documents of these orders say so far, by order; new orders have none."""
    return {order_id: LastWord(*said) for order_id, *said in read_among(db, _LAST, order_ids)}


def recount(db: Session, last: Mapping[str, LastWord], documents: list[dict[str, Any]]) -> None:
    """Move orders between the counts of their old and new states."""
    change: dict[tuple[str, str], int] = defaultdict(int)
    for row in documents:
        if before := last.get(row["order_id"]):
            change[before.customer_id, before.status] -= 1
        change[row["customer_id"], row["status"]] += 1
    rows = [
        {"customer_id": customer_id, "status": str(status), "count": count}
        for (customer_id, status), count in sorted(change.items())
        if count
    ]
    _COUNT.run(db, *rows)


def purchases_of(order: dict[str, Any], lines: Rows) -> list[dict[str, Any]]:
    """What a delivered order brought to its customer."""
    return [
        {
            "customer_id": order["customer_id"],
            "product_id": line["product_id"],
            "order_id": order["id"],
            "order_number": order["order_number"],
            "order_date": order["order_date"],
            "product_name": line["product_name"],
            "product_image_url": line["product_image_url"],
            "currency": order["currency"],
            "selling_price": line["selling_price"],
            "listing_price": line["listing_price"],
        }
        for line in lines
    ]


def forget_purchases(db: Session, brought: Mapping[str, set[str]]) -> None:
    """Forget what orders did not bring after all; `brought` are their products, by order id.

    A product that another order brought as well is that order's purchase again.
    """
    gone = [
        (customer_id, product_id)
        for customer_id, product_id, order_id in read_among(db, _BROUGHT, list(brought))
        if product_id not in brought[order_id]
    ]
    for customer_id, product_id in gone:
        db.execute(
            delete(Purchase).where(
                col(Purchase.customer_id) == customer_id, col(Purchase.product_id) == product_id
            )
        )
    for customer_id, product_id in gone:
        earlier = db.execute(
            select(Order, OrderLine)
            .join(OrderLine, col(OrderLine.order_id) == col(Order.id))
            .where(
                col(Order.customer_id) == customer_id,
                col(OrderLine.product_id) == product_id,
                col(Order.status).in_(sorted(rules.DELIVERED)),
                col(Order.id).not_in(brought),
            )
            .order_by(col(Order.order_date).desc(), col(Order.id).desc())
            .limit(1)
        ).one_or_none()
        if earlier is not None:
            order, line = earlier
            store_purchases(db, purchases_of(order.model_dump(), [line.model_dump()]))


def store_purchases(db: Session, rows: list[dict[str, Any]]) -> None:
    """Remember who received what; the latest order of a product wins."""
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["order_date"], row["order_id"])):
        latest[row["customer_id"], row["product_id"]] = row
    if not latest:
        return
    purchases = [latest[key] for key in sorted(latest)]
    _upsert(db.get_bind().dialect.name, tuple(purchases[0])).run(db, *purchases)


@lru_cache
def _upsert(dialect: str, names: tuple[str, ...]) -> PreparedChange:
    """Insert or update purchases; made once, since making it costs more than running it."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    statement = insert(table_of(Purchase)).values({name: bindparam(name) for name in names})
    keys = ("customer_id", "product_id")
    return PreparedChange(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in names if name not in keys},
            where=tuple_(col(Purchase.order_date), col(Purchase.order_id))
            <= tuple_(statement.excluded.order_date, statement.excluded.order_id),
        )
    )


def forget_documents(db: Session, order_ids: Collection[str]) -> None:
    """Remove documents and counts of orders that are about to be deleted (demo data only)."""
    for order_id in order_ids:
        row = db.get(OrderDocument, order_id)
        if row is not None:
            _COUNT.run(db, {"customer_id": row.customer_id, "status": row.status, "count": -1})
    db.execute(delete(OrderDocument).where(col(OrderDocument.order_id).in_(order_ids)))
