"""Orders, from the documents that are written with them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import versions
from account_portal.core.errors import NotFound
from account_portal.core.pagination import CursorPage
from account_portal.core.reading import as_bytes
from account_portal.core.schemas import EncodedView
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.lists.people import customers_by_id, of_customer
from account_portal.merchant.rows import CustomerRow, OneOrder, OrderRow, OrdersQuery
from account_portal.models import Order, OrderDocument
from account_portal.orders.service import refresh_orders, whole_details
from account_portal.security.api_keys import require_to_read

_ROWS = TypeAdapter(list[OrderRow])
_ONE = TypeAdapter(OneOrder)
_KEYS = Keys(col(OrderDocument.order_id), col(OrderDocument.status), col(OrderDocument.changed_at))


def list_orders(ctx: Context, query: OrdersQuery) -> CursorPage[EncodedView[list[OrderRow]]]:
    """Orders of any customer."""
    ctx.require_shop()
    require_to_read(ctx.actor.scopes, "order", *({"customer"} & set(query.expand)))
    where = awaiting(query.awaits_payment, _KEYS.id)
    if query.customer is not None:
        mine = of_customer(ctx, col(Order.customer_id), query.customer)
        where.append(col(OrderDocument.order_id).in_(select(col(Order.id)).where(*mine)))
    ids, cursor = find_page(ctx, _KEYS, query, statuses=query.status, where=where)
    with_details = "details" in query.expand
    found = _documents(ctx, ids, details=with_details)
    heads = _heads(ctx, found, query.expand)
    rows = [
        head + (b'"details":' + row.detail + b"," if with_details else b"") + row.summary[1:]
        for head, row in zip(heads, found, strict=True)
    ]
    return CursorPage(EncodedView(_ROWS, b"[" + b",".join(rows) + b"]"), cursor)


def awaiting(asked: bool | None, order_id: Any) -> list[ColumnElement[bool]]:
    """The condition that goods wait for money or may be sent; none if it was not asked for.

    Args:
        asked: which of both.
        order_id: the column that names their order.
    """
    if asked is None:
        return []
    orders = select(col(OrderDocument.order_id)).where(col(OrderDocument.awaits_payment).is_(asked))
    return [order_id.in_(orders)]


def get_order(
    ctx: Context, order_number: str, expand: Collection[str] = ()
) -> EncodedView[OneOrder]:
    """One order, whole.

    Raises:
        NotFound: there is none of that number.
        InsufficientScope: the key may not read what is to come along.
    """
    ctx.require_shop()
    require_to_read(ctx.actor.scopes, "order", *expand)
    found = _by_number(ctx, [order_number])
    if not found:
        raise NotFound(f"There is no order {order_number}.")
    [head] = _heads(ctx, found, expand)
    return EncodedView(_ONE, head + found[0].detail[1:], versions.of_moment(found[0].changed_at))


def orders_by_number(ctx: Context, numbers: Collection[str]) -> dict[str, OneOrder]:
    """Whole orders, by their numbers."""
    found = _by_number(ctx, numbers)
    heads = _heads(ctx, found, ())
    return {
        row.order_number: _ONE.validate_json(head + row.detail[1:])
        for head, row in zip(heads, found, strict=True)
    }


def _by_number(ctx: Context, numbers: Collection[str]) -> "list[_Document]":
    statement = select(col(OrderDocument.order_id)).where(
        col(OrderDocument.order_number).in_(numbers)
    )
    return _documents(ctx, list(ctx.db.execute(statement).scalars()), details=True)


class _Document(NamedTuple):
    order_id: str
    order_number: str
    customer_id: str
    changed_at: datetime
    valid_until: datetime | None
    awaits_payment: bool
    summary: bytes
    detail: bytes


def _documents(ctx: Context, ids: Sequence[str], *, details: bool) -> list[_Document]:
    """Documents in the order of their ids; those that hold no longer are derived anew first."""
    found = _read(ctx, ids, details=details)
    stale = [row.order_id for row in found if row.valid_until and row.valid_until < ctx.now]
    if stale:
        ctx.begin_writing()
        refresh_orders(ctx.db, stale, ctx.now)
        found = _read(ctx, ids, details=details)
    if details:
        whole = whole_details(ctx.db, {row.order_id: row.detail for row in found}, ctx.now)
        found = [row._replace(detail=whole[row.order_id]) for row in found]
    return found


def _read(ctx: Context, ids: Sequence[str], *, details: bool) -> list[_Document]:
    detail = as_bytes(col(OrderDocument.detail)) if details else col(OrderDocument.order_id)
    rows = ctx.db.execute(
        select(
            col(OrderDocument.order_id),
            col(OrderDocument.order_number),
            col(OrderDocument.customer_id),
            col(OrderDocument.changed_at),
            col(OrderDocument.valid_until),
            col(OrderDocument.awaits_payment),
            as_bytes(col(OrderDocument.summary)),
            detail,
        ).where(col(OrderDocument.order_id).in_(ids))
    )
    found = {}
    for order_id, *heads, summary, whole in rows:
        shown = bytes(whole) if details else b""
        found[order_id] = _Document._make((order_id, *heads, bytes(summary), shown))
    return [found[one] for one in ids if one in found]


def _heads(
    ctx: Context, documents: Sequence[_Document], expand: Collection[str]
) -> Iterator[bytes]:
    """What the shop's systems are told besides what customers see: how each object begins."""
    customers: dict[str, CustomerRow] = {}
    if "customer" in expand:
        customers = customers_by_id(ctx, {row.customer_id for row in documents})
    for row in documents:
        told: dict[str, Any] = {
            "customer_id": row.customer_id,
            "awaits_payment": row.awaits_payment,
            "updated_at": row.changed_at,
            "version": versions.of_moment(row.changed_at),
        }
        if row.customer_id in customers:
            told["customer"] = customers[row.customer_id].model_dump()
        yield orjson.dumps(told, option=orjson.OPT_UTC_Z)[:-1] + b","
