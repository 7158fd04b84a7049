"""Accounts: found by a contact, made, closed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from account_portal.auth import schemas
from account_portal.auth.rules import Contact, EmailTaken, PhoneTaken, former_contacts
from account_portal.context import Context
from account_portal.core.errors import Conflict, NotFound
from account_portal.core.ids import new_id
from account_portal.models import NotificationPreference, User


def find_user(ctx: Context, contact: Contact, *, lock: bool = False) -> User | None:
    """Whoever has the contact; deactivated users keep theirs."""
    statement = select(User)
    if contact.email is not None:
        statement = statement.where(col(User.email) == contact.email)
    else:
        statement = statement.where(
            col(User.country_code) == contact.country_code, col(User.phone) == contact.phone
        )
    if lock:
        statement = statement.with_for_update()
    return ctx.db.execute(statement).scalar_one_or_none()


def find_signer(ctx: Context, contact: Contact, *, lock: bool = False) -> User | None:
    """Whoever may sign in with the contact: nobody from the demo outside demo mode."""
    user = find_user(ctx, contact, lock=lock)
    return None if user is not None and user.is_demo and not ctx.settings.demo else user


def has_to_enrol(ctx: Context, user: User) -> bool:
    """Whether the shop asks everybody for two proofs, and this account was never asked so far."""
    return ctx.settings.requires_two_step and user.two_step_at is None


def asks_for_two(ctx: Context, user: User) -> bool:
    """Whether one proof is not enough to enter the account: its owner said so, or the shop does."""
    return user.two_step_at is not None or ctx.settings.requires_two_step


def require_free(ctx: Context, contact: Contact, *, but: str | None = None) -> None:
    """Refuse a contact that another account has; `but` is the user who may have it.

    Raises:
        EmailTaken: another account has the e-mail address.
        PhoneTaken: another account has the phone number.
    """
    holder = find_user(ctx, contact)
    if holder is not None and holder.id != but:
        raise taken(contact)


def taken(contact: Contact) -> Conflict:
    """The error for a contact that another account has."""
    if contact.email is not None:
        return EmailTaken(email="is taken")
    return PhoneTaken(phone="is taken")


def named_by_shop(ctx: Context, customer: str) -> str:
    """Id of the user whom the shop names by e-mail address, id, or its own id.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody is named so.
    """
    ctx.require_shop()
    named = col(User.email) == customer.lower()
    if "@" not in customer:
        named = (col(User.customer_id) == customer) | (col(User.external_id) == customer)
    found = ctx.db.execute(select(col(User.id)).where(named).limit(1)).scalar()
    if found is None:
        raise NotFound(f"There is no customer {customer}.")
    return str(found)


def lock_named_by_shop(ctx: Context, customer: str) -> User:
    """The same as the user, locked until the commit.

    Raises:
        As `named_by_shop`.
    """
    found = select(User).where(col(User.id) == named_by_shop(ctx, customer)).with_for_update()
    user: User = ctx.db.execute(found).scalar_one()
    return user


def create_user(ctx: Context, values: Mapping[str, Any]) -> User:
    """A new account, with the opt-ins everybody begins with.

    Raises:
        EmailTaken: another account was quicker.
        PhoneTaken: likewise.
    """
    identity = new_id()
    user = User(
        id=identity, customer_id=identity, created_at=ctx.now, modified_at=ctx.now, **values
    )
    ctx.db.add(user)
    flush_contacts(ctx)
    ctx.db.add(NotificationPreference(user_id=user.id, modified_at=ctx.now))
    ctx.db.flush()
    return user


def flush_contacts(ctx: Context) -> None:
    """Write new contacts; the database has the last word on who was first.

    Raises:
        EmailTaken: another account was quicker.
        PhoneTaken: likewise.
    """
    try:
        ctx.db.flush()
    except IntegrityError as error:
        if "email" in str(error.orig):
            raise EmailTaken(email="is taken") from error
        raise PhoneTaken(phone="is taken") from error


def set_contact(ctx: Context, user: User, contact: Contact) -> None:
    """Give a user a contact that was just confirmed."""
    before = contact_of(user, contact.field)
    changed = contact != before
    if changed:
        # An order goes on naming the one that it was placed with.
        gone = [before.address] if before else []
        user.former_contacts = former_contacts(user.former_contacts, gone, [contact.address])
    if contact.email is not None:
        changed = changed or not user.is_email_verified
        user.email, user.is_email_verified = contact.email, True
    else:
        changed = changed or not user.is_phone_verified
        user.country_code, user.phone = contact.country_code, contact.phone
        user.is_phone_verified = True
    if changed:
        user.modified_at = ctx.now


def contact_of(user: User, field: str) -> Contact | None:
    """The user's present e-mail address or phone number."""
    if field == "email":
        return Contact(email=user.email) if user.email else None
    if not user.phone:
        return None
    return Contact(country_code=user.country_code, phone=user.phone)


def check_verification_status(
    ctx: Context, data: schemas.VerificationStatusRequest
) -> schemas.VerificationStatus:
    """Those of the contacts that are verified ones of the caller; says nothing of anybody else's.

    An address book's contact counts as verified when it equals one of the user's, so the user's
    are all there is to look at.
    """
    user = ctx.get_user()
    emails = {user.email} if user.is_email_verified else set()
    phones = {user.phone} if user.is_phone_verified else set()
    return schemas.VerificationStatus(
        verified_phone=[phone for phone in dict.fromkeys(data.phone or ()) if phone in phones],
        verified_email=[email for email in dict.fromkeys(data.email or ()) if email in emails],
    )
