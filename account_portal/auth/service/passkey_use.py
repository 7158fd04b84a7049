"""Using a passkey: to sign in, where nobody is named before, and as fresh proof.

Either way it is checked, and its use noted, the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlmodel import col
from webauthn import generate_authentication_options, verify_authentication_response
from webauthn.helpers.structs import (
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from account_portal.auth import schemas
from account_portal.auth.rules import AccountIsDeactivated
from account_portal.auth.rules.passkeys import PasskeyInvalid, PasskeyUnknown
from account_portal.auth.service.accounts import has_to_enrol
from account_portal.auth.service.challenges import (
    TIMEOUT,
    new_challenge,
    options_of,
    redeem_challenge,
    relying_party,
    verified,
)
from account_portal.auth.service.fresh_proof import note_proof
from account_portal.auth.service.guessing import was_entered
from account_portal.auth.service.limits import PER_ADDRESS_PASSKEYS, caller_network
from account_portal.auth.service.passkeys import descriptors_of, find_own, session_of
from account_portal.auth.service.sessions import (
    open_page_session,
    record_sign_in,
    sign_in_with_tokens,
)
from account_portal.auth.service.two_step import turn_on
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import Passkey, User
from account_portal.security.rate_limit import count, require_below

SIGN_IN = "sign-in"
PROOF = "proof"


def begin_passkey_login(ctx: Context, *, browser: str = "") -> schemas.PasskeyOptions:
    """What the browser has to know to sign somebody in with a passkey; `browser`: its cookie.

    Raises:
        PasskeysNotAvailable: browsers have no passkeys at the portal's address.
    """
    return _ask(ctx, SIGN_IN, bound_to=browser)


def _ask(
    ctx: Context,
    purpose: str,
    *,
    bound_to: str,
    allowed: list[PublicKeyCredentialDescriptor] | None = None,
) -> schemas.PasskeyOptions:
    challenge, token = new_challenge(ctx, purpose, bound_to=bound_to)
    options = generate_authentication_options(
        rp_id=relying_party(ctx).id,
        challenge=challenge,
        timeout=TIMEOUT,
        allow_credentials=allowed,
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
    with _misfits_counted(ctx):
        challenge = redeem_challenge(ctx, data.passkey_token, SIGN_IN, bound_to=browser)
        user, passkey = _holder(ctx, data.credential)
        try:
            _use(ctx, user, passkey, data.credential, challenge)
        except PasskeyInvalid:
            record_sign_in(ctx, user, "passkey", succeeded=False)
            raise
    if user.deactivated_at is not None:
        record_sign_in(ctx, user, "passkey", succeeded=False)
        raise AccountIsDeactivated
    if has_to_enrol(ctx, user):
        if user.is_unproven:  # whoever opened it may have made the passkey too
            raise PasskeyUnknown
        turn_on(ctx, user, but_session=None)
    was_entered(ctx, user)
    record_sign_in(ctx, user, "passkey", succeeded=True)
    return user


@contextmanager
def _misfits_counted(ctx: Context) -> Iterator[None]:
    """Refuse an address that sent too many answers that did not fit, and count one more.

    Raises:
        TooManyAttempts: it did.
    """
    address = caller_network(ctx)
    if address is not None:
        require_below(ctx.db, PER_ADDRESS_PASSKEYS, address, ctx.now)
    try:
        yield
    except (PasskeyInvalid, PasskeyUnknown):
        if address is not None:
            count(ctx.db, PER_ADDRESS_PASSKEYS, address, ctx.now)
        raise


def begin_passkey_proof(ctx: Context) -> schemas.PasskeyOptions:
    """What the browser has to know to prove by a passkey that it is the caller who acts.

    Raises:
        NotFound: the caller has no passkey.
        PasskeysNotAvailable: browsers have no passkeys at the portal's address.
    """
    own = descriptors_of(ctx)
    if not own:
        raise NotFound
    return _ask(ctx, PROOF, bound_to=session_of(ctx), allowed=own)


def prove_with_passkey(ctx: Context, data: schemas.PasskeyProof) -> None:
    """Take what a passkey of the caller signed as fresh proof.

    Raises:
        PasskeyExpired: the challenge is too old, was used, or was made for another session.
        PasskeyUnknown: the caller has no such passkey, or not any more.
        PasskeyInvalid: what was signed does not fit.
        TooManyAttempts: too many that did not fit, from this address.
    """
    user = ctx.get_user(lock=True)
    with _misfits_counted(ctx):
        challenge = redeem_challenge(ctx, data.passkey_token, PROOF, bound_to=session_of(ctx))
        passkey = find_own(ctx, credential_id=data.credential.id)
        if passkey is None:
            raise PasskeyUnknown
        _use(ctx, user, passkey, data.credential, challenge, is_named=True)
    note_proof(ctx)


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
    passkey = ctx.db.execute(found.with_for_update()).scalar_one_or_none()
    if passkey is None or (user.is_demo and not ctx.settings.demo):
        raise PasskeyUnknown
    return user, passkey


def _use(
    ctx: Context,
    user: User,
    passkey: Passkey,
    credential: schemas.AssertionCredential,
    challenge: bytes,
    *,
    is_named: bool = False,
) -> None:
    """Check what a user's passkey signed, and note its use.

    A counter that did not grow says that the passkey was copied: that is refused.

    Args:
        ctx: the call.
        user: whose passkey it is; locked.
        passkey: the passkey; locked.
        credential: what it signed.
        challenge: what it was to sign.
        is_named: the passkey was asked for by name, so that it need not say whose it is.

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
    handle = credential.response.user_handle
    is_theirs = handle == user.passkey_handle or (is_named and handle is None)
    if not is_theirs or is_backup_eligible != passkey.is_backup_eligible:
        raise PasskeyInvalid
    passkey.sign_count = proof.new_sign_count
    passkey.is_backed_up = proof.credential_backed_up
    passkey.last_used_at = ctx.now
