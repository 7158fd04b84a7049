"""Rows of a customer as they are handed out, one by one."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import BigInteger, ColumnElement, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import bulk, money
from account_portal.models import ImportStatement, LoyaltyAccount, Order, OutboxMessage
from account_portal.personal_data.service.tables import OWN, Own
from account_portal.personal_data.service.tables.base import SECRET

Measure = Literal["money", "points", "rate"]

_AT_ONCE = 500
_PLAIN = {"byte_count", "total_weight"}
"""Whole numbers of 64 bits that are neither money nor points."""
_POINTS = {"earned", "redeemed", "bonus"}
_SECRETS = {name for own in OWN for name, why in own.withheld.items() if why is SECRET}
"""Columns whose values an import may have said."""
_RATES = {"tax_rate", "shipping_tax_rate"}
"""Kept in hundredths of a per cent."""


class Row(NamedTuple):
    """A row, as it is handed out."""

    values: dict[str, Any]
    """By column; amounts in major units."""
    currency: str
    """Of its amounts: an ISO 4217 code."""


def read_rows(
    ctx: Context, own: Own, customer_id: str, *among: ColumnElement[bool]
) -> Iterator[Row]:
    """The rows of a table that are of a customer; only those `among` others, if that is said."""
    table = bulk.table_of(own.model)
    order = aliased(Order)
    columns: list[Any] = [table.c[name] for name in own.columns]
    if own.order is not None:
        columns += [
            col(order.order_number).label("_order_number"),
            col(order.currency).label("_currency"),
        ]
    statement = select(*columns).where(own.found(customer_id), *among)
    if own.order is not None:
        statement = statement.join(order, col(order.id) == own.order)
    statement = statement.order_by(*table.primary_key.columns)
    rows = ctx.db.execute(statement.execution_options(yield_per=_AT_ONCE)).mappings()
    for row in rows:
        values = dict(row)
        number = values.pop("_order_number", None)
        own_currency = values.get("currency") or ctx.settings.currency
        currency = values.pop("_currency", None) or own_currency
        shown = {name: _value(own, name, value, currency) for name, value in values.items()}
        is_named = number is not None and "order_number" not in shown
        yield Row({"order_number": number, **shown} if is_named else shown, currency)


def measure_of(own: Own, name: str) -> Measure | None:
    """What the numbers of a column count, if it is more than things."""
    if name in _RATES:
        return "rate"
    column = bulk.table_of(own.model).c.get(name)  # an order's number is joined to its parts
    if column is None or not isinstance(column.type, BigInteger) or name in _PLAIN:
        return None
    is_points = "loyalty_point" in name or (own.model is LoyaltyAccount and name in _POINTS)
    return "points" if is_points else "money"


def _value(own: Own, name: str, value: Any, currency: str) -> Any:
    if value is None:
        return None
    if own.model is OutboxMessage and name == "payload":
        return value.get("words")  # a code that waits is nobody's to read but its recipient's
    if own.model is ImportStatement and name == "statement":
        said = orjson.loads(value)
        return orjson.dumps({key: said[key] for key in said if key not in _SECRETS}).decode()
    match measure_of(own, name):
        case "rate":
            return float(Decimal(value) / 100)
        case "points":
            return float(money.to_points(value))
        case "money":
            return float(money.to_major(value, currency))
    return value
