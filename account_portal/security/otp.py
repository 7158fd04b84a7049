"""One-time codes: made, kept as digests, checked. What a right code does is decided elsewhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlmodel import Session, col

from account_portal.core.errors import InvalidInput, NotFound, TooManyAttempts
from account_portal.core.ids import new_secret
from account_portal.models import OtpChallenge
from account_portal.security import rate_limit, tokens
from account_portal.security.rate_limit import Limit

DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
"""Wrong ones for a code, and of strangers for all living codes of a contact and action."""
PAUSE = Limit("code", times=1, seconds=30)
PER_HOUR = Limit("code", times=10, seconds=3600)
"""Both count the same attempts: for a contact, from one known device or one network."""
IN_ALL = Limit("code-in-all", times=20, seconds=3600)
"""Codes for a contact that anybody asked for whose device is not known; after them come links."""
LINKS = Limit("device-link", times=1, seconds=300)
"""Links sent to a contact after that: half the time one lives, so that there always is a living
one, and mail from strangers has an end."""
KNOW_DEVICE = "know-device"
"""Action of a link that makes a device known; its key is as long as a handle."""
ORDER_KEYS_END = "order-keys-end"
"""Action of a row that ends what was made before it: codes and keys of single orders."""
EVERYBODY = "everybody"
"""Its contact, where it is not one user's id."""


class OtpInvalid(InvalidInput):
    """The code is wrong."""

    code = "otp_invalid"
    message = "This code is not right."
    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(otp="is not right")


class OtpExpired(InvalidInput):
    """The code is too old, was used, or codes of its kind were tried too often."""

    code = "otp_expired"
    message = "This code is no longer valid. Ask for a new one."


class OtpActionMismatch(InvalidInput):
    """The code was made for something else."""

    code = "otp_action_mismatch"
    message = "This code was made for something else."


class OtpNotVerified(InvalidInput):
    """A code is needed, here or before."""

    code = "otp_not_verified"
    message = "Enter the code first."


class OtpNotFound(NotFound):
    """No code was asked for under this token."""

    code = "otp_not_found"
    message = "No code was asked for. Ask for a new one."


class CodeJustSent(TooManyAttempts):
    """A code is on its way already; it goes on to work."""

    message = "A code was sent just now. Enter that one, or ask again in a moment."


@dataclass(frozen=True, slots=True)
class Issued:
    """What is known once only: the handle for who asked, the code for whoever has the contact."""

    token: str
    code: str


def issue(
    db: Session,
    now: datetime,
    *,
    action: str,
    channel: str,
    contact: str,
    asker: str,
    is_known: bool,
    matches: bool,
    user_id: str | None = None,
    asked_by: str | None = None,
    registers: bool = False,
    bound_to: str = "",
) -> Issued:
    """Make a code; older ones for the same contact and action work on until their own end.

    Args:
        db: a writing transaction.
        now: the present moment.
        action: what the right code will do.
        channel: how the code travels.
        contact: to whom, in its one way of writing.
        asker: what asks, and has codes of its own: a known device, or a network.
        is_known: whether that is a known device.
        matches: false makes a code that nothing will match, for contacts nobody has.
        user_id: whom it serves, as far as that is known.
        asked_by: the signed-in user it is bound to.
        registers: whether the right code may make an account.
        bound_to: what stands behind the contact in the row, and is not counted by.

    Raises:
        CodeJustSent: the contact got a code just now.
        TooManyAttempts: it got too many of late.
    """
    wait_in_line(db, contact)
    key = tokens.keyed_digest("rate limits", f"{contact} {asker}")
    rate_limit.require_below(db, PER_HOUR, key, now)
    try:
        rate_limit.require_below(db, PAUSE, key, now)
    except TooManyAttempts as error:
        raise CodeJustSent(error.retry_after) from None
    if not is_known:
        rate_limit.count(db, IN_ALL, tokens.keyed_digest("rate limits", contact), now)
    rate_limit.count(db, PAUSE, key, now)
    issued = Issued(token=new_secret(), code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}")
    hashed = _code_digest(issued.token, issued.code)
    db.add(
        OtpChallenge(
            token_hash=tokens.digest(issued.token),
            action=action,
            channel=channel,
            contact=f"{contact} {bound_to}" if bound_to else contact,
            user_id=user_id,
            asked_by=asked_by,
            registers=registers,
            code_hash=hashed if matches else None,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    return issued


def is_used_up(db: Session, contact: str, now: datetime) -> bool:
    """Whether devices that are not known have had all codes of a contact that they can have."""
    wait_in_line(db, contact)
    return not _is_below(db, IN_ALL, contact, now)


def may_send_link(db: Session, contact: str, now: datetime) -> bool:
    """Whether the contact needs another link; if so, it counts as sent."""
    if not _is_below(db, LINKS, contact, now):
        return False
    rate_limit.count(db, LINKS, tokens.keyed_digest("rate limits", contact), now)
    return True


def _is_below(db: Session, limit: Limit, contact: str, now: datetime) -> bool:
    try:
        rate_limit.require_below(db, limit, tokens.keyed_digest("rate limits", contact), now)
    except TooManyAttempts:
        return False
    return True


def issue_key(
    db: Session,
    now: datetime,
    *,
    action: str,
    channel: str,
    contact: str,
    life: timedelta = LIFE,
    user_id: str | None = None,
) -> str:
    """A secret that needs no code: of a link in a message, or of what a right code has opened.

    It is looked up by `find`, over when `require_open` says so, and ended by its `used_at`.
    """
    key = new_secret()
    db.add(
        OtpChallenge(
            token_hash=tokens.digest(key),
            action=action,
            channel=channel,
            contact=contact,
            user_id=user_id,
            created_at=now,
            expires_at=now + life,
        )
    )
    return key


def end_order_keys(db: Session, now: datetime, user_id: str) -> None:
    """End what opens single orders of a user, or of `EVERYBODY`, without signing in.

    A row says so: to write to the keys would be to wait for calls that act by them, and those wait
    for the user, whom the caller may have locked.
    """
    of_user = user_id if user_id != EVERYBODY else None
    issue_key(db, now, action=ORDER_KEYS_END, channel="", contact=user_id, user_id=of_user)


def end_key(db: Session, now: datetime, key: str | None) -> None:
    """End one key, if it is one."""
    if key is not None:
        is_it = col(OtpChallenge.token_hash) == tokens.digest(key)
        is_open = col(OtpChallenge.used_at).is_(None)
        db.execute(update(OtpChallenge).where(is_it, is_open).values(used_at=now))


def wait_in_line(db: Session, contact: str) -> None:
    """Let what is counted for a contact be counted one after the other, until the commit.

    Twins would each pass a limit that has room for one. SQLite lets only one write at a time.
    """
    if db.get_bind().dialect.name == "postgresql":
        key = tokens.keyed_digest("rate limits", contact)
        db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": key})


def wrong_tries(db: Session, contact: str, action: str, now: datetime) -> int:
    """Wrong codes that were tried for a contact and action, over all codes that still live."""
    tried: int = db.execute(
        select(func.coalesce(func.sum(col(OtpChallenge.wrong_tries)), 0)).where(
            col(OtpChallenge.contact) == contact,
            col(OtpChallenge.action) == action,
            col(OtpChallenge.used_at).is_(None),
            col(OtpChallenge.expires_at) > now,
        )
    ).scalar_one()
    return tried


def _code_digest(token: str, code: str) -> str:
    return tokens.keyed_digest("one-time codes", f"{token}:{code}")


def find(db: Session, token: str, *, lock: bool) -> OtpChallenge:
    """What was asked for under the token; `lock` makes tries count one after the other.

    Raises:
        OtpNotFound: nothing was.
    """
    statement = select(OtpChallenge).where(col(OtpChallenge.token_hash) == tokens.digest(token))
    if lock:
        statement = statement.with_for_update()
    challenge: OtpChallenge | None = db.execute(statement).scalar_one_or_none()
    if challenge is None:
        raise OtpNotFound
    return challenge


def is_right(challenge: OtpChallenge, token: str, code: str) -> bool:
    """Whether this is the code; takes equally long when no code will ever match."""
    given = tokens.keyed_digests("one-time codes", f"{token}:{code}")
    is_same = tokens.same_as_one(challenge.code_hash or "", given)
    return is_same and challenge.code_hash is not None


def require_open(challenge: OtpChallenge, now: datetime) -> None:
    """Refuse a challenge that is over.

    Raises:
        OtpExpired: too old, used or tried too often.
    """
    over = challenge.used_at is not None or challenge.expires_at <= now
    if over or challenge.wrong_tries >= TRIES:
        raise OtpExpired


def sweep(db: Session, now: datetime) -> None:
    """Remove what has been over for a day."""
    db.execute(delete(OtpChallenge).where(col(OtpChallenge.expires_at) < now - timedelta(days=1)))
