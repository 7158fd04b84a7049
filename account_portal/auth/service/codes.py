"""One-time codes: what the right one does."""

from collections.abc import Iterator
from typing import cast

from account_portal.auth import schemas
from account_portal.auth.rules import AccountIsDeactivated, Channel, Contact
from account_portal.auth.service.accounts import create_user, find_signer, find_user
from account_portal.auth.service.contact_changes import take_contact
from account_portal.auth.service.guessing import know_by_link, require_right_code
from account_portal.auth.service.proving import free_for, prove_contact
from account_portal.auth.service.second_proof import let_in
from account_portal.auth.service.sessions import (
    open_page_session,
    record_sign_in,
    renew_pair,
    sign_in_with_tokens,
)
from account_portal.auth.service.views import user_view
from account_portal.context import Context
from account_portal.core.errors import NotAuthenticated
from account_portal.core.races import again_when_lost
from account_portal.models import OtpChallenge, User
from account_portal.security import otp

BOUND: tuple[schemas.OtpAction, ...] = (
    "verify-email",
    "verify-phone",
    "update-email",
    "update-phone",
)
"""Actions on the account of whoever asks; only that user can confirm them."""


def verify_otp(ctx: Context, data: schemas.VerifyOtp) -> schemas.SignedIn | schemas.OtpContent:
    """Confirm a code for a client of the API.

    Raises:
        OtpNotFound: nothing was asked for under this token.
        NotAuthenticated: the code is bound to another user than the caller.
        OtpActionMismatch: it was made for something else.
        OtpExpired: too old, used or tried too often.
        OtpInvalid: it is wrong.
        AccountIsDeactivated: it is right, but the account is closed.
        SecondProofRequired: it is right, and the account asks for another proof.
        EmailTaken: another account has the e-mail address by now.
        PhoneTaken: likewise the phone number.
    """
    user = _confirm(ctx, data)
    if data.otp_action == "reset-password":
        return schemas.OtpContent(otp_token=data.otp_token, otp_action=data.otp_action)
    if data.otp_action in BOUND:
        return schemas.SignedIn(**renew_pair(ctx).model_dump(), user=user_view(ctx, user))
    return sign_in_with_tokens(ctx, user)


def verify_page(ctx: Context, data: schemas.VerifyOtp) -> str:
    """Sign a browser in with a code; returns the secret for its cookie. Raises as `verify_otp`."""
    if data.otp_action not in ("login", "register"):
        raise otp.OtpActionMismatch
    return open_page_session(ctx, _confirm(ctx, data))


def channel_of_awaited(
    ctx: Context, handles: list[str], contact: Contact, *, action: schemas.OtpAction
) -> Channel | None:
    """How the newest code travelled that a browser waits for and that still works.

    Args:
        ctx: of the call.
        handles: of the codes that the browser waits for, newest first.
        contact: whose code it is.
        action: what it does.
    """
    for _, challenge in _still_open(ctx, handles):
        if (challenge.action, challenge.contact) == (action, contact.key):
            return cast(Channel, challenge.channel)
    return None


def _still_open(ctx: Context, handles: list[str]) -> Iterator[tuple[str, OtpChallenge]]:
    """Those of these codes that still work, with their handles."""
    for handle in handles:
        try:
            challenge = otp.find(ctx.db, handle, lock=False)
            otp.require_open(challenge, ctx.now)
        except (otp.OtpNotFound, otp.OtpExpired):
            continue
        yield handle, challenge


def token_for(ctx: Context, handles: list[str], code: str, *, action: schemas.OtpAction) -> str:
    """Which of the codes that a browser waits for was typed; the newest when it is none of them.

    Messages overtake each other, and an older code works as long as it lives. The handles come from
    the browser, so only codes are compared whose wrong tries are counted together with the newest
    one's: of its contact, for this action, not over. Else one could guess at a code while the tries
    are counted for another, or for none.
    """
    awaited: list[tuple[str, OtpChallenge]] = []
    for handle, challenge in _still_open(ctx, handles):
        newest = awaited[0][1] if awaited else challenge
        if challenge.action == action and challenge.contact == newest.contact:
            awaited.append((handle, challenge))
    for handle, challenge in awaited:
        if otp.is_right(challenge, handle, code):
            return handle
    return awaited[0][0] if awaited else next(iter(handles), "")


def know_device_by_link(ctx: Context, key: str) -> str:
    """Let the caller's device try codes of the contact to which a link with this key was sent.

    Returns:
        The device's secret, for its cookie.

    Raises:
        OtpNotFound: no such link was sent.
        OtpExpired: it is too old.
    """
    challenge = otp.find(ctx.db, key, lock=True)
    if challenge.action != otp.KNOW_DEVICE:
        raise otp.OtpNotFound
    otp.require_open(challenge, ctx.now)
    contact = Contact.from_key(challenge.contact)
    return know_by_link(ctx, contact, find_signer(ctx, contact))


def confirm_contact(ctx: Context, data: schemas.VerifyOtp) -> schemas.User:
    """Confirm a `verify-*` or `update-*` code for a signed-in page. Raises as `verify_otp`."""
    if data.otp_action not in BOUND:
        raise otp.OtpActionMismatch
    return user_view(ctx, _confirm(ctx, data))


def _confirm(ctx: Context, data: schemas.VerifyOtp) -> User:
    """Check the code, do what it is for, and say whom it is about."""
    challenge = otp.find(ctx.db, data.otp_token, lock=True)
    if challenge.asked_by is not None and challenge.asked_by != ctx.actor.user_id:
        raise NotAuthenticated
    if challenge.action != data.otp_action:
        raise otp.OtpActionMismatch
    if challenge.confirmed_at is not None:
        raise otp.OtpExpired
    holder = find_signer(ctx, Contact.from_key(challenge.contact))
    check_code(ctx, challenge, data.otp_token, data.otp, holder)
    challenge.confirmed_at = ctx.now
    if challenge.action == "reset-password":
        # There is time to think of a new password, even if the code came late.
        challenge.expires_at = ctx.now + otp.LIFE
        return active_holder(ctx, challenge)
    challenge.used_at = ctx.now
    if challenge.asked_by is not None:
        return take_contact(ctx, challenge)
    if challenge.action == "register":
        return _register(ctx, challenge)
    return _login(ctx, challenge)


def check_code(
    ctx: Context, challenge: OtpChallenge, token: str, code: str, holder: User | None
) -> None:
    """Refuse a wrong code; a try to get in by one stands among the sign-ins of who has the contact.

    Raises:
        OtpExpired: no code would do any more.
        OtpInvalid: this one does not.
        TooManyAttempts: this device tried too many.
    """
    try:
        require_right_code(ctx, challenge, token, code, holder)
    except otp.OtpInvalid:
        if holder is not None and challenge.asked_by is None:  # kept, as the count of it is
            record_sign_in(ctx, holder, challenge.channel, succeeded=False)
        raise


def active_holder(ctx: Context, challenge: OtpChallenge, *, lock: bool = True) -> User:
    """Whoever has the contact now that the code has proven."""
    user = find_signer(ctx, Contact.from_key(challenge.contact), lock=lock)
    if user is None:
        raise otp.OtpExpired
    if user.deactivated_at is not None:
        raise AccountIsDeactivated
    return user


def _login(ctx: Context, challenge: OtpChallenge) -> User:
    contact = Contact.from_key(challenge.contact)
    if challenge.registers and find_user(ctx, contact) is None:
        return _register(ctx, challenge)
    holder = find_user(ctx, contact, lock=True)
    if holder is not None and holder.is_unproven and holder.deactivated_at is not None:
        return _register(ctx, challenge)  # who closed it had no right to the contact
    user = active_holder(ctx, challenge)
    prove_contact(ctx, user, contact)
    let_in(ctx, user, challenge.channel)
    return user


def _register(ctx: Context, challenge: OtpChallenge) -> User:
    contact = Contact.from_key(challenge.contact)
    user = again_when_lost(ctx.db, lambda: _of_shop(ctx, contact) or _new_user(ctx, contact))
    prove_contact(ctx, user, contact)
    let_in(ctx, user, challenge.channel)
    return user


def _of_shop(ctx: Context, contact: Contact) -> User | None:
    """The account that the shop's orders brought, perhaps just now, and that nobody has entered.

    Its contact was never proven here, and now it is: it is the account that is asked for.
    """
    user = find_signer(ctx, contact, lock=True)
    if user is None or user.is_unproven or user.deactivated_at is not None:
        return None
    is_proven = user.is_email_verified if contact.email else user.is_phone_verified
    return None if is_proven else user


def _new_user(ctx: Context, contact: Contact) -> User:
    free_for(ctx, contact, None)
    return create_user(
        ctx,
        {"email": contact.email, "country_code": contact.country_code, "phone": contact.phone},
    )
