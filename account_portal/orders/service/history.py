"""The history page: a customer's orders by text, chip and year, as cards."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import orjson
from sqlalchemy import bindparam, func, or_, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.pagination import Page, paginate
from account_portal.core.reading import PreparedSelect
from account_portal.core.text import folded, without_number_sign
from account_portal.models import Order, OrderDocument
from account_portal.orders import rules
from account_portal.orders.schemas import OrderCard, OrderSearch
from account_portal.orders.service.arrivals import add_awaited
from account_portal.orders.service.reading import count_orders, newest_documents, sorted_documents

_SORTS: dict[str, list[tuple[str, Any]]] = {
    "newest": [("order_date", "desc")],
    "oldest": [("order_date", "asc")],
    "total_high": [("grand_total", "desc")],
    "total_low": [("grand_total", "asc")],
}


def search_orders(ctx: Context, query: OrderSearch) -> Page[list[OrderCard]]:
    """The caller's orders as the history page filters them: text, chips, year."""
    # People write an order's number with the sign that shops put before it.
    text = folded(without_number_sign(query.text))
    if query.year is None and not text:
        return _by_chip(ctx, query)
    count_orders(ctx)  # brings what is due up to date
    matching = select(col(Order.order_number)).where(col(Order.customer_id) == ctx.customer_id)
    if query.group != "all":
        matching = matching.where(col(Order.status).in_(sorted(rules.GROUPS[query.group])))
    if query.year is not None:
        zone = query.year_begins_in
        matching = matching.where(
            col(Order.order_date) >= datetime(query.year, 1, 1, tzinfo=zone),
            col(Order.order_date) < datetime(min(query.year + 1, 9999), 1, 1, tzinfo=zone),
        )
    if text:
        matching = matching.join(OrderDocument, col(OrderDocument.order_id) == col(Order.id)).where(
            col(OrderDocument.search).contains(text, autoescape=True)
        )
    total = ctx.db.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    sort, currency = _SORTS[query.sort], ctx.settings.currency
    statement = sorted_documents(matching, sort, currency, query.offset, query.limit)
    rows = ctx.db.execute(statement).scalars()
    return _page(ctx, query, rows, total)


def _page(
    ctx: Context, query: OrderSearch, rows: Iterable[str | bytes], total: int
) -> Page[list[OrderCard]]:
    orders = [orjson.loads(row) for row in rows]
    cards = [card(order) for order in orders]
    digital = {
        order["order_number"]
        for order in orders
        if any(line["product_type"] == rules.DIGITAL for line in order["order_items"])
    }
    add_awaited(ctx, cards, digital)
    return Page(cards, paginate(total, query))


def _by_chip(ctx: Context, query: OrderSearch) -> Page[list[OrderCard]]:
    counts = count_orders(ctx)
    statuses = counts if query.group == "all" else rules.GROUPS[query.group]
    total = sum(counts.get(status, 0) for status in statuses)
    if query.group == "all" and query.sort == "newest":
        rows = newest_documents(ctx, total, query.offset, query.limit)
    else:
        statement = _chip_documents(query.group, query.sort, ctx.settings.currency)
        page = {"limit": query.limit, "offset": query.offset}
        rows = [row for (row,) in ctx.read(statement, customer_id=ctx.customer_id, **page)]
    return _page(ctx, query, rows, total)


@cache
def _chip_documents(group: str, sort: str, currency: str) -> PreparedSelect:
    matching = select(col(Order.order_number)).where(
        col(Order.customer_id) == bindparam("customer_id")
    )
    if group != "all":
        # As many parameters as there are states: `IN` over a list is written anew for each list.
        states = [col(Order.status) == status for status in sorted(rules.GROUPS[group])]
        matching = matching.where(or_(*states))
    page: tuple[Any, Any] = (bindparam("offset"), bindparam("limit"))
    return PreparedSelect(sorted_documents(matching, _SORTS[sort], currency, *page))


def card(order: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> OrderCard:
    """What the card of an order shows, from its document; of those `lines` only, if given."""
    lines = lines or order["order_items"]
    first = lines[0]["product_name"] if lines else ""
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return OrderCard(
        **{name: order[name] for name in _CARD_FIELDS},
        currency=order["currency"]["code"],
        pictures=[line["product_image_url"] for line in lines[:3]],
        more_pictures=max(0, len(lines) - 3),
        summary=first + more,
        units=sum(line["quantity"] for line in lines),
    )


_CARD_FIELDS = ("order_number", "order_date", "status", "payment_status", "grand_total")


_FIRST_AND_LAST = PreparedSelect(
    select(func.min(col(Order.order_date)), func.max(col(Order.order_date))).where(
        col(Order.customer_id) == bindparam("customer_id")
    )
)


def list_order_years(ctx: Context) -> list[int]:
    """Years with orders of the caller, latest first, wherever they are shown.

    Of an order close to New Year, both years it may be shown in.
    """
    first, last = ctx.read(_FIRST_AND_LAST, customer_id=ctx.customer_id)[0]
    found: list[int] = []
    while last is not None:
        earliest, latest = last.astimezone(_WESTERNMOST).year, last.astimezone(_EASTERNMOST).year
        found += [year for year in range(latest, earliest - 1, -1) if year not in found[-1:]]
        begins = datetime(earliest, 1, 1, tzinfo=_WESTERNMOST)
        # Of each year one order is read, however many there are.
        last = _last_before(ctx, begins) if first < begins else None
    return found


def _last_before(ctx: Context, moment: datetime) -> datetime | None:
    mine = col(Order.customer_id) == ctx.customer_id
    statement = select(func.max(col(Order.order_date))).where(mine, col(Order.order_date) < moment)
    found: datetime | None = ctx.db.execute(statement).scalar()
    return found


_WESTERNMOST, _EASTERNMOST = timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))
