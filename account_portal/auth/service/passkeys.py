"""Passkeys of the signed-in user: made, listed, named, removed."""

from typing import Any

from sqlalchemy import Select, delete, select
from sqlmodel import col
from webauthn import (
    base64url_to_bytes,
    generate_registration_options,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from account_portal.auth import schemas
from account_portal.auth.rules import describe_agent
from account_portal.auth.rules.passkeys import (
    MOST_PASSKEYS,
    PasskeyInvalid,
    PasskeyLimitReached,
    name_passkey,
)
from account_portal.auth.service.challenges import (
    TIMEOUT,
    new_challenge,
    options_of,
    redeem_challenge,
    relying_party,
    verified,
)
from account_portal.auth.service.fresh_proof import require_fresh_proof
from account_portal.auth.service.limits import PER_ACCOUNT_PASSKEYS, count_attempt
from account_portal.auth.service.two_step import require_ways_without_passkey
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.ids import new_secret
from account_portal.core.text import full_name
from account_portal.models import Passkey
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import PasskeyAdded, PasskeyRemoved

REGISTER = "register"


def begin_passkey(ctx: Context) -> schemas.PasskeyOptions:
    """What the browser has to know to make a passkey for the caller.

    Raises:
        PasskeysNotAvailable: browsers make none for the portal's address.
        PasskeyLimitReached: there are as many as an account may have.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
    """
    ctx.require_top_level()
    require_fresh_proof(ctx)
    party = relying_party(ctx)
    user = ctx.get_user(lock=True)
    own = descriptors_of(ctx)
    if len(own) >= MOST_PASSKEYS:
        raise PasskeyLimitReached
    if user.passkey_handle is None:
        user.passkey_handle = new_secret()
    name = full_name(user.first_name, user.last_name)
    known_as = user.email or f"{user.country_code or ''}{user.phone or ''}" or user.id
    challenge, token = new_challenge(ctx, REGISTER, bound_to=session_of(ctx))
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=ctx.settings.store_name,
        user_id=base64url_to_bytes(user.passkey_handle),
        user_name=known_as,
        user_display_name=name or known_as,
        challenge=challenge,
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=own,
    )
    return schemas.PasskeyOptions(passkey_token=token, options=options_of(options))


def add_passkey(ctx: Context, data: schemas.NewPasskey) -> schemas.Passkey:
    """Keep a passkey that the browser has made, and tell its owner.

    Fresh proof was asked for when it was begun: asked for again, the authenticator would be left
    with a passkey that opens nothing.

    Raises:
        PasskeyExpired: the challenge is too old, was used, or was made for another session.
        PasskeyInvalid: what came does not fit the challenge, or belongs to an account already.
        PasskeyLimitReached: there are as many as an account may have.
        TooManyAttempts: too many were added today.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
    """
    ctx.require_top_level()
    user = ctx.get_user(lock=True)
    challenge = redeem_challenge(ctx, data.passkey_token, REGISTER, bound_to=session_of(ctx))
    made = verified(ctx, verify_registration_response, data.credential, challenge)
    credential_id = bytes_to_base64url(made.credential_id)
    if _exists(ctx, credential_id):
        raise PasskeyInvalid
    passkeys = _all_of(ctx)
    if len(passkeys) >= MOST_PASSKEYS:
        raise PasskeyLimitReached
    count_attempt(ctx, PER_ACCOUNT_PASSKEYS, user.id)
    browser = describe_agent(ctx.caller.user_agent).name
    given = data.sent().get("name")
    passkey = Passkey(
        user_id=user.id,
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=",".join(_known_transports(data.credential.response.transports or ())),
        name=given or name_passkey(made.aaguid, browser, {known.name for known in passkeys}),
        aaguid=made.aaguid,
        is_backup_eligible=made.credential_device_type.value == "multi_device",
        is_backed_up=made.credential_backed_up,
        created_at=ctx.now,
    )
    ctx.db.add(passkey)
    ctx.db.flush()
    enqueue(ctx, PasskeyAdded(store=ctx.settings.store_name, name=passkey.name))
    return schemas.Passkey.model_validate(passkey)


def passkey_origins(ctx: Context) -> list[str]:
    """Origins whose pages may use the portal's passkeys.

    Raises:
        PasskeysNotAvailable: browsers have no passkeys at the portal's address.
    """
    return relying_party(ctx).origins


def list_passkeys(ctx: Context) -> list[schemas.Passkey]:
    """The caller's passkeys, oldest first."""
    return [schemas.Passkey.model_validate(passkey) for passkey in _all_of(ctx)]


def rename_passkey(ctx: Context, passkey_id: str, data: schemas.RenamePasskey) -> schemas.Passkey:
    """Call one of the caller's passkeys otherwise.

    Raises:
        NotFound: there is no such one.
    """
    passkey = _own(ctx, passkey_id)
    passkey.name = data.name
    return schemas.Passkey.model_validate(passkey)


def remove_passkey(ctx: Context, passkey_id: str) -> None:
    """Let one of the caller's passkeys open nothing any more, and tell its owner.

    Raises:
        NotFound: there is no such one.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
        TwoStepNeedsWays: two-step sign-in is on, and without it there is one way left.
    """
    ctx.require_top_level()
    require_fresh_proof(ctx)
    require_ways_without_passkey(ctx)
    passkey = _own(ctx, passkey_id)
    ctx.db.execute(delete(Passkey).where(col(Passkey.id) == passkey.id))
    enqueue(ctx, PasskeyRemoved(store=ctx.settings.store_name, name=passkey.name))


def session_of(ctx: Context) -> str:
    """What a challenge is bound to that only the caller's session may answer."""
    return f"session {ctx.actor.session_id} of {ctx.user_id}"


def _owned(ctx: Context) -> Select[Passkey]:
    return select(Passkey).where(col(Passkey.user_id) == ctx.user_id)


def _all_of(ctx: Context) -> list[Passkey]:
    statement = _owned(ctx).order_by(col(Passkey.id)).limit(MOST_PASSKEYS)
    return list(ctx.db.execute(statement).scalars())


def find_own(ctx: Context, **values: str) -> Passkey | None:
    """One of the caller's passkeys, locked."""
    statement = _owned(ctx).filter_by(**values).with_for_update()
    return ctx.db.execute(statement).scalar_one_or_none()


def _own(ctx: Context, passkey_id: str) -> Passkey:
    passkey = find_own(ctx, id=passkey_id)
    if passkey is None:
        raise NotFound
    return passkey


def _exists(ctx: Context, credential_id: str) -> bool:
    statement = select(col(Passkey.id)).where(col(Passkey.credential_id) == credential_id)
    return ctx.db.execute(statement).first() is not None


def descriptors_of(ctx: Context) -> list[PublicKeyCredentialDescriptor]:
    """The caller's passkeys, as browsers are told of them."""
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential_id),
            transports=[
                AuthenticatorTransport(way) for way in passkey.transports.split(",") if way
            ],
        )
        for passkey in _all_of(ctx)
    ]


def _known_transports(told: Any) -> list[str]:
    known = {way.value for way in AuthenticatorTransport}
    return sorted(known & set(told))
