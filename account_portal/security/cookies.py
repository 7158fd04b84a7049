"""The cookie that keeps a browser signed in: a secret whose digest names a session row."""

from http.cookies import CookieError, SimpleCookie

from account_portal.core.settings import get_settings


def session_cookie_name() -> str:
    """Its name; over https the `__Host-` prefix keeps other hosts from setting it."""
    return "__Host-portal" if get_settings().origin.startswith("https:") else "portal"


def read_session_cookie(header: str | None) -> str | None:
    """The secret out of a `Cookie` header, if it is there."""
    if not header:
        return None
    try:
        morsel = SimpleCookie(header).get(session_cookie_name())
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value else None
