"""A limit on what a request may send."""

import re

from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send, header
from account_portal.edge.envelope import send_failure

LARGEST_BODY = 130 * 1024 * 1024
"""Bytes. Reviews with photos and videos are the largest, by the API and by the page; smaller limits
are the routes' own."""

STREAMED = re.compile(r"/api/v1/[^/]+/merchant/records")
"""Records of the shop's systems: read as they come, however many, once the key is known."""

_CLOSE = [(b"connection", b"close")]  # the rest of the body is not read


class BodyTooLarge(Exception):
    """More bytes arrived than are allowed."""


class BodyLimit:
    """Answers 413 to a body that is too large.

    One that says so beforehand isn't read at all, another one until it has grown too large.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http" or STREAMED.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        declared = header(scope["headers"], b"content-length")
        if declared is None and _has_no_body(scope):
            await self.app(scope, receive, send)
            return
        declared = declared or "0"
        if not declared.isdigit():
            await send_failure(send, 400, _CLOSE)
        elif int(declared) > self.largest:
            await send_failure(send, 413, _CLOSE)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        largest = self.largest
        received = 0
        answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise BodyTooLarge
            return message

        async def judged(message: Message) -> None:
            # Whoever reads the body may take the exception for a broken request of its own kind.
            nonlocal answered
            if received > largest:
                if not answered:
                    answered = True
                    await send_failure(send, 413, _CLOSE)
                return
            answered = True
            await send(message)

        try:
            await self.app(scope, counted, judged)
        except BodyTooLarge:
            if not answered:
                await send_failure(send, 413, _CLOSE)


def _has_no_body(scope: Scope) -> bool:
    """Whether none can follow; HTTP/2 ends a body without having announced it."""
    announced = header(scope["headers"], b"transfer-encoding")
    return announced is None and scope["http_version"].startswith("1")
