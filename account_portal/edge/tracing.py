"""A span for each request, where traces are made."""

from account_portal.core.tracing import request_span
from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send, header
from account_portal.edge.kinds import kind_of_path, method_of

_CONTEXT = (b"traceparent", b"tracestate")


class Tracing:
    """Begins a span for each request, in the trace that the caller names."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind, method = kind_of_path(scope["path"]), method_of(scope)
        sent = {
            name.decode(): value
            for name in _CONTEXT
            if (value := header(scope["headers"], name)) is not None
        }
        attributes = {"http.request.method": method, "url.path": scope["path"]}
        with request_span(f"{method} {kind}", sent, attributes) as made:

            async def seen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    made.set_attribute("http.response.status_code", message["status"])
                    number = header(message["headers"], b"x-request-id")
                    made.set_attribute("portal.request_id", number or "")
                await send(message)

            await self.app(scope, receive, seen)
