"""Who asks, under which id, and the line that is logged about it."""

import logging
import time

from account_portal.core.request_id import accept_or_make, request_id
from account_portal.edge.asgi import (
    AnswerBroken,
    ASGIApp,
    Message,
    Receive,
    Scope,
    Send,
    header,
    set_header,
)
from account_portal.edge.envelope import send_failure
from account_portal.edge.logs import kind_of, log_request
from account_portal.edge.proxies import look_behind

errors = logging.getLogger("account_portal.errors")

END = "portal.end"
"""In a websocket's scope: a function that ends it, once the present message is dealt with."""
QUIET = ("/assets/", "/health/", "/backend/ping")
"""Asked for all the time and telling nothing; logged at debug level only, as files are."""


class Requests:
    """Gives each request its id and its caller's address, logs it, and answers what crashed.

    The log line has no query string, no header and no body: codes and tokens never reach it.
    """

    def __init__(self, app: ASGIApp, proxy_hops: int) -> None:
        self.app = app
        self.proxy_hops = proxy_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        look_behind(scope, self.proxy_hops)
        token = request_id.set(accept_or_make(header(scope["headers"], b"x-request-id")))
        try:
            if scope["type"] == "http":
                await self._answer(scope, receive, send)
            else:
                await self._converse(scope, receive, send)
        finally:
            request_id.reset(token)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_over = False

        def end() -> None:
            nonlocal is_over
            is_over = True

        async def hear() -> Message:
            return {"type": "websocket.disconnect", "code": 1008} if is_over else await receive()

        scope[END] = end
        try:
            await self.app(scope, hear, send)
        except Exception as error:  # noqa: BLE001 - the server closes what nobody serves any more
            errors.warning("a websocket was closed: %s", kind_of(error))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, began = scope["path"], time.perf_counter()
        status, finished = 0, False

        async def named(message: Message) -> None:
            nonlocal status, finished
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = list(message.get("headers", ()))
                set_header(message["headers"], b"x-request-id", request_id.get())
            elif message["type"] == "http.response.body":
                finished = not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, named)
        except AnswerBroken as broken:
            errors.warning("an answer was broken off: %s", kind_of(broken.__cause__ or broken))
            raise
        except Exception:
            # FastAPI answers and logs an error, then passes it on all the same.
            if not finished:
                errors.exception("unhandled error")
                if status:
                    raise  # the server breaks the connection: half an answer must not look whole
                await send_failure(named, 500, reference=request_id.get())
        finally:
            log_request(
                logging.DEBUG if path.startswith(QUIET) or "." in path else logging.INFO,
                {
                    "method": scope["method"],
                    "path": path,
                    "status": status,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                },
            )
