"""The end of an account, and its new beginning."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from account_portal.auth.rules import AccountIsDeleted, AccountIsOpen
from account_portal.auth.service.accounts import lock_named_by_shop, named_by_shop
from account_portal.auth.service.fresh_proof import require_fresh_proof
from account_portal.auth.service.guessing import distrust_devices
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.models import DeletedAccount, User
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import AccountDeactivated, AccountReactivated


def deactivate_user(ctx: Context) -> None:
    """Close the caller's account and end every session of it; what was ordered goes on.

    Raises:
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
    """
    ctx.require_top_level()
    require_fresh_proof(ctx)
    user = ctx.get_user(lock=True)
    user.deactivated_at = user.modified_at = ctx.now
    end_sessions_of(ctx, user.id)
    store, email = ctx.settings.store_name, ctx.settings.store_email
    enqueue(ctx, AccountDeactivated(store=store, help_email=email))


def reactivate_customer(ctx: Context, customer: str) -> None:
    """Open the account of a customer again that they closed, as the shop, whom they asked.

    What proves them is what it was: password, passkeys, two-step sign-in. Sessions stay ended, and
    no device stands for a second proof: whoever talks the shop into it gets in by nothing else.

    Args:
        ctx: the call, as the shop.
        customer: e-mail address, id, or the shop's own id.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody is named so.
        AccountIsDeleted: it was deleted, and nothing of it is left to be opened.
        AccountIsOpen: it is not closed.
    """
    user = lock_named_by_shop(ctx, customer)
    # Asked once the row is locked: a deletion locks it too, and closes the account first.
    if ctx.db.get(DeletedAccount, user.customer_id) is not None:
        raise AccountIsDeleted
    if user.deactivated_at is None:
        raise AccountIsOpen
    user.deactivated_at, user.modified_at = None, ctx.now
    distrust_devices(ctx, user.id)
    store, email = ctx.settings.store_name, ctx.settings.store_email
    news = AccountReactivated(store=store, help_email=email)
    enqueue(ctx, news, customer_id=user.customer_id)


def closed_since(ctx: Context, customer: str) -> datetime | None:
    """Since when an account is closed that can be opened again; None: it is open, or deleted.

    Raises:
        Forbidden: only the shop may ask.
        NotFound: nobody is named so.
    """
    is_deleted = exists().where(col(DeletedAccount.customer_id) == col(User.customer_id))
    closed = select(col(User.deactivated_at)).where(
        col(User.id) == named_by_shop(ctx, customer), ~is_deleted
    )
    return ctx.db.execute(closed).scalar()
