"""What the security page shows: signed-in devices, and sign-ins of late."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from account_portal.auth import schemas
from account_portal.auth.rules import describe_agent
from account_portal.auth.service.accounts import named_by_shop
from account_portal.auth.service.guessing import distrust_devices
from account_portal.auth.service.passkeys import list_passkeys
from account_portal.auth.service.sessions import end_sessions_of, revoke, unused_until
from account_portal.auth.service.two_step import read_two_step
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import SignIn, UserSession
from account_portal.security import otp

SEEN_EVERY = timedelta(minutes=5)
SIGN_INS_SHOWN = 20
METHODS = {
    "password": "Password",
    "email": "Code by e-mail",
    "sms": "Code by SMS",
    "whatsapp": "Code by WhatsApp",
    "passkey": "Passkey",
    "storefront": "Through the shop",
}
SECOND_METHODS = {
    "password": "password",
    "email": "code by e-mail",
    "sms": "code by SMS",
    "whatsapp": "code by WhatsApp",
    "recovery_code": "recovery code",
    "device": "a device you used before",
    "new_password": "a new password",
}


def ways_in_words(method: str, second: str | None) -> str:
    """How somebody signed in, such as "Password and code by e-mail"."""
    if second == "awaited":
        return f"{METHODS[method]}, and nothing more"
    return f"{METHODS[method]} and {SECOND_METHODS[second]}" if second else METHODS[method]


def list_sessions(ctx: Context) -> list[schemas.Session]:
    """The caller's signed-in devices, the present one first, then by when they were last seen."""
    rows = ctx.db.execute(
        select(UserSession)
        .where(
            col(UserSession.user_id) == ctx.user_id,
            col(UserSession.revoked_at).is_(None),
            col(UserSession.expires_at) > ctx.now,
        )
        .order_by(col(UserSession.last_seen_at).desc(), col(UserSession.id))
        .limit(100)
    ).scalars()
    views = [
        schemas.Session(
            id=row.id,
            is_current=row.id == ctx.actor.session_id,
            kind=row.kind,
            origin=row.origin,
            user_agent=row.user_agent,
            ip_address=row.ip_address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
        )
        for row in rows
    ]
    return sorted(views, key=lambda view: not view.is_current)


def end_session(ctx: Context, session_id: str) -> None:
    """End one of the caller's sessions; other devices are asked for two proofs again.

    Which of them it was is not known by its session: their secrets are kept apart.

    Raises:
        NotFound: there is none such, or it has ended already.
    """
    ended = revoke(ctx, col(UserSession.user_id) == ctx.user_id, col(UserSession.id) == session_id)
    if not ended:
        raise NotFound
    distrust_devices(ctx, ctx.user_id, but_own=True)


def end_other_sessions(ctx: Context) -> int:
    """End all sessions of the caller but the present one; returns how many."""
    distrust_devices(ctx, ctx.user_id, but_own=True)
    return end_sessions_of(ctx, ctx.user_id, but=ctx.actor.session_id)


def sign_out_customer(ctx: Context, customer: str) -> int:
    """End all sessions of a customer as the shop; returns how many. Their open pages ask anew.

    Args:
        ctx: the call, as the shop.
        customer: e-mail address, id, or the shop's own id.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody is named so.
    """
    found = named_by_shop(ctx, customer)
    distrust_devices(ctx, found)
    return end_sessions_of(ctx, found)


def sign_out_everybody(ctx: Context) -> int:
    """End the sessions of all customers and visitors as the shop; returns how many.

    Raises:
        Forbidden: only the shop may.
    """
    ctx.require_shop()
    ended = 0
    distrust_devices(ctx, None)
    otp.end_order_keys(ctx.db, ctx.now, otp.EVERYBODY)
    while ids := list(ctx.db.execute(_IN_FORCE).scalars()):
        ended += revoke(ctx, col(UserSession.id).in_(ids))
    return ended


_IN_FORCE = select(col(UserSession.id)).where(col(UserSession.revoked_at).is_(None)).limit(500)
"""So many at a time, as each is named in the statement that ends them."""


def read_security(ctx: Context) -> schemas.Security:
    """What the security page shows: devices and sign-ins of late, in words."""
    devices = []
    for session in list_sessions(ctx):
        agent = describe_agent(session.user_agent)
        devices.append(
            schemas.Device(
                id=session.id,
                is_current=session.is_current,
                name=agent.name
                if not session.origin
                else f"{agent.name}, in {_host(session.origin)}",
                kind="app" if session.kind == "api" else agent.kind,
                place=session.ip_address or "",
                last_seen_at=session.last_seen_at,
            )
        )
    sign_ins = [
        schemas.SignInLine(
            name=describe_agent(record.user_agent).name,
            method=ways_in_words(record.method, record.second_method),
            succeeded=record.succeeded,
            place=record.ip_address or "",
            created_at=record.created_at,
        )
        for record in list_sign_ins(ctx)
    ]
    has_password = ctx.get_user().password_hash is not None
    return schemas.Security(
        devices=devices,
        sign_ins=sign_ins,
        has_password=has_password,
        passkeys=list_passkeys(ctx),
        two_step=read_two_step(ctx),
    )


def _host(origin: str) -> str:
    return origin.partition("://")[2]


def note_seen(ctx: Context) -> None:
    """Note that the caller's device is in use; pages call it when they load.

    Writes at most once in five minutes. A login of the pages lives on by it; a frame's does by the
    storefront's word, and a client's of the API by its refresh token.
    """
    session = ctx.db.execute(
        select(UserSession)
        .where(
            col(UserSession.id) == ctx.actor.session_id,
            col(UserSession.last_seen_at) < ctx.now - SEEN_EVERY,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if session is None:
        return
    session.last_seen_at = ctx.now
    if session.kind == "page":
        session.expires_at = unused_until(ctx, session.ends_at)


def list_sign_ins(ctx: Context) -> list[schemas.SignInRecord]:
    """The caller's sign-ins of late, newest first."""
    rows = ctx.db.execute(
        select(SignIn)
        .where(col(SignIn.user_id) == ctx.user_id)
        .order_by(col(SignIn.created_at).desc(), col(SignIn.id).desc())
        .limit(SIGN_INS_SHOWN)
    ).scalars()
    return [schemas.SignInRecord.model_validate(row) for row in rows]
