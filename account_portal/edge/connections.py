"""Connections and uploads of open pages, while the Redis that holds their state does not answer.

An event that cannot reach its page's state ends in the log, and the page waits for ever. So
connections are hung up and refused meanwhile: the page says that there is no connection, keeps what
was typed, tries again by itself and goes on once Redis is back. An upload, which is an event with
files, is 503 meanwhile, like any call that comes too early.
"""

import asyncio
import logging
from collections.abc import Callable

from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send
from account_portal.edge.envelope import send_failure
from account_portal.edge.uploads import CLOSE, is_upload

log = logging.getLogger("account_portal.connections")

LOOKS_EVERY = 1.0  # seconds
ANSWERS_WITHIN = 2.0
COMES_BACK = 1012
TRY_AGAIN_LATER = 1013
"""Codes of a websocket's end; a refusal with the second is a 503."""


class PageConnections:
    """Hangs up open pages when `ping` fails, and refuses new ones until it does not."""

    def __init__(self, app: ASGIApp, ping: Callable[[], None]) -> None:
        self.app = app
        self.ping = ping
        self._open: set[asyncio.Event] = set()
        """One of each connection; set, it hangs up."""
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if is_upload(scope):
            await self._upload(scope, receive, send)
            return
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if not await self._answers():
            await receive()
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        hung_up = asyncio.Event()

        async def sending(message: Message) -> None:
            if not hung_up.is_set():  # else what the page would be told is asked for anew
                await send(message)

        self._open.add(hung_up)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            await self.app(scope, _until(hung_up, receive), sending)
        finally:
            self._open.discard(hung_up)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take files in, unless the state of their page can't be reached, before or at the end."""
        if not await self._answers():
            await send_failure(send, 503, CLOSE)
            return
        replaced = False

        async def sending(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 500:
                replaced = not await self._answers()
                if replaced:
                    await send_failure(send, 503, CLOSE)
            if not replaced:
                await send(message)

        await self.app(scope, receive, sending)

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
                for hung_up in self._open:
                    hung_up.set()
            await asyncio.sleep(LOOKS_EVERY)


def _until(hung_up: asyncio.Event, receive: Receive) -> Receive:
    """A `receive` that tells of a disconnect once the connection is to be hung up.

    The server closes the connection when the app has returned. It would take a close of ours only
    after the browser's next word, which may be half a minute away.
    """

    async def receiving() -> Message:
        coming = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(hung_up.wait())
        try:
            await asyncio.wait((coming, over), return_when=asyncio.FIRST_COMPLETED)
            if hung_up.is_set():
                return {"type": "websocket.disconnect", "code": COMES_BACK}
            return coming.result()
        finally:
            coming.cancel()
            over.cancel()

    return receiving
