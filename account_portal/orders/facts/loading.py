"""Reads orders with everything that hangs on them."""

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel, col

from account_portal.addresses.rules import country_code_of
from account_portal.core.bulk import Stored, table_of
from account_portal.core.reading import PreparedSelect, is_among, read_among, read_in
from account_portal.loyalty.service import points_spent_on
from account_portal.models import (
    AddressCopy,
    CancelledItem,
    Order,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
)
from account_portal.orders.facts.claimed import load_claimed
from account_portal.orders.facts.order import OrderFacts, Rows
from account_portal.orders.facts.policies import load_policies
from account_portal.states import (
    ReturnStatus,
    ShipmentStatus,
)


def load_facts(
    db: Session,
    order_ids: Collection[str],
    *,
    lock: bool = False,
    ask_for_countries: bool = False,
) -> list[OrderFacts]:
    """Read orders with everything that hangs on them; what is pending must be flushed before.

    Args:
        db: the session.
        order_ids: which orders.
        lock: lock the orders first, where the database can. What is worked out from them is then
            the last word, whoever else is changing one of them.
        ask_for_countries: read where they go to, though no policy that is set asks for it.
    """
    ids = sorted(order_ids)
    orders = _load(db, Order, col(Order.id), ids, lock=lock)
    lines = _by(_load(db, OrderLine, col(OrderLine.order_id), ids), "order_id")
    shipments = _by(_load(db, Shipment, col(Shipment.order_id), ids), "order_id")
    shipment_ids = [shipment["id"] for found in shipments.values() for shipment in found]
    items = _by(_load(db, ShipmentItem, col(ShipmentItem.shipment_id), shipment_ids), "shipment_id")
    undated = [
        row["id"]
        for found in shipments.values()
        for row in found
        if row["status"] == ShipmentStatus.DELIVERED and row["delivered_date"] is None
    ]
    events = {
        row["shipment_id"]: row["happened_at"]
        for row in _load(db, ShipmentEvent, col(ShipmentEvent.shipment_id), undated)
        if row["status"] == ShipmentStatus.DELIVERED
    }
    payments = _by(_load(db, Payment, col(Payment.order_id), ids), "order_id")
    refunds = _by(_load(db, Refund, col(Refund.order_id), ids), "order_id")
    returns = _by(_load(db, OrderReturn, col(OrderReturn.order_id), ids), "order_id")
    return_ids = [row["id"] for found in returns.values() for row in found]
    return_items = _by(_load(db, ReturnItem, col(ReturnItem.return_id), return_ids), "return_id")
    claims = load_claimed(db, ids)
    cancelled = _by(_load(db, CancelledItem, col(CancelledItem.order_id), ids), "order_id")
    spent = points_spent_on(db, [order for order in orders if order["loyalty_point_redeemed"]])
    policies = load_policies(db)
    countries = _countries(db, orders) if ask_for_countries or policies.ask_for_countries else {}
    return [
        OrderFacts(
            order=order,
            lines=lines[order["id"]],
            shipments=shipments[order["id"]],
            items=items,
            delivered_events=events,
            payments=payments[order["id"]],
            refunds=refunds[order["id"]],
            returns={row["id"]: ReturnStatus(row["status"]) for row in returns[order["id"]]},
            return_items=[item for row in returns[order["id"]] for item in return_items[row["id"]]],
            delivery_back=[row for row in returns[order["id"]] if row["shipping_amount"]],
            cancelled=cancelled[order["id"]],
            claims=claims[order["id"]],
            points_spent=spent.get(order["order_number"], 0),
            country=countries.get(order["shipping_address_id"]),
            policies=policies.for_order_of(order["order_date"]),
        )
        for order in orders
    ]


def _countries(db: Session, orders: Rows) -> dict[str, str | None]:
    ids = {order["shipping_address_id"] for order in orders} - {None}
    if not ids:
        return {}
    rows = db.execute(
        select(col(AddressCopy.id), col(AddressCopy.country)).where(col(AddressCopy.id).in_(ids))
    )
    return {row.id: country_code_of(row.country) for row in rows}


def facts_of(db: Session, order: Order) -> OrderFacts:
    """The facts of one order that is there."""
    db.flush()
    [facts] = load_facts(db, [order.id])
    return facts


def _load(
    db: Session,
    model: type[SQLModel],
    column: Any,
    values: Collection[str],
    *,
    lock: bool = False,
) -> list[dict[str, Any]]:
    if not values:
        return []
    if len(values) == 1:  # most often it is one order, and quickly done
        [value] = values
        rows = read_in(db, _rows_of_one(model, column.key, lock=lock), value=value)
    else:
        rows = read_among(db, _rows_of_many(model, column.key, lock=lock), values)
    if not rows:
        return []
    names = table_of(model).c.keys()
    return [dict(zip(names, row, strict=True)) for row in rows]


@cache
def _rows_of_one(model: type[SQLModel], column: str, *, lock: bool) -> PreparedSelect:
    return PreparedSelect(
        _rows(model, lock=lock).where(table_of(model).c[column] == bindparam("value"))
    )


@cache
def _rows_of_many(model: type[SQLModel], column: str, *, lock: bool) -> PreparedSelect:
    return PreparedSelect(_rows(model, lock=lock).where(is_among(table_of(model).c[column])))


def _rows(model: type[SQLModel], *, lock: bool) -> Any:
    columns = table_of(model).c
    order = [columns[name] for name in ("position", "created_at", "happened_at") if name in columns]
    if lock:  # in one order, so that two who lock the same rows do not wait for each other
        return select(table_of(model)).order_by(columns.id).with_for_update()
    return select(table_of(model)).order_by(*order, columns.id)


def _by(rows: Rows, name: str) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found
