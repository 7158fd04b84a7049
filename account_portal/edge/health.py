"""Is the process alive, and can it work?"""

import asyncio
import json
import logging
from collections.abc import Callable

from account_portal.core.db import get_database
from account_portal.core.errors import RETRY_AFTER
from account_portal.edge import neighbours
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send

ANSWER_WITHIN = 2.0  # seconds

logger = logging.getLogger("account_portal.health")


def _ping_database() -> None:
    get_database().ping()


def ping_redis(url: str) -> None:
    """One cheap question; raises what the driver raises when nobody answers."""
    import redis

    with redis.Redis.from_url(
        url, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN
    ) as client:
        client.ping()


class Health:
    """`/health/live` says that the process answers, `/health/ready` that its database does too.

    Where open pages live in Redis, that has to answer as well. Several portals that do not share
    open pages are told of; each can work all the same.
    """

    def __init__(
        self,
        app: ASGIApp,
        check: Callable[[], None] = _ping_database,
        check_redis: Callable[[], None] | None = None,
        neighbours: Callable[[], tuple[str, ...]] = neighbours.found,
    ) -> None:
        self.app = app
        self.neighbours = neighbours
        self.checks = {"database": check}
        if check_redis:
            self.checks["redis"] = check_redis

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
        names = list(self.checks)
        answers = await asyncio.gather(*(self._answers(name) for name in names))
        told = {name: "ok" if ok else "no answer" for name, ok in zip(names, answers, strict=True)}
        if self.neighbours():
            told["pages"] = "several portals without a shared Redis"
        if all(answers):
            await _say(send, 200, {"status": "ok", **told})
        else:
            await _say(send, 503, {"status": "unavailable", **told})

    async def _answers(self, name: str) -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await asyncio.to_thread(self.checks[name])
        except Exception:
            logger.warning("the %s does not answer", name, exc_info=True)
            return False
        return True


async def _say(send: Send, status: int, content: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
