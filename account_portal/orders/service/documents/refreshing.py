"""Derives state and documents of orders anew, in the transaction that changed them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from account_portal.addresses.rules import country_code_of
from account_portal.context import Context
from account_portal.core import bulk, money
from account_portal.core.bulk import Stored
from account_portal.core.changing import PreparedChange
from account_portal.core.links import shown_link
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.models import AddressCopy, Order, OrderDocument, Refund
from account_portal.notifications import mark_changed
from account_portal.orders import rules
from account_portal.orders.facts import (
    OrderFacts,
    keep_facts,
    line_returns,
    load_facts,
    next_change,
)
from account_portal.orders.service.documents.owed import settle_account, withdraw_excess
from account_portal.orders.service.documents.shape import (
    search_text,
    shape_address,
    shape_detail,
    shape_line,
    shape_payment,
    shape_shipment,
    shape_summary,
)
from account_portal.orders.service.documents.storing import (
    forget_purchases,
    last_words,
    purchases_of,
    recount,
    store_purchases,
)
from account_portal.orders.service.documents.telling import tell_changes
from account_portal.states import (
    OrderStatus,
    ShipmentStatus,
)

BATCH = 400
"""Orders refreshed at once; below the number of variables every database takes in one statement."""


def refresh_orders(db: Session, order_ids: Collection[str], now: datetime) -> None:
    """Derive state and documents of these orders anew; call it after every change to them."""
    db.flush()
    wanted = sorted(set(order_ids))
    there = {one.id: one for one in db.identity_map.values() if isinstance(one, Order)}
    customers: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        for row in _refresh_batch(db, wanted[start : start + BATCH], now):
            customers.add(row["customer_id"])
            if instance := there.get(row["id"]):
                # Statements changed rows behind the session's back.
                for name in ("modified_at", *_DERIVED):
                    set_committed_value(instance, name, row[name])
    mark_changed(db, customers)


def _refresh_batch(db: Session, ids: list[str], now: datetime) -> list[Stored]:
    """Returns the rows of the orders as they are now."""
    loaded = load_facts(db, ids, lock=True)
    addresses = _addresses(db, loaded)
    state_changes: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    purchases: list[dict[str, Any]] = []
    owed: list[dict[str, Any]] = []
    shrunk: list[dict[str, Any]] = []
    for facts in loaded:
        order = facts.order
        if there := addresses.get(order["shipping_address_id"]):
            facts.country = country_code_of(there["country"])
        before = {name: order[name] for name in _DERIVED}
        _derive_status(facts, now)
        shrunk += withdraw_excess(facts)
        missing, is_awaited = settle_account(facts, now)
        owed += missing
        documents.append({**_document(facts, addresses, now), "awaits_payment": is_awaited})
        if any(before[name] != order[name] for name in _DERIVED):
            state_changes.append({"order": order["id"], **{name: order[name] for name in _DERIVED}})
        if order["status"] in rules.DELIVERED:
            purchases += purchases_of(order, facts.lines_to_come)
    bulk.insert(db, Refund, owed)
    for row in shrunk:
        this = col(Refund.id) == row["id"]
        if row["refund_amount"]:
            db.execute(
                update(Refund)
                .where(this)
                .values(refund_amount=row["refund_amount"], modified_at=now),
                execution_options={"synchronize_session": False},
            )
        else:
            db.execute(delete(Refund).where(this), execution_options={"synchronize_session": False})
    _UPDATE_STATE.run(db, *state_changes)
    brought: dict[str, set[str]] = {facts.order["id"]: set() for facts in loaded}
    for purchase in purchases:
        brought[purchase["order_id"]].add(purchase["product_id"])
    forget_purchases(db, brought)
    last = last_words(db, brought)
    recount(db, last, documents)
    tell_changes(db, last, loaded, documents)
    bulk.insert(db, OrderDocument, documents, replacing="order_id")
    store_purchases(db, purchases)
    return [facts.order for facts in loaded]


def _addresses(db: Session, loaded: list[OrderFacts]) -> dict[str, Stored]:
    ids = {
        facts.order[name]
        for facts in loaded
        for name in ("billing_address_id", "shipping_address_id")
        if facts.order[name]
    }
    if not ids:
        return {}
    names = bulk.table_of(AddressCopy).c.keys()
    rows = (dict(zip(names, row, strict=True)) for row in read_among(db, _ADDRESSES, ids))
    return {row["id"]: row for row in rows}


_ADDRESSES = PreparedSelect(
    select(bulk.table_of(AddressCopy)).where(is_among(bulk.table_of(AddressCopy).c.id))
)
_DERIVED = ("status", "payment_status", "payment_success_date", "delivered_at", "completes_at")
_UPDATE_STATE = PreparedChange(
    update(bulk.table_of(Order))
    .where(col(Order.id) == bindparam("order"))
    .values({name: bindparam(name) for name in _DERIVED})
)


def _derive_status(facts: OrderFacts, now: datetime) -> None:
    order = facts.order
    live = facts.live_shipments
    lines = facts.lines_to_send
    ordered = sum(line.quantity for line in facts.units_to_send())
    counted, sent = live, facts.units_in(live, lines)
    if sent > ordered:
        # What got lost or came back was sent again: the parcels that replace it tell the state.
        counted = [row for row in live if row["status"] not in rules.NEVER_CAME]
        sent = facts.units_in(counted, lines)
    status = rules.derive_status(
        OrderStatus(order["status"]),
        [ShipmentStatus(row["status"]) for row in counted or facts.shipments],
        covers_all_units=sent >= ordered,
    )
    if facts.is_digital and rules.is_there_once_paid(
        status, rules.derive_payment_status(facts.money())
    ):
        status = OrderStatus.DELIVERED
    order["status"] = str(status)
    order["completes_at"] = None
    if status in rules.DELIVERED:
        arrived = max((parcel.delivered_at for parcel in facts.arrivals()), default=None)
        order["delivered_at"] = arrived or order["delivered_at"]
        order["status"] = str(OrderStatus.DELIVERED)
        if order["delivered_at"]:
            # The one thing that policies say of a document: they and the clock end its order.
            returns = line_returns(facts, now)
            ends = [line.closes_at for line in returns.values() if line.closes_at]
            order["completes_at"] = max(ends, default=order["delivered_at"])
            if now > order["completes_at"]:
                order["status"] = str(OrderStatus.COMPLETE)
    elif live:
        order["delivered_at"] = None


def _document(facts: OrderFacts, addresses: dict[str, Stored], now: datetime) -> dict[str, Any]:
    order = facts.order
    scale = 10 ** money.exponent(order["currency"])
    by_line = {line["id"]: line for line in facts.lines}
    items = [shape_line(line, scale) for line in facts.lines]
    summary = shape_summary(order, items, facts.refunds, scale)
    detail = shape_detail(order, items, facts.refunds, scale)
    detail["billing_address"] = shape_address(addresses.get(order["billing_address_id"]))
    detail["shipping_address"] = shape_address(addresses.get(order["shipping_address_id"]))
    detail["payments"] = [shape_payment(payment, scale) for payment in facts.payments]
    detail["shipments"] = [
        shape_shipment(row, list(facts.items.get(row["id"], ())), by_line, scale)
        for row in facts.shipments
    ]
    gone = facts.cancelled_units()
    for item, line in zip(detail["order_items"], facts.lines, strict=True):
        item["cancelled_quantity"] = gone[line["id"]].units
        is_open = rules.may_download(order["status"], order["payment_status"])
        remains = item["quantity"] > item["cancelled_quantity"]
        item["download_url"] = shown_link(line["download_url"]) if is_open and remains else None
    return {
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "order_number": order["order_number"],
        "status": order["status"],
        "summary": orjson.dumps(summary, option=orjson.OPT_UTC_Z).decode(),
        "detail": orjson.dumps(detail, option=orjson.OPT_UTC_Z).decode(),
        "changed_at": now,
        "valid_until": next_change(facts, now),
        "search": search_text(order, facts.lines),
        "facts": keep_facts(facts),
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


def refresh_customer(ctx: Context) -> None:
    """Refresh the caller's orders whose document stopped holding, before they are read."""
    statement = (
        select(col(OrderDocument.order_id))
        .where(
            col(OrderDocument.customer_id) == ctx.customer_id,
            col(OrderDocument.valid_until) < ctx.now,
        )
        .limit(BATCH)
    )
    ctx.begin_writing()
    while ids := list(ctx.db.execute(statement).scalars()):
        refresh_orders(ctx.db, ids, ctx.now)
