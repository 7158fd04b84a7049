"""Signing in with a passkey: the browser offers those it has, nobody is named before."""

from sqlalchemy import select
from sqlmodel import col
from webauthn import generate_authentication_options, verify_authentication_response
from webauthn.helpers.structs import UserVerificationRequirement

from account_portal.auth import schemas
from account_portal.auth.rules import AccountIsDeactivated
from account_portal.auth.rules.passkeys import PasskeyInvalid, PasskeyUnknown
from account_portal.auth.service.challenges import (
    TIMEOUT,
    new_challenge,
    options_of,
    redeem_challenge,
    relying_party,
    verified,
)
from account_portal.auth.service.guessing import was_entered
from account_portal.auth.service.limits import PER_ADDRESS_PASSKEYS
from account_portal.auth.service.sessions import (
    open_page_session,
    record_sign_in,
    sign_in_with_tokens,
)
from account_portal.context import Context
from account_portal.models import Passkey, User
from account_portal.security.rate_limit import count, require_below

SIGN_IN = "sign-in"


def begin_passkey_login(ctx: Context, *, browser: str = "") -> schemas.PasskeyOptions:
    """What the browser has to know to sign somebody in with a passkey; `browser`: its cookie.

    Raises:
        PasskeysNotAvailable: browsers have no passkeys at the portal's address.
    """
    challenge, token = new_challenge(ctx, SIGN_IN, bound_to=browser)
    options = generate_authentication_options(
        rp_id=relying_party(ctx).id,
        challenge=challenge,
        timeout=TIMEOUT,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return schemas.PasskeyOptions(passkey_token=token, options=options_of(options))


def login_with_passkey(ctx: Context, data: schemas.PasskeyProof) -> schemas.SignedIn:
    """Sign in a client of the API.

    Raises:
        PasskeyExpired: the challenge is too old, was used, or was made for somebody else.
        PasskeyUnknown: there is no such passkey, or not any more.
        PasskeyInvalid: what was signed does not fit.
        AccountIsDeactivated: it fits, but the account is closed.
        TooManyAttempts: too many that did not fit, from this address.
    """
    return sign_in_with_tokens(ctx, _authenticate(ctx, data, browser=""))


def login_passkey_page(ctx: Context, data: schemas.PasskeyProof, *, browser: str) -> str:
    """Sign in a browser; returns the secret for its cookie. Raises as `login_with_passkey`."""
    return open_page_session(ctx, _authenticate(ctx, data, browser=browser))


def _authenticate(ctx: Context, data: schemas.PasskeyProof, *, browser: str) -> User:
    address = ctx.caller.ip_address
    if address is not None:
        require_below(ctx.db, PER_ADDRESS_PASSKEYS, address, ctx.now)
    challenge = redeem_challenge(ctx, data.passkey_token, SIGN_IN, bound_to=browser)
    user = None
    try:
        user, passkey = _holder(ctx, data.credential)
        use_passkey(ctx, user, passkey, data.credential, challenge)
    except (PasskeyInvalid, PasskeyUnknown):
        if address is not None:
            count(ctx.db, PER_ADDRESS_PASSKEYS, address, ctx.now)
        if user is not None:
            record_sign_in(ctx, user, "passkey", succeeded=False)
        raise
    if user.deactivated_at is not None:
        record_sign_in(ctx, user, "passkey", succeeded=False)
        raise AccountIsDeactivated
    was_entered(ctx, user)
    record_sign_in(ctx, user, "passkey", succeeded=True)
    return user


def _holder(ctx: Context, credential: schemas.AssertionCredential) -> tuple[User, Passkey]:
    """Whose passkey it is. Nobody from the demo outside demo mode."""
    found = select(Passkey).where(col(Passkey.credential_id) == credential.id)
    passkey = ctx.db.execute(found).scalar_one_or_none()
    if passkey is None:
        raise PasskeyUnknown
    # In this order wherever both rows are locked; the passkey may be gone by the time the user is.
    user = ctx.db.execute(
        select(User).where(col(User.id) == passkey.user_id).with_for_update()
    ).scalar_one()
    again = found.with_for_update().execution_options(populate_existing=True)
    passkey = ctx.db.execute(again).scalar_one_or_none()
    if passkey is None or (user.is_demo and not ctx.settings.demo):
        raise PasskeyUnknown
    return user, passkey


def use_passkey(
    ctx: Context,
    user: User,
    passkey: Passkey,
    credential: schemas.AssertionCredential,
    challenge: bytes,
) -> None:
    """Check what a user's passkey signed, and note its use.

    A counter that did not grow says that the passkey was copied: that is refused.

    Raises:
        PasskeyInvalid: it does not fit.
    """
    proof = verified(
        ctx,
        verify_authentication_response,
        credential,
        challenge,
        credential_public_key=passkey.public_key,
        credential_current_sign_count=passkey.sign_count,
    )
    is_backup_eligible = proof.credential_device_type.value == "multi_device"
    handle = (credential.response.user_handle or "").rstrip("=")
    if handle != user.passkey_handle or is_backup_eligible != passkey.is_backup_eligible:
        raise PasskeyInvalid
    passkey.sign_count = proof.new_sign_count
    passkey.is_backed_up = proof.credential_backed_up
    passkey.last_used_at = ctx.now
