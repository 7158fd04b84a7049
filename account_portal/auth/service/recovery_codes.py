"""Recovery codes: ten for an account with two-step sign-in, each of which works once."""

import secrets

from account_portal.auth.rules.two_step import LETTERS, RECOVERY_CODES, RecoveryCodeWrong
from account_portal.auth.service.guessing import who_tries_second
from account_portal.context import Context
from account_portal.core.text import plain
from account_portal.models import User
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import RecoveryCodeUsed
from account_portal.security import tokens
from account_portal.security.rate_limit import Limit, count, forget, require_below

WRONG = Limit("recovery-code", times=10, seconds=900)
"""Wrong ones, as passwords are counted that are second proofs. Only who gave the first can try."""


def new_recovery_codes(ctx: Context, user: User) -> list[str]:
    """Codes in place of those there were, shown this once; only their digests are kept."""
    codes = ["-".join(_word() for _ in range(3)) for _ in range(RECOVERY_CODES)]
    user.recovery_codes = [_digest(user, code) for code in codes]
    user.modified_at = ctx.now
    return codes


def use_recovery_code(ctx: Context, user: User, code: str, *, after: str) -> None:
    """Take one, which is used up by this, and tell its owner; the user's row is locked.

    Args:
        ctx: the call.
        user: whose it is.
        code: as it was typed.
        after: the kind of the first proof.

    Raises:
        RecoveryCodeWrong: it is none of the account's, or was used.
        TooManyAttempts: too many were wrong.
    """
    key = who_tries_second(ctx, user.id, after).key
    require_below(ctx.db, WRONG, key, ctx.now)
    given = _digest(user, code)
    left = [kept for kept in user.recovery_codes if not tokens.same(kept, given)]
    if len(left) == len(user.recovery_codes):
        count(ctx.db, WRONG, key, ctx.now)
        raise RecoveryCodeWrong
    user.recovery_codes = left
    forget(ctx.db, WRONG, key)
    news = RecoveryCodeUsed(store=ctx.settings.store_name, left=len(left))
    enqueue(ctx, news, customer_id=user.customer_id)


def _word() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(5))


def _digest(user: User, code: str) -> str:
    """Salted by whose it is; gaps and hyphens are for the eye.

    No key goes into it, unlike codes of six digits: nobody finds 74 random bits by trying, and what
    a customer keeps in a drawer for years must outlive the shop's keys.
    """
    signs = "".join(sign for sign in plain(code).lower() if sign.isalnum())
    return tokens.digest(f"{user.id} {signs}")
