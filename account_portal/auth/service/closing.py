"""The end of an account."""

from account_portal.auth.service.fresh_proof import require_fresh_proof
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import AccountDeactivated


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
