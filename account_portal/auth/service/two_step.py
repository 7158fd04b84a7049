"""Two-step sign-in of the signed-in user: turned on and off, with its recovery codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from account_portal.auth import schemas
from account_portal.auth.rules.two_step import (
    TwoStepIsOff,
    TwoStepIsOn,
    TwoStepIsRequired,
    TwoStepNeedsWays,
)
from account_portal.auth.service.accounts import asks_for_two, lock_named_by_shop, named_by_shop
from account_portal.auth.service.fresh_proof import require_fresh_proof
from account_portal.auth.service.guessing import distrust_devices, forget_devices
from account_portal.auth.service.proving import drop_passkeys
from account_portal.auth.service.recovery_codes import new_recovery_codes
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.models import Passkey, User
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import (
    RecoveryCodesRenewed,
    TwoStepTurnedOff,
    TwoStepTurnedOn,
)

NEEDED = 2
"""Different ways."""


def read_two_step(ctx: Context) -> schemas.TwoStep:
    """Whether it is on, what it stands on, and how many recovery codes are left."""
    user = ctx.get_user()
    return schemas.TwoStep(
        is_on=user.two_step_at is not None,
        is_required=ctx.settings.requires_two_step,
        on_since=user.two_step_at,
        ways=_ways(ctx, user, passkeys=_passkeys(ctx, user)),
        recovery_codes_left=len(user.recovery_codes),
    )


def turn_two_step_on(ctx: Context) -> schemas.RecoveryCodes:
    """Ask for two proofs from now on; the sessions of other devices, opened by one, end.

    Raises:
        TwoStepIsOn: it is on already.
        TwoStepNeedsWays: the account has not two different ways to sign in.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
    """
    user = _sure(ctx)
    if user.two_step_at is not None:
        raise TwoStepIsOn
    if user.is_unproven or len(_ways(ctx, user, passkeys=_passkeys(ctx, user))) < NEEDED:
        raise TwoStepNeedsWays
    turn_on(ctx, user, but_session=ctx.actor.session_id)
    return schemas.RecoveryCodes(recovery_codes=new_recovery_codes(ctx, user))


def turn_on(ctx: Context, user: User, *, but_session: str | None) -> None:
    """Ask a user for two proofs from now on, and end what one proof opened; the row is locked."""
    user.two_step_at, user.two_step_waived_at, user.modified_at = ctx.now, None, ctx.now
    forget_devices(ctx, user)
    distrust_devices(ctx, user.id)
    end_sessions_of(ctx, user.id, but=but_session)
    news = TwoStepTurnedOn(store=ctx.settings.store_name)
    enqueue(ctx, news, customer_id=user.customer_id)


def turn_two_step_off(ctx: Context) -> None:
    """Ask for one proof again.

    Raises:
        TwoStepIsRequired: the shop asks everybody for two.
        TwoStepIsOff: it is not on.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
    """
    if ctx.settings.requires_two_step:
        raise TwoStepIsRequired
    user = _sure(ctx)
    if user.two_step_at is None:
        raise TwoStepIsOff
    _turn_off(ctx, user, by_shop=False)


def turn_two_step_off_for(ctx: Context, customer: str) -> None:
    """Ask a customer for one proof again, as the shop, which knows otherwise who they are.

    Passkeys and sessions end: each is enough to enter and to turn two-step sign-in off, so who has
    to ask the shop has none, and those that are there may be an intruder's who turned it on.
    Where the shop asks everybody for two, their next sign-in turns it on anew by one proof.

    Args:
        ctx: the call, as the shop.
        customer: e-mail address, id, or the shop's own id.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody is named so.
        TwoStepIsOff: it is not on.
    """
    user = lock_named_by_shop(ctx, customer)
    if not asks_for_two(ctx, user):
        raise TwoStepIsOff
    _turn_off(ctx, user, by_shop=True)
    user.passkey_handle = None
    drop_passkeys(ctx.db, [user.id])
    end_sessions_of(ctx, user.id)
    user.two_step_waived_at = ctx.now


def two_step_since(ctx: Context, customer: str) -> datetime | None:
    """Since when a customer signs in by two proofs; None: they don't.

    Raises:
        Forbidden: only the shop may ask.
        NotFound: nobody is named so.
    """
    found = select(col(User.two_step_at)).where(col(User.id) == named_by_shop(ctx, customer))
    return ctx.db.execute(found).scalar_one()


def lacks_recovery_codes(ctx: Context, user_id: str) -> bool:
    """Whether somebody who signs in has to be led to new ones, as the shop asks all for proofs."""
    user = ctx.db.get_one(User, user_id)
    is_on = ctx.settings.requires_two_step and user.two_step_at is not None
    return is_on and not user.recovery_codes


def renew_recovery_codes(ctx: Context) -> schemas.RecoveryCodes:
    """New codes; those there were work no more.

    Raises:
        TwoStepIsOff: there are none without it.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
    """
    user = _sure(ctx)
    if user.two_step_at is None:
        raise TwoStepIsOff
    enqueue(ctx, RecoveryCodesRenewed(store=ctx.settings.store_name))
    return schemas.RecoveryCodes(recovery_codes=new_recovery_codes(ctx, user))


def require_ways_without_passkey(ctx: Context) -> None:
    """Refuse to remove a passkey that two-step sign-in stands on.

    Raises:
        TwoStepNeedsWays: without it there would be one way left.
    """
    user = ctx.get_user(lock=True)
    left = _passkeys(ctx, user) - 1
    if user.two_step_at is not None and len(_ways(ctx, user, passkeys=left)) < NEEDED:
        raise TwoStepNeedsWays(
            "Two-step sign-in needs this passkey: it is one of only two ways to sign in. Add "
            "another way first, or turn two-step sign-in off."
        )


def _sure(ctx: Context) -> User:
    """The caller, who proved of late who they are."""
    ctx.require_top_level()
    require_fresh_proof(ctx)
    return ctx.get_user(lock=True)


def _turn_off(ctx: Context, user: User, *, by_shop: bool) -> None:
    user.two_step_at, user.recovery_codes, user.modified_at = None, [], ctx.now
    distrust_devices(ctx, user.id)
    news = TwoStepTurnedOff(
        store=ctx.settings.store_name,
        by_shop=by_shop,
        is_asked_again=asks_for_two(ctx, user),
    )
    enqueue(ctx, news, customer_id=user.customer_id)


def _ways(ctx: Context, user: User, *, passkeys: int) -> list[Any]:
    channels = ctx.gateways.messages.channels
    has = {
        "password": user.password_hash is not None,
        "email": user.is_email_verified and user.email is not None and "email" in channels,
        "phone": user.is_phone_verified
        and user.phone is not None
        and not {"sms", "whatsapp"}.isdisjoint(channels),
        "passkey": passkeys > 0,
    }
    return [way for way, is_there in has.items() if is_there]


def _passkeys(ctx: Context, user: User) -> int:
    own = select(func.count()).where(col(Passkey.user_id) == user.id)
    return int(ctx.db.execute(own).scalar_one())
