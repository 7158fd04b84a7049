"""A contact of whoever is signed in, confirmed by a code: verified, added or replaced."""

from account_portal.auth.rules import Contact, masked
from account_portal.auth.service.accounts import contact_of, flush_contacts
from account_portal.auth.service.fresh_proof import note_proof
from account_portal.auth.service.proving import enqueue_to, free_for, name_of, prove_contact
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.models import OtpChallenge, User
from account_portal.notifications.messages.account import ContactChanged, OtherContactChanged
from account_portal.security import otp


def take_contact(ctx: Context, challenge: OtpChallenge) -> User:
    """Do what a right `verify-*` or `update-*` code is for; a present contact is a fresh proof.

    Raises:
        OtpExpired: the contact to verify was replaced since.
        EmailTaken: another account has the e-mail address by now.
        PhoneTaken: likewise the phone number.
    """
    user = ctx.get_user(lock=True)
    contact = Contact.from_key(challenge.contact)
    present = contact_of(user, contact.field)
    if challenge.action.startswith("verify-") and present != contact:
        raise otp.OtpExpired
    free_for(ctx, contact, user)
    prove_contact(ctx, user, contact, in_session=True)
    flush_contacts(ctx)
    if present == contact:
        note_proof(ctx)
    else:
        end_sessions_of(ctx, user.id, but=ctx.actor.session_id)
        _tell_of_change(ctx, user, present, contact)
    return user


def _tell_of_change(ctx: Context, user: User, before: Contact | None, now: Contact) -> None:
    """Tell the contact that was replaced, and the other one."""
    store, help_email = ctx.settings.store_name, ctx.settings.store_email
    if before is not None:
        gone = ContactChanged(store=store, contact=name_of(now), help_email=help_email)
        enqueue_to(ctx, user, before, gone)
    other = contact_of(user, "phone" if now.field == "email" else "email")
    if other is not None:
        news = OtherContactChanged(
            store=store,
            contact=name_of(now),
            shown=masked(now),
            is_first=before is None,
            help_email=help_email,
        )
        enqueue_to(ctx, user, other, news)
