"""Versions of what the shop's systems read and change, so that none overwrites what it never saw.

A version is a word that is another one after each change. It is in every answer (`version`, and as
`ETag`); a call that sends it back (`If-Match`) is done only if nothing was changed meanwhile. What
it is compared with is read under the lock that all who change the thing take.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import SQLModel, col

from account_portal.context import Context
from account_portal.core.errors import NotFound, PreconditionFailed
from account_portal.core.versions import columns_of, of_moment, of_values
from account_portal.merchant import rows
from account_portal.merchant.claim_rows import ClaimRow
from account_portal.merchant.return_rows import ReturnRow
from account_portal.models import (
    BankAccount,
    Claim,
    Order,
    OrderDocument,
    OrderReturn,
    Payment,
    Refund,
    Review,
    Shipment,
    User,
)


class Kind(NamedTuple):
    """How one of a kind is found, for its version."""

    model: type[SQLModel]
    view: Any
    key: Callable[[str], ColumnElement[bool]]
    order_id: Any = None
    """Column that leads to the order whose lock all take who change it."""


def _is_customer(key: str) -> ColumnElement[bool]:
    return or_(col(User.customer_id) == key, col(User.external_id) == key)


_KINDS = {
    "shipment": Kind(
        Shipment,
        rows.ShipmentRow,
        lambda key: col(Shipment.reference_number) == key,
        col(Shipment.order_id),
    ),
    "payment": Kind(
        Payment,
        rows.PaymentRow,
        lambda key: col(Payment.request_number) == key,
        col(Payment.order_id),
    ),
    "refund": Kind(
        Refund,
        rows.RefundRow,
        lambda key: col(Refund.request_number) == key,
        col(Refund.order_id),
    ),
    "return": Kind(
        OrderReturn,
        ReturnRow,
        lambda key: col(OrderReturn.request_number) == key,
        col(OrderReturn.order_id),
    ),
    "claim": Kind(
        Claim,
        ClaimRow,
        lambda key: col(Claim.claim_number) == key,
        col(Claim.order_id),
    ),
    "review": Kind(Review, rows.ReviewRow, lambda key: col(Review.id) == key),
    "bank_account": Kind(BankAccount, rows.BankAccountRow, lambda key: col(BankAccount.id) == key),
    "customer": Kind(User, rows.CustomerRow, _is_customer),
}


def current(ctx: Context, kind: str, key: str) -> str | None:
    """The version of a thing, which is locked until the transaction ends; none: it is not there."""
    ctx.require_shop()
    ctx.db.flush()
    if kind == "order":
        return _of_locked_order(ctx, col(Order.order_number) == key)
    one = _KINDS[kind]
    columns = columns_of(one.model, one.view)
    statement: Select[Any] = select(*columns).where(one.key(key)).limit(1)
    if one.order_id is None:
        row = ctx.db.execute(statement.with_for_update()).first()
    else:
        owner = select(one.order_id).where(one.key(key)).scalar_subquery()
        _of_locked_order(ctx, col(Order.id) == owner)
        row = ctx.db.execute(statement).first()
    return None if row is None else of_values(list(row))


def _of_locked_order(ctx: Context, condition: ColumnElement[bool]) -> str | None:
    order_id = ctx.db.execute(select(col(Order.id)).where(condition).with_for_update()).scalar()
    if order_id is None:
        return None
    changed = select(col(OrderDocument.changed_at)).where(col(OrderDocument.order_id) == order_id)
    return of_moment(ctx.db.execute(changed).scalar_one())


def require(
    ctx: Context, kind: str, key: str, wanted: Collection[str], *, creates: bool = False
) -> None:
    """Go on only if a thing has one of the wanted versions; `*` is any.

    Args:
        ctx: the shop's call.
        kind: what it is.
        key: its number or id.
        wanted: the versions.
        creates: whether the call makes it where it is not there.

    Raises:
        NotFound: it is not there.
        PreconditionFailed: it has another version, or is not there to be `*` for a call that
            creates.
    """
    found = current(ctx, kind, key)
    if found is None and not creates:
        raise NotFound(f"There is no {kind.replace('_', ' ')} {key}.")
    if found is None or not {found, "*"} & set(wanted):
        raise PreconditionFailed
