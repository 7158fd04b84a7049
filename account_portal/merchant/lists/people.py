"""Customers, and how rows are found by whose they are."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import SQLModel, col

from account_portal.context import Context
from account_portal.core import versions
from account_portal.core.errors import NotFound
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import View
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.rows import (
    CustomerRow,
    CustomersQuery,
)
from account_portal.models import User

Table = TypeVar("Table", bound=SQLModel)
Shown = TypeVar("Shown", bound=View)


def customer_id_of(ctx: Context, customer: str) -> str:
    """The id of a customer who is named by it, or by the shop's own id.

    Raises:
        NotFound: nobody is.
    """
    found: str | None = ctx.db.execute(
        select(col(User.customer_id)).where(_is_customer(customer)).limit(1)
    ).scalar()
    if found is None:
        raise NotFound(f"There is no customer {customer}.")
    return found


def _is_customer(customer: str) -> ColumnElement[bool]:
    return or_(col(User.customer_id) == customer, col(User.external_id) == customer)


def customers_by_id(ctx: Context, ids: Collection[str]) -> dict[str, CustomerRow]:
    """Customers, by their ids."""
    found: Any = ctx.db.execute(
        select(User).where(col(User.customer_id).in_(ids)).order_by(col(User.id).desc())
    ).scalars()
    return {row.customer_id: _customer(row) for row in found}


def of_customer(ctx: Context, column: Any, customer: str | None) -> list[ColumnElement[bool]]:
    """The condition that a row is of this customer; of one nobody knows there are none."""
    if customer is None:
        return []
    try:
        return [column == customer_id_of(ctx, customer)]
    except NotFound:
        return [column == ""]


def rows_by_id(
    ctx: Context, model: type[Table], ids: Sequence[str], show: Callable[[Table], Shown]
) -> list[Shown]:
    """Rows in the order of their ids."""
    key: Any = model.id  # type: ignore[attr-defined]
    rows: Any = ctx.db.execute(select(model).where(key.in_(ids))).scalars()
    found = {row.id: show(row) for row in rows}
    return [found[one] for one in ids if one in found]


def one_row(ctx: Context, model: type[Table], row_id: str, show: Callable[[Table], Shown]) -> Shown:
    """One row.

    Raises:
        NotFound: there is none of that id.
    """
    row = ctx.db.get(model, row_id)
    if row is None:
        raise NotFound
    return show(row)


_CUSTOMERS = Keys(col(User.id), stamp=col(User.modified_at))


def list_customers(ctx: Context, query: CustomersQuery) -> CursorPage[list[CustomerRow]]:
    """Customers."""
    ctx.require_shop()
    where = [col(User.email) == query.email.lower()] if query.email else []
    ids, cursor = find_page(ctx, _CUSTOMERS, query, where=where)
    return CursorPage(rows_by_id(ctx, User, ids, _customer), cursor)


def get_customer(ctx: Context, customer: str) -> CustomerRow:
    """One customer, named by id or by the shop's own id.

    Raises:
        NotFound: nobody is named so.
    """
    ctx.require_shop()
    row = ctx.db.execute(select(User).where(_is_customer(customer)).limit(1)).scalar()
    if row is None:
        raise NotFound(f"There is no customer {customer}.")
    return _customer(row)


def _customer(row: User) -> CustomerRow:
    return CustomerRow(
        **row.model_dump(include=set(CustomerRow.model_fields)),
        is_active=row.deactivated_at is None,
        updated_at=row.modified_at,
        version=versions.of_row(row, CustomerRow),
    )
