"""A storefront's word for its customer, good unless changed."""

from datetime import UTC, datetime
from typing import Any

import jwt

from account_portal.core.ids import new_id
from account_portal.core.settings import get_settings

SHOP = "http://127.0.0.1:8001"
"""The demo storefront, beside the portal the tests ask."""
PORTAL = "http://localhost:8000"


def make_claims(now: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """Claims of a good word; a change to None leaves one out."""
    begun = int((now or datetime.now(UTC)).timestamp())
    claims = {
        "iss": SHOP,
        "aud": PORTAL,
        "sub": "shop-77",
        "iat": begun,
        "exp": begun + 60,
        "jti": new_id(),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def make_assertion(now: datetime | None = None, *, key: str | None = None, **changes: Any) -> str:
    """The word itself, signed with the demo storefront's secret."""
    secret = key or get_settings().storefront_secret()
    return jwt.encode(make_claims(now, **changes), secret, "HS256")
