"""Finding one order without an account: what is known of it, then a code to its own contact.

Whether there is such an order, the answer never tells: not by its words, its limits or its work.
What is counted is counted for what was typed, whether it fits or not, so that a stranger who knows
only the number stands in nobody's way.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.auth.rules import ChannelNotAvailable
from account_portal.auth.service.limits import caller_network, count_attempt, network_of, personal
from account_portal.context import Context
from account_portal.core.errors import TooManyAttempts
from account_portal.core.text import without_number_sign
from account_portal.guests import rules, schemas
from account_portal.guests.service.acting import order_key
from account_portal.models import AddressCopy, Order, User
from account_portal.notifications import CodeMessage, enqueue_secret
from account_portal.notifications.messages.base import Channel
from account_portal.security import otp, rate_limit
from account_portal.security.rate_limit import Limit

WAYS: tuple[Channel, ...] = ("email", "sms", "whatsapp")
ACTION = "find-order"
PER_ADDRESS = Limit("find-order-address", times=60, seconds=3600)
"""Orders that are looked for from one network."""
WRONG = Limit("find-order-wrong", times=25, seconds=86_400)
"""Wrong codes for one order and one thing known of it, by anybody. Guessing succeeds once in forty
thousand days; meanwhile its owner signs in, or finds it by something else they know."""
PER_CONTACT = Limit("find-order-contact", times=10, seconds=3600)
"""Codes that one contact gets, of whichever orders; more are not sent, and nobody is told."""


def find_order(
    ctx: Context, data: schemas.FindOrder, *, debug: bool = False
) -> schemas.OrderSearch:
    """Send a code to the contact of an order, if there is one that is known by what was typed.

    Raises:
        ChannelNotAvailable: the store can send no codes.
        TooManyAttempts: too often from this network, or for this order.
    """
    channels = ctx.gateways.messages.channels
    if not channels:
        raise ChannelNotAvailable
    count_attempt(ctx, PER_ADDRESS, caller_network(ctx))
    found = _look(ctx, data)
    reaches: list[tuple[Channel, str | None]] = []
    if found is not None:
        phone = found.customer_phone or found.shipping_phone
        reaches = [
            ("email", found.customer_email or found.user_email or found.shipping_email),
            ("sms", phone if phone and phone.startswith("+") else None),
        ]
    usual: Channel = next(way for way in WAYS if way in channels)
    channel, recipient = next(
        ((way, to) for way, to in reaches if to and way in channels), (usual, None)
    )
    subject = _subject(data)
    issued = otp.issue(
        ctx.db,
        ctx.now,
        action=ACTION,
        channel=channel,
        contact=subject,
        asker=network_of(ctx.caller.ip_address),
        is_known=False,
        matches=recipient is not None,
        user_id=found.user_id if found is not None else None,
    )
    message = CodeMessage(
        code=issued.code,
        purpose=f"see order {found.order_number if found is not None else data.order_number}",
        store=ctx.settings.store_name,
        minutes=int(otp.LIFE.total_seconds() // 60),
    )
    is_sent = _may_get_another(ctx, recipient or subject)
    enqueue_secret(ctx, message, channel=channel, recipient=recipient if is_sent else None)
    shown = issued.code if debug and ctx.settings.debug_otp else None
    return schemas.OrderSearch(find_token=issued.token, otp=shown)


def awaits_code(ctx: Context, token: str, data: schemas.FindOrder) -> bool:
    """Whether the code that a browser waits for is still good, and of the order that is typed."""
    try:
        challenge = otp.find(ctx.db, token, lock=False)
        otp.require_open(challenge, ctx.now)
    except (otp.OtpNotFound, otp.OtpExpired):
        return False
    return challenge.action == ACTION and challenge.contact == _subject(data)


def confirm_order(ctx: Context, data: schemas.ConfirmOrder) -> schemas.FoundOrder:
    """Open the order whose code this is, for an hour.

    Raises:
        OtpNotFound: nothing was asked for under the token.
        OtpExpired: no code would do any more.
        OtpInvalid: this one does not.
    """
    challenge = otp.find(ctx.db, data.find_token, lock=True)
    if challenge.action != ACTION:
        raise otp.OtpNotFound
    subject = challenge.contact.upper()  # other spellings of a number give no more guesses
    guessed = personal(subject)
    otp.wait_in_line(ctx.db, subject)
    otp.require_open(challenge, ctx.now)
    try:
        rate_limit.require_below(ctx.db, WRONG, guessed, ctx.now)
    except TooManyAttempts:
        raise otp.OtpExpired from None
    if not otp.is_right(challenge, data.find_token, data.otp):
        challenge.wrong_tries += 1
        rate_limit.count(ctx.db, WRONG, guessed, ctx.now)
        raise otp.OtpInvalid
    challenge.used_at = ctx.now
    number = challenge.contact.partition(" ")[0]
    order = order_named(ctx, number)
    if order is None:
        raise otp.OtpExpired
    key, ends_at = order_key(ctx, order, challenge)
    return schemas.FoundOrder(order_token=key, order_number=order.order_number, expires_at=ends_at)


def order_named(ctx: Context, typed: str) -> Order | None:
    """The order that somebody means by what they typed as its number, whoever's it is."""
    number = without_number_sign(typed)
    if "\x00" in number:  # what no database looks for
        return None
    statement = select(Order).where(_is(number)).order_by(_nearest(number))
    return ctx.db.execute(statement).scalar()


def _is(number: str) -> Any:
    """Orders that somebody means by a number: people type capitals as small letters."""
    return col(Order.order_number).in_((number, number.upper()))


def _nearest(number: str) -> Any:
    """The one written just so comes first."""
    return col(Order.order_number) != number


def _subject(data: schemas.FindOrder) -> str:
    """What was typed: stands for the contact in the table of codes, and tells nobody's."""
    return f"{data.order_number} {personal(rules.as_compared(data.contact))}"


def _may_get_another(ctx: Context, recipient: str) -> bool:
    """Whether the contact's mailbox bears another code; counts it."""
    otp.wait_in_line(ctx.db, recipient)
    key = personal(recipient)
    try:
        rate_limit.require_below(ctx.db, PER_CONTACT, key, ctx.now)
    except TooManyAttempts:
        return False
    rate_limit.count(ctx.db, PER_CONTACT, key, ctx.now)
    return True


def _look(ctx: Context, data: schemas.FindOrder) -> Any:
    """The order, by one statement that reads as much where there is none."""
    billing, shipping = aliased(AddressCopy), aliased(AddressCopy)
    columns: list[Any] = [
        col(Order.order_number),
        col(Order.customer_email),
        col(Order.customer_phone),
        col(User.id).label("user_id"),
        col(User.email).label("user_email"),
        col(User.is_demo),
        col(billing.email).label("billing_email"),
        col(billing.pincode).label("billing_postcode"),
        col(shipping.email).label("shipping_email"),
        col(shipping.phone).label("shipping_phone"),
        col(shipping.pincode).label("shipping_postcode"),
    ]
    statement = (
        select(*columns)
        .outerjoin(User, col(User.customer_id) == col(Order.customer_id))
        .outerjoin(billing, col(billing.id) == col(Order.billing_address_id))
        .outerjoin(shipping, col(shipping.id) == col(Order.shipping_address_id))
        .where(_is(data.order_number))
        .order_by(_nearest(data.order_number), col(User.id))
        .limit(1)
    )
    row = ctx.db.execute(statement).first()
    if row is None or (row.is_demo and not ctx.settings.demo):
        return None
    is_known = rules.is_known_by(
        data.contact,
        emails=(row.customer_email, row.user_email, row.billing_email, row.shipping_email),
        postcodes=(row.billing_postcode, row.shipping_postcode),
    )
    return row if is_known else None
