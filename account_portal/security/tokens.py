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
from cryptography.fernet import Fernet, InvalidToken

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


@lru_cache(maxsize=8)
def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the settings' secret."""
    settings = get_settings()
    secret = settings.signing_key()
    if purpose.startswith("encrypt") and settings.encryption_key:
        secret = settings.encryption_key
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


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
        if len(token) > 4096:
            raise TokenInvalid
        try:
            claims = jwt.decode(
                token,
                derived_key("sign tokens"),
                algorithms=[_ALGORITHM],
                issuer=issuer(),
                audience=audience(),
                options={"verify_exp": False, "verify_iat": False, "require": _REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise TokenInvalid from None
        if not isinstance(claims.get("exp"), int):
            raise TokenInvalid
        _verified.put(token, claims)
    if claims["exp"] <= now.timestamp():
        raise TokenExpired
    return claims


def digest(secret: str) -> str:
    """SHA-256 of an unguessable secret, for storing it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(purpose: str, text: str) -> str:
    """HMAC of something guessable, such as a code or an account number, for storing it."""
    return hmac.new(derived_key(purpose), text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("encrypt at rest")))


def encrypt(text: str) -> str:
    """The text, unreadable without the key."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What `encrypt` was given.

    Raises:
        ValueError: another key encrypted it, or it is damaged.
    """
    try:
        return _fernet().decrypt(text.encode()).decode()
    except InvalidToken:
        raise ValueError("the key does not fit what is stored") from None
