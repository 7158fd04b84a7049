"""Fresh proof: what is sensitive asks that the customer proved of late who they are.

A session that is open is no proof: the device may be in other hands. Signing in proves it, and so
do a password and a code to a present contact; the moment is kept in the session's row.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import col

from account_portal.auth.rules import masked
from account_portal.auth.service.accounts import contact_of
from account_portal.context import Context
from account_portal.core.proof import FreshProofRequired, ProofWays
from account_portal.models import Passkey, UserSession


def is_freshly_proven(ctx: Context) -> bool:
    """Whether the caller proved of late, in this session, who they are."""
    proven_at = ctx.actor.proven_at
    life = timedelta(minutes=ctx.settings.fresh_proof_minutes)
    return proven_at is not None and ctx.now < proven_at + life


def require_fresh_proof(ctx: Context) -> None:
    """Let nobody pass who did not prove of late who they are; sensitive services call it first.

    Raises:
        NotAuthenticated: nobody is signed in.
        LoginRequired: a visitor calls.
        FreshProofRequired: the last proof is too long ago.
    """
    if not is_freshly_proven(ctx):
        raise FreshProofRequired(_ways(ctx))


def note_proof(ctx: Context) -> None:
    """The caller has just proven who they are; needs a writing transaction."""
    ctx.db.execute(
        update(UserSession)
        .where(col(UserSession.id) == ctx.actor.session_id)
        .values(proven_at=ctx.now)
        .execution_options(synchronize_session=False)
    )
    ctx.actor = replace(ctx.actor, proven_at=ctx.now)


def _ways(ctx: Context) -> ProofWays:
    user = ctx.get_user()
    email, phone = contact_of(user, "email"), contact_of(user, "phone")
    contacts = {"email": email, "sms": phone, "whatsapp": phone}
    return ProofWays(
        # Not in a frame: whose page it is can't be seen there.
        password=user.password_hash is not None and not ctx.actor.is_framed,
        passkey=not ctx.actor.is_framed and _has_passkey(ctx),
        codes={
            channel: masked(contact)
            for channel, contact in contacts.items()
            if contact is not None and channel in ctx.gateways.messages.channels
        },
    )


def _has_passkey(ctx: Context) -> bool:
    own = select(col(Passkey.id)).where(col(Passkey.user_id) == ctx.user_id).limit(1)
    return ctx.db.execute(own).first() is not None
