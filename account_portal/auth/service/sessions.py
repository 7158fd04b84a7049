"""Sessions: one row per signed-in device or visitor, from which all its tokens are made."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import col

from account_portal.auth import schemas
from account_portal.auth.rules import (
    RefreshTokenExpired,
    RefreshTokenInvalid,
    RefreshTokenReused,
    describe_agent,
)
from account_portal.auth.service.accounts import has_to_enrol
from account_portal.auth.service.guessing import is_known_device, know_device
from account_portal.auth.service.limits import (
    PER_ADDRESS_VISITORS,
    PER_SESSION_REFRESHES,
    caller_network,
    count_attempt,
)
from account_portal.auth.service.views import signed_out_view, user_view, visitor_view
from account_portal.context import Context
from account_portal.core.errors import NotAuthenticated
from account_portal.core.ids import new_id, new_secret
from account_portal.core.written import written_day
from account_portal.models import SignIn, User, UserSession
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.account import NewDevice
from account_portal.security import idempotency, otp, tokens

GRACE = timedelta(seconds=10)
"""After the first use of the new pair: until then a refresh token used twice gives that pair again.

The answer may have been lost on its way, and two tabs are no thief.
"""
SIGN_INS_COMPARED = 50
"""Of late, with which a new one is compared."""
HANDOVER = "handover"
HANDOVER_SECONDS = 60


def start_visitor_session(ctx: Context, api_key: str | None) -> schemas.VisitorTokens:
    """Begin as a visitor.

    Raises:
        NotAuthenticated: the store's public key is missing or wrong.
    """
    if api_key is None or not tokens.same(api_key, ctx.settings.public_key):
        raise NotAuthenticated("The X-Api-Key is missing or wrong.")
    count_attempt(ctx, PER_ADDRESS_VISITORS, caller_network(ctx))
    session = open_session(ctx, None)
    pair = pair_of(ctx, session, None)
    return schemas.VisitorTokens(**pair.model_dump(), user=visitor_view(session))


def open_session(
    ctx: Context,
    user: User | None,
    *,
    cookie: str | None = None,
    proven_at: datetime | None = None,
) -> UserSession:
    """A new session of a user, or of a visitor.

    Args:
        ctx: the call.
        user: who signed in; None: a visitor.
        cookie: secret of a page's cookie; None: the session is a client's of the API.
        proven_at: when the user proved who they are.
    """
    ends_at = ctx.now + timedelta(days=ctx.settings.session_days)
    kind = "visitor" if user is None else "page" if cookie else "api"
    session = UserSession(
        user_id=user.id if user else None,
        anonymous_id=ctx.actor.anonymous_id or new_id(),
        kind=kind,
        cookie_hash=tokens.digest(cookie) if cookie else None,
        rotated_at=ctx.now,
        user_agent=ctx.caller.user_agent,
        ip_address=ctx.caller.ip_address,
        created_at=ctx.now,
        last_seen_at=ctx.now,
        expires_at=unused_until(ctx, ends_at),
        ends_at=ends_at,
        proven_at=proven_at,
    )
    ctx.db.add(session)
    ctx.db.flush()
    return session


def open_page_session(ctx: Context, user: User) -> str:
    """A new session of the pages; returns the secret for its cookie, which is not stored.

    The session that the browser had before ends, or signing in again would leave it behind.
    """
    end_page_session(ctx)
    cookie = new_secret()
    open_session(ctx, user, cookie=cookie, proven_at=ctx.now)
    return cookie


def customer_of(ctx: Context, cookie: str) -> str:
    """Id of the user whose session of the pages was just begun."""
    hashed = tokens.digest(cookie)
    found = select(col(UserSession.user_id)).where(col(UserSession.cookie_hash) == hashed)
    return str(ctx.db.execute(found).scalar_one())


def device_of(ctx: Context, cookie: str) -> str:
    """The secret by which a browser is known that was just signed in; see `guessing`."""
    return know_device(ctx, customer_of(ctx, cookie))


def handover_to(ctx: Context, session_id: str) -> str:
    """A token that names a session of the pages to a frame; it lives a minute and works once."""
    begun = int(ctx.now.timestamp())
    claims = {"typ": HANDOVER, "sid": session_id, "jti": new_id()}
    return tokens.sign({**claims, "iat": begun, "exp": begun + HANDOVER_SECONDS})


def redeem(ctx: Context, handover: str) -> UserSession:
    """The session that a hand-over token names.

    Raises:
        NotAuthenticated: the token is not one, is too old or was used, or its session has ended.
    """
    try:
        claims = tokens.verify(handover, ctx.now)
    except tokens.TokenInvalid:
        raise NotAuthenticated from None
    if claims.get("typ") != HANDOVER:
        raise NotAuthenticated
    session = ctx.db.get(UserSession, claims.get("sid"))
    if session is None or session.user_id is None:
        raise NotAuthenticated
    # A new password and two-step sign-in lock the account, then end its sessions: they see what is
    # begun here, or here their end is seen.
    user = ctx.db.execute(
        select(User).where(col(User.id) == session.user_id).with_for_update()
    ).scalar_one()
    ctx.db.refresh(session)
    if session.revoked_at is not None or session.expires_at <= ctx.now or has_to_enrol(ctx, user):
        raise NotAuthenticated
    if not idempotency.first_use(ctx.db, HANDOVER, str(claims.get("jti")), ctx.now):
        raise NotAuthenticated
    return session


def record_sign_in(
    ctx: Context, user: User, method: str, *, succeeded: bool, second: str | None = None
) -> SignIn:
    """Note a sign-in, or a try at one, for the security page; tell of one on a new device."""
    if succeeded and _is_new_device(ctx, user):
        news = NewDevice(
            store=ctx.settings.store_name,
            device=describe_agent(ctx.caller.user_agent).name,
            place=ctx.caller.ip_address or "",
            moment=f"{written_day(ctx.now.date(), ctx.settings.store_country)}, "
            f"{ctx.now:%H:%M} UTC",
        )
        enqueue(ctx, news, customer_id=user.customer_id)
    row = SignIn(
        user_id=user.id,
        method=method,
        second_method=second,
        succeeded=succeeded,
        user_agent=ctx.caller.user_agent,
        ip_address=ctx.caller.ip_address,
        created_at=ctx.now,
    )
    ctx.db.add(row)
    return row


def _is_new_device(ctx: Context, user: User) -> bool:
    """Whether nobody signed in like this before, in an account that is not new itself.

    Clients that keep no device's secret are known by their name and address.
    """
    own = (ctx.caller.user_agent, ctx.caller.ip_address)
    if own == (None, None) or is_known_device(ctx, user.id):
        return False
    before = (
        select(col(SignIn.user_agent), col(SignIn.ip_address))
        .where(col(SignIn.user_id) == user.id, col(SignIn.succeeded))
        .order_by(col(SignIn.created_at).desc())
        .limit(SIGN_INS_COMPARED)
    )
    seen = {(row.user_agent, row.ip_address) for row in ctx.db.execute(before)}
    return bool(seen) and own not in seen


def unused_until(ctx: Context, ends_at: datetime) -> datetime:
    """When a session that is used now ends if it is not used again; `ends_at` comes first."""
    return min(ctx.now + timedelta(days=ctx.settings.refresh_token_days), ends_at)


def pair_of(ctx: Context, session: UserSession, user: User | None) -> schemas.TokenPair:
    """The tokens of a session. The same session and generation always give the same pair."""
    issued, last = int(session.rotated_at.timestamp()), int(session.ends_at.timestamp())
    claims: dict[str, Any] = {
        "ulid": user.id if user else session.anonymous_id,
        "customer_id": user.customer_id if user else None,
        "email": user.email if user else None,
        "phone": user.phone if user else None,
        "username": (user.email or user.phone) if user else None,
        "first_name": user.first_name if user else None,
        "last_name": user.last_name if user else None,
        "store_id": ctx.settings.store_id,
        "is_logged_in": user is not None,
        "is_anonymous": user is None,
        "customer_group_id": user.customer_group_id if user else None,
        "anonymous_id": session.anonymous_id,
        "channel": {"id": ctx.settings.store_id, "name": "Storefront", "type": "web"},
        "iat": issued,
        "sid": session.id,
        "gen": session.generation,
    }
    access_ends = min(issued + ctx.settings.access_token_minutes * 60, last)
    refresh_ends = min(issued + ctx.settings.refresh_token_days * 86_400, last)
    return schemas.TokenPair(
        access_token=tokens.sign({**claims, "typ": "access", "exp": access_ends}),
        refresh_token=tokens.sign({**claims, "typ": "refresh", "exp": refresh_ends}),
    )


def sign_in_with_tokens(ctx: Context, user: User) -> schemas.SignedIn:
    """A new session for a client of the API, and its tokens."""
    pair = pair_of(ctx, open_session(ctx, user, proven_at=ctx.now), user)
    device = know_device(ctx, user.id)
    return schemas.SignedIn(**pair.model_dump(), user=user_view(ctx, user), device_token=device)


def refresh_tokens(ctx: Context, data: schemas.RefreshToken) -> schemas.TokenPair:
    """Trade a refresh token for a new pair.

    Raises:
        RefreshTokenExpired: its time is over.
        RefreshTokenInvalid: it is not one, or its session has ended.
        RefreshTokenReused: it was traded before; that ends the session.
        TooManyAttempts: the session trades without pause.
    """
    try:
        claims = tokens.verify(data.refresh_token, ctx.now)
    except tokens.TokenExpired:
        raise RefreshTokenExpired from None
    except tokens.TokenInvalid:
        raise RefreshTokenInvalid from None
    if claims.get("typ") != "refresh":
        raise RefreshTokenInvalid
    session = ctx.db.execute(
        select(UserSession).where(col(UserSession.id) == claims.get("sid")).with_for_update()
    ).scalar_one_or_none()
    if session is None or session.revoked_at is not None or session.expires_at <= ctx.now:
        raise RefreshTokenInvalid
    user = ctx.db.get(User, session.user_id) if session.user_id else None
    if user is not None and (user.deactivated_at is not None or has_to_enrol(ctx, user)):
        raise RefreshTokenInvalid
    behind = session.generation - claims["gen"]
    used_at = session.pair_used_at
    if behind == 1 and (used_at is None or ctx.now <= used_at + GRACE):
        return pair_of(ctx, session, user)
    if behind > 0:
        session.revoked_at = ctx.now
        raise RefreshTokenReused
    if behind < 0:
        raise RefreshTokenInvalid  # of a database that was restored to an earlier day
    count_attempt(ctx, PER_SESSION_REFRESHES, session.id)
    return _next_pair(ctx, session, user)


def _next_pair(ctx: Context, session: UserSession, user: User | None) -> schemas.TokenPair:
    session.generation += 1
    session.rotated_at = session.last_seen_at = ctx.now
    session.pair_used_at = None
    session.expires_at = unused_until(ctx, session.ends_at)
    return pair_of(ctx, session, user)


def renew_pair(ctx: Context) -> schemas.TokenPair:
    """A new pair for the caller's own session, after something in its tokens changed."""
    session = ctx.db.execute(
        select(UserSession)
        .where(col(UserSession.id) == ctx.actor.session_id, col(UserSession.kind) == "api")
        .with_for_update()
    ).scalar_one_or_none()
    if session is None:
        raise NotAuthenticated
    return _next_pair(ctx, session, ctx.get_user())


def sign_out(ctx: Context) -> schemas.UserTokens:
    """End the caller's session; the answer is a visitor who continues it."""
    revoke(ctx, col(UserSession.id) == ctx.actor.session_id)
    session = open_session(ctx, None)
    pair = pair_of(ctx, session, None)
    return schemas.UserTokens(**pair.model_dump(), user=signed_out_view(session))


def end_page_session(ctx: Context) -> None:
    """End the session of the caller's cookie, if there is one still.

    A page and the frames it signed in end together: who signs out in one is out of all.
    """
    own = ctx.actor.session_id
    if own is None:
        return
    opener = ctx.db.execute(
        select(col(UserSession.opened_by)).where(col(UserSession.id) == own)
    ).scalar_one_or_none()
    family = opener or own
    revoke(ctx, or_(col(UserSession.id).in_({own, family}), col(UserSession.opened_by) == family))


def end_sessions_of(ctx: Context, user_id: str, *, but: str | None = None) -> int:
    """End the sessions of a user, all or all but one; returns how many.

    So do the keys that open single orders without a session: whoever has one may be the intruder.
    """
    otp.end_order_keys(ctx.db, ctx.now, user_id)
    conditions = [col(UserSession.user_id) == user_id]
    if but is not None:
        conditions.append(col(UserSession.id) != but)
    return revoke(ctx, *conditions)


def revoke(ctx: Context, *conditions: Any) -> int:
    """End the sessions that fit; returns how many there were. Pages open in them are told."""
    ended = ctx.db.execute(
        update(UserSession)
        .where(*conditions, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=ctx.now)
        .returning(col(UserSession.id), col(UserSession.user_id))
        .execution_options(synchronize_session=False)
    )
    found = {row[0]: row[1] for row in ended}
    ctx.has_ended_session = ctx.has_ended_session or ctx.actor.session_id in found
    users = {user_id for user_id in found.values() if user_id}
    if users:
        customers = select(col(User.customer_id)).where(col(User.id).in_(users))
        mark_changed(ctx.db, ctx.db.execute(customers).scalars().all())
    return len(found)
