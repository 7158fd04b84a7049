"""Which other origins may call the API from a browser: those set, exactly, and no other."""

from collections.abc import Iterable, Sequence

from account_portal.edge.asgi import (
    ASGIApp,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    header,
    is_under,
)

ALLOWED_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, X-Api-Key, X-Debug-Mode, "
    "X-Device-Token, X-Request-Id"
)
ALLOWED_METHODS = "DELETE, GET, PATCH, POST, PUT"
EXPOSED_HEADERS = "Retry-After, X-Request-Id"


class ApiCors:
    """Answers preflights for `/api` and marks its answers.

    Reflex adds the same kind of answer, with credentials, on every path. Here it is taken out: the
    API is called with a bearer token, so no other origin ever needs the customer's cookie.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        origin = header(scope["headers"], b"origin")
        for_api = is_under(scope["path"], "/api")
        allowed = for_api and origin in self.origins
        asked = header(scope["headers"], b"access-control-request-method")
        if scope["method"] == "OPTIONS" and origin and asked:
            await self._preflight(send, origin if allowed else None)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _without_cors(message.get("headers", ()))
                if for_api and self.origins:
                    headers.append((b"vary", b"Origin"))
                if allowed and origin:
                    headers.append((b"access-control-allow-origin", origin.encode()))
                    headers.append((b"access-control-expose-headers", EXPOSED_HEADERS.encode()))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, marked)

    async def _preflight(self, send: Send, origin: str | None) -> None:
        headers: Headers = [(b"vary", b"Origin"), (b"content-length", b"0")]
        if origin:
            headers += [
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-methods", ALLOWED_METHODS.encode()),
                (b"access-control-allow-headers", ALLOWED_HEADERS.encode()),
                (b"access-control-max-age", b"600"),
            ]
        status = 204 if origin else 403
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _without_cors(sent: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Reflex writes some of it even where no other origin asks."""
    headers: Headers = []
    varies: list[str] = []
    for name, value in sent:
        if name == b"vary":
            varies += [part.strip() for part in value.decode("latin-1").split(",")]
        elif not name.startswith(b"access-control-"):
            headers.append((name, value))
    varies = [part for part in dict.fromkeys(varies) if part.lower() != "origin"]
    return [*headers, (b"vary", ", ".join(varies).encode())] if varies else headers
