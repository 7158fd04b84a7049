"""The second proof of a sign-in, where the account asks for two.

`let_in` is what every way to open a session of an account goes through. What the first proof
leaves is a signed token that opens nothing and says what was proven, so that a stranger's tries
cost the database no rows.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from account_portal.auth.rules import Channel, Contact, masked
from account_portal.auth.rules.two_step import (
    SecondProofExpired,
    SecondProofRequired,
    SecondProofUnfit,
    kind_of,
)
from account_portal.auth.schemas.two_step import SecondProofAsked
from account_portal.auth.service.accounts import asks_for_two, contact_of, has_to_enrol
from account_portal.auth.service.guessing import is_trusted_device, was_entered
from account_portal.auth.service.sessions import record_sign_in
from account_portal.auth.service.two_step import turn_on
from account_portal.context import Context
from account_portal.core.ids import new_id
from account_portal.models import Passkey, SignIn, User
from account_portal.security import idempotency, tokens

KIND = "second-proof"
LIFE = timedelta(minutes=10)
WAIVED_FOR = timedelta(days=7)
"""In which who was let by the shop has to sign in."""
AWAITED = "awaited"
"""Stands for the second proof in the record of a sign-in that had none yet."""


@dataclass(frozen=True, slots=True)
class FirstProof:
    """What a token says was proven.

    Attributes:
        user_id: whose account it is.
        way: of the first proof.
        new_hash: of the password that is set once the second proof came; None: none is.
        sign_in: id of the record that is waiting.
        token_id: by which its one use is known.
        stamp: of the account's secrets and contacts at that moment.
    """

    user_id: str
    way: str
    new_hash: str | None
    sign_in: str
    token_id: str
    stamp: str


def let_in(ctx: Context, user: User, way: str, *, new_hash: str | None = None) -> None:
    """Note that a right proof was given; go on if it is enough to open a session.

    Args:
        ctx: the call, in a writing transaction.
        user: whose proof it is.
        way: `password`, or the channel of a code.
        new_hash: of the password to be set: then neither the old nor the new one is a proof.

    Raises:
        SecondProofRequired: the account or the shop asks for two, and this device's secret is not
            one of them.
    """
    if not asks_for_two(ctx, user):
        record_sign_in(ctx, user, way, succeeded=True)
        return
    if user.two_step_at is not None and is_trusted_device(ctx, user.id):
        was_entered(ctx, user)
        record_sign_in(ctx, user, way, succeeded=True, second="device")
        return
    first = FirstProof(user.id, way, new_hash, "", new_id(), _stamps(user)[0])
    if new_hash is not None and may_choose_password(ctx, user, first):
        record_sign_in(ctx, user, way, succeeded=True, second="new_password")
        turn_on(ctx, user, but_session=None)
        return
    waiting = record_sign_in(ctx, user, way, succeeded=False, second=AWAITED)
    ctx.db.flush()
    raise SecondProofRequired(_asked(ctx, user, replace(first, sign_in=waiting.id)).model_dump())


def _asked(ctx: Context, user: User, first: FirstProof) -> SecondProofAsked:
    begun = int(ctx.now.timestamp())
    claims: dict[str, Any] = {
        "typ": KIND,
        "sub": user.id,
        "way": first.way,
        "sign_in": first.sign_in,
        "stamp": first.stamp,
        "jti": first.token_id,
        "iat": begun,
        "exp": begun + int(LIFE.total_seconds()),
    }
    if first.new_hash is not None:
        claims["sets"] = tokens.encrypt(first.new_hash)
    return SecondProofAsked(
        second_proof_token=tokens.sign(claims),
        ways=_ways_after(ctx, user, first),
        sent_to={
            channel: masked(contact)
            for channel, contact in contacts_after(ctx, user, first).items()
        },
        turns_on=has_to_enrol(ctx, user),
    )


def _stamps(user: User) -> list[str]:
    """Change with what the account proves itself by: a first proof of before counts no more.

    By a key, as tokens can be read: of an account without a password only the contacts would be
    unknown in it, and whoever has one could try what the other is.
    """
    parts = (user.password_hash, user.email, user.country_code, user.phone, user.two_step_at)
    return tokens.keyed_digests("first proofs", repr(parts))


def _ways_after(ctx: Context, user: User, first: FirstProof) -> list[Any]:
    ways: list[Any] = []
    if _may_give_password(user, first):
        ways.append("password")
    ways += contacts_after(ctx, user, first)
    if user.recovery_codes:
        ways.append("recovery_code")
    if _has_passkey(ctx, user):
        ways.append("passkey")
    if may_choose_password(ctx, user, first):
        ways = [*(way for way in ways if way != "password"), "new_password"]
    return ways


def _has_passkey(ctx: Context, user: User) -> bool:
    own = select(col(Passkey.id)).where(col(Passkey.user_id) == user.id).limit(1)
    # One that nobody proved to be the owner's opens nothing where two proofs are asked for.
    return not user.is_unproven and ctx.db.execute(own).first() is not None


def may_choose_password(ctx: Context, user: User, first: FirstProof) -> bool:
    """Whether the second way of an account that gets one is a password that is chosen now.

    It is where there is none, or where the shop let its owner in, who lost it. A password that is
    there is never replaced by one proof else: a mailbox alone would be both.
    """
    if user.is_unproven or not has_to_enrol(ctx, user):
        return False
    waived_at = user.two_step_waived_at
    if waived_at is not None and ctx.now < waived_at + WAIVED_FOR:
        return True
    has_other = contacts_after(ctx, user, first) or _has_passkey(ctx, user)
    return user.password_hash is None and not has_other


def _may_give_password(user: User, first: FirstProof) -> bool:
    return user.password_hash is not None and first.way != "password" and first.new_hash is None


def require_password_fits(user: User, first: FirstProof) -> str:
    """The hash of the password that may follow.

    Raises:
        SecondProofUnfit: it was the first proof, is about to be replaced, or there is none.
    """
    if user.password_hash is None or not _may_give_password(user, first):
        raise SecondProofUnfit
    return user.password_hash


def contacts_after(ctx: Context, user: User, first: FirstProof) -> dict[Channel, Contact]:
    """Verified contacts that a code can be sent to as another proof, by channel.

    Whoever knows the password of an account that has none proves one in this step.
    """
    verified = {"email": user.is_email_verified, "phone": user.is_phone_verified}
    if has_to_enrol(ctx, user) and not any(verified.values()):
        verified = dict.fromkeys(verified, True)
    channels: tuple[Channel, ...] = ("email", "sms", "whatsapp")
    found: dict[Channel, Contact] = {}
    for channel in channels:
        field = kind_of(channel)
        contact = contact_of(user, field)
        is_another = field != kind_of(first.way) and channel in ctx.gateways.messages.channels
        if contact is not None and verified[field] and is_another:
            found[channel] = contact
    return found


def read_first_proof(ctx: Context, token: str) -> FirstProof:
    """What a token says.

    Raises:
        SecondProofExpired: it is not one, or too old.
    """
    try:
        claims = tokens.verify(token, ctx.now)
    except tokens.TokenInvalid:
        raise SecondProofExpired from None
    if claims.get("typ") != KIND:
        raise SecondProofExpired
    sets = claims.get("sets")
    try:
        new_hash = tokens.decrypt(sets) if sets else None
    except ValueError:  # the keys were exchanged meanwhile
        raise SecondProofExpired from None
    return FirstProof(
        user_id=claims["sub"],
        way=claims["way"],
        new_hash=new_hash,
        sign_in=claims["sign_in"],
        token_id=claims["jti"],
        stamp=claims["stamp"],
    )


def user_of(ctx: Context, first: FirstProof, *, lock: bool) -> User:
    """Whose first proof it was, if it still counts.

    Raises:
        SecondProofExpired: it was followed already, or the account changed since.
    """
    statement = select(User).where(col(User.id) == first.user_id)
    if lock:
        statement = statement.with_for_update()
    user = ctx.db.execute(statement).scalar_one_or_none()
    if user is None or not asks_for_two(ctx, user) or user.deactivated_at is not None:
        raise SecondProofExpired
    if user.is_demo and not ctx.settings.demo:
        raise SecondProofExpired
    if not tokens.same_as_one(first.stamp, _stamps(user)):
        raise SecondProofExpired
    return user


def let_in_by_second(ctx: Context, user: User, first: FirstProof, way: str) -> None:
    """Note that the second proof was right; works once for a first one.

    Raises:
        SecondProofExpired: it was followed before.
    """
    if not idempotency.first_use(ctx.db, KIND, first.token_id, ctx.now):
        raise SecondProofExpired
    was_entered(ctx, user)
    ctx.db.execute(delete(SignIn).where(col(SignIn.id) == first.sign_in))
    record_sign_in(ctx, user, first.way, succeeded=True, second=way)
