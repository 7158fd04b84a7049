"""Accounts of the shop's people: invited, given a role, disabled, let in anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, or_, select
from sqlmodel import col

from account_portal.auth.rules import require_good_password, require_same
from account_portal.console.rules import InvitationOver, LastAdmin, Role
from account_portal.console.service import audit
from account_portal.context import Context
from account_portal.core.errors import Conflict, InvalidInput, NotFound
from account_portal.core.ids import new_secret
from account_portal.models import StaffMember, StaffSession
from account_portal.security import tokens
from account_portal.security.passwords import hash_password

INVITED_FOR = timedelta(days=3)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
"""Longer than a customer's at least: what it opens is the whole shop."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as others see them."""

    email: str
    role: str
    state: str
    """`active`, `invited` (has no password yet) or `disabled`."""
    has_second_factor: bool
    last_sign_in_at: datetime | None
    created_at: datetime


def has_staff(ctx: Context) -> bool:
    """Whether anybody may sign in; without, there is no console."""
    statement = select(col(StaffMember.id)).where(col(StaffMember.disabled_at).is_(None))
    if not ctx.settings.demo:
        statement = statement.where(col(StaffMember.is_demo).is_(False))
    return ctx.db.execute(statement.limit(1)).first() is not None


def list_staff(ctx: Context, *, limit: int = 500) -> list[Colleague]:
    """All of the shop's people, by e-mail address."""
    ctx.require_shop()
    rows = ctx.db.execute(select(StaffMember).order_by(col(StaffMember.email)).limit(limit))
    return [
        Colleague(
            email=row.email,
            role=row.role,
            state="disabled" if row.disabled_at else "active" if row.password_hash else "invited",
            has_second_factor=row.totp_confirmed_at is not None,
            last_sign_in_at=row.last_sign_in_at,
            created_at=row.created_at,
        )
        for row in rows.scalars()
    ]


def normal_email(text: str) -> str:
    """An e-mail address as it is kept.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise InvalidInput(email="is no e-mail address") from None


def invite(ctx: Context, email: str, role: Role, *, by: str) -> str:
    """A new account; returns the token of the link by which its owner sets a password.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: no e-mail address.
        Conflict: somebody has an account with it.
    """
    ctx.require_shop()
    email = normal_email(email)
    if _find(ctx, email) is not None:
        raise Conflict(f"{email} has an account already.")
    member = StaffMember(email=email, role=role, created_at=ctx.now, modified_at=ctx.now)
    ctx.db.add(member)
    token = _new_invitation(ctx, member)
    audit.record(ctx, by, "staff.invite", f"staff {email}", details={"role": role})
    return token


def invite_again(ctx: Context, email: str, *, by: str) -> str:
    """Let somebody in anew who lost password or device; the old ones end at once.

    Raises:
        NotFound: nobody has that address.
    """
    member = require_member(ctx, email)
    member.password_hash = member.totp_secret = member.totp_confirmed_at = None
    member.recovery_codes = []
    member.modified_at = ctx.now
    end_sessions(ctx, member.id)
    token = _new_invitation(ctx, member)
    audit.record(ctx, by, "staff.reset", f"staff {member.email}")
    return token


def _new_invitation(ctx: Context, member: StaffMember) -> str:
    token = new_secret()
    member.invitation_hash = tokens.digest(token)
    member.invitation_ends_at = ctx.now + INVITED_FOR
    ctx.db.flush()
    return token


def invited_email(ctx: Context, token: str) -> str:
    """Whose link this is.

    Raises:
        InvitationOver: nobody's any more.
    """
    return _invited(ctx, token).email


def _invited(ctx: Context, token: str) -> StaffMember:
    statement = select(StaffMember).where(col(StaffMember.invitation_hash) == tokens.digest(token))
    member = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    is_over = (
        member is None
        or member.disabled_at is not None
        or member.invitation_ends_at is None
        or member.invitation_ends_at <= ctx.now
    )
    if member is None or is_over:
        raise InvitationOver
    return member


def accept_invitation(ctx: Context, token: str, password: str, repeated: str) -> None:
    """Set the first password by an invitation, which is used up.

    The call begins as one that reads: hashing takes a while, and holds no lock.

    Raises:
        InvitationOver: the link is nobody's any more.
        WeakPassword, PasswordMismatch, InvalidInput: the password won't do.
    """
    hashed = hash_of_new(ctx, invited_email(ctx, token), password, repeated)
    ctx.begin_writing()
    member = _invited(ctx, token)
    member.password_hash, member.modified_at = hashed, ctx.now
    member.invitation_hash = member.invitation_ends_at = None
    audit.record(ctx, member.email, "staff.accept", f"staff {member.email}")


def set_password(ctx: Context, email: str, password: str, repeated: str, *, by: str) -> None:
    """Set somebody's password; their other sessions end. The call begins as one that reads.

    Raises:
        NotFound: nobody has that address.
        WeakPassword, PasswordMismatch, InvalidInput: the password won't do.
    """
    require_member(ctx, email)
    hashed = hash_of_new(ctx, normal_email(email), password, repeated)
    ctx.begin_writing()
    store_password(ctx, email, hashed, by=by)


def store_password(ctx: Context, email: str, hashed: str, *, by: str) -> None:
    """Set somebody's password, hashed before; their other sessions end.

    Raises:
        NotFound: nobody has that address.
    """
    member = require_member(ctx, email)
    member.password_hash, member.modified_at = hashed, ctx.now
    member.invitation_hash = member.invitation_ends_at = None
    end_sessions(ctx, member.id)
    audit.record(ctx, by, "staff.password", f"staff {member.email}")


def hash_of_new(ctx: Context, email: str, password: str, repeated: str) -> str:
    """The hash of a password that somebody chose.

    Raises:
        WeakPassword, PasswordMismatch, InvalidInput: it won't do.
    """
    require_same(password, repeated)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        fault = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise InvalidInput(password=fault)
    require_good_password(
        password, email=email, phone=None, field="password", store=ctx.settings.store_name
    )
    return hash_password(password)


def change_role(ctx: Context, email: str, role: Role, *, by: str) -> None:
    """Give somebody another role, at once.

    Raises:
        NotFound: nobody has that address.
        LastAdmin: it is the only admin's.
    """
    member, is_last_admin = _with_admins(ctx, email)
    if is_last_admin and role is not Role.ADMIN:
        raise LastAdmin
    before, member.role, member.modified_at = member.role, role, ctx.now
    audit.record(
        ctx, by, "staff.role", f"staff {member.email}", details={"from": before, "to": role}
    )


def disable(ctx: Context, email: str, *, by: str) -> None:
    """Let somebody in no more; their sessions end at once.

    Raises:
        NotFound: nobody has that address.
        LastAdmin: it is the only admin.
    """
    member, is_last_admin = _with_admins(ctx, email)
    if is_last_admin:
        raise LastAdmin
    member.disabled_at = member.modified_at = ctx.now
    member.invitation_hash = member.invitation_ends_at = None
    end_sessions(ctx, member.id)
    audit.record(ctx, by, "staff.disable", f"staff {member.email}")


def enable(ctx: Context, email: str, *, by: str) -> None:
    """Let somebody in again, with what they had.

    Raises:
        NotFound: nobody has that address.
    """
    member = require_member(ctx, email)
    member.disabled_at, member.modified_at = None, ctx.now
    audit.record(ctx, by, "staff.enable", f"staff {member.email}")


def end_sessions(ctx: Context, staff_id: str, *, but: str | None = None) -> None:
    """End the sessions of somebody; `but` is the id of one that stays."""
    ctx.db.execute(
        delete(StaffSession).where(
            col(StaffSession.staff_id) == staff_id, col(StaffSession.id) != (but or "")
        )
    )


def _with_admins(ctx: Context, email: str) -> tuple[StaffMember, bool]:
    """Somebody's row, and whether it is the only admin's; admins are locked with it.

    In one order, so that two who take each other's role wait instead of both succeeding.
    """
    ctx.require_shop()
    email = normal_email(email)
    admins = (col(StaffMember.role) == Role.ADMIN) & col(StaffMember.disabled_at).is_(None)
    statement = select(StaffMember).where(or_(admins, col(StaffMember.email) == email))
    found = ctx.db.execute(statement.order_by(col(StaffMember.id)).with_for_update())
    rows = found.scalars().all()
    member = next((row for row in rows if row.email == email), None)
    if member is None:
        raise NotFound(f"Nobody of the staff has the address {email}.")
    living = [row for row in rows if row.role == Role.ADMIN and row.disabled_at is None]
    return member, living == [member]


def _find(ctx: Context, email: str) -> StaffMember | None:
    statement = select(StaffMember).where(col(StaffMember.email) == email)
    found: StaffMember | None = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    return found


def require_member(ctx: Context, email: str) -> StaffMember:
    """Somebody's row, locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody has that address.
    """
    ctx.require_shop()
    member = _find(ctx, normal_email(email))
    if member is None:
        raise NotFound(f"Nobody of the staff has the address {email}.")
    return member
