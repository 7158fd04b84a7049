"""Reading orders: bounded and indexed; a list is at most three statements, one order one."""

from collections.abc import Collection
from typing import Any

import orjson
from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import Forbidden, NotFound
from account_portal.core.pagination import Page, paginate
from account_portal.core.reading import PreparedSelect, as_bytes
from account_portal.core.schemas import EncodedView
from account_portal.models import (
    Order,
    OrderCount,
    OrderDocument,
    Payment,
    Shipment,
    ShipmentEvent,
)
from account_portal.orders import rules
from account_portal.orders.facts import (
    KEPT,
    Kept,
    OrderFacts,
    facts_of_kept,
    read_kept_facts,
)
from account_portal.orders.schemas import (
    OrderDetail,
    OrderList,
    OrderPayment,
    OrderQuery,
    OrderShipment,
    ShipmentEventView,
)
from account_portal.orders.service.documents import (
    refresh_customer,
    refresh_orders,
    whole_detail,
)
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    ShipmentStatus,
    TransactionStatus,
)

_LATER = ConfigDict(defer_build=True)
_ROWS = TypeAdapter(list[OrderList], config=_LATER)
_DETAIL = TypeAdapter(OrderDetail)
_SHIPMENTS = TypeAdapter(list[OrderShipment], config=_LATER)
_PAYMENTS = TypeAdapter(list[OrderPayment], config=_LATER)

_FIRST_DUE = (
    select(func.min(col(OrderDocument.valid_until)))
    .where(
        col(OrderDocument.customer_id) == bindparam("customer_id"),
        col(OrderDocument.valid_until).is_not(None),
    )
    .scalar_subquery()
)
_COUNTS = PreparedSelect(
    select(col(OrderCount.status), col(OrderCount.count), _FIRST_DUE).where(
        col(OrderCount.customer_id) == bindparam("customer_id")
    )
)


def count_orders(ctx: Context) -> dict[str, int]:
    """How many orders the caller has in each state now.

    An order whose return window closed since it was written is brought up to date first, so that
    list, filter and counts say what the order itself says.
    """
    rows = ctx.read(_COUNTS, customer_id=ctx.customer_id)
    if rows and rows[0][2] is not None and rows[0][2] < ctx.now:
        refresh_customer(ctx)
        rows = ctx.read(_COUNTS, customer_id=ctx.customer_id)
    return {status: count for status, count, _ in rows}


def _newest_first(*, reverse: bool) -> PreparedSelect:
    order = col(Order.order_date), col(Order.order_number)
    sort = [column.asc() if reverse else column.desc() for column in order]
    numbers = (
        select(*order)
        .where(col(Order.customer_id) == bindparam("customer_id"))
        .order_by(*sort)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    return PreparedSelect(
        select(as_bytes(col(OrderDocument.summary)))
        .join(numbers, numbers.c.order_number == col(OrderDocument.order_number))
        .order_by(numbers.c.order_date.desc(), numbers.c.order_number.desc())
    )


_FROM_NEWEST = _newest_first(reverse=False)
_FROM_OLDEST = _newest_first(reverse=True)


def newest_documents(ctx: Context, total: int, offset: int, limit: int) -> list[bytes]:
    """What lists show of a page of all the caller's orders, newest first.

    The offset walks the index alone, from whichever end is nearer, and only the rows of the page
    are fetched.

    Args:
        ctx: the call.
        total: how many orders the caller has.
        offset: orders before the page.
        limit: orders on it, if there are as many.
    """
    if offset >= total:
        return []
    limit, statement = min(limit, total - offset), _FROM_NEWEST
    if offset > total // 2:
        statement, offset = _FROM_OLDEST, total - offset - limit
    rows = ctx.read(statement, customer_id=ctx.customer_id, limit=limit, offset=offset)
    return [summary for (summary,) in rows]


def list_orders(ctx: Context, query: OrderQuery) -> Page[EncodedView[list[OrderList]]]:
    """The caller's orders.

    Raises:
        Forbidden: `user_id` is not the caller.
    """
    if query.user_id != ctx.actor.user_id:
        raise Forbidden
    counts, statuses = count_orders(ctx), query.statuses
    total = sum(counts.get(status, 0) for status in statuses or counts)
    rows = _page_rows(ctx, query, statuses, total)
    return Page(EncodedView(_ROWS, b"[" + b",".join(rows) + b"]"), paginate(total, query))


def _page_rows(
    ctx: Context, query: OrderQuery, statuses: list[OrderStatus], total: int
) -> list[bytes]:
    if not statuses and query.sort == [("order_date", "desc")]:
        return newest_documents(ctx, total, query.offset, query.limit)
    if query.offset >= total:
        return []
    matching = select(col(Order.order_number)).where(col(Order.customer_id) == ctx.customer_id)
    if statuses:
        matching = matching.where(col(Order.status).in_(statuses))
    currency = ctx.settings.currency
    statement = sorted_documents(matching, query.sort, currency, query.offset, query.limit)
    return list(ctx.db.execute(statement).scalars())


def sorted_documents(
    matching: Select[Any],
    sort: list[tuple[str, Any]],
    currency: str,
    offset: Any,
    limit: Any,
) -> Select[Any]:
    """What lists show of a page of orders, given the numbers of all that match.

    Ties go by order number, in the direction of the heaviest field: the reverse of a list is the
    list in reverse. Totals are compared within a currency only; in both directions the store's,
    `currency`, comes first, then the others by code.
    """
    fields = sort or [("order_date", "desc")]
    if all(name != "order_number" for name, _ in fields):
        fields = [*fields, ("order_number", fields[0][1])]
    order: list[Any] = []
    for name, direction in fields:
        if name == "grand_total":
            order += [case((col(Order.currency) == currency, 0), else_=1), col(Order.currency)]
        field = col(getattr(Order, name))
        order.append(field.desc() if direction == "desc" else field.asc())
    place = func.row_number().over(order_by=order).label("place")
    numbers = matching.add_columns(place).order_by(*order).limit(limit).offset(offset).subquery()
    return (
        select(as_bytes(col(OrderDocument.summary)))
        .join(numbers, numbers.c.order_number == col(OrderDocument.order_number))
        .order_by(numbers.c.place)
    )


def read_orders_in(
    ctx: Context, statuses: Collection[OrderStatus], limit: int
) -> list[dict[str, Any]]:
    """What is stored of the caller's latest orders in these states, at most so many."""
    return [order for _, order in _latest(ctx, statuses, limit)]


def read_unpaid_orders(
    ctx: Context, statuses: Collection[OrderStatus], limit: int
) -> list[tuple[dict[str, Any], OrderFacts]]:
    """The caller's latest orders in these states that await money, as stored, and their facts."""
    # Most are ruled out by the database; the rules have the last word.
    is_arranged = exists().where(
        col(Payment.order_id) == col(Order.id),
        col(Payment.payment_status) == TransactionStatus.PENDING,
        col(Payment.collection).is_not(None),
    )
    unpaid = col(Order.payment_status) != PaymentStatus.SUCCESS
    found = _latest(ctx, statuses, limit, unpaid, ~is_arranged)
    facts = read_kept_facts(ctx.db, [order_id for order_id, _ in found]) if found else {}
    return [
        (order, facts[order_id])
        for order_id, order in found
        if rules.awaited(facts[order_id].money()) > 0
    ]


def read_lost_orders(ctx: Context, limit: int) -> list[tuple[dict[str, Any], OrderFacts]]:
    """The caller's latest open orders of which a parcel got lost, as stored, and their facts."""
    is_lost = exists().where(
        col(Shipment.order_id) == col(Order.id), col(Shipment.status) == ShipmentStatus.LOST
    )
    found = _latest(ctx, rules.GROUPS["open"], limit, is_lost)
    facts = read_kept_facts(ctx.db, [order_id for order_id, _ in found]) if found else {}
    return [(order, facts[order_id]) for order_id, order in found]


def _latest(
    ctx: Context,
    statuses: Collection[OrderStatus],
    limit: int,
    *conditions: ColumnElement[bool],
) -> list[tuple[str, dict[str, Any]]]:
    """Ids of the caller's latest orders in these states, and what is stored of each."""
    latest = (
        select(col(Order.id), col(Order.order_date), col(Order.order_number))
        .where(
            col(Order.customer_id) == ctx.customer_id,
            col(Order.status).in_(sorted(statuses)),
            *conditions,
        )
        .order_by(col(Order.order_date).desc())
        .limit(limit)
        .subquery()
    )
    rows = ctx.db.execute(
        select(col(OrderDocument.order_id), col(OrderDocument.detail))
        .join(latest, latest.c.order_number == col(OrderDocument.order_number))
        .order_by(latest.c.order_date.desc(), latest.c.order_number.desc())
    )
    return [(order_id, orjson.loads(detail)) for order_id, detail in rows]


_DOCUMENT = PreparedSelect(
    select(*KEPT, as_bytes(col(OrderDocument.detail)), col(OrderDocument.valid_until)).where(
        col(OrderDocument.order_number) == bindparam("order_number"),
        col(OrderDocument.customer_id) == bindparam("customer_id"),
    )
)


def _stored(ctx: Context, order_number: str) -> tuple[bytes, Kept]:
    """The document of an order, and what is kept of its facts."""
    key = {"order_number": order_number, "customer_id": ctx.customer_id}
    rows = ctx.read(_DOCUMENT, **key)
    if not rows:
        raise NotFound
    if rows[0][-1] is not None and rows[0][-1] < ctx.now:
        ctx.begin_writing()
        refresh_orders(ctx.db, [rows[0][0]], ctx.now)
        rows = ctx.read(_DOCUMENT, **key)
    *kept, json, _ = rows[0]
    return bytes(json), Kept(*kept)


def get_order(ctx: Context, order_number: str) -> EncodedView[OrderDetail]:
    """One order of the caller, whole.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return read_order(ctx, order_number)[0]


def read_order(ctx: Context, order_number: str) -> tuple[EncodedView[OrderDetail], OrderFacts]:
    """One order of the caller, whole, and the facts that say what may be done with it.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    stored, facts = _read(ctx, order_number)
    return EncodedView(_DETAIL, whole_detail(stored, facts, ctx.now)), facts


def read_facts(ctx: Context, order_number: str) -> OrderFacts:
    """The facts of one order of the caller, as its documents tell them.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _read(ctx, order_number)[1]


def _read(ctx: Context, order_number: str) -> tuple[bytes, OrderFacts]:
    stored, kept = _stored(ctx, order_number)
    [facts] = facts_of_kept([kept], ctx.read, lambda: ctx.db).values()
    return stored, facts


def list_shipments(ctx: Context, order_number: str) -> EncodedView[list[OrderShipment]]:
    """Parcels of an order, oldest first.

    Raises:
        NotFound: no such order of the caller.
    """
    detail = orjson.loads(get_order(ctx, order_number).json)
    return EncodedView(_SHIPMENTS, orjson.dumps(detail["shipments"]))


def list_payments(ctx: Context, order_number: str) -> EncodedView[list[OrderPayment]]:
    """Attempts to pay an order, oldest first.

    Raises:
        NotFound: no such order of the caller.
    """
    detail = orjson.loads(_stored(ctx, order_number)[0])
    return EncodedView(_PAYMENTS, orjson.dumps(detail["payments"]))


def order_id_of(ctx: Context, order_number: str) -> str:
    """Key of an order of the caller.

    Raises:
        NotFound: no such order of the caller.
    """
    statement = select(col(Order.id)).where(
        col(Order.order_number) == order_number, col(Order.customer_id) == ctx.customer_id
    )
    order_id = ctx.db.execute(statement).scalar_one_or_none()
    if order_id is None:
        raise NotFound
    return order_id


def list_shipment_events(ctx: Context, order_number: str) -> list[ShipmentEventView]:
    """Steps of the parcels of an order, latest first.

    Raises:
        NotFound: no such order of the caller.
    """
    return shipment_events(ctx, order_id_of(ctx, order_number))


def shipment_events(ctx: Context, order_id: str) -> list[ShipmentEventView]:
    """Steps of the parcels of an order, latest first; it must be known to be the caller's."""
    names = ("reference_number", "status", "text", "place", "happened_at")
    return [
        ShipmentEventView.model_validate(dict(zip(names, row, strict=True)))
        for row in ctx.read(_EVENTS, order_id=order_id)
    ]


_EVENTS = PreparedSelect(
    select(
        col(Shipment.reference_number),
        col(ShipmentEvent.status),
        col(ShipmentEvent.text),
        col(ShipmentEvent.place),
        col(ShipmentEvent.happened_at),
    )
    .join(Shipment, col(Shipment.id) == col(ShipmentEvent.shipment_id))
    .where(col(Shipment.order_id) == bindparam("order_id"))
    .order_by(col(ShipmentEvent.happened_at).desc(), col(ShipmentEvent.id).desc())
)
