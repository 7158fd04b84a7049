"""The first proof of a contact, and what ends with it.

Whoever registers with a password proves nothing: the contacts may be anybody's. Such an account
is `is_unproven` until somebody proves a contact of it. What the opener left there then goes, or
the opener would stay in the owner's account.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, select, update
from sqlmodel import Session, col

from account_portal.auth.rules import Contact
from account_portal.auth.service.accounts import (
    contact_of,
    find_user,
    flush_contacts,
    set_contact,
    taken,
)
from account_portal.auth.service.guessing import forget_devices, forget_wrong_passwords
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.models import (
    Address,
    BankAccount,
    KnownDevice,
    Passkey,
    Refund,
    Subscription,
    User,
    UserSession,
)
from account_portal.notifications import CustomerMessage, channel_to, enqueue
from account_portal.notifications.messages.account import AccountProven


def prove_contact(ctx: Context, user: User, contact: Contact, *, in_session: bool = False) -> None:
    """Give a user a contact that was just proven; the first one clears what nobody proved.

    Args:
        ctx: the call, in a writing transaction.
        user: whose contact it is.
        contact: what was proven.
        in_session: proven by the caller's own session. As long as nothing was proven, only the
            account's password opens one, so the owner of the contact is who chose the password
            and the names; they stay, as does this session.
    """
    if user.is_unproven:
        settle(ctx, user, contact, in_session=in_session)
    set_contact(ctx, user, contact)


def settle(ctx: Context, user: User, contact: Contact | None, *, in_session: bool = False) -> None:
    """End what was left in an account before anything of it was proven, and tell its owner.

    `contact` is None when the shop vouches for its customer without naming a contact: then the
    contacts stay as they are.
    """
    user.is_unproven, user.modified_at = False, ctx.now
    end_sessions_of(ctx, user.id, but=ctx.actor.session_id if in_session else None)
    forget_devices(ctx, user)
    if not in_session:
        user.password_hash = user.first_name = user.last_name = user.picture_id = None
        user.passkey_handle = None
        remove_planted(ctx.db, [user.customer_id])
        forget_wrong_passwords(ctx, user)
        drop_passkeys(ctx.db, [user.id])
    if contact is None:
        return
    if contact.field == "email" and not user.is_phone_verified:
        user.country_code = user.phone = None
    if contact.field == "phone" and not user.is_email_verified:
        user.email = None
    store = ctx.settings.store_name
    news = AccountProven(store=store, contact=name_of(contact), keeps_password=in_session)
    enqueue_to(ctx, user, contact, news)


def remove_planted(db: Session, customer_ids: Collection[str]) -> None:
    """Remove what an opener who proved nothing left: a refund must not go to their account.

    Bank accounts that a refund names and addresses that a subscription uses stay: they cannot be
    the opener's, who has neither orders nor subscriptions.
    """
    used = [
        select(col(Subscription.shipping_address_id)),
        select(col(Subscription.billing_address_id)),
    ]
    planted: tuple[Select[Any], ...] = (
        select(BankAccount).where(
            col(BankAccount.customer_id).in_(customer_ids),
            ~exists().where(col(Refund.bank_account_id) == col(BankAccount.id)),
        ),
        select(Address).where(
            col(Address.customer_id).in_(customer_ids),
            *[
                col(Address.id).not_in(ids.where(ids.selected_columns[0].is_not(None)))
                for ids in used
            ],
        ),
    )
    for statement in planted:
        for row in db.execute(statement).scalars().all():
            db.delete(row)
    db.flush()


def take_from_opener(
    db: Session, users: Mapping[str, str], dropped: Mapping[str, str], now: datetime
) -> None:
    """Hand accounts that the shop speaks of to it: nobody proved that their opener is the customer.

    An import brings orders by e-mail address. Whoever registered that address with a password of
    their own would read them; password and sessions end, and the customer signs in by a code.

    Args:
        db: the session.
        users: customer id by user id; all of them unproven.
        dropped: which contact, `email` or `phone`, the shop did not name, by user id: a code to it
            would let the opener in again.
        now: the moment.
    """
    for user in db.execute(select(User).where(col(User.id).in_(users))).scalars():
        user.is_unproven, user.password_hash, user.picture_id = False, None, None
        user.passkey_handle, user.modified_at = None, now
        if dropped.get(user.id) == "phone":
            user.country_code = user.phone = None
        elif dropped.get(user.id) == "email":
            user.email = None
    db.flush()
    db.execute(
        update(UserSession)
        .where(col(UserSession.user_id).in_(users), col(UserSession.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    db.execute(
        delete(KnownDevice)
        .where(col(KnownDevice.subject).in_([f"user:{user_id}" for user_id in users]))
        .execution_options(synchronize_session=False)
    )
    remove_planted(db, list(users.values()))
    drop_passkeys(db, users)


def drop_passkeys(db: Session, user_ids: Collection[str]) -> None:
    """Remove the passkeys of accounts whose owner did not make them: they are a way in."""
    db.execute(
        delete(Passkey)
        .where(col(Passkey.user_id).in_(user_ids))
        .execution_options(synchronize_session=False)
    )


def require_provable(ctx: Context, contact: Contact, *, but: str | None = None) -> None:
    """Refuse a contact that another account has, unless nobody ever proved it there.

    Raises:
        EmailTaken: another account has the e-mail address.
        PhoneTaken: another account has the phone number.
    """
    holder = find_user(ctx, contact)
    if holder is not None and holder.id != but and not holder.is_unproven:
        raise taken(contact)


def free_for(ctx: Context, contact: Contact, user: User | None) -> None:
    """Take a contact that was just proven from an account in which nobody proved anything.

    Raises:
        EmailTaken: another account has the e-mail address, and it is not such a one.
        PhoneTaken: likewise the phone number.
    """
    holder = find_user(ctx, contact, lock=True)
    if holder is None or (user is not None and holder.id == user.id):
        return
    if not holder.is_unproven:
        raise taken(contact)
    if contact.field == "email":
        holder.email = None
    else:
        holder.country_code = holder.phone = None
    holder.modified_at = ctx.now
    if contact_of(holder, "email") is None and contact_of(holder, "phone") is None:
        holder.password_hash = holder.passkey_handle = None
        drop_passkeys(ctx.db, [holder.id])
        end_sessions_of(ctx, holder.id)
    flush_contacts(ctx)  # before another row takes the contact


def enqueue_to(ctx: Context, user: User, contact: Contact, news: CustomerMessage) -> None:
    """Send news about a contact to that very contact, if the store can."""
    if channel := channel_to(ctx, contact.field):
        enqueue(ctx, news, customer_id=user.customer_id, to=(channel, contact.address))


def name_of(contact: Contact) -> str:
    """What a contact is called in messages."""
    return "e-mail address" if contact.field == "email" else "phone number"
