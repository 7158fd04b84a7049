"""How a thing stood when it was looked at: what a button compares before it does anything."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from account_portal.console.service.orders import version_at
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.merchant import states
from account_portal.models import BankAccount, OrderDocument, Review
from account_portal.orders.service.locking import lock_order

Stamp = Callable[[Context, str], str]
"""Locks a thing, and tells when it changed last."""

ORDER_OF: Mapping[str, Callable[[Context, str], Any]] = {
    "order": states.of_order,
    "parcel": states.of_shipment,
    "payment": states.of_payment,
    "refund": states.of_refund,
    "return": states.of_return,
}


def of_order(kind: str) -> Stamp:
    """The last change of the order that a thing hangs on; the order is locked."""

    def stamp(ctx: Context, number: str) -> str:
        order_number = ORDER_OF[kind](ctx, number).order.order_number
        lock_order(ctx, order_number)
        statement = select(col(OrderDocument.changed_at)).where(
            col(OrderDocument.order_number) == order_number
        )
        return version_at(ctx.db.execute(statement).scalar_one())

    return stamp


def of_row(model: type[Review] | type[BankAccount]) -> Stamp:
    """The last change of a row, which is locked."""

    def stamp(ctx: Context, number: str) -> str:
        statement = select(col(model.modified_at)).where(col(model.id) == number)
        found = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
        if found is None:
            raise NotFound
        return version_at(found)

    return stamp
