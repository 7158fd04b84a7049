"""The cookie that keeps a browser signed in: a secret whose digest names a session row."""

from account_portal.core.settings import get_settings


def session_cookie_name() -> str:
    """Its name; over https the `__Host-` prefix keeps other hosts from setting it."""
    return "__Host-portal" if is_https() else "portal"


def code_cookie_name() -> str:
    """Name of the cookie that remembers which one-time code a browser waits for."""
    return "__Host-portal-code" if is_https() else "portal-code"


def is_https() -> bool:
    """Whether customers reach the portal over https, so that cookies may insist on it."""
    return get_settings().origin.startswith("https:")


def read_session_cookie(header: str | None) -> str | None:
    """The secret out of a `Cookie` header, if it is there."""
    if not header:
        return None
    # Not `http.cookies`: it drops all cookies after one that some other script wrote oddly.
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == session_cookie_name():
            return value or None
    return None
