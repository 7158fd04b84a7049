"""Files that a page sends: from customers only.

Reflex takes a whole upload in before any handler can ask who sends it. A review's photos and videos
are many megabytes, which lie on the disk meanwhile; strangers shall not be able to fill it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from account_portal.context import Caller, enter
from account_portal.core.errors import PortalError
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send, header
from account_portal.edge.envelope import send_failure
from account_portal.security.cookies import read_session_cookie

PAGE_UPLOADS = "/backend/_upload"

_CLOSE = [(b"connection", b"close")]  # the rest of the body is not read


class PageUploads:
    """Answers 401, without reading what is sent, unless the browser's customer is signed in."""

    def __init__(
        self, app: ASGIApp, is_customer: Callable[[str | None], bool] | None = None
    ) -> None:
        self.app = app
        self.is_customer = is_customer or _is_customer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http" and scope["path"].rstrip("/") == PAGE_UPLOADS:
            cookies = header(scope["headers"], b"cookie")
            if not await asyncio.to_thread(self.is_customer, cookies):
                await send_failure(send, 401, _CLOSE)
                return
        await self.app(scope, receive, send)


def _is_customer(cookies: str | None) -> bool:
    """Whether one of a browser's sessions is alive: of its pages, or of those in a frame.

    Which of them counts is for the handler to say.
    """
    for in_frame in (False, True):
        cookie = read_session_cookie(cookies, in_frame=in_frame)
        # A database that is away is no reason to take in what could not be kept.
        with suppress(PortalError):
            if cookie:
                with enter(Caller(cookie=cookie), writes=False) as ctx:
                    return bool(ctx.user_id)
    return False
