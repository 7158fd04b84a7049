"""Customers, and what belongs to them: reviews, bank accounts, messages."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import SQLModel, col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import View
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.rows import (
    BankAccountRow,
    BankAccountsQuery,
    CustomerRow,
    CustomersQuery,
    MessageRow,
    MessagesQuery,
    ReviewRow,
    ReviewsQuery,
)
from account_portal.models import BankAccount, OutboxMessage, Review, User
from account_portal.reviews import rules as review_rules

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


_REVIEWS = Keys(col(Review.id), col(Review.status), col(Review.modified_at))


def list_reviews(ctx: Context, query: ReviewsQuery) -> CursorPage[list[ReviewRow]]:
    """Reviews of any customer."""
    ctx.require_shop()
    where = of_customer(ctx, col(Review.customer_id), query.customer)
    ids, cursor = find_page(ctx, _REVIEWS, query, statuses=query.status, where=where)
    return CursorPage(rows_by_id(ctx, Review, ids, _review), cursor)


def get_review(ctx: Context, review_id: str) -> ReviewRow:
    """One review.

    Raises:
        NotFound: there is none of that id.
    """
    ctx.require_shop()
    return one_row(ctx, Review, review_id, _review)


def _review(row: Review) -> ReviewRow:
    return ReviewRow(
        **row.model_dump(include=set(ReviewRow.model_fields) - {"rating"}),
        rating=review_rules.stars(row.rating),
        updated_at=row.modified_at,
    )


_ACCOUNTS = Keys(
    col(BankAccount.id), col(BankAccount.verification_status), col(BankAccount.modified_at)
)


def list_bank_accounts(ctx: Context, query: BankAccountsQuery) -> CursorPage[list[BankAccountRow]]:
    """Bank accounts of any customer, numbers masked."""
    ctx.require_shop()
    where = of_customer(ctx, col(BankAccount.customer_id), query.customer)
    ids, cursor = find_page(ctx, _ACCOUNTS, query, statuses=query.status, where=where)
    return CursorPage(rows_by_id(ctx, BankAccount, ids, _account), cursor)


def get_bank_account(ctx: Context, account_id: str) -> BankAccountRow:
    """One bank account, its number masked.

    Raises:
        NotFound: there is none of that id.
    """
    ctx.require_shop()
    return one_row(ctx, BankAccount, account_id, _account)


def _account(row: BankAccount) -> BankAccountRow:
    return BankAccountRow(
        **row.model_dump(include=set(BankAccountRow.model_fields)),
        account_number=row.number_masked,
        status=row.verification_status,
        updated_at=row.modified_at,
    )


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
    )


_MESSAGES = Keys(col(OutboxMessage.id), col(OutboxMessage.status))


def list_messages(ctx: Context, query: MessagesQuery) -> CursorPage[list[MessageRow]]:
    """Messages to customers, without what they say."""
    ctx.require_shop()
    ids, cursor = find_page(ctx, _MESSAGES, query, statuses=query.status)
    rows = rows_by_id(ctx, OutboxMessage, ids, MessageRow.model_validate)
    return CursorPage(rows, cursor)
