"""Derives state and documents of orders anew, in the transaction that changed them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel, col

from account_portal.core import bulk, money
from account_portal.core.bulk import Stored
from account_portal.models import (
    AddressCopy,
    Order,
    OrderDocument,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentItem,
)
from account_portal.models.states import (
    OrderStatus,
    ReturnStatus,
    ShipmentStatus,
)
from account_portal.notifications import has_news
from account_portal.orders import rules
from account_portal.orders.service.documents.clock import (
    apply_moment,
    remaining_units,
    return_window,
)
from account_portal.orders.service.documents.shape import (
    Rows,
    add_cancellation,
    attempts,
    search_text,
    shape_address,
    shape_detail,
    shape_line,
    shape_payment,
    shape_shipment,
    shape_summary,
)
from account_portal.orders.service.documents.storing import (
    purchases_of,
    recount,
    store_purchases,
)

BATCH = 400
"""Orders refreshed at once; below the number of variables every database takes in one statement."""
_RELEASED = (ReturnStatus.REJECTED, ReturnStatus.CANCELLED)


def refresh_orders(db: Session, order_ids: Collection[str], now: datetime) -> None:
    """Derive state and documents of these orders anew; call it after every change to them."""
    db.flush()
    wanted = sorted(set(order_ids))
    customers: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        customers |= _refresh_batch(db, wanted[start : start + BATCH], now)
    has_news(db, customers)
    # Statements changed rows behind the session's back.
    for instance in db.identity_map.values():
        if isinstance(instance, Order) and instance.id in wanted:
            db.expire(instance)


def _load(db: Session, model: type[SQLModel], column: Any, values: Collection[str]) -> Rows:
    if not values:
        return []
    table = model.__table__  # type: ignore[attr-defined]
    statement = select(table).where(column.in_(values)).order_by(*_order(table))
    names = table.c.keys()
    return [dict(zip(names, row, strict=True)) for row in db.connection().execute(statement)]


def _order(table: Any) -> list[Any]:
    names = ("position", "created_at", "id")
    return [table.c[name] for name in names if name in table.c]


def _by(rows: Rows, name: str) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _refresh_batch(db: Session, ids: list[str], now: datetime) -> set[str]:
    """Returns whose orders these are."""
    orders = _load(db, Order, col(Order.id), ids)
    lines = _by(_load(db, OrderLine, col(OrderLine.order_id), ids), "order_id")
    shipments = _by(_load(db, Shipment, col(Shipment.order_id), ids), "order_id")
    shipment_ids = [shipment["id"] for found in shipments.values() for shipment in found]
    items = _by(_load(db, ShipmentItem, col(ShipmentItem.shipment_id), shipment_ids), "shipment_id")
    payments = _by(_load(db, Payment, col(Payment.order_id), ids), "order_id")
    refunds = _by(_load(db, Refund, col(Refund.order_id), ids), "order_id")
    address_ids = {
        address_id
        for order in orders
        for address_id in (order["billing_address_id"], order["shipping_address_id"])
        if address_id
    }
    addresses = {row["id"]: row for row in _load(db, AddressCopy, col(AddressCopy.id), address_ids)}
    requested = _requested_units(db, ids)

    state_changes: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    purchases: list[dict[str, Any]] = []
    for row in orders:
        order = dict(row)
        document = _document(
            order,
            lines[order["id"]],
            [(shipment, items[shipment["id"]]) for shipment in shipments[order["id"]]],
            payments[order["id"]],
            refunds[order["id"]],
            addresses,
            requested,
            now,
        )
        documents.append(document)
        if any(row[name] != order[name] for name in _DERIVED):
            state_changes.append({"order": order["id"], **{name: order[name] for name in _DERIVED}})
        if order["status"] in rules.DELIVERED:
            purchases += purchases_of(order, lines[order["id"]])
    if state_changes:
        db.execute(_UPDATE_STATE, state_changes, execution_options={"synchronize_session": False})
    recount(db, documents)
    bulk.insert(db, OrderDocument, documents, replacing="order_id")
    store_purchases(db, purchases)
    return {order["customer_id"] for order in orders}


_DERIVED = ("status", "payment_status", "payment_success_date", "delivered_at", "completes_at")
_UPDATE_STATE = (
    update(Order.__table__)  # type: ignore[attr-defined]
    .where(col(Order.id) == bindparam("order"))
    .values({name: bindparam(name) for name in _DERIVED})
)


def _requested_units(db: Session, order_ids: list[str]) -> dict[str, int]:
    """Units by line that return requests hold."""
    rows = db.execute(
        select(col(ReturnItem.line_id), col(ReturnItem.quantity))
        .join(OrderReturn, col(OrderReturn.id) == col(ReturnItem.return_id))
        .where(col(OrderReturn.order_id).in_(order_ids), col(OrderReturn.status).not_in(_RELEASED))
    )
    held: dict[str, int] = defaultdict(int)
    for line_id, quantity in rows:
        held[line_id] += quantity
    return held


def _derive_states(
    order: dict[str, Any],
    lines: Rows,
    shipments: list[tuple[Stored, list[Stored]]],
    payments: Rows,
    now: datetime,
) -> None:
    live = [
        (shipment, items)
        for shipment, items in shipments
        if shipment["status"] != ShipmentStatus.CANCELLED
    ]
    sent = sum(item["quantity"] for _, items in live for item in items)
    status = rules.derive_status(
        OrderStatus(order["status"]),
        [ShipmentStatus(shipment["status"]) for shipment, _ in live],
        covers_all_units=sent >= sum(line["quantity"] for line in lines),
    )
    delivered = [row["delivered_date"] for row, _ in live if row["delivered_date"]]
    if status in rules.DELIVERED and delivered:
        order["delivered_at"] = max(delivered)
    if status in rules.DELIVERED and order["delivered_at"]:
        order["completes_at"] = rules.window_end(order["delivered_at"], return_window())
        if now > order["completes_at"]:
            status = OrderStatus.COMPLETE
    order["status"] = status
    if payments:
        payable = rules.net_payable(
            order["grand_total"], order["loyalty_amount"], order["credit_balance_used"]
        )
        order["payment_status"] = rules.derive_payment_status(payable, attempts(payments))
        paid = [row["payment_date"] for row in payments if row["payment_status"] in rules.PAID]
        if order["payment_status"] == "success":
            order["payment_success_date"] = max(filter(None, paid), default=None)
        else:
            order["payment_success_date"] = None


def _document(
    order: dict[str, Any],
    lines: Rows,
    shipments: list[tuple[Stored, list[Stored]]],
    payments: Rows,
    refunds: Rows,
    addresses: dict[str, Stored],
    requested: dict[str, int],
    now: datetime,
) -> dict[str, Any]:
    _derive_states(order, lines, shipments, payments, now)
    scale = 10 ** money.exponent(order["currency"])
    by_line = {line["id"]: line for line in lines}
    remaining = remaining_units(by_line, shipments, requested)
    items = [shape_line(line, scale) for line in lines]
    summary = shape_summary(order, items, refunds, scale)
    detail = shape_detail(order, items, refunds, scale)
    detail["billing_address"] = shape_address(addresses.get(order["billing_address_id"]))
    detail["shipping_address"] = shape_address(addresses.get(order["shipping_address_id"]))
    detail["payments"] = [shape_payment(payment, scale) for payment in payments]
    detail["shipments"] = [
        shape_shipment(shipment, found, by_line, scale) for shipment, found in shipments
    ]
    add_cancellation(detail, order, shipments, payments, scale)
    valid_until = apply_moment(detail, remaining, now)
    return {
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "order_number": order["order_number"],
        "status": order["status"],
        "summary": orjson.dumps(summary, option=orjson.OPT_UTC_Z).decode(),
        "detail": orjson.dumps(detail, option=orjson.OPT_UTC_Z).decode(),
        "remaining": remaining,
        "valid_until": valid_until,
        "search": search_text(order, lines),
    }


def refresh_due(db: Session, now: datetime, limit: int = BATCH) -> int:
    """Refresh orders whose document stopped holding; returns how many there were."""
    due = db.execute(
        select(col(OrderDocument.order_id))
        .where(col(OrderDocument.valid_until) < now)
        .order_by(col(OrderDocument.valid_until))
        .limit(limit)
    )
    ids = [row.order_id for row in due]
    refresh_orders(db, ids, now)
    return len(ids)
