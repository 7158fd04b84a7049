"""Failures in the contract's shape, for what no route answers."""

import json
from collections.abc import Iterable

from account_portal.core.errors import RETRY_AFTER
from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send, header, is_under, moved

_KNOWN = {
    400: ("bad_request", "The request is not valid."),
    401: ("unauthorized", "Sign in to continue."),
    403: ("forbidden", "This is not allowed from here."),
    404: ("not_found", "Not found."),
    405: ("method_not_allowed", "This method is not allowed here."),
    413: ("payload_too_large", "This is too large."),
    415: ("unsupported_media_type", "This type of content is not accepted here."),
    503: ("unavailable", "This is not available just now. Try again in a moment."),
}

# `Allow` belongs to a 405, `WWW-Authenticate` to a 401, `Retry-After` to a 429 or 503.
_TELLING = (b"allow", b"www-authenticate", b"retry-after")


def failure_body(status: int, *, reference: str = "") -> bytes:
    """The envelope for a status; `reference` leads whoever is asked for help to the log lines."""
    code, message = _KNOWN.get(status, _KNOWN[400])
    if status >= 500 and status not in _KNOWN:
        code, message = "internal_error", "Something went wrong on our side."
        if reference:
            message = f"{message} Reference: {reference}."
    return json.dumps({"message": message, "success": False, "code": code}).encode()


async def send_failure(
    send: Send,
    status: int,
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    reference: str = "",
) -> None:
    """Answer with the envelope."""
    body = failure_body(status, reference=reference)
    own = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    if status == 503 and header(own, b"retry-after") is None:
        own.append((b"retry-after", str(RETRY_AFTER).encode()))
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


def enveloped(send: Send) -> Send:
    """A `send` that puts the envelope in the place of any failure that isn't JSON."""
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            sent = message.get("headers", ())
            kind = header(sent, b"content-type") or ""
            replaced = message["status"] >= 400 and "json" not in kind
            if replaced:
                kept = [item for item in sent if item[0] in _TELLING]
                await send_failure(send, message["status"], kept)
        if not replaced:
            await send(message)

    return sending


_SOCKETS = "/backend/_event"
"""Where pages open their websockets; what asks there for anything else is refused by a library."""
UPLOADED_FILES = "/backend/_upload/"
"""Where Reflex would show its upload folder to everyone. Customers' files have their own routes."""


class ApiFailures:
    """Keeps the API's promise that every failure is an envelope.

    A slash at the end of a path leads nowhere else. What is closed to everybody is answered in the
    same shape.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http" and scope["path"].startswith(UPLOADED_FILES):
            await send_failure(send, 404)
        elif scope["type"] == "http" and is_under(scope["path"], _SOCKETS):
            await self.app(scope, receive, enveloped(send))
        elif scope["type"] == "http" and is_under(scope["path"], "/api"):
            await self.app(moved(scope, scope["path"].rstrip("/")), receive, enveloped(send))
        else:
            await self.app(scope, receive, send)
