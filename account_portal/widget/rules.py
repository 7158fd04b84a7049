"""What a storefront's word must say to be believed (after RFC 7523).

`iss` is the origin of the storefront, `sub` its customer, `aud` the portal's origin; `iat` and
`exp` bound its life, `nbf` (optional) says from when it counts, `jti` makes it work once. With
`auth_time` (optional, OpenID Connect) the storefront says when its customer last proved who they
are; without, the word signs in and proves nothing more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from account_portal.auth.rules import Contact, parse_contact
from account_portal.core.errors import Forbidden, InvalidInput, NotAuthenticated

LONGEST_LIFE = 300
"""Seconds between `iat` and `exp` at most."""
LAST_TIME = 2**40
"""Seconds since 1970 that still are a time, tens of thousands of years from now."""
CLOCK_SKEW = 30
"""Seconds two servers' clocks may differ."""


class VouchingNotEnabled(Forbidden):
    """Nobody may vouch for customers."""

    code = "vouching_not_enabled"
    message = "No storefront vouches for customers here: set PORTAL_EMBED_SECRET."


class AssertionRefused(NotAuthenticated):
    """The storefront's word is not believed; the message tells its developer why."""

    code = "assertion_refused"
    keeps_changes = True


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a storefront vouches for.

    Attributes:
        subject: the storefront's own key of the customer.
        token_id: what makes the word unique.
        email: address that the storefront has verified.
        phone: number that the storefront has verified.
        first_name: as the storefront knows it.
        last_name: likewise.
        proven_at: when the storefront's customer last proved who they are, if it says so.
    """

    subject: str
    token_id: str
    email: Contact | None = None
    phone: Contact | None = None
    first_name: str | None = None
    last_name: str | None = None
    proven_at: datetime | None = None


def read_claims(
    claims: Mapping[str, Any],
    *,
    origin: str,
    allowed: Collection[str],
    audience: str,
    now: datetime,
) -> Vouched:
    """Whom the claims vouch for.

    Args:
        claims: of an assertion whose signature is good.
        origin: of the page that sent it, as the browser says.
        allowed: origins that may show the portal in a frame.
        audience: the portal's own origin.
        now: the moment.

    Raises:
        AssertionRefused: they are not for this portal, this page or this moment.
    """
    if origin not in allowed:
        raise AssertionRefused(f"{origin} is not among PORTAL_EMBED_ORIGINS.")
    if claims.get("iss") != origin:
        raise AssertionRefused(f"`iss` must be the storefront's origin, {origin}.")
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [named]
    if audience not in audiences or not all(isinstance(one, str) for one in audiences):
        raise AssertionRefused(f"`aud` must be {audience}.")
    _require_its_moment(claims, now)
    subject, token_id = claims.get("sub"), claims.get("jti")
    if not _is_key(subject) or not 0 < len(subject) <= 64:
        raise AssertionRefused("`sub` must name the customer, in at most 64 characters.")
    if not _is_key(token_id) or not 8 <= len(token_id) <= 100:
        raise AssertionRefused("`jti` must be a text of 8 to 100 characters, new for each token.")
    return Vouched(
        subject=subject,
        token_id=token_id,
        email=_verified(claims, "email"),
        phone=_verified(claims, "phone_number"),
        first_name=_name(claims, "given_name"),
        last_name=_name(claims, "family_name"),
        proven_at=_proven_at(claims, now),
    )


def _is_key(value: object) -> TypeGuard[str]:
    """Whether it is a text that databases keep alike: no control characters, no half letters."""
    return isinstance(value, str) and value.isprintable()


def _require_its_moment(claims: Mapping[str, Any], now: datetime) -> None:
    begun, ends = _time(claims, "iat"), _time(claims, "exp")
    starts = _time(claims, "nbf") if "nbf" in claims else begun
    moment = now.timestamp()
    if not 0 < ends - begun <= LONGEST_LIFE:
        raise AssertionRefused(f"`exp` must be at most {LONGEST_LIFE} seconds after `iat`.")
    if ends + CLOCK_SKEW <= moment:
        raise AssertionRefused("The token has expired.")
    if begun - CLOCK_SKEW > moment:
        raise AssertionRefused("`iat` lies in the future.")
    if starts - CLOCK_SKEW > moment:
        raise AssertionRefused("`nbf` lies in the future.")


def _proven_at(claims: Mapping[str, Any], now: datetime) -> datetime | None:
    if "auth_time" not in claims:
        return None
    ago = now.timestamp() - _time(claims, "auth_time")
    if ago < -CLOCK_SKEW:
        raise AssertionRefused("`auth_time` lies in the future.")
    return now - timedelta(seconds=max(ago, 0))


def _time(claims: Mapping[str, Any], claim: str) -> float:
    value = claims.get(claim)
    # The comparison also refuses NaN, infinity and whole numbers that no float can hold.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_TIME:
        raise AssertionRefused(f"`{claim}` must be a time, in seconds since 1970.")
    return float(value)


def _verified(claims: Mapping[str, Any], claim: str) -> Contact | None:
    """Only what the storefront has verified: a contact that anybody may type proves nothing."""
    text = claims.get(claim)
    if claims.get(f"{claim}_verified") is not True or not isinstance(text, str):
        return None
    try:
        return parse_contact(text)
    except InvalidInput:
        return None


def _name(claims: Mapping[str, Any], claim: str) -> str | None:
    value = claims.get(claim)
    if not isinstance(value, str):
        return None
    return "".join(c for c in value if c.isprintable()).strip()[:100] or None
