"""Finding one order without an account: what is known of it, then a code to its customer.

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
from account_portal.guests.service.contacts import COLUMNS, contacts_of, emails_of, still_proven
from account_portal.models import AddressCopy, Order, OtpChallenge, User
from account_portal.notifications import CodeMessage, channel_to, enqueue_secret
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
    """Send a code to the customer of an order, if there is one that is known by what was typed.

    Raises:
        ChannelNotAvailable: the store can send no codes.
        TooManyAttempts: too often from this network, or for this order.
    """
    channels = ctx.gateways.messages.channels
    if not channels:
        raise ChannelNotAvailable
    count_attempt(ctx, PER_ADDRESS, caller_network(ctx))
    found = _look(ctx, data)
    usual: Channel = next(way for way in WAYS if way in channels)
    channel, recipient = usual, None
    for field, to in contacts_of(found) if found is not None else ():
        if way := channel_to(ctx, field):
            channel, recipient = way, to
            break
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
        bound_to=personal(recipient or subject),
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
    return challenge.action == ACTION and _subject_of(challenge) == _subject(data)


def confirm_order(ctx: Context, data: schemas.ConfirmOrder) -> schemas.FoundOrder:
    """Open the order whose code this is, for an hour.

    Raises:
        OtpNotFound: nothing was asked for under the token.
        OtpExpired: no code would do any more, or it went to a contact that is not the customer's
            by now.
        OtpInvalid: this one does not.
    """
    challenge = otp.find(ctx.db, data.find_token, lock=True)
    if challenge.action != ACTION:
        raise otp.OtpNotFound
    subject = _subject_of(challenge).upper()  # other spellings of a number give no more guesses
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
    number, sent_to = challenge.contact.partition(" ")[0], challenge.contact.rpartition(" ")[2]
    order = still_proven(ctx, sent_to, challenge.created_at, _is(number), _nearest(number))
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


def _subject_of(challenge: OtpChallenge) -> str:
    """What was typed when the code was asked for, without to whom the code was sent."""
    return challenge.contact.rpartition(" ")[0]


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
        *COLUMNS,
        col(User.is_demo),
        col(billing.email).label("billing_email"),
        col(billing.pincode).label("billing_postcode"),
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
        emails=emails_of(row),
        postcodes=(row.billing_postcode, row.shipping_postcode),
    )
    return row if is_known else None
