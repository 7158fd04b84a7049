"""Tokens say who gave them out and whom they are for, and others are refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from account_portal.security import tokens

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def claims(**more: Any) -> dict[str, Any]:
    moment = int(NOW.timestamp())
    return {"sub": "someone", "iat": moment, "exp": moment + 900, **more}


def signed(content: dict[str, Any]) -> str:
    return jwt.encode(content, tokens.derived_key("sign tokens"), algorithm="HS256")


def test_ours_carry_issuer_and_audience() -> None:
    token = tokens.sign(claims())
    read = jwt.decode(token, options={"verify_signature": False})
    assert (read["iss"], read["aud"]) == (tokens.issuer(), tokens.audience())
    assert tokens.verify(token, NOW)["sub"] == "someone"
    assert tokens.sign(claims()) == token
    with pytest.raises(tokens.TokenExpired):
        tokens.verify(token, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "content",
    [
        claims(),  # as they were before they carried either
        claims(iss="urn:account-portal:main"),
        claims(aud="urn:account-portal:main:api"),
        claims(iss="urn:account-portal:other", aud="urn:account-portal:main:api"),
        claims(iss="urn:account-portal:main", aud="urn:account-portal:other:api"),
        claims(iss="urn:account-portal:main", aud=[]),
    ],
)
def test_others_are_refused_although_the_signature_is_good(content: dict[str, Any]) -> None:
    assert tokens.issuer() == "urn:account-portal:main"
    with pytest.raises(tokens.TokenInvalid):
        tokens.verify(signed(content), NOW)
