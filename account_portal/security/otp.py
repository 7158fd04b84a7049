"""One-time codes: made, kept as digests, checked. What a right code does is decided elsewhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlmodel import Session, col

from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_secret
from account_portal.models import OtpChallenge
from account_portal.security import rate_limit, tokens
from account_portal.security.rate_limit import Limit

DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
PAUSE = Limit("code", times=1, seconds=30)
PER_HOUR = Limit("code", times=10, seconds=3600)
"""Both count the same attempts, per contact."""


class OtpInvalid(InvalidInput):
    """The code is wrong."""

    code = "otp_invalid"
    message = "This code is not right."
    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(otp="is not right")


class OtpExpired(InvalidInput):
    """The code is too old, was used, was replaced by a newer one, or was tried too often."""

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
    matches: bool,
    user_id: str | None = None,
    asked_by: str | None = None,
    registers: bool = False,
) -> Issued:
    """Make a code; an older one for the same contact and action stops working.

    Args:
        db: a writing transaction.
        now: the present moment.
        action: what the right code will do.
        channel: how the code travels.
        contact: to whom, in its one way of writing.
        matches: false makes a code that nothing will match, for contacts nobody has.
        user_id: whom it serves, as far as that is known.
        asked_by: the signed-in user it is bound to.
        registers: whether the right code may make an account.

    Raises:
        TooManyAttempts: the contact got a code just now, or too many of late.
    """
    key = tokens.keyed_digest("rate limits", contact)
    _wait_in_line(db, key)
    rate_limit.require_below(db, PER_HOUR, key, now)
    rate_limit.require_below(db, PAUSE, key, now)
    rate_limit.count(db, PAUSE, key, now)
    db.execute(
        update(OtpChallenge)
        .where(
            col(OtpChallenge.contact) == contact,
            col(OtpChallenge.action) == action,
            col(OtpChallenge.used_at).is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    issued = Issued(token=new_secret(), code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}")
    hashed = _code_digest(issued.token, issued.code)
    db.add(
        OtpChallenge(
            token_hash=tokens.digest(issued.token),
            action=action,
            channel=channel,
            contact=contact,
            user_id=user_id,
            asked_by=asked_by,
            registers=registers,
            code_hash=hashed if matches else None,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    return issued


def _wait_in_line(db: Session, key: str) -> None:
    # Twins would each pass a limit that has room for one. SQLite lets only one write at a time.
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": key})


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
    given = _code_digest(token, code)
    return tokens.same(given, challenge.code_hash or "") and challenge.code_hash is not None


def require_open(challenge: OtpChallenge, now: datetime) -> None:
    """Refuse a challenge that is over.

    Raises:
        OtpExpired: too old, used, replaced or tried too often.
    """
    over = challenge.used_at is not None or challenge.expires_at <= now
    if over or challenge.wrong_tries >= TRIES:
        raise OtpExpired


def require_right(challenge: OtpChallenge, token: str, code: str, now: datetime) -> None:
    """Refuse a wrong code, and count it.

    Raises:
        OtpExpired: no code would do any more.
        OtpInvalid: this one does not.
    """
    require_open(challenge, now)
    if not is_right(challenge, token, code):
        challenge.wrong_tries += 1
        raise OtpInvalid


def sweep(db: Session, now: datetime) -> None:
    """Remove what has been over for a day."""
    db.execute(delete(OtpChallenge).where(col(OtpChallenge.expires_at) < now - timedelta(days=1)))
