"""Event sinks: installed packages that take events in this process, in place of an address.

A webhook whose address is `sink:NAME` hands its events to the sink of that name. All else is as for
an address: order, repeats, dead ones, sending again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from account_portal.core.extensions import EVENT_SINKS, NotInstalled, load, names
from account_portal.webhooks.sending import ANSWER_WITHIN, Outcome, Parcel, send_all

EventSink = Callable[[Mapping[str, Any]], None]
"""Takes an event as webhooks tell it. An error it raises is a failed try, and it is asked again.

It is called from several threads at once, for events of different customers, and may be given the
same event again: it keeps the ids of what it did.
"""

SCHEME = "sink:"
log = logging.getLogger("account_portal.webhooks")


def is_sink(url: str) -> bool:
    """Whether an address names a sink."""
    return url.startswith(SCHEME)


def fault_of_sink(url: str) -> str | None:
    """Why nothing can be handed to this sink."""
    name = url.removeprefix(SCHEME)
    known = names(EVENT_SINKS)
    if name in known:
        return None
    return f"names no event sink that is installed (there: {', '.join(known) or 'none'})"


async def deliver(
    url: str, keys: Sequence[str], parcels: Sequence[Parcel], now: datetime
) -> list[Outcome]:
    """Try several events at the same time, at the sink or at the address."""
    if is_sink(url):
        return await _hand_over(url, parcels)
    return await send_all(url, keys, parcels, now)


async def _hand_over(url: str, parcels: Sequence[Parcel]) -> list[Outcome]:
    """Give events to a sink, at the same time."""
    try:
        sink: EventSink = load(EVENT_SINKS, url.removeprefix(SCHEME))
    except NotInstalled as error:
        return [Outcome(succeeded=False, error=str(error))] * len(parcels)
    return await asyncio.gather(*(_give(url, sink, parcel) for parcel in parcels))


async def _give(url: str, sink: EventSink, parcel: Parcel) -> Outcome:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await loop.run_in_executor(_threads(url), sink, orjson.loads(parcel.body))
    except TimeoutError:
        return Outcome(succeeded=False, error=f"not done within {ANSWER_WITHIN:.0f} seconds")
    except Exception as error:  # whatever it is, the event is tried again
        log.exception("%s took an event badly", url)
        return Outcome(succeeded=False, error=f"{type(error).__name__}: {error}"[:300])
    return Outcome(succeeded=True)


@cache
def _threads(url: str) -> ThreadPoolExecutor:
    """Threads of one sink: where it hangs, it holds up no other and nothing of the worker."""
    return ThreadPoolExecutor(max_workers=10, thread_name_prefix=url)
