"""Connections of open pages, while the Redis that holds what pages hold does not answer.

An event that cannot reach its page's state ends in the log, and the page waits for ever. So
connections are hung up and refused meanwhile: the page says that there is no connection, keeps what
was typed, tries again by itself and goes on once Redis is back.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import count

from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("account_portal.connections")

LOOKS_EVERY = 1.0  # seconds
ANSWERS_WITHIN = 2.0
COMES_BACK = 1012
TRY_AGAIN_LATER = 1013
"""Codes of a websocket's close; a refusal with the second is a 503."""


class PageConnections:
    """Hangs up open pages when `ping` fails, and refuses new ones until it does not."""

    def __init__(self, app: ASGIApp, ping: Callable[[], None]) -> None:
        self.app = app
        self.ping = ping
        self._numbers = count()
        self._open: dict[int, Send] = {}
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if not await self._answers():
            await receive()
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        number, is_over = next(self._numbers), False

        async def guarded(message: Message) -> None:
            nonlocal is_over
            if is_over:
                return  # hung up: what the page would have been told is asked for anew
            is_over = message["type"] == "websocket.close"
            await send(message)

        self._open[number] = guarded
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            await self.app(scope, receive, guarded)
        finally:
            del self._open[number]

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await asyncio.to_thread(self.ping)
        except Exception:  # noqa: BLE001 - whatever a driver raises
            return False
        return True

    async def _watch(self) -> None:
        """Look from time to time, as long as pages are open."""
        while self._open:
            if not await self._answers():
                log.warning("Redis does not answer: %s open pages wait for it", len(self._open))
                for hang_up in list(self._open.values()):
                    with suppress(Exception):  # gone already
                        await hang_up({"type": "websocket.close", "code": COMES_BACK})
            await asyncio.sleep(LOOKS_EVERY)
