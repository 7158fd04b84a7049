"""Challenges of WebAuthn: made, redeemed once, and answers checked against them.

A challenge is kept by whoever asked for it, in a signed token: asking costs the database nothing,
and only its one use is written down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from webauthn import base64url_to_bytes
from webauthn.helpers import (
    bytes_to_base64url,
    generate_challenge,
    options_to_json_dict,
    parse_client_data_json,
)

from account_portal.auth.rules.passkeys import (
    PasskeyExpired,
    PasskeyInvalid,
    relying_party_id,
    web_origin,
)
from account_portal.auth.schemas import AssertionCredential, RegistrationCredential
from account_portal.context import Context
from account_portal.core.ids import new_id
from account_portal.security import idempotency, tokens

LIFE = timedelta(minutes=5)
TIMEOUT = int(LIFE.total_seconds() * 1000)
"""How long the browser asks its user, in milliseconds."""

Verified = TypeVar("Verified")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whose passkeys these are: a host, and the origins whose pages may use them."""

    id: str
    origins: list[str]


def relying_party(ctx: Context) -> RelyingParty:
    """This portal, by its own address; the pages that may call the API may also use passkeys.

    Raises:
        PasskeysNotAvailable: browsers have no passkeys there.
    """
    address = ctx.settings.origin
    origins = [web_origin(one) for one in (address, *ctx.settings.cors_origins)]
    return RelyingParty(relying_party_id(address), origins)


def new_challenge(ctx: Context, purpose: str, *, bound_to: str) -> tuple[bytes, str]:
    """A challenge, and the token it is redeemed by.

    Args:
        ctx: the call.
        purpose: what an answer will do.
        bound_to: whatever names who may answer: a session, or the secret of a browser's cookie;
            empty where whoever holds the token may.
    """
    challenge = generate_challenge()
    begun = int(ctx.now.timestamp())
    claims = {
        "typ": _kind(purpose),
        "bound_to": tokens.digest(bound_to),
        "challenge": bytes_to_base64url(challenge),
        "jti": new_id(),
        "iat": begun,
        "exp": begun + int(LIFE.total_seconds()),
    }
    return challenge, tokens.sign(claims)


def redeem_challenge(ctx: Context, token: str, purpose: str, *, bound_to: str) -> bytes:
    """The challenge of a token, which is used up by this.

    Raises:
        PasskeyExpired: it is too old, was used, or was made for something or somebody else.
    """
    try:
        claims = tokens.verify(token, ctx.now)
    except tokens.TokenInvalid:
        raise PasskeyExpired from None
    if (claims.get("typ"), claims.get("bound_to")) != (_kind(purpose), tokens.digest(bound_to)):
        raise PasskeyExpired
    if not idempotency.first_use(ctx.db, "passkey", str(claims["jti"]), ctx.now):
        raise PasskeyExpired
    return base64url_to_bytes(claims["challenge"])


def _kind(purpose: str) -> str:
    return f"passkey-{purpose}"


def options_of(options: Any) -> dict[str, Any]:
    """Options of the library as the JSON that browsers parse."""
    return options_to_json_dict(options)


def verified(
    ctx: Context,
    verify: Callable[..., Verified],
    credential: RegistrationCredential | AssertionCredential,
    challenge: bytes,
    **known: Any,
) -> Verified:
    """What the library makes of an authenticator's answer.

    Raises:
        PasskeyInvalid: it is of another challenge, site, key or kind, or no user was verified.
        PasskeysNotAvailable: browsers have no passkeys at the portal's address.
    """
    party = relying_party(ctx)
    try:
        client_data = parse_client_data_json(base64url_to_bytes(credential.response.client_data))
        found = verify(
            credential=credential.model_dump(by_alias=True, exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origins,
            require_user_verification=True,
            **known,
        )
    except Exception as error:  # bytes of a stranger: the library raises anything
        raise PasskeyInvalid from error
    if client_data.cross_origin:  # asked for inside another site's page
        raise PasskeyInvalid
    return found
