"""Removes what sign-in no longer needs; the worker calls it every hour or so."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from account_portal.auth.service.guessing import sweep_devices
from account_portal.context import Context
from account_portal.models import SignIn, UserSession
from account_portal.security import otp, rate_limit

SESSIONS_KEPT = timedelta(days=1)
SIGN_INS_KEPT = timedelta(days=180)


def sweep_sign_ins(ctx: Context) -> None:
    """Remove sessions that are over, old codes, old attempts and old sign-ins.

    A revoked session stays until its tokens would have ended by themselves, so that a token used
    twice is still known for what it is.
    """
    over = col(UserSession.expires_at) < ctx.now - SESSIONS_KEPT
    ctx.db.execute(delete(UserSession).where(over))
    ctx.db.execute(delete(SignIn).where(col(SignIn.created_at) < ctx.now - SIGN_INS_KEPT))
    otp.sweep(ctx.db, ctx.now)
    rate_limit.sweep(ctx.db, ctx.now)
    sweep_devices(ctx)
