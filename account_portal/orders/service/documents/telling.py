"""Tells the shop's systems what became of orders: what their documents say now and did not before.

Whatever changed an order or what hangs on it, its documents are derived anew in the same
transaction. What they last said is there to be compared with.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlmodel import Session

from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.events import EventType, Told, record
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts
from account_portal.orders.service.documents.storing import LastWord
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    TransactionStatus,
)

_TICK = timedelta(milliseconds=1)
_OVER = rules.DELIVERED | {OrderStatus.CANCELLED}


def tell_changes(
    db: Session,
    last: Mapping[str, LastWord],
    loaded: list[OrderFacts],
    documents: list[dict[str, Any]],
) -> None:
    """Write the events of orders whose documents are about to take the place of their last.

    Args:
        db: the session, which holds the locks of the orders.
        last: what their documents say so far.
        loaded: the orders.
        documents: the new documents, in the same order; they get what they say of refunds, and when
            they changed last.
    """
    told: list[Told] = []
    for facts, document in zip(loaded, documents, strict=True):
        document["refunds"] = _refunds_of(facts)
        before = last.get(document["order_id"])
        if before is None:
            told += _of_new(facts)
        elif (before.detail, before.refunds) == (document["detail"], document["refunds"]):
            document["changed_at"] = before.changed_at
        else:
            _, _, detail, refunds, since = before
            # Strictly later, whatever the clocks of hosts say: it is the version of the order.
            document["changed_at"] = max(document["changed_at"], since + _TICK)
            told += _of_known(facts, orjson.loads(detail), orjson.loads(refunds or "{}"), since)
    record(db, told)


def _refunds_of(facts: OrderFacts) -> str | None:
    if not facts.refunds:
        return None
    said = {row["request_number"]: (row["status"], row["refund_amount"]) for row in facts.refunds}
    return orjson.dumps(said).decode()


def _of_new(facts: OrderFacts) -> Iterator[Told]:
    """An order that comes in, with all that it brings; and that it is paid, if it is to be sent."""
    order = facts.order
    parts = (*facts.shipments, *facts.payments, *facts.refunds)
    latest = max([order["modified_at"], *(row["created_at"] for row in parts)])
    yield _of_order(EventType.ORDER_CREATED, order)._replace(happened_at=latest)
    if order["payment_status"] == PaymentStatus.SUCCESS and order["status"] not in _OVER:
        yield _of_order(EventType.ORDER_PAID, order)._replace(happened_at=latest)


def _of_known(
    facts: OrderFacts,
    before: Mapping[str, Any],
    refunds: Mapping[str, tuple[str, int]],
    since: datetime,
) -> Iterator[Told]:
    """What is told of an order whose documents said something else at `since`."""
    order = facts.order
    happened = [order["modified_at"]]
    found = [_of_order(EventType.ORDER_UPDATED, order)]
    if order["status"] == OrderStatus.CANCELLED != before["status"]:
        found.append(_of_order(EventType.ORDER_CANCELLED, order))
    found += _items_cancelled(facts, before)
    if order["payment_status"] == PaymentStatus.SUCCESS != before["payment_status"]:
        found.append(_of_order(EventType.ORDER_PAID, order))
    statuses = {row["reference_number"]: row["status"] for row in before["shipments"]}
    for row in facts.shipments:
        was = statuses.get(row["reference_number"])
        if row["status"] != was:
            found.append(_of_shipment(order, row, was))
        happened += _when(row, since, is_new=was is None)
    attempts = {row["request_number"]: row["payment_status"] for row in before["payments"]}
    for row in facts.payments:
        was = attempts.get(row["request_number"])
        if row["payment_status"] != was:
            is_open = row["payment_status"] == TransactionStatus.PENDING
            kind = EventType.PAYMENT_RETRIED if is_open else EventType.PAYMENT_SETTLED
            found.append(_of_payment(kind, order, row))
        happened += _when(row, since, is_new=was is None)
    for row in facts.refunds:
        known = refunds.get(row["request_number"])
        found += _of_refund(order, row, known)
        happened += _when(row, since, is_new=known is None)
    found += _withdrawn(facts, refunds)
    yield from (told._replace(happened_at=max(happened)) for told in found)


def _when(row: Stored, since: datetime, *, is_new: bool) -> list[datetime]:
    """When a part of an order happened; nothing if it is as it was.

    A new part happened when it was made, which may be long before an import wrote its row.
    """
    if is_new:
        return [row["created_at"]]
    return [row["modified_at"]] if row["modified_at"] > since else []


def _head(order: Mapping[str, Any]) -> dict[str, Any]:
    return {"order_number": order["order_number"], "customer_id": order["customer_id"]}


def _of_order(kind: EventType, order: Mapping[str, Any]) -> Told:
    data = {
        **_head(order),
        "status": order["status"],
        "payment_status": order["payment_status"],
    }
    return Told(kind, order["customer_id"], data)


def _items_cancelled(facts: OrderFacts, before: Mapping[str, Any]) -> Iterator[Told]:
    """Units that were cancelled while the order goes on, since its documents said something."""
    was = {item["sku"]: item.get("cancelled_quantity", 0) for item in before["order_items"]}
    gone = facts.cancelled_units()
    lines = [
        {"sku": line["sku"], "quantity": units}
        for line in facts.lines
        if (units := gone[line["id"]].units - was.get(line["sku"], 0)) > 0
    ]
    if lines:
        told = _of_order(EventType.ORDER_ITEMS_CANCELLED, facts.order)
        yield told._replace(data={**told.data, "lines": lines})


def _of_shipment(order: Mapping[str, Any], row: Stored, was: str | None) -> Told:
    data = {
        **_head(order),
        "reference_number": row["reference_number"],
        "status": row["status"],
        "previous_status": was,
    }
    return Told(EventType.SHIPMENT_MOVED, order["customer_id"], data)


def _amount(order: Mapping[str, Any], minor: int) -> dict[str, Any]:
    scale = 10 ** money.exponent(order["currency"])
    return {"amount": minor / scale, "currency": order["currency"]}


def _of_payment(kind: EventType, order: Mapping[str, Any], row: Stored) -> Told:
    data = {
        **_head(order),
        "request_number": row["request_number"],
        "status": row["payment_status"],
        **_amount(order, row["amount"]),
    }
    return Told(kind, order["customer_id"], data)


_STEPS = {
    RefundStatus.APPROVED: EventType.REFUND_APPROVED,
    RefundStatus.SUCCESS: EventType.REFUND_SETTLED,
    RefundStatus.FAILED: EventType.REFUND_FAILED,
}


def _of_refund(
    order: Mapping[str, Any], row: Stored, was: tuple[str, int] | None
) -> Iterator[Told]:
    """A refund that is new, waits for another amount, was agreed to, or came to its end."""
    status = RefundStatus(row["status"])
    kinds = []
    is_over = status in (RefundStatus.SUCCESS, RefundStatus.FAILED)
    if was is None or (was[1] != row["refund_amount"] and not is_over):
        kinds.append(EventType.REFUND_REQUESTED)
    if status in _STEPS and (was is None or was[0] != status):
        kinds.append(_STEPS[status])
    data = {
        **_head(order),
        "request_number": row["request_number"],
        "status": row["status"],
        **_amount(order, row["refund_amount"]),
        "payment_mode": row["payment_mode"],
        "is_money": rules.is_money(row["payment_mode"], row["payment_method"]),
    }
    yield from (Told(kind, order["customer_id"], data) for kind in kinds)


def _withdrawn(facts: OrderFacts, refunds: Mapping[str, tuple[str, int]]) -> Iterator[Told]:
    """Refunds that waited and were called off, as the money is not owed after all."""
    order = facts.order
    there = {row["request_number"] for row in facts.refunds}
    for number, (_, minor) in refunds.items():
        if number not in there:
            data = {
                **_head(order),
                "request_number": number,
                "status": "withdrawn",
                **_amount(order, minor),
            }
            yield Told(EventType.REFUND_FAILED, order["customer_id"], data)
