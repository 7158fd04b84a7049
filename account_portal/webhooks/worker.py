"""Sends what is due, by as many workers as like to: each takes what no other has.

One that is killed has lost nothing: what it took is tried again when its lease is over; one that
is stopped gives it back at once. An endpoint that hangs holds up only its own events.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from threading import Event, Thread

from account_portal import events
from account_portal.context import SHOP, Caller, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.webhooks import queue
from account_portal.webhooks.sending import Outcome
from account_portal.webhooks.sinks import deliver

log = logging.getLogger("account_portal.webhooks")

LOOKS_EVERY = 1.0
"""Seconds between two looks for what other processes wrote."""
GATHERS_FOR = 0.05
"""Seconds between news and the look for it: a burst of changes is looked at once, not each time."""
STOP_SECONDS = 5.0
MOST_ENDPOINTS = 32
"""Endpoints that one worker sends to at the same time."""


class Worker:
    """One worker; it has an event loop of its own."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._is_stopped = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None

    def wake(self) -> None:
        """Look now; from any thread."""
        loop, woken = self._loop, self._woken
        if loop is not None and woken is not None and not loop.is_closed():
            loop.call_soon_threadsafe(woken.set)

    def stop(self) -> None:
        """End soon; from any thread or signal handler."""
        self._is_stopped.set()
        self.wake()

    def run(self) -> None:
        """Work until stopped."""
        events.on_news(self.wake)
        try:
            asyncio.run(self._run())
        finally:
            events.no_more_news(self.wake)

    async def _run(self) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        sending: dict[str, asyncio.Task[None]] = {}
        while not self._is_stopped.is_set():
            self._woken.clear()
            due: list[str] = []
            try:
                await asyncio.to_thread(hand_on_all, self._database)
                due = await asyncio.to_thread(find_due, self._database)
            except GatewayUnavailable:
                log.warning("the database is busy; webhooks wait")
            except Exception:  # the worker outlives a database that restarts
                log.exception("webhooks could not be looked for; trying again")
            sending = {key: task for key, task in sending.items() if not task.done()}
            for endpoint_id in due:
                if endpoint_id not in sending and len(sending) < MOST_ENDPOINTS:
                    sending[endpoint_id] = asyncio.create_task(self._send(endpoint_id))
            await self._wait()
        for task in sending.values():
            task.cancel()
        await asyncio.gather(*sending.values(), return_exceptions=True)

    async def _wait(self) -> None:
        assert self._woken is not None
        try:
            async with asyncio.timeout(LOOKS_EVERY):
                await self._woken.wait()
        except TimeoutError:
            return
        if not self._is_stopped.is_set():
            await asyncio.sleep(GATHERS_FOR)

    async def _send(self, endpoint_id: str) -> None:
        try:
            while not self._is_stopped.is_set() and await send_due(endpoint_id, self._database):
                pass
        except GatewayUnavailable:
            log.warning("the database is busy; webhooks wait")
        except Exception:
            log.exception("webhooks to endpoint %s could not be sent; trying again", endpoint_id)


def hand_on_all(database: Database | None = None, now: datetime | None = None) -> None:
    """Give waiting events their places and make deliveries of them, if anybody wants any."""
    caller = Caller(now=now)
    while True:
        with enter(caller, writes=False, actor=SHOP, database=database) as ctx:
            if not queue.has_endpoints(ctx.db):
                return
            is_waiting, behind = events.has_waiting(ctx.db), queue.endpoints_behind(ctx.db)
        if is_waiting:
            with enter(caller, writes=True, actor=SHOP, database=database) as ctx:
                events.place_waiting(ctx)
                behind = queue.endpoints_behind(ctx.db)
        is_more = False
        for endpoint_id in behind:
            with enter(caller, writes=True, actor=SHOP, database=database) as ctx:
                is_more |= queue.hand_on(ctx, endpoint_id)
        if not is_more and not is_waiting:
            return


def find_due(database: Database | None = None, now: datetime | None = None) -> list[str]:
    """Endpoints that something is to be sent to now."""
    with enter(Caller(now=now), writes=False, actor=SHOP, database=database) as ctx:
        return queue.endpoints_due(ctx.db, ctx.now)


async def send_due(
    endpoint_id: str, database: Database | None = None, now: datetime | None = None
) -> int:
    """Take some of an endpoint's due deliveries, try them and record what became of them.

    Returns:
        How many were tried; 0 when nothing is due.
    """
    caller = Caller(now=now)
    taken: queue.Taken | None = None
    tried: dict[str, Outcome] = {}

    def take() -> None:
        nonlocal taken
        with enter(caller, writes=True, actor=SHOP, database=database) as ctx:
            taken = queue.take(ctx, endpoint_id)

    def settle(taken: queue.Taken) -> None:
        with enter(caller, writes=True, actor=SHOP, database=database) as ctx:
            queue.settle(ctx, endpoint_id, taken.until, tried)

    def give_back(taken: queue.Taken) -> None:
        with enter(caller, writes=True, actor=SHOP, database=database) as ctx:
            queue.give_back(ctx, taken)

    try:
        await _to_its_end(take)
        if taken is None:
            return 0
        parcels = taken.parcels
        outcomes = await deliver(taken.url, taken.keys, list(parcels.values()), utc_now())
        tried.update(zip(parcels, outcomes, strict=True))
        await _to_its_end(partial(settle, taken))
    except asyncio.CancelledError:
        if taken is not None:
            await asyncio.to_thread(give_back, taken)  # nothing of what is settled already
        raise
    return len(tried)


async def _to_its_end(work: Callable[[], None]) -> None:
    """Do it in a thread, and wait for its end even when cancelled: it is done then, or not."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise


@asynccontextmanager
async def sending_webhooks() -> AsyncIterator[None]:
    """Send in a thread of this process for as long as its server runs (its lifespan)."""
    worker = Worker()
    thread = Thread(target=worker.run, name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        await asyncio.to_thread(thread.join, STOP_SECONDS)
