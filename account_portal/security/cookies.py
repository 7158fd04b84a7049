"""The cookie that keeps a browser signed in: a secret whose digest names a session row."""

import re

from account_portal.core.settings import get_settings

ZONE_COOKIE = "portal-zone"
"""Written by pages (`serving/head.js`), so that the next one's dates can be drawn as they are."""


def session_cookie_name() -> str:
    """Name of the cookie that keeps a browser signed in."""
    return _named("portal")


def code_cookie_name() -> str:
    """Name of the cookie that remembers which one-time code a browser waits for."""
    return _named("portal-code")


def device_cookie_name() -> str:
    """Name of the cookie by which a browser is known that signed in before; it opens nothing."""
    return _named("portal-device")


def passkey_cookie_name() -> str:
    """Name of the cookie that binds a passkey's challenge to the browser that asked for it."""
    return _named("portal-passkey")


def second_proof_cookie_name() -> str:
    """Name of the cookie that says that a browser gave the first of two proofs."""
    return _named("portal-second")


def find_cookie_name() -> str:
    """Name of the cookie that remembers which order's code a browser waits for."""
    return _named("portal-find")


def order_cookie_name() -> str:
    """Name of the cookie that opens one order for an hour."""
    return _named("portal-order")


def _named(name: str) -> str:
    """Over https the `__Host-` prefix keeps other hosts from setting a cookie."""
    return f"__Host-{name}" if is_https() else name


def is_https() -> bool:
    """Whether customers reach the portal over https, so that cookies may insist on it."""
    return get_settings().origin.startswith("https:")


def frame_cookie_name() -> str:
    """Name of the cookie of pages in a storefront's frame.

    It is always `Secure`, as browsers ask of any cookie that another site's page may send.
    """
    return "__Host-portal-frame"


def read_session_cookie(header: str | None, *, in_frame: bool = False) -> str | None:
    """The secret out of a `Cookie` header, if it is there.

    Args:
        header: what the browser sent.
        in_frame: of a page in a storefront's frame. There its own cookie counts most; on the
            storefront's own site the one of the portal's pages comes along too.
    """
    cookies = _read(header)
    own = cookies.get(session_cookie_name())
    return cookies.get(frame_cookie_name(), own) if in_frame else own


def read_device_cookie(header: str | None) -> str | None:
    """The device's secret out of a `Cookie` header, if it is there."""
    return read_cookie(header, device_cookie_name())


def read_cookie(header: str | None, name: str) -> str | None:
    """The value of a cookie out of a `Cookie` header, if it is there."""
    return _read(header).get(name)


def read_order_cookie(header: str | None) -> str | None:
    """The key of an order out of a `Cookie` header, if it is there."""
    return read_cookie(header, order_cookie_name())


def read_zone_cookie(header: str | None) -> str:
    """The name of the browser's time zone, such as `Asia/Kolkata`; empty when it has not told."""
    zone = _read(header).get(ZONE_COOKIE, "")
    return zone if re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", zone) else ""


def _read(header: str | None) -> dict[str, str]:
    # Not `http.cookies`: it drops all cookies after one that some other script wrote oddly.
    pairs = (pair.strip().partition("=") for pair in (header or "").split(";"))
    return {name: value for name, _, value in pairs if value}
