"""Files that a page sends: from customers only.

Reflex takes a whole upload in before any handler can ask who sends it. A review's photos and videos
are many megabytes, which lie on the disk meanwhile; strangers shall not be able to fill it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from account_portal.context import Caller, enter
from account_portal.core.errors import Forbidden, GatewayUnavailable, NotAuthenticated
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send, header
from account_portal.edge.envelope import enveloped, send_failure
from account_portal.security.cookies import read_session_cookie

PAGE_UPLOADS = "/backend/_upload"
HANDLER = b"reflex-event-handler"
"""Header that names the handler of the page."""

_CLOSE = [(b"connection", b"close")]  # the rest of the body is not read


class PageUploads:
    """Refuses, without reading what is sent, whoever is no signed-in customer, and wrong handlers.

    What Reflex itself refuses leaves in the contract's envelope too.
    """

    def __init__(
        self,
        app: ASGIApp,
        is_customer: Callable[[str | None], bool] | None = None,
        takes_files: Callable[[str], bool] | None = None,
    ) -> None:
        self.app = app
        self.is_customer = is_customer or _is_customer
        self.takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != PAGE_UPLOADS:
            await self.app(scope, receive, send)
            return
        headers = scope["headers"]
        try:
            let_in = await asyncio.to_thread(self.is_customer, header(headers, b"cookie"))
        except GatewayUnavailable:
            await send_failure(send, 503, _CLOSE)
            return
        if not let_in:
            await send_failure(send, 401, _CLOSE)
        elif self.takes_files and not self.takes_files(header(headers, HANDLER) or ""):
            await send_failure(send, 400, _CLOSE)
        else:
            await self.app(scope, receive, enveloped(send))


def _is_customer(cookies: str | None) -> bool:
    """Whether one of a browser's sessions is alive: of its pages, or of those in a frame.

    Which of them counts is for the handler to say.
    """
    for in_frame in (False, True):
        cookie = read_session_cookie(cookies, in_frame=in_frame)
        with suppress(NotAuthenticated, Forbidden):
            if cookie:
                with enter(Caller(cookie=cookie), writes=False) as ctx:
                    return bool(ctx.user_id)
    return False
