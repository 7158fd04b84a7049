"""Signing in inside a storefront's frame: by its server's word, or by the portal's own window."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from account_portal.auth import service as auth
from account_portal.auth.rules import AccountIsDeactivated, Contact
from account_portal.context import PROOF, Context
from account_portal.core.errors import LoginRequired
from account_portal.core.races import again_when_lost
from account_portal.gateways.vouching import AssertionUnreadable
from account_portal.models import User, UserSession
from account_portal.security import idempotency, rate_limit, tokens
from account_portal.security.rate_limit import Limit
from account_portal.widget import rules
from account_portal.widget.schemas import FrameSession, SignedInElsewhere, Vouch

FRAME_LASTS = timedelta(hours=12)
"""Longer than a visit, shorter than a page's session: the storefront vouches anew at each load."""
REFUSED_PER_ADDRESS = Limit("vouch-address", times=60, seconds=600)


def vouch(ctx: Context, data: Vouch) -> FrameSession:
    """Sign in whom a storefront's server vouches for.

    Somebody it has not sent before is found by a contact that it has verified, or gets an account.
    A frame that shows this customer already goes on with its session.

    Raises:
        VouchingNotEnabled: nobody's word is believed here.
        AssertionRefused: it is not for this portal, page or moment, or was used before.
        AccountIsDeactivated: the customer's account is closed.
        TooManyAttempts: too many words that were not believed came from this address.
        GatewayUnavailable: the storefront's keys can't be had just now.
    """
    if ctx.gateways.vouchers is None:
        raise rules.VouchingNotEnabled
    address = ctx.caller.ip_address or ""
    rate_limit.require_below(ctx.db, REFUSED_PER_ADDRESS, address, ctx.now)
    try:
        claims = ctx.gateways.vouchers.claims_of(
            data.assertion
        )  # may ask for keys: no lock is held
    except AssertionUnreadable:
        claims = {}
    ctx.begin_writing()
    rate_limit.require_below(ctx.db, REFUSED_PER_ADDRESS, address, ctx.now)
    try:
        if not claims:
            raise rules.AssertionRefused("Nobody we know signed this token.")
        vouched = rules.read_claims(
            claims,
            origin=data.origin,
            allowed=ctx.settings.framing_origins,
            audience=ctx.settings.origin,
            now=ctx.now,
        )
        if not idempotency.first_use(ctx.db, f"vouch {data.origin}", vouched.token_id, ctx.now):
            raise rules.AssertionRefused("The token was used before: each works once.")
    except rules.AssertionRefused:
        rate_limit.count(ctx.db, REFUSED_PER_ADDRESS, address, ctx.now)
        raise
    user = _customer(ctx, vouched)
    if user.deactivated_at is not None:
        raise AccountIsDeactivated
    auth.was_entered(ctx, user)
    return _frame_session(ctx, user, data.origin, method="storefront", proven_at=vouched.proven_at)


def hand_to_frame(ctx: Context) -> str:
    """A token for the frame that opened the portal's own window: who is signed in there.

    Raises:
        LoginRequired: nobody is.
        TopLevelRequired: the caller is a frame itself.
    """
    ctx.require_top_level()
    if ctx.actor.session_id is None or not ctx.actor.is_customer:
        raise LoginRequired
    return auth.handover_to(ctx, ctx.actor.session_id)


def enter_frame(ctx: Context, data: SignedInElsewhere) -> FrameSession:
    """Sign a frame in as the portal's own window is.

    Raises:
        AssertionRefused: the frame's page may not show the portal.
        NotAuthenticated: the token is not one, is too old or was used, or its session has ended.
    """
    if data.origin not in ctx.settings.framing_origins:
        raise rules.AssertionRefused(f"{data.origin} is not among PORTAL_EMBED_ORIGINS.")
    page = auth.redeem(ctx, data.handover)
    user = ctx.db.get_one(User, page.user_id)
    if user.deactivated_at is not None:
        raise AccountIsDeactivated
    return _frame_session(ctx, user, data.origin, opened_by=page, proven_at=page.proven_at)


def _customer(ctx: Context, vouched: rules.Vouched) -> User:
    """The customer, as found or made; of several first words at once each finds the same."""
    return again_when_lost(
        ctx.db, lambda: _find_customer(ctx, vouched) or _make_customer(ctx, vouched)
    )


def _find_customer(ctx: Context, vouched: rules.Vouched) -> User | None:
    """By the storefront's key; the first time by a contact, which ties the two together."""
    key = col(User.external_id) == vouched.subject
    user = ctx.db.execute(select(User).where(key)).scalar_one_or_none()
    if user is not None:
        if not _may_sign_in(ctx, user):
            return None
        if user.is_unproven:
            own = (auth.contact_of(user, "email"), auth.contact_of(user, "phone"))
            named = [c for c in (vouched.email, vouched.phone) if c is not None and c in own]
            auth.settle(ctx, user, named[0] if named else None)
        return user
    for contact in filter(None, (vouched.email, vouched.phone)):
        found = auth.find_user(ctx, contact, lock=True)
        if found is not None and found.is_unproven and found.deactivated_at is not None:
            auth.free_for(ctx, contact, None)  # who closed it had no right to the contact
            continue
        # Somebody with another key is another customer of the storefront.
        if (
            found is not None
            and found.external_id in (None, vouched.subject)
            and _may_sign_in(ctx, found)
        ):
            found.external_id, found.modified_at = vouched.subject, ctx.now
            auth.prove_contact(ctx, found, contact)
            return found
    return None


def _may_sign_in(ctx: Context, user: User) -> bool:
    return ctx.settings.demo or not user.is_demo


def _make_customer(ctx: Context, vouched: rules.Vouched) -> User:
    contacts: dict[str, object] = {}
    if vouched.email and _is_free(ctx, vouched.email):
        contacts |= {"email": vouched.email.email, "is_email_verified": True}
    if vouched.phone and _is_free(ctx, vouched.phone):
        contacts |= {
            "country_code": vouched.phone.country_code,
            "phone": vouched.phone.phone,
            "is_phone_verified": True,
        }
    names = {"first_name": vouched.first_name, "last_name": vouched.last_name}
    return auth.create_user(ctx, {"external_id": vouched.subject, **names, **contacts})


def _is_free(ctx: Context, contact: Contact) -> bool:
    return auth.find_user(ctx, contact) is None


def _frame_session(
    ctx: Context,
    user: User,
    origin: str,
    *,
    method: str = "",
    opened_by: UserSession | None = None,
    proven_at: datetime | None,
) -> FrameSession:
    """The customer's session in this storefront and browser, as it is or a new one.

    Two widgets on a page, and a page that is loaded again, are one device.

    Args:
        ctx: the call.
        user: whose session it is.
        origin: of the storefront.
        method: how they signed in, for the security page.
        opened_by: the window's session that signs the frame in; they end together.
        proven_at: when the customer last proved who they are, as far as is known.
    """
    opener = (opened_by.opened_by or opened_by.id) if opened_by else None
    found = ctx.db.execute(
        select(UserSession)
        .where(
            col(UserSession.user_id) == user.id,
            col(UserSession.kind) == "frame",
            col(UserSession.origin) == origin,
            col(UserSession.opened_by) == opener,
            col(UserSession.user_agent) == ctx.caller.user_agent,
            col(UserSession.ip_address) == ctx.caller.ip_address,
            col(UserSession.revoked_at).is_(None),
            col(UserSession.expires_at) > ctx.now,
        )
        .order_by(col(UserSession.created_at).desc())
        .limit(1)
    ).scalar_one_or_none()
    session = found or auth.open_session(ctx, user)
    secret = tokens.keyed_digest("frame cookies", session.id)
    session.kind, session.origin, session.opened_by = "frame", origin, opener
    session.cookie_hash = tokens.digest(secret)
    if opened_by is not None:
        session.ends_at = min(session.ends_at, opened_by.ends_at)
    if proven_at is not None:
        session.proven_at = max(proven_at, session.proven_at or proven_at)
    session.last_seen_at = ctx.now
    session.expires_at = min(ctx.now + FRAME_LASTS, session.ends_at)
    if found is None and method:
        auth.record_sign_in(ctx, user, method, succeeded=True)
    ctx.db.flush()
    claims = {"typ": PROOF, "sid": session.id, "origin": origin, "iat": int(ctx.now.timestamp())}
    return FrameSession(
        cookie=secret,
        seconds=int((session.expires_at - ctx.now).total_seconds()),
        proof=tokens.sign({**claims, "exp": int(session.expires_at.timestamp())}),
    )
