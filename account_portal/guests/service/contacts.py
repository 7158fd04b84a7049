"""Whom an order belongs to: contacts that prove it, and whether what was proven counts still."""

from datetime import datetime
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, national_significant_number
from sqlalchemy import exists, select
from sqlmodel import col

from account_portal.auth.rules import MOST_FORMER
from account_portal.auth.service.limits import personal
from account_portal.context import Context
from account_portal.core.text import plain
from account_portal.models import Order, OtpChallenge, User
from account_portal.security import otp

COLUMNS: tuple[Any, ...] = (
    col(Order.customer_email),
    col(Order.customer_phone),
    col(User.id).label("user_id"),
    col(User.email).label("user_email"),
    col(User.is_email_verified),
    (col(User.country_code) + col(User.phone)).label("user_phone"),
    col(User.is_phone_verified),
    col(User.former_contacts),
)
"""What `contacts_of` reads, of an order and the account that it belongs to."""


def contacts_of(row: Any) -> list[tuple[str, str]]:
    """Contacts of an order's customer that codes go to, each an `email` or `phone`, best first.

    One that the account has proven takes the place of what the order was placed with, which the
    customer may have replaced since; what was replaced counts no more. Nobody of the delivery
    address is meant: it may be a gift.
    """
    has_email = bool(row.user_email and row.is_email_verified)
    has_phone = bool(row.user_phone and row.is_phone_verified)
    ranked = (
        ("email", row.user_email, has_email),
        ("phone", row.user_phone, has_phone),
        ("email", row.customer_email, not has_email and not _is_former(row, row.customer_email)),
        ("phone", row.customer_phone, not has_phone and not _is_former(row, row.customer_phone)),
        ("email", row.user_email, not has_email),
        ("phone", row.user_phone, not has_phone),
    )
    return [
        (field, to)
        for field, to, counts in ranked
        if counts and to and (field == "email" or to.startswith("+"))
    ]


def _is_former(row: Any, contact: str | None) -> bool:
    """Whether the account had a contact and has it no more, as far as that is remembered.

    Where more were replaced than are remembered, any may have been.
    """
    former = row.former_contacts or ()
    return len(former) >= MOST_FORMER or _alike(contact) in {_alike(to) for to in former}


def _alike(contact: str | None) -> str:
    """A contact whichever way it was written, as imports read phones of shops."""
    if not contact or "@" in contact:
        return (contact or "").strip().lower()
    written = plain(contact)
    try:
        number = phonenumbers.parse(written)
    except NumberParseException:
        return "".join(sign for sign in written if sign.isdigit())
    return f"{number.country_code}{national_significant_number(number)}"


def emails_of(row: Any) -> list[str]:
    """E-mail addresses that an order is known by: once the account has proven one, that alone.

    `row` has the `billing_email` too.
    """
    emails = [to for field, to in contacts_of(row) if field == "email"]
    billing = row.billing_email
    is_over = (row.user_email and row.is_email_verified) or _is_former(row, billing)
    return emails if is_over or not billing else [*emails, billing]


def still_proven(ctx: Context, sent_to: str, since: datetime, where: Any, *order_by: Any) -> Any:
    """Id, customer and number of the order; None where what was proven does not open it any more.

    Args:
        ctx: the call.
        sent_to: digest of the contact to which the code was sent.
        since: when that code was made.
        where: which order it is.
        order_by: which of several counts.
    """
    is_over = exists().where(
        col(OtpChallenge.action) == otp.ORDER_KEYS_END,
        col(OtpChallenge.contact).in_((col(User.id), otp.EVERYBODY)),
        col(OtpChallenge.created_at) >= since,
    )
    order = (col(Order.id), col(Order.customer_id), col(Order.order_number))
    row = ctx.db.execute(
        select(*order, *COLUMNS, is_over.label("is_over"))
        .outerjoin(User, col(User.customer_id) == col(Order.customer_id))
        .where(where)
        .order_by(*order_by, col(User.id))
        .limit(1)
    ).first()
    if row is None or row.is_over:
        return None
    return row if sent_to in {personal(to) for _, to in contacts_of(row)} else None
