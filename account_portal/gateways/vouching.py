"""Storefronts' servers that vouch for their customers: whose word is believed, and how it is read.

The word is a JWT (RFC 7519) signed with a shared secret or with a key whose public half the
storefront publishes. Only the signature is checked here; what the claims must say is a rule.
"""

from functools import lru_cache
from typing import Any, Protocol

import jwt
from jwt.types import Options

from account_portal.core.errors import GatewayUnavailable
from account_portal.core.settings import Settings

_CHECKED_ELSEWHERE: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_FETCH_SECONDS = 5
_KEYS_KEPT_SECONDS = 600


class AssertionUnreadable(Exception):
    """It is no JWT, or nobody we know signed it."""


class Vouchers(Protocol):
    """Who may vouch."""

    def claims_of(self, assertion: str) -> dict[str, Any]:
        """The claims of an assertion with a good signature.

        Raises:
            AssertionUnreadable: it has none.
            GatewayUnavailable: the keys to check it with can't be had just now.
        """
        ...


class SharedSecret:
    """One key on both sides (HS256)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def claims_of(self, assertion: str) -> dict[str, Any]:
        return _decoded(assertion, self._secret, ["HS256"])


class PublishedKeys:
    """Public keys at an address of the storefront's (JWKS), fetched at need and kept a while."""

    ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
    """Never one with a shared key: who knows the public key could sign with it."""

    def __init__(self, url: str) -> None:
        self._keys = jwt.PyJWKClient(
            url, timeout=_FETCH_SECONDS, lifespan=_KEYS_KEPT_SECONDS, cache_jwk_set=True
        )

    def claims_of(self, assertion: str) -> dict[str, Any]:
        try:
            key = self._keys.get_signing_key_from_jwt(assertion)
        except jwt.PyJWKClientConnectionError as error:
            raise GatewayUnavailable from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise AssertionUnreadable from error
        return _decoded(assertion, key, list(self.ALGORITHMS))


def _decoded(assertion: str, key: Any, algorithms: list[str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion, key, algorithms=algorithms, options=_CHECKED_ELSEWHERE
        )
    except (jwt.PyJWTError, ValueError, RecursionError, TypeError) as error:
        raise AssertionUnreadable from error
    return claims


@lru_cache(maxsize=4)
def _published(url: str) -> PublishedKeys:
    return PublishedKeys(url)


def make_vouchers(settings: Settings) -> Vouchers | None:
    """Whose word the settings believe; None: nobody's."""
    if settings.embed_jwks_url:
        return _published(settings.embed_jwks_url)
    secret = settings.embed_secret or settings.storefront_secret()
    return SharedSecret(secret) if secret else None
