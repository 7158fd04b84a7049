"""One-time codes are asked for, alike by everybody."""

from account_portal.auth import schemas
from account_portal.auth.rules import AlreadyVerified, Channel, ChannelNotAvailable, Contact
from account_portal.auth.rules.contacts import require_possible_phone
from account_portal.auth.service.accounts import contact_of, find_signer
from account_portal.auth.service.fresh_proof import is_freshly_proven, require_fresh_proof
from account_portal.auth.service.guessing import is_closed, who_tries
from account_portal.auth.service.limits import (
    PER_ACCOUNT_CONTACTS,
    PER_ADDRESS_CODES,
    caller_network,
    count_attempt,
    network_of,
)
from account_portal.auth.service.proving import require_provable
from account_portal.context import Context
from account_portal.core.errors import InvalidInput, NotAuthenticated, NotFound
from account_portal.models import User
from account_portal.notifications import CodeMessage, DeviceLink, enqueue_secret
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
        AlreadyVerified: there is nothing to confirm, nor to prove.
        InvalidInput: `verify-*` of a contact that is not the user's.
        TooManyAttempts: too many codes for this contact or from this address.
        TopLevelRequired: a contact would change, and the caller is signed in inside a storefront's
            frame only.
        FreshProofRequired: a contact would change, and the caller proved too long ago who they are.
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
        require_fresh_proof(ctx)
    user = ctx.get_user()
    if action.startswith("update-"):
        # Counted before it is told whether somebody else has the contact.
        count_attempt(ctx, PER_ACCOUNT_CONTACTS, user.id)
        ctx.checkpoint()
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


def send_proof_code(ctx: Context, channel: Channel) -> schemas.OtpContent:
    """Send a code by which the caller can prove who they are, to a present contact of theirs.

    Raises:
        ChannelNotAvailable: the store sends nothing this way.
        NotFound: they have no contact of this channel.
        TooManyAttempts: too many codes for this contact or from this address.
    """
    user = ctx.get_user()
    field = "email" if channel == "email" else "phone"
    contact = contact_of(user, field)
    if contact is None:
        raise NotFound
    action: schemas.OtpAction = "verify-email" if field == "email" else "verify-phone"
    return _send(
        ctx,
        contact,
        channel,
        action,
        holder=user,
        reaches=True,
        user=user,
        asked_by=user,
        debug=False,
    )


def _require_confirmable(ctx: Context, user: User, contact: Contact, action: str) -> None:
    is_present = contact == contact_of(user, contact.field)
    verified = user.is_email_verified if contact.field == "email" else user.is_phone_verified
    is_proof = action.startswith("verify-")
    if is_present and verified and (not is_proof or is_freshly_proven(ctx)):
        raise AlreadyVerified
    if is_present:
        return
    if is_proof:
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
        count_attempt(ctx, PER_ADDRESS_CODES, caller_network(ctx))
    used_up = not guesser.is_known and otp.is_used_up(ctx.db, contact.key, ctx.now)
    closed = used_up or is_closed(ctx, guesser, contact, action)
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
        # Strangers used up what codes may be tried or sent: the owner makes it known first.
        key = otp.issue_key(
            ctx.db, ctx.now, action=otp.KNOW_DEVICE, channel=channel, contact=contact.key
        )
        link = f"{ctx.settings.origin}{KNOW_DEVICE}?key={key}"
        message = DeviceLink(link=link, store=store, minutes=minutes)
    else:
        message = CodeMessage(
            code=issued.code,
            purpose=_purpose(action, contact, asked_by),
            store=store,
            minutes=minutes,
        )
    # The link that was sent before leads in as well.
    is_sent = reaches and (not used_up or otp.may_send_link(ctx.db, contact.key, ctx.now))
    enqueue_secret(ctx, message, channel=channel, recipient=contact.address if is_sent else None)
    shown = issued.code if debug and ctx.settings.debug_otp else None
    return schemas.OtpContent(otp_token=issued.token, otp_action=action, otp=shown)


def _purpose(action: schemas.OtpAction, contact: Contact, asked_by: User | None) -> str:
    """What the message says that the code is for; who gives it away should know what they do."""
    if asked_by is not None and action.startswith("verify-"):
        verified = {"email": asked_by.is_email_verified, "phone": asked_by.is_phone_verified}
        if verified[contact.field]:
            return "confirm that it is you"
    return PURPOSES[action]
