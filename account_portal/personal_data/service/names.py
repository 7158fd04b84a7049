"""The names of deleted customers, digested: what tells imports not to bring them back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.reading import PreparedSelect, read_in
from account_portal.models import DeletedAccount, DeletedName, Order, User
from account_portal.security import tokens

_ANY_NAME = PreparedSelect(select(col(DeletedName.digest)).limit(1))
_ANY_DELETED = PreparedSelect(select(col(DeletedAccount.customer_id)).limit(1))
_AT_ONCE = 500  # below the number of variables every database takes in one statement


def digest_of(name: str) -> str:
    """An e-mail address, a phone in digits or the shop's id, so that nobody reads it back."""
    return tokens.keyed_digest("deleted customers", name.strip().lower())


def names_of(user: User) -> Iterator[str]:
    """Digests of what a customer is called."""
    phone = f"{user.country_code}{user.phone}" if user.phone else None
    for name in (user.external_id, user.email, user.shop_email, phone):
        if name:
            yield digest_of(name)


def find_deleted(db: Session, names: Sequence[str]) -> Mapping[str, datetime]:
    """Which of these names were a deleted customer's, and when that was deleted."""
    if not names or not read_in(db, _ANY_NAME):
        return {}
    by_digest = {digest_of(name): name for name in names}
    digests, found = sorted(by_digest), {}
    for start in range(0, len(digests), _AT_ONCE):
        few = col(DeletedName.digest).in_(digests[start : start + _AT_ONCE])
        statement = select(col(DeletedName.digest), col(DeletedName.deleted_at)).where(few)
        found.update({by_digest[row.digest]: row.deleted_at for row in db.execute(statement)})
    return found


def orders_of_deleted(db: Session, numbers: Sequence[str]) -> set[str]:
    """Which of these orders are books of a deleted customer."""
    if not numbers or not read_in(db, _ANY_DELETED):
        return set()
    found: set[str] = set()
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        found.update(
            db.execute(
                select(col(Order.order_number))
                .join(DeletedAccount, col(DeletedAccount.customer_id) == col(Order.customer_id))
                .where(col(Order.order_number).in_(ordered[start : start + _AT_ONCE]))
            ).scalars()
        )
    return found


def readmit(ctx: Context, name: str) -> None:
    """Let imports bring a deleted customer back, as somebody new.

    Raises:
        Forbidden: only the shop may.
        NotFound: no deleted customer was called so.
    """
    ctx.require_shop()
    found = ctx.db.get(DeletedName, digest_of(name))
    if found is None:
        raise NotFound(f"No deleted customer was called {name}.")
    same = select(DeletedName).where(col(DeletedName.customer_id) == found.customer_id)
    for row in ctx.db.execute(same).scalars().all():
        ctx.db.delete(row)
