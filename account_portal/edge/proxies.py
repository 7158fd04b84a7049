"""Who a request comes from, behind as many reverse proxies as the settings trust.

This is the only reader of `X-Forwarded-For`. What it found stands in the scope, for the API, pages,
uploads and Reflex's websocket alike; the header itself goes no further.
"""

from ipaddress import ip_address

from account_portal.edge.asgi import Scope, header

FORWARDED_FOR = b"x-forwarded-for"
FORWARDED_PROTO = b"x-forwarded-proto"
MOST_ADDRESSES = 50
"""Entries that are looked at, from the right; more than any chain of proxies has."""


def look_behind(scope: Scope, hops: int) -> None:
    """Put the caller's address and scheme into the scope.

    A header may come in several lines, which count as one list. Each trusted proxy adds one entry
    at its end; all before these is what the caller wrote, and is believed by nobody.

    Args:
        scope: of the request; `client`, `scheme` and `headers` are changed.
        hops: proxies before this server. 0: nobody is believed.
    """
    lines = [value for name, value in scope["headers"] if name == FORWARDED_FOR]
    if lines:
        scope["headers"] = [item for item in scope["headers"] if item[0] != FORWARDED_FOR]
    if not hops:
        return
    entries = b",".join(lines).decode("latin-1").rsplit(",", MOST_ADDRESSES)
    seen = [entry.strip() for entry in entries if entry.strip()]
    if len(seen) >= hops and (address := _address(seen[-hops])):
        scope["client"] = (address, 0)
    protos = (header(scope["headers"], FORWARDED_PROTO) or "").split(",")
    if protos[-1].strip() == "https":
        scope["scheme"] = "wss" if scope["type"] == "websocket" else "https"


def _address(entry: str) -> str:
    """The IP address of an entry, which may carry a port; empty where there is none."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ip_address(entry))
    except ValueError:
        return ""
