"""One-time codes: asked for alike by everybody, and what the right one does."""

from account_portal.auth import schemas
from account_portal.auth.rules import (
    AccountIsDeactivated,
    AlreadyVerified,
    ChannelNotAvailable,
    Contact,
)
from account_portal.auth.rules.contacts import require_possible_phone
from account_portal.auth.service.accounts import (
    contact_of,
    create_user,
    find_signer,
    find_user,
    flush_contacts,
)
from account_portal.auth.service.guessing import (
    is_closed,
    know,
    require_right_code,
    who_tries,
)
from account_portal.auth.service.limits import PER_ADDRESS_CODES, limited, network_of
from account_portal.auth.service.proving import (
    enqueue_to,
    free_for,
    name_of,
    prove_contact,
    require_provable,
)
from account_portal.auth.service.sessions import (
    end_sessions_of,
    open_page_session,
    record_sign_in,
    renew_pair,
    sign_in_with_tokens,
)
from account_portal.auth.service.views import user_view
from account_portal.context import Context
from account_portal.core.errors import InvalidInput, NotAuthenticated
from account_portal.models import OtpChallenge, User
from account_portal.notifications import CodeMessage, DeviceLink, enqueue_secret
from account_portal.notifications.messages.account import ContactChanged
from account_portal.notifications.messages.base import Channel
from account_portal.routes import KNOW_DEVICE
from account_portal.security import otp

PURPOSES: dict[schemas.OtpAction, str] = {
    "login": "sign in",
    "register": "open your account",
    "reset-password": "set a new password",
    "verify-email": "verify your e-mail address",
    "verify-phone": "verify your phone number",
    "update-email": "use this e-mail address",
    "update-phone": "use this phone number",
}
BOUND: tuple[schemas.OtpAction, ...] = (
    "verify-email",
    "verify-phone",
    "update-email",
    "update-phone",
)
"""Actions on the account of whoever asks; only that user can confirm them."""


def request_login_code(
    ctx: Context, contact: Contact, channel: Channel, *, registers: bool, debug: bool = False
) -> schemas.OtpContent:
    """Send a sign-in code, if somebody has this contact or an account may be made.

    Raises:
        ChannelNotAvailable: the store sends nothing this way.
        TooManyAttempts: too many codes for this contact or from this address.
    """
    user = find_signer(ctx, contact)
    return _send(
        ctx,
        contact,
        channel,
        "login",
        holder=user,
        reaches=user is not None or registers,
        user=user,
        registers=registers,
        debug=debug,
    )


def request_reset_code(
    ctx: Context, contact: Contact, channel: Channel, *, debug: bool = False
) -> schemas.OtpContent:
    """Send a code that allows setting a new password, if somebody has this contact.

    Raises:
        ChannelNotAvailable: the store sends nothing this way.
        TooManyAttempts: too many codes for this contact or from this address.
    """
    user = find_signer(ctx, contact)
    return _send(
        ctx,
        contact,
        channel,
        "reset-password",
        holder=user,
        reaches=user is not None,
        user=user,
        debug=debug,
    )


def generate_code(
    ctx: Context,
    data: schemas.GenerateOtpWithEmail | schemas.GenerateOtpWithPhone,
    *,
    debug: bool = False,
) -> schemas.OtpContent:
    """Send a code for any action.

    Raises:
        ChannelNotAvailable: the store sends nothing this way.
        NotAuthenticated: `verify-*` and `update-*` without a signed-in user.
        EmailTaken: another account has the e-mail address.
        PhoneTaken: another account has the phone number.
        AlreadyVerified: there is nothing to confirm.
        InvalidInput: `verify-*` of a contact that is not the user's.
        TooManyAttempts: too many codes for this contact or from this address.
        TopLevelRequired: a contact would change, and the caller is signed in inside a storefront's
            frame only.
    """
    contact = Contact.of(
        email=getattr(data, "email", None),
        phone=getattr(data, "phone", None),
        country_code=getattr(data, "country_code", None),
    )
    action = data.otp_action
    if action == "login":
        return request_login_code(ctx, contact, data.channel, registers=False, debug=debug)
    if action == "reset-password":
        return request_reset_code(ctx, contact, data.channel, debug=debug)
    holder = find_signer(ctx, contact)
    if action == "register":
        # Sent to known contacts too: who has the contact learns that it is taken, nobody else.
        return _send(
            ctx,
            contact,
            data.channel,
            action,
            holder=holder,
            reaches=True,
            registers=True,
            debug=debug,
        )
    if not ctx.actor.is_customer:
        raise NotAuthenticated
    if action.startswith("update-"):
        ctx.require_top_level()
    user = ctx.get_user()
    _require_confirmable(ctx, user, contact, action)
    return _send(
        ctx,
        contact,
        data.channel,
        action,
        holder=holder,
        reaches=True,
        user=user,
        asked_by=user,
        debug=debug,
    )


def _require_confirmable(ctx: Context, user: User, contact: Contact, action: str) -> None:
    is_present = contact == contact_of(user, contact.field)
    verified = user.is_email_verified if contact.field == "email" else user.is_phone_verified
    if is_present and verified:
        raise AlreadyVerified
    if is_present:
        return
    if action.startswith("verify-"):
        raise InvalidInput(None, **{contact.field: "is not the one of your account"})
    require_provable(ctx, contact)
    if contact.field == "phone":
        require_possible_phone(contact)


def _send(
    ctx: Context,
    contact: Contact,
    channel: Channel,
    action: schemas.OtpAction,
    *,
    holder: User | None,
    reaches: bool,
    user: User | None = None,
    asked_by: User | None = None,
    registers: bool = False,
    debug: bool,
) -> schemas.OtpContent:
    if channel not in ctx.gateways.messages.channels:
        raise ChannelNotAvailable
    guesser = who_tries(ctx, contact, holder, code=True)
    if not guesser.is_known:
        limited(ctx, PER_ADDRESS_CODES, ctx.caller.ip_address)
    closed = is_closed(ctx, guesser, contact, action)
    issued = otp.issue(
        ctx.db,
        ctx.now,
        action=action,
        channel=channel,
        contact=contact.key,
        asker=guesser.key if guesser.is_known else network_of(ctx.caller.ip_address),
        is_known=guesser.is_known,
        matches=reaches and not closed,
        user_id=user.id if user else None,
        asked_by=asked_by.id if asked_by else None,
        registers=registers,
    )
    store, minutes = ctx.settings.store_name, int(otp.LIFE.total_seconds() // 60)
    message: CodeMessage | DeviceLink
    if closed:
        # Strangers used up what codes may be tried: the owner makes this device known first.
        key = otp.link_key(ctx.db, ctx.now, contact.key, channel)
        link = f"{ctx.settings.origin}{KNOW_DEVICE}?key={key}"
        message = DeviceLink(link=link, store=store, minutes=minutes)
    else:
        message = CodeMessage(
            code=issued.code, purpose=PURPOSES[action], store=store, minutes=minutes
        )
    enqueue_secret(ctx, message, channel=channel, recipient=contact.address if reaches else None)
    shown = issued.code if debug and ctx.settings.debug_otp else None
    return schemas.OtpContent(otp_token=issued.token, otp_action=action, otp=shown)


def verify_otp(ctx: Context, data: schemas.VerifyOtp) -> schemas.SignedIn | schemas.OtpContent:
    """Confirm a code for a client of the API.

    Raises:
        OtpNotFound: nothing was asked for under this token.
        NotAuthenticated: the code is bound to another user than the caller.
        OtpActionMismatch: it was made for something else.
        OtpExpired: too old, used or tried too often.
        OtpInvalid: it is wrong.
        AccountIsDeactivated: it is right, but the account is closed.
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


def token_for(ctx: Context, handles: list[str], code: str) -> str:
    """Which of the codes that a browser waits for was typed; the newest when it is none of them.

    Messages overtake each other, and an older code works as long as it lives.
    """
    for handle in handles:
        try:
            challenge = otp.find(ctx.db, handle, lock=False)
        except otp.OtpNotFound:
            continue
        if otp.is_right(challenge, handle, code):
            return handle
    return handles[0] if handles else ""


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
    return know(ctx, who_tries(ctx, contact, find_signer(ctx, contact), code=True).subject)


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
    require_right_code(ctx, challenge, data.otp_token, data.otp, holder)
    challenge.confirmed_at = ctx.now
    if challenge.action == "reset-password":
        # There is time to think of a new password, even if the code came late.
        challenge.expires_at = ctx.now + otp.LIFE
        return active_holder(ctx, challenge)
    challenge.used_at = ctx.now
    if challenge.asked_by is not None:
        return _confirm_contact(ctx, challenge)
    if challenge.action == "register":
        return _register(ctx, challenge)
    return _login(ctx, challenge)


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
    record_sign_in(ctx, user, challenge.channel, succeeded=True)
    return user


def _register(ctx: Context, challenge: OtpChallenge) -> User:
    contact = Contact.from_key(challenge.contact)
    free_for(ctx, contact, None)
    user = create_user(
        ctx,
        {"email": contact.email, "country_code": contact.country_code, "phone": contact.phone},
    )
    prove_contact(ctx, user, contact)
    record_sign_in(ctx, user, challenge.channel, succeeded=True)
    return user


def _confirm_contact(ctx: Context, challenge: OtpChallenge) -> User:
    user = ctx.get_user(lock=True)
    contact = Contact.from_key(challenge.contact)
    present = contact_of(user, contact.field)
    if challenge.action.startswith("verify-") and present != contact:
        raise otp.OtpExpired  # the contact was replaced since
    free_for(ctx, contact, user)
    prove_contact(ctx, user, contact, in_session=True)
    flush_contacts(ctx)
    if present != contact:
        end_sessions_of(ctx, user.id, but=ctx.actor.session_id)
        if present is not None:
            news = ContactChanged(
                store=ctx.settings.store_name,
                contact=name_of(present),
                help_email=ctx.settings.store_email,
            )
            enqueue_to(ctx, user, present, news)
    return user
