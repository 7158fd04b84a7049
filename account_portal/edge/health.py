"""Is the process alive, can it work, and what of it can't?"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import timedelta

from account_portal.context import NOBODY, enter
from account_portal.core.db import get_database
from account_portal.edge import neighbours
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send
from account_portal.gateways import get_gateways
from account_portal.notifications import waits_since

ANSWER_WITHIN = 2.0  # seconds
MESSAGES_WAIT = timedelta(minutes=10)
"""Until a message that is not sent yet is told of; codes have lapsed by then."""
OK, NO_ANSWER = "ok", "no answer"

Check = Callable[[], str | None]
"""What is wrong, in some words; raises when there is no answer."""

logger = logging.getLogger("account_portal.health")


def ask_database() -> None:
    """Whether it answers."""
    get_database().ping()


def ask_migrations() -> str | None:
    """Whether the tables are those of this code."""
    from account_portal.core import migrations  # what migrates is loaded when somebody asks

    try:
        return None if migrations.is_current(get_database()) else "to be run"
    except migrations.DatabaseTooNew:
        return "the database is of a newer version"


def ask_storage() -> None:
    """Whether files can be kept."""
    get_gateways().storage.check()


def ask_messages() -> str | None:
    """Whether messages go out."""
    with enter(writes=False, actor=NOBODY) as ctx:
        since = waits_since(ctx)
        return "waiting" if since is not None and ctx.now - since > MESSAGES_WAIT else None


NEEDED: dict[str, Check] = {"database": ask_database, "migrations": ask_migrations}
"""Without these nothing can be answered: others should be asked."""
TOLD: dict[str, Check] = {"storage": ask_storage, "messages": ask_messages}
"""All servers share what is wrong here: to take them away would make it worse."""


def ping_redis(url: str) -> None:
    """One cheap question; raises what the driver raises when nobody answers."""
    import redis

    with redis.Redis.from_url(
        url, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN
    ) as client:
        client.ping()


class Health:
    """`/health/live` says that the process answers, `/health/ready` that it can work.

    503 where what it needs is not there: the database with this code's tables, and Redis where open
    pages live in it. What else is wrong is told, as `degraded`.
    """

    def __init__(
        self,
        app: ASGIApp,
        needed: dict[str, Check] = NEEDED,
        told: dict[str, Check] = TOLD,
        neighbours: Callable[[], tuple[str, ...]] = neighbours.found,
    ) -> None:
        self.app = app
        self.neighbours = neighbours
        self.needed = needed
        self.checks = {**needed, **told}
        self._asked: dict[str, asyncio.Task[str]] = {}

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
        answers = await asyncio.gather(*map(self._answer, self.checks))
        told = dict(zip(self.checks, answers, strict=True))
        if self.neighbours():
            told["pages"] = "several portals without a shared Redis"
        if any(told[name] != OK for name in self.needed):
            await _say(send, 503, {"status": "unavailable", **told})
        else:
            status = OK if set(told.values()) == {OK} else "degraded"
            await _say(send, 200, {"status": status, **told})

    async def _answer(self, name: str) -> str:
        """What a check says; one that hangs is not asked again meanwhile, however many ask."""
        asked = self._asked.get(name)
        if asked is None or asked.done():
            asked = self._asked[name] = asyncio.create_task(self._ask(name))
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.shield(asked)
        except TimeoutError:
            logger.warning("%s: no answer within %.0f seconds", name, ANSWER_WITHIN)
            return NO_ANSWER

    async def _ask(self, name: str) -> str:
        try:
            return await asyncio.to_thread(self.checks[name]) or OK
        except Exception:
            logger.warning("%s: no answer", name, exc_info=True)
            return NO_ANSWER


async def _say(send: Send, status: int, content: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
