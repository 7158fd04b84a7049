"""A demo that nobody asked for answers this machine alone, whatever stands before it.

It listens on loopback only; a proxy on the same machine would still hand it to the network, with
logins and codes that everybody knows.
"""

import logging

from account_portal.core.network import is_loopback
from account_portal.core.settings import DEMO_UNASKED
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send, header
from account_portal.edge.envelope import send_failure

FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")

logger = logging.getLogger("account_portal.demo")


class LocalDemo:
    """Refuses what a proxy passes on, and what asks for another host than this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "lifespan" or _is_from_here(scope):
            await self.app(scope, receive, send)
            return
        logger.warning("refused a request from elsewhere: %s", DEMO_UNASKED)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send_failure(send, 403)


def _is_from_here(scope: Scope) -> bool:
    headers = scope["headers"]
    if any(header(headers, name) is not None for name in FORWARDED):
        return False
    host = header(headers, b"host") or ""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return is_loopback(name)
