"""Signing in to the console: password, then the second factor, then a session of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from account_portal.auth.service.guessing import (
    Guesser,
    count_wrong_password,
    guesser_at,
    know,
    password_was_right,
    require_password_tries,
)
from account_portal.auth.service.limits import personal
from account_portal.console.rules import ROLES, OwnPasswordWrong, Permission, Role, SignInFailed
from account_portal.console.service import accounts, audit, second_factor
from account_portal.context import Actor, Context
from account_portal.core.errors import InvalidInput, NotAuthenticated, PortalError
from account_portal.core.ids import new_secret
from account_portal.models import StaffMember, StaffSession
from account_portal.security import tokens
from account_portal.security.passwords import verify_password

IDLE = timedelta(hours=1)
"""After so long without a page a session is over."""
LONGEST = timedelta(hours=12)
"""And after so long however much it is used."""
SIGNING_IN = timedelta(minutes=10)
"""Between the password and the second factor."""
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Member:
    """Who is signed in, or has given the password and nothing else yet."""

    id: str
    session_id: str
    email: str
    role: str
    is_complete: bool
    has_second_factor: bool
    is_demo: bool
    notice: Mapping[str, Any] | None = None
    """What the next page says once."""
    is_due: bool = False
    """That they are here was last noted a while ago."""

    def may(self, permission: Permission) -> bool:
        """Whether the role has a permission."""
        return permission in ROLES[Role(self.role)]


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened, and what the browser keeps."""

    cookie: str
    is_complete: bool
    device: str | None = None
    """By which the browser is known the next time; it opens nothing."""


def current(ctx: Context, cookie: str | None) -> Member | None:
    """Whose browser this is; none: nobody's any more. One who signs in half-way counts as well."""
    if not cookie:
        return None
    row = ctx.db.execute(
        select(StaffSession, StaffMember)
        .join(StaffMember, col(StaffMember.id) == col(StaffSession.staff_id))
        .where(col(StaffSession.cookie_hash) == tokens.digest(cookie))
    ).first()
    if row is None:
        return None
    session, member = row
    idle = IDLE if session.is_complete else SIGNING_IN
    is_over = session.ends_at <= ctx.now or session.last_seen_at + idle <= ctx.now
    if is_over or _is_shut_out(ctx, member):
        return None
    return Member(
        id=member.id,
        session_id=session.id,
        email=member.email,
        role=member.role,
        is_complete=session.is_complete,
        has_second_factor=member.totp_confirmed_at is not None,
        is_demo=member.is_demo,
        notice=session.notice,
        is_due=session.last_seen_at <= ctx.now - NOTED_EVERY,
    )


def shop_as(member: Member) -> Actor:
    """The shop, by a member of its staff."""
    return Actor(kind="shop", name=member.email)


def note_visit(ctx: Context, member: Member) -> None:
    """Note that somebody is here, and has read what the page was to say."""
    ctx.db.execute(
        update(StaffSession)
        .where(col(StaffSession.id) == member.session_id)
        .values(last_seen_at=ctx.now, notice=None)
    )


def _is_shut_out(ctx: Context, member: StaffMember) -> bool:
    return member.disabled_at is not None or (member.is_demo and not ctx.settings.demo)


def sign_in(ctx: Context, email: str, password: str) -> Opened:
    """Take the password; the second factor is asked for next.

    The call begins as one that reads: checking a password takes a while, and holds no lock.

    Raises:
        SignInFailed: address or password is wrong, or the account may not sign in.
        TooManyAttempts: too many were wrong.
    """
    email = _plain(email)
    statement = select(StaffMember).where(col(StaffMember.email) == email)
    found = ctx.db.execute(statement).scalar_one_or_none()
    guesser = _guesser(ctx, found, email)
    require_password_tries(ctx, guesser)
    stored = found.password_hash if found else None
    fits, stronger = verify_password(password, stored)
    ctx.begin_writing()
    member = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    require_password_tries(ctx, guesser)  # again, where guesses that came at once are counted
    if member is None or not fits or _is_shut_out(ctx, member) or member.password_hash != stored:
        count_wrong_password(ctx, guesser)
        if member is not None:
            audit.record(
                ctx, email, "sign_in", f"staff {email}", outcome=audit.REFUSED,
                details={"why": "password"},
            )  # fmt: skip
        raise SignInFailed
    password_was_right(ctx, guesser)
    if stronger:
        member.password_hash = stronger
    if member.is_demo:  # everybody knows its password; a second factor would keep nobody out
        return _complete(ctx, member)
    return Opened(_open(ctx, member, is_complete=False), is_complete=False)


def _plain(email: str) -> str:
    try:
        return accounts.normal_email(email)
    except InvalidInput:
        return email.strip().lower()[:254]


def _guesser(ctx: Context, member: StaffMember | None, email: str) -> Guesser:
    if member is None:
        return Guesser(f"staff-address:{personal(email)}"[:80])
    return guesser_at(ctx, f"staff:{member.id}")


def enrolment_of(ctx: Context, member: Member) -> second_factor.Enrolment:
    """What the app of somebody who signs in for the first time is told.

    Raises:
        Conflict: an app is set up already.
    """
    return second_factor.begin(ctx, _lock(ctx, member))


def give_first_code(ctx: Context, member: Member, code: str) -> tuple[Opened, list[str]]:
    """Finish setting up the app; signs in, and returns recovery codes, shown this once.

    Raises:
        SignInFailed: the code is wrong.
        TooManyAttempts: too many were.
    """
    row = _lock(ctx, member)
    codes = second_factor.confirm(ctx, row, code)
    return _complete(ctx, row, instead_of=member.session_id), codes


def give_code(ctx: Context, member: Member, code: str) -> Opened:
    """Take the second factor; signs in.

    Raises:
        NotAuthenticated: no app is set up yet.
        SignInFailed: the code is wrong, or was used.
        TooManyAttempts: too many were wrong.
    """
    row = _lock(ctx, member)
    if row.totp_confirmed_at is None:
        raise NotAuthenticated
    second_factor.require_second_factor(ctx, row, code)
    return _complete(ctx, row, instead_of=member.session_id)


def renew_recovery_codes(ctx: Context, member: Member, code: str) -> list[str]:
    """Recovery codes in place of those there were, for whoever gives a code of the app.

    Raises:
        SignInFailed: the code is wrong.
        TooManyAttempts: too many were.
    """
    row = _lock(ctx, member)
    second_factor.require_second_factor(ctx, row, code)
    audit.record(ctx, row.email, "staff.recovery_codes", f"staff {row.email}")
    return second_factor.new_recovery_codes(ctx, row)


def change_password(ctx: Context, member: Member, old: str, password: str, repeated: str) -> None:
    """Change one's own password; other sessions end. The call begins as one that reads.

    Raises:
        TooManyAttempts: too many were not.
        OwnPasswordWrong: the old one is not theirs.
        WeakPassword, PasswordMismatch, InvalidInput: the new one won't do.
    """
    row = ctx.db.get_one(StaffMember, member.id)
    guesser = Guesser(f"staff:{member.id}", f"session:{member.session_id}")
    require_password_tries(ctx, guesser)
    fits, _ = verify_password(old, row.password_hash)
    hashed = ""
    fault: PortalError | None = None
    if fits:
        try:
            hashed = accounts.hash_of_new(ctx, member.email, password, repeated)
        except PortalError as error:  # tells that the old one was right, so it is not told yet
            fault = error
    ctx.begin_writing()
    require_password_tries(ctx, guesser)
    if not fits:
        count_wrong_password(ctx, guesser)
        raise OwnPasswordWrong
    if fault is not None:
        raise fault
    accounts.store_password(ctx, member.email, hashed, by=member.email)


def sign_out(ctx: Context, member: Member) -> None:
    """End the session."""
    ctx.db.execute(delete(StaffSession).where(col(StaffSession.id) == member.session_id))
    audit.record(ctx, member.email, "sign_out", f"staff {member.email}")


def _lock(ctx: Context, member: Member) -> StaffMember:
    statement = select(StaffMember).where(col(StaffMember.id) == member.id)
    return ctx.db.execute(statement.with_for_update()).scalar_one()


def _complete(ctx: Context, member: StaffMember, *, instead_of: str | None = None) -> Opened:
    if instead_of is not None:  # another secret than before: who knew that one has nothing of it
        ctx.db.execute(delete(StaffSession).where(col(StaffSession.id) == instead_of))
    sweep(ctx)
    member.last_sign_in_at = ctx.now
    cookie = _open(ctx, member, is_complete=True)
    device = know(ctx, f"staff:{member.id}")
    audit.record(ctx, member.email, "sign_in", f"staff {member.email}")
    audit.trim(ctx)
    return Opened(cookie, is_complete=True, device=device)


def _open(ctx: Context, member: StaffMember, *, is_complete: bool) -> str:
    cookie = new_secret()
    ctx.db.add(
        StaffSession(
            staff_id=member.id,
            cookie_hash=tokens.digest(cookie),
            is_complete=is_complete,
            ip_address=ctx.caller.ip_address,
            user_agent=ctx.caller.user_agent,
            created_at=ctx.now,
            last_seen_at=ctx.now,
            ends_at=ctx.now + LONGEST,
        )
    )
    ctx.db.flush()
    return cookie


def leave_notice(ctx: Context, member: Member, notice: dict[str, Any]) -> None:
    """Let the next page of a session say something, once."""
    session = ctx.db.get(StaffSession, member.session_id)
    if session is not None:
        session.notice = notice


def sweep(ctx: Context) -> None:
    """Remove sessions that are over."""
    ctx.db.execute(delete(StaffSession).where(col(StaffSession.ends_at) < ctx.now))
