"""Guessing: how often passwords and codes may be tried, and by whom.

A stranger may slow the owner of an account, but must not keep them out. So devices that signed in
to an account before have tries of their own; all others share one budget. `docs/security.md` says
what holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from account_portal.auth.rules import Contact
from account_portal.auth.service.accounts import asks_for_two
from account_portal.auth.service.limits import caller_network, personal
from account_portal.context import Context
from account_portal.core.ids import new_id, new_secret
from account_portal.models import KnownDevice, OtpChallenge, User
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import TooManyWrongCodes
from account_portal.security import otp, tokens
from account_portal.security.rate_limit import Limit, count, forget, require_below

PASSWORDS = Limit("password", times=10, seconds=900)
"""Wrong ones for an account: by all unknown devices together, or by one known device."""
PASSWORDS_OF_ADDRESS = Limit("password-address", times=50, seconds=900)
CODES_OF_DEVICE = Limit("code-tries", times=10, seconds=900)
WRONG_CODES = 100
"""In an account's life, as long as nobody enters it in another way. Guessing one code of a million
then succeeds once in ten thousand accounts."""
DEVICES = 20
"""Known devices of an account; the one not used for longest is forgotten."""
KNOWN_FOR = timedelta(days=400)
"""After its last sign-in; browsers keep no cookie longer."""
OTHERS = ""
"""Stands for the device in the row of all devices that are not known."""


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who tries a secret, and whose it is.

    Attributes:
        subject: the account, or the contact as long as nobody proved to have an account with it.
        device: what knows the account; `OTHERS` for everybody else.
        wrong_codes: tried so far.
    """

    subject: str
    device: str = OTHERS
    wrong_codes: int = 0

    @property
    def is_known(self) -> bool:
        """Whether it is a device that was let in before."""
        return self.device != OTHERS

    @property
    def key(self) -> str:
        """What its tries are counted under."""
        return personal(f"{self.subject} {self.device}")


def who_tries(ctx: Context, contact: Contact, user: User | None, *, code: bool) -> Guesser:
    """The caller, as a guesser at the account of a contact.

    Args:
        ctx: the call.
        contact: what the caller names.
        user: whoever has it.
        code: a code is tried. In an account that nobody proved to be theirs only the password
            counts: whoever opened it has no right to guess at the contact's codes.
    """
    if user is None or (code and user.is_unproven):
        return guesser_at(ctx, _mailbox(contact))
    guesser = guesser_at(ctx, _account(user.id))
    if code and asks_for_two(ctx, user) and not guesser.is_known:
        by_link = guesser_at(ctx, _mailbox(contact))
        return by_link if by_link.is_known else guesser
    return guesser


def who_tries_second(ctx: Context, user_id: str, first: str) -> Guesser:
    """The caller, as a guesser at a password or recovery code that follows a first proof.

    Those who gave the same kind of one, `first`, on devices that the account does not know share
    their tries: with each other, and not with strangers who proved nothing.
    """
    guesser = guesser_at(ctx, _account(user_id))
    return guesser if guesser.is_known else Guesser(guesser.subject, f"after:{first}")


def who_is_signed_in(ctx: Context) -> Guesser:
    """The caller's session as a guesser at the account it is signed in to."""
    return Guesser(_account(ctx.user_id), f"session:{ctx.actor.session_id}")


def _account(user_id: str) -> str:
    return f"user:{user_id}"


def _mailbox(contact: Contact) -> str:
    return f"contact:{personal(contact.key)}"


def guesser_at(ctx: Context, subject: str) -> Guesser:
    """The caller, as a guesser at the secrets of a `subject`."""
    secret = ctx.caller.device
    device = tokens.digest(secret) if secret else OTHERS
    rows = ctx.db.execute(
        select(col(KnownDevice.device_hash), col(KnownDevice.wrong_codes)).where(
            col(KnownDevice.subject) == subject,
            col(KnownDevice.device_hash).in_((device, OTHERS)),
        )
    )
    wrong = {row.device_hash: row.wrong_codes for row in rows}
    # A device that guessed too much is one of the others again.
    if device in wrong and wrong[device] < WRONG_CODES:
        return Guesser(subject, device, wrong[device])
    return Guesser(subject, OTHERS, wrong.get(OTHERS, 0))


# Passwords


def require_password_tries(ctx: Context, guesser: Guesser) -> None:
    """Refuse another try at a password.

    Raises:
        TooManyAttempts: there were too many wrong ones.
    """
    require_below(ctx.db, PASSWORDS, guesser.key, ctx.now)
    network = caller_network(ctx)
    if not guesser.is_known and network is not None:
        require_below(ctx.db, PASSWORDS_OF_ADDRESS, network, ctx.now)


def count_wrong_password(ctx: Context, guesser: Guesser) -> None:
    """Count a wrong password."""
    count(ctx.db, PASSWORDS, guesser.key, ctx.now)
    network = caller_network(ctx)
    if not guesser.is_known and network is not None:
        count(ctx.db, PASSWORDS_OF_ADDRESS, network, ctx.now)


def password_was_right(ctx: Context, guesser: Guesser, *, enters: bool = True) -> None:
    """Count anew: who has the password does not guess.

    Codes count on where the password alone does not enter the account, but is followed by one.
    """
    forget(ctx.db, PASSWORDS, guesser.key)
    if enters:
        _forget_wrong_codes(ctx, guesser.subject)


# Codes


def is_closed(ctx: Context, guesser: Guesser, contact: Contact, action: str) -> bool:
    """Whether codes would not be taken from this guesser now, however right."""
    if guesser.is_known:
        return False
    if guesser.wrong_codes >= WRONG_CODES:
        return True
    return otp.wrong_tries(ctx.db, contact.key, action, ctx.now) >= otp.TRIES


def _require_code_tries(ctx: Context, guesser: Guesser, challenge: OtpChallenge) -> None:
    """Refuse another try at a code.

    Raises:
        OtpExpired: the code is over, or strangers tried too many.
        TooManyAttempts: this device did.
    """
    otp.require_open(challenge, ctx.now)
    if guesser.is_known:
        require_below(ctx.db, CODES_OF_DEVICE, guesser.key, ctx.now)
    elif is_closed(ctx, guesser, Contact.from_key(challenge.contact), challenge.action):
        raise otp.OtpExpired


def require_code_tries(ctx: Context, challenge: OtpChallenge, holder: User | None) -> None:
    """Refuse another try at a code before it is looked at, so that the answer tells nothing of it.

    Raises:
        OtpExpired: no code would do any more.
        TooManyAttempts: this device tried too many.
    """
    guesser = who_tries(ctx, Contact.from_key(challenge.contact), holder, code=True)
    _require_code_tries(ctx, guesser, challenge)


def require_right_code(
    ctx: Context, challenge: OtpChallenge, token: str, code: str, holder: User | None
) -> None:
    """Refuse a wrong code, and count it; `challenge` is locked.

    Raises:
        OtpExpired: no code would do any more.
        OtpInvalid: this one does not.
        TooManyAttempts: this device tried too many.
    """
    otp.wait_in_line(ctx.db, challenge.contact)
    contact = Contact.from_key(challenge.contact)
    guesser = who_tries(ctx, contact, holder, code=True)
    _require_code_tries(ctx, guesser, challenge)
    if otp.is_right(challenge, token, code):
        # Where another proof has to follow, nobody is in yet, and one contact's code must not
        # give more tries at the other's.
        if guesser.is_known and (holder is None or not asks_for_two(ctx, holder)):
            forget(ctx.db, CODES_OF_DEVICE, guesser.key)
            _forget_wrong_codes(ctx, guesser.subject)
        return
    challenge.wrong_tries += 1
    if guesser.is_known:
        count(ctx.db, CODES_OF_DEVICE, guesser.key, ctx.now)
    _note(ctx, guesser.subject, guesser.device, wrong_codes=col(KnownDevice.wrong_codes) + 1)
    if not guesser.is_known and guesser.wrong_codes + 1 == WRONG_CODES and holder is not None:
        news = TooManyWrongCodes(store=ctx.settings.store_name, times=WRONG_CODES)
        enqueue(ctx, news, customer_id=holder.customer_id)
    raise otp.OtpInvalid


def _forget_wrong_codes(ctx: Context, subject: str) -> None:
    ctx.db.execute(
        update(KnownDevice)
        .where(col(KnownDevice.subject) == subject, col(KnownDevice.wrong_codes) > 0)
        .values(wrong_codes=0)
    )


def was_entered(ctx: Context, user: User) -> None:
    """Let tries at an account count anew: it was entered in a way that nobody guesses."""
    forget_wrong_passwords(ctx, user)
    _forget_wrong_codes(ctx, _account(user.id))


def forget_wrong_passwords(ctx: Context, user: User) -> None:
    """Let strangers' tries at a password count anew, as it is another one now."""
    forget(ctx.db, PASSWORDS, Guesser(_account(user.id)).key)


# Devices


def know_device(ctx: Context, user_id: str) -> str:
    """Let the caller's device know an account that it was let into; returns its secret.

    The secret opens nothing. It is the caller's own where that is known for something already.
    With two-step sign-in whoever is let in gave two proofs, so that the secret is one from then on.
    """
    user = ctx.db.get_one(User, user_id)
    if user.two_step_at is not None:
        return _trust(ctx, user_id)
    return know(ctx, _account(user_id))


def _trust(ctx: Context, user_id: str) -> str:
    """Let the secret of the caller's device be a proof; returns it.

    It is a new one, unless it was a proof already: somebody else who used this browser may have
    kept a copy of the old one. What else that was known for knows the new one.
    """
    secret = ctx.caller.device
    if secret is None or not is_trusted_device(ctx, user_id):
        known_as, secret = secret, new_secret()
        if known_as is not None:
            ctx.db.execute(
                update(KnownDevice)
                .where(col(KnownDevice.device_hash) == tokens.digest(known_as))
                .values(device_hash=tokens.digest(secret))
                .execution_options(synchronize_session=False)
            )
    subject = _account(user_id)
    _note(ctx, subject, tokens.digest(secret), trusted_at=ctx.now)
    _forget_oldest(ctx, subject)
    return secret


def is_trusted_device(ctx: Context, user_id: str) -> bool:
    """Whether the caller's device was let into an account by two proofs before."""
    if ctx.caller.device is None:
        return False
    found = select(col(KnownDevice.id)).where(
        col(KnownDevice.subject) == _account(user_id),
        col(KnownDevice.device_hash) == tokens.digest(ctx.caller.device),
        col(KnownDevice.trusted_at).is_not(None),
        col(KnownDevice.wrong_codes) < WRONG_CODES,
        col(KnownDevice.used_at) > ctx.now - KNOWN_FOR,
    )
    return ctx.db.execute(found).first() is not None


def distrust_devices(ctx: Context, user_id: str | None, *, but_own: bool = False) -> None:
    """Let no device's secret be a proof any more, of one account or of all; known they stay."""
    conditions: list[ColumnElement[bool]] = [col(KnownDevice.trusted_at).is_not(None)]
    if user_id is not None:
        conditions.append(col(KnownDevice.subject) == _account(user_id))
    if but_own and ctx.caller.device is not None:
        conditions.append(col(KnownDevice.device_hash) != tokens.digest(ctx.caller.device))
    ctx.db.execute(
        update(KnownDevice)
        .where(*conditions)
        .values(trusted_at=None)
        .execution_options(synchronize_session=False)
    )


def is_known_device(ctx: Context, user_id: str) -> bool:
    """Whether the caller's device was let into an account before."""
    return guesser_at(ctx, _account(user_id)).is_known


def know_by_link(ctx: Context, contact: Contact, user: User | None) -> str:
    """Let the caller's device try codes of a contact whose messages they read; returns its secret.

    With two-step sign-in it has tries of its own at codes of that contact only. Else the mailbox
    would give any number of devices, each with tries at the password and at the phone's codes.
    """
    if user is not None and asks_for_two(ctx, user):
        return know(ctx, _mailbox(contact))
    return know(ctx, who_tries(ctx, contact, user, code=True).subject)


def know(ctx: Context, subject: str) -> str:
    """The same for a guesser's `subject`."""
    secret = ctx.caller.device
    if secret is None or not _is_ours(ctx, secret):
        secret = new_secret()
    _note(ctx, subject, tokens.digest(secret))
    _forget_oldest(ctx, subject)
    return secret


def _is_ours(ctx: Context, secret: str) -> bool:
    found = select(col(KnownDevice.id)).where(col(KnownDevice.device_hash) == tokens.digest(secret))
    return ctx.db.execute(found.limit(1)).first() is not None


def forget_devices(ctx: Context, user: User) -> None:
    """Let no device know an account any more but the one that calls."""
    own = tokens.digest(ctx.caller.device) if ctx.caller.device else OTHERS
    ctx.db.execute(
        delete(KnownDevice).where(
            col(KnownDevice.subject) == _account(user.id),
            col(KnownDevice.device_hash).not_in((OTHERS, own)),
        )
    )


def _forget_oldest(ctx: Context, subject: str) -> None:
    rows = ctx.db.execute(
        select(col(KnownDevice.id))
        .where(col(KnownDevice.subject) == subject, col(KnownDevice.device_hash) != OTHERS)
        .order_by(col(KnownDevice.used_at).desc(), col(KnownDevice.id))
        .offset(DEVICES)
        .limit(DEVICES)
    )
    old = list(rows.scalars())
    if old:
        ctx.db.execute(delete(KnownDevice).where(col(KnownDevice.id).in_(old)))


def _note(ctx: Context, subject: str, device: str, **changes: Any) -> None:
    """Write down that a device was there, in the row that it has or gets."""
    dialect = postgresql if ctx.db.get_bind().dialect.name == "postgresql" else sqlite
    row: Mapping[str, Any] = {
        "id": new_id(),
        "subject": subject,
        "device_hash": device,
        "wrong_codes": 1 if "wrong_codes" in changes else 0,
        "trusted_at": changes.get("trusted_at"),
        "used_at": ctx.now,
    }
    ctx.db.execute(
        dialect.insert(KnownDevice)
        .values(row)
        .on_conflict_do_update(
            index_elements=["subject", "device_hash"], set_={"used_at": ctx.now, **changes}
        )
    )


def sweep_devices(ctx: Context) -> None:
    """Forget devices that were not used for a year, and who guessed at contacts so long ago.

    Wrong codes of an account stay: they are counted for its life.
    """
    is_life_long = and_(
        col(KnownDevice.device_hash) == OTHERS, col(KnownDevice.subject).startswith("user:")
    )
    ctx.db.execute(
        delete(KnownDevice).where(
            col(KnownDevice.used_at) < ctx.now - KNOWN_FOR, not_(is_life_long)
        )
    )
