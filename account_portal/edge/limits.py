"""A limit on what a request may send."""

import math
import re

from account_portal.core.errors import PayloadTooLarge
from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send, header
from account_portal.edge.envelope import send_failure

LARGEST_BODY = 130 * 1024 * 1024
"""Bytes. Reviews with photos and videos are the largest, by the API and by the page; smaller limits
are the routes' own."""

STREAMED = re.compile(r"/api/v1/[^/]+/merchant/records")
"""Records of the shop's systems: read as they come, however many, once the key is known."""

_CLOSE = [(b"connection", b"close")]  # the rest of the body is not read


class BodyTooLarge(PayloadTooLarge):
    """More bytes arrived than are allowed; for whoever reads them, an answer like another."""


class BodyLimit:
    """Answers 413 to a body that is too large.

    One that says so beforehand isn't read at all, another one until it has grown too large. Whoever
    is refused, or sent on, before their body was read is told that the connection ends:
    the server closes it, and the next request on it would be lost.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = header(scope["headers"], b"content-length")
        if declared is None and _has_no_body(scope):
            await self.app(scope, receive, send)
            return
        declared = declared or "0"
        largest = math.inf if STREAMED.fullmatch(scope["path"]) else self.largest
        if not declared.isdigit():
            await send_failure(send, 400, _CLOSE)
        elif int(declared) > largest:
            await send_failure(send, 413, _CLOSE)
        else:
            await self._count(scope, receive, send, largest)

    async def _count(self, scope: Scope, receive: Receive, send: Send, largest: float) -> None:
        received = 0
        answered = False
        is_read = header(scope["headers"], b"content-length") == "0"

        async def counted() -> Message:
            nonlocal received, is_read
            message = await receive()
            received += len(message.get("body", b""))
            is_read = not message.get("more_body", False)
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
            if message.get("status", 0) >= 300 and not is_read and _is_first_http(scope):
                message = {**message, "headers": [*message["headers"], *_CLOSE]}
            await send(message)

        try:
            await self.app(scope, counted, judged)
        except BodyTooLarge:
            if not answered:
                await send_failure(send, 413, _CLOSE)


def _has_no_body(scope: Scope) -> bool:
    """Whether none can follow; HTTP/2 ends a body without having announced it."""
    announced = header(scope["headers"], b"transfer-encoding")
    return announced is None and _is_first_http(scope)


def _is_first_http(scope: Scope) -> bool:
    """HTTP/1: a connection carries one request after the other."""
    return scope["http_version"].startswith("1")
