"""What the shop's people work through: reviews, bank accounts, messages, withdrawals."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import versions
from account_portal.core.errors import NotFound
from account_portal.core.pagination import CursorPage
from account_portal.merchant.lists.expanding import bring_along
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.lists.people import of_customer, one_row, rows_by_id
from account_portal.merchant.rows import (
    BankAccountRow,
    BankAccountsQuery,
    MessageRow,
    MessagesQuery,
    ReviewRow,
    ReviewsQuery,
    WithCustomer,
    WithdrawalsQuery,
)
from account_portal.models import BankAccount, OutboxMessage, Review, Withdrawal
from account_portal.reviews import rules as review_rules
from account_portal.withdrawals.schemas import WithdrawalRow

_REVIEWS = Keys(col(Review.id), col(Review.status), col(Review.modified_at))


def list_reviews(ctx: Context, query: ReviewsQuery) -> CursorPage[list[ReviewRow]]:
    """Reviews of any customer."""
    ctx.require_shop()
    where = of_customer(ctx, col(Review.customer_id), query.customer)
    ids, cursor = find_page(ctx, _REVIEWS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, rows_by_id(ctx, Review, ids, _review), query.expand), cursor)


def get_review(ctx: Context, review_id: str, expand: Sequence[WithCustomer] = ()) -> ReviewRow:
    """One review.

    Raises:
        NotFound: there is none of that id.
    """
    ctx.require_shop()
    return bring_along(ctx, [one_row(ctx, Review, review_id, _review)], expand)[0]


def _review(row: Review) -> ReviewRow:
    return ReviewRow(
        **row.model_dump(include=set(ReviewRow.model_fields) - {"rating"}),
        rating=review_rules.stars(row.rating),
        updated_at=row.modified_at,
        version=versions.of_row(row, ReviewRow),
    )


_ACCOUNTS = Keys(
    col(BankAccount.id), col(BankAccount.verification_status), col(BankAccount.modified_at)
)


def list_bank_accounts(ctx: Context, query: BankAccountsQuery) -> CursorPage[list[BankAccountRow]]:
    """Bank accounts of any customer, numbers masked."""
    ctx.require_shop()
    where = of_customer(ctx, col(BankAccount.customer_id), query.customer)
    ids, cursor = find_page(ctx, _ACCOUNTS, query, statuses=query.status, where=where)
    return CursorPage(
        bring_along(ctx, rows_by_id(ctx, BankAccount, ids, _account), query.expand), cursor
    )


def get_bank_account(
    ctx: Context, account_id: str, expand: Sequence[WithCustomer] = ()
) -> BankAccountRow:
    """One bank account, its number masked.

    Raises:
        NotFound: there is none of that id.
    """
    ctx.require_shop()
    return bring_along(ctx, [one_row(ctx, BankAccount, account_id, _account)], expand)[0]


def _account(row: BankAccount) -> BankAccountRow:
    return BankAccountRow(
        **row.model_dump(include=set(BankAccountRow.model_fields)),
        account_number=row.number_masked,
        status=row.verification_status,
        updated_at=row.modified_at,
        version=versions.of_row(row, BankAccountRow),
    )


_MESSAGES = Keys(col(OutboxMessage.id), col(OutboxMessage.status), col(OutboxMessage.modified_at))


def list_messages(ctx: Context, query: MessagesQuery) -> CursorPage[list[MessageRow]]:
    """Messages to customers, without what they say."""
    ctx.require_shop()
    ids, cursor = find_page(ctx, _MESSAGES, query, statuses=query.status)
    return CursorPage(rows_by_id(ctx, OutboxMessage, ids, _message), cursor)


def _message(row: OutboxMessage) -> MessageRow:
    shown = row.model_dump(include=set(MessageRow.model_fields))
    return MessageRow(**shown, updated_at=row.modified_at)


_WITHDRAWALS = Keys(col(Withdrawal.id), col(Withdrawal.status))


def list_withdrawals(ctx: Context, query: WithdrawalsQuery) -> CursorPage[list[WithdrawalRow]]:
    """Withdrawals from contracts, as they were stated."""
    ctx.require_shop()
    ids, cursor = find_page(ctx, _WITHDRAWALS, query, statuses=query.status)
    return CursorPage(rows_by_id(ctx, Withdrawal, ids, _withdrawal), cursor)


def get_withdrawal(ctx: Context, reference: str) -> WithdrawalRow:
    """One withdrawal.

    Raises:
        NotFound: no such statement.
    """
    ctx.require_shop()
    found = select(Withdrawal).where(col(Withdrawal.reference) == reference)
    row = ctx.db.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no withdrawal {reference}.")
    return _withdrawal(row)


def _withdrawal(row: Withdrawal) -> WithdrawalRow:
    return WithdrawalRow(**row.model_dump(include=set(WithdrawalRow.model_fields)))
