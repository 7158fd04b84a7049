"""Is the process alive, and can it work?"""

import asyncio
import json
import logging
from collections.abc import Callable

from account_portal.core.db import get_database
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send

ANSWER_WITHIN = 2.0  # seconds

logger = logging.getLogger("account_portal.health")


def _ping_database() -> None:
    get_database().ping()


class Health:
    """`/health/live` says that the process answers, `/health/ready` that its database does too."""

    def __init__(self, app: ASGIApp, check: Callable[[], None] = _ping_database) -> None:
        self.app = app
        self.check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
        elif scope["path"] == "/health/live":
            await _say(send, 200, {"status": "ok"})
        elif scope["path"] == "/health/ready":
            await self._ready(send)
        else:
            await self.app(scope, receive, send)

    async def _ready(self, send: Send) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await asyncio.to_thread(self.check)
        except Exception:
            logger.warning("the database does not answer", exc_info=True)
            await _say(send, 503, {"status": "unavailable", "database": "no answer"})
        else:
            await _say(send, 200, {"status": "ok", "database": "ok"})


async def _say(send: Send, status: int, content: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
