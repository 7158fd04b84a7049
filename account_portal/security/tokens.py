"""Signed tokens, digests of secrets, and encryption at rest. No database."""

import base64
import hashlib
import hmac
from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

import jwt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from account_portal.core.settings import get_settings

_ALGORITHM = "HS256"
_REQUIRED = ["exp", "iat", "iss", "aud"]


class TokenInvalid(Exception):
    """The token was not signed by us or is broken."""


class TokenExpired(TokenInvalid):
    """The token was ours, but its time is over."""


class _VerifiedTokens:
    """Claims of tokens whose signature was checked, so that a busy client pays for it once.

    Only the signature is remembered; the time limit and the session are checked on every call.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._claims: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, token: str) -> dict[str, Any] | None:
        return self._claims.get(token)

    def put(self, token: str, claims: dict[str, Any]) -> None:
        with self._lock:
            self._claims[token] = claims
            while len(self._claims) > self._size:
                self._claims.popitem(last=False)


_verified = _VerifiedTokens(10_000)


@lru_cache(maxsize=32)
def derived_keys(purpose: str) -> tuple[bytes, ...]:
    """32 bytes for one purpose from each key of the settings.

    The first one is in use; the others are earlier ones, by which things are read still.
    """
    settings = get_settings()
    secrets = [settings.signing_key(), *settings.earlier_keys]
    if purpose.startswith("encrypt") and settings.encryption_key:
        secrets.insert(0, settings.encryption_key)
    made = (hmac.new(key.encode(), purpose.encode(), hashlib.sha256) for key in secrets)
    return tuple(one.digest() for one in made)


def derived_key(purpose: str) -> bytes:
    """The key that is in use for a purpose."""
    return derived_keys(purpose)[0]


def issuer() -> str:
    """Who tokens are from: this shop's portal, however it is reached."""
    return f"urn:account-portal:{get_settings().store_id}"


def audience() -> str:
    """Whom they are for: the portal's own API, and nobody else's."""
    return f"{issuer()}:api"


def sign(claims: dict[str, Any]) -> str:
    """A JWT of the claims, with issuer and audience; the same claims give the same token."""
    claims = {**claims, "iss": issuer(), "aud": audience()}
    return jwt.encode(claims, derived_key("sign tokens"), algorithm=_ALGORITHM)


def verify(token: str, now: datetime) -> dict[str, Any]:
    """The claims of a token of ours.

    Raises:
        TokenExpired: its time is over.
        TokenInvalid: anything else is wrong with it.
    """
    claims = _verified.get(token)
    if claims is None:
        claims = _decoded(token)
        _verified.put(token, claims)
    if claims["exp"] <= now.timestamp():
        raise TokenExpired
    return claims


def _decoded(token: str) -> dict[str, Any]:
    if len(token) > 4096:
        raise TokenInvalid
    for key in derived_keys("sign tokens"):
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                issuer=issuer(),
                audience=audience(),
                options={"verify_exp": False, "verify_iat": False, "require": _REQUIRED},
            )
        except jwt.InvalidSignatureError:
            continue  # an earlier key may have signed it
        except (jwt.PyJWTError, ValueError, RecursionError):
            break
        if isinstance(claims.get("exp"), int):
            return claims
        break
    raise TokenInvalid


def digest(secret: str) -> str:
    """SHA-256 of an unguessable secret, for storing it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(purpose: str, text: str) -> str:
    """HMAC of something guessable, such as a code or an account number, for storing it."""
    return keyed_digests(purpose, text)[0]


def keyed_digests(purpose: str, text: str) -> list[str]:
    """The same by each key: what was stored may be of an earlier one."""
    made = (hmac.new(key, text.encode(), hashlib.sha256) for key in derived_keys(purpose))
    return [one.hexdigest() for one in made]


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def same_as_one(secret: str, others: list[str]) -> bool:
    """Compare a secret with several, each in constant time."""
    return any(same(secret, other) for other in others)


def _fernets() -> list[Fernet]:
    keys = derived_keys("encrypt at rest")
    return [Fernet(base64.urlsafe_b64encode(key)) for key in keys]


def encrypt(text: str) -> str:
    """The text, unreadable without the key."""
    return _fernets()[0].encrypt(text.encode()).decode()


def is_by_present_key(text: str) -> bool:
    """Whether what `encrypt` gave is readable without any earlier key."""
    try:
        _fernets()[0].decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def decrypt(text: str) -> str:
    """What `encrypt` was given.

    Raises:
        ValueError: no key of the settings encrypted it, or it is damaged.
    """
    try:
        return MultiFernet(_fernets()).decrypt(text.encode()).decode()
    except InvalidToken:
        raise ValueError("the key does not fit what is stored") from None
