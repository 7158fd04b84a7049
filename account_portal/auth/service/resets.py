"""Forgotten passwords: a code proves who asks, and all sessions end."""

from account_portal.auth import schemas
from account_portal.auth.rules import Contact, require_same
from account_portal.auth.service.accounts import find_signer
from account_portal.auth.service.codes import active_holder, check_code
from account_portal.auth.service.guessing import (
    forget_wrong_passwords,
    require_code_tries,
)
from account_portal.auth.service.passwords import hash_of_new, store_password
from account_portal.auth.service.proving import prove_contact
from account_portal.auth.service.second_proof import let_in
from account_portal.auth.service.sessions import (
    open_page_session,
    sign_in_with_tokens,
)
from account_portal.context import Context
from account_portal.core.errors import PortalError
from account_portal.models import OtpChallenge, User
from account_portal.security import otp


def reset_password(ctx: Context, data: schemas.ResetPassword) -> schemas.SignedIn:
    """Set a new password with a code, end all sessions and sign a client of the API in.

    Raises:
        PasswordMismatch: the two passwords differ.
        OtpNotFound: nothing was asked for under this token.
        OtpNotVerified: the code was neither sent nor confirmed before.
        OtpExpired: too old, used or tried too often.
        OtpInvalid: it is wrong.
        WeakPassword: the new password is guessed too easily.
        AccountIsDeactivated: the code is right, but the account is closed.
        SecondProofRequired: it is right, and the account asks for another proof before.
    """
    return sign_in_with_tokens(ctx, _reset(ctx, data))


def reset_password_page(ctx: Context, data: schemas.ResetPassword) -> str:
    """The same for a browser; returns the secret for its cookie."""
    return open_page_session(ctx, _reset(ctx, data))


def _reset(ctx: Context, data: schemas.ResetPassword) -> User:
    require_same(data.new_password, data.confirm_password)
    challenge = _reset_challenge(ctx, data, lock=False)
    code = data.sent().get("otp")
    new_hash = ""
    fault: PortalError | None = None
    if code is not None:
        require_code_tries(ctx, challenge, find_signer(ctx, Contact.from_key(challenge.contact)))
    if code is None or otp.is_right(challenge, data.otp_token, code):
        if code is None and challenge.confirmed_at is None:
            raise otp.OtpNotVerified
        try:
            otp.require_open(challenge, ctx.now)
            user = active_holder(ctx, challenge, lock=False)
            new_hash = hash_of_new(ctx, user, data.new_password)
        except PortalError as error:  # tells that the code was right, so it is not told yet
            fault = error
    ctx.begin_writing()
    challenge = _reset_challenge(ctx, data, lock=True)
    if code is None:
        otp.require_open(challenge, ctx.now)
    else:
        holder = find_signer(ctx, Contact.from_key(challenge.contact))
        check_code(ctx, challenge, data.otp_token, code, holder)
    if fault is not None:
        raise fault
    assert new_hash  # the code was right before, or it would not be now
    challenge.used_at = ctx.now
    user = active_holder(ctx, challenge)
    prove_contact(ctx, user, Contact.from_key(challenge.contact))
    let_in(ctx, user, challenge.channel, new_hash=new_hash)
    replace_password(ctx, user, new_hash)
    return user


def replace_password(ctx: Context, user: User, new_hash: str) -> None:
    """Set the password of whoever was let in without one."""
    store_password(ctx, user, new_hash, but_session=None)
    forget_wrong_passwords(ctx, user)


def _reset_challenge(ctx: Context, data: schemas.ResetPassword, *, lock: bool) -> OtpChallenge:
    challenge = otp.find(ctx.db, data.otp_token, lock=lock)
    if challenge.action != "reset-password":
        raise otp.OtpNotFound
    return challenge
