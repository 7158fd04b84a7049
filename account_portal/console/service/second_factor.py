"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes in its place."""

import secrets
from dataclasses import dataclass

import pyotp

from account_portal.console.rules import SignInFailed
from account_portal.console.service import audit
from account_portal.context import Context
from account_portal.core.errors import Conflict
from account_portal.models import StaffMember
from account_portal.security import tokens
from account_portal.security.rate_limit import Limit, count, forget, require_below

STEP = 30
"""Seconds a code stands for; one before and one after are taken too, as clocks differ."""
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODES = Limit("staff-code", times=10, seconds=900)
"""Wrong ones for an account. Only who has its password can try any."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is told."""

    secret: str
    uri: str


def begin(ctx: Context, member: StaffMember) -> Enrolment:
    """The secret of an app that is to be set up; the same until a code of it was given.

    Raises:
        Conflict: one is set up already.
    """
    if member.totp_confirmed_at is not None:
        raise Conflict("An authenticator app is set up already.")
    if member.totp_secret is None:
        member.totp_secret = tokens.encrypt(pyotp.random_base32())
    secret = tokens.decrypt(member.totp_secret)
    store = ctx.settings.store_name
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=store)
    return Enrolment(secret, uri)


def confirm(ctx: Context, member: StaffMember, code: str) -> list[str]:
    """Take the first code of an app: it is set up. Returns recovery codes, shown this once.

    Raises:
        SignInFailed: the code is wrong.
        TooManyAttempts: too many were.
    """
    if member.totp_confirmed_at is not None:
        raise Conflict("An authenticator app is set up already.")
    _require_code(ctx, member, code)
    member.totp_confirmed_at = member.modified_at = ctx.now
    audit.record(ctx, member.email, "staff.app", f"staff {member.email}")
    return new_recovery_codes(ctx, member)


def new_recovery_codes(ctx: Context, member: StaffMember) -> list[str]:
    """Codes in place of those there were, shown this once."""
    codes = ["-".join(_word() for _ in range(3)) for _ in range(RECOVERY_CODES)]
    member.recovery_codes = [_digests(member, code)[0] for code in codes]
    member.modified_at = ctx.now
    return codes


def require_second_factor(ctx: Context, member: StaffMember, code: str) -> None:
    """Take a code of the app, or one of the recovery codes, each once.

    Raises:
        SignInFailed: it is wrong, or was used.
        TooManyAttempts: too many were wrong.
    """
    plain = code.strip().lower()
    digests = _digests(member, plain)
    if "-" in plain and not set(digests).isdisjoint(member.recovery_codes):
        require_below(ctx.db, CODES, member.id, ctx.now)
        left = [one for one in member.recovery_codes if one not in digests]
        member.recovery_codes = left
        details = {"left": len(left)}
        audit.record(
            ctx, member.email, "staff.recovery_code", f"staff {member.email}", details=details
        )
        return
    _require_code(ctx, member, plain)


def _require_code(ctx: Context, member: StaffMember, code: str) -> None:
    require_below(ctx.db, CODES, member.id, ctx.now)
    step = _step_of(ctx, member, code.replace(" ", ""))
    if step is None:
        count(ctx.db, CODES, member.id, ctx.now)
        audit.record(
            ctx, member.email, "sign_in", f"staff {member.email}", outcome=audit.REFUSED,
            details={"why": "code"},
        )  # fmt: skip
        raise SignInFailed
    member.totp_step = step
    forget(ctx.db, CODES, member.id)


def _step_of(ctx: Context, member: StaffMember, code: str) -> int | None:
    """The step a code stands for, if it is right and later than the last one taken."""
    if member.totp_secret is None or not code.isascii() or not code.isdecimal():
        return None
    totp = pyotp.TOTP(tokens.decrypt(member.totp_secret))
    now = int(ctx.now.timestamp()) // STEP
    for step in (now - 1, now, now + 1):
        if step > member.totp_step and tokens.same(totp.generate_otp(step), code):
            return step
    return None


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def _digests(member: StaffMember, code: str) -> list[str]:
    """By the present key, and by earlier ones."""
    return tokens.keyed_digests("staff recovery codes", f"{member.id} {code}")
