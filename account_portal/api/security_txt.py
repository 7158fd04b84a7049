"""Where to report faults of security (RFC 9116)."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from account_portal.core.clock import utc_now
from account_portal.core.errors import NotFound
from account_portal.core.settings import get_settings

router = APIRouter(include_in_schema=False)

HOLDS_FOR = timedelta(days=180)
"""From each answer on: what the setting says now is true now."""


@router.get("/.well-known/security.txt")
def security_txt() -> Response:
    """The contact of the settings; without one there is no such page."""
    settings = get_settings()
    if not settings.security_contact:
        raise NotFound
    lines = {
        "Contact": settings.security_contact,
        "Expires": f"{utc_now() + HOLDS_FOR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": "en",
    }
    if settings.origin.startswith("https:"):
        lines["Canonical"] = f"{settings.origin}/.well-known/security.txt"
    return PlainTextResponse("".join(f"{name}: {text}\n" for name, text in lines.items()))
