"""A page's first data, made while the page itself is sent, by the handlers its websocket calls.

They run in a state of their own that is thrown away: what they check about the caller holds here as
it does there, what begins with an underscore never leaves it, and no tab's state is touched.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.istate.data import RouterData
from reflex_base.utils.format import json_dumps

from account_portal.context import Context
from account_portal.doors.page import read_inline
from account_portal.edge.logs import kind_of
from account_portal.edge.pages import PageRequest
from account_portal.ui.store import store_facts

log = logging.getLogger("account_portal.ui")

TIME_LIMIT = 0.5
"""Seconds. A page is not kept waiting for long: it can still ask by its websocket."""

_TOLD = ("ready", "missing")
"""Phases that are shown; whatever else happened is told by the websocket."""
_OF_THE_CONNECTION = ("rx_router_", "is_hydrated")


class FirstData:
    """Finds the first data of pages by their `on_load` handlers.

    Attributes:
        loading: the handlers of each route that shows a customer's data, all made by `page_load`.
    """

    def __init__(self, loading: Mapping[str, Sequence[Any]]) -> None:
        self.loading = loading

    async def __call__(self, request: PageRequest) -> str | None:
        """The values of state vars as JSON, or nothing: then the page asks for them as ever."""
        handlers = self.loading.get(request.route)
        if not handlers:
            return None
        loading = asyncio.ensure_future(_load(handlers, request))
        # Not `wait_for`: it would wait for a service's thread, which can't be stopped.
        await asyncio.wait({loading}, timeout=TIME_LIMIT)
        if not loading.done():
            loading.cancel()
            log.warning("first data of %s took too long", request.route)
            return None
        if error := loading.exception():  # the page works without it
            log.warning("no first data for %s", request.route, exc_info=error)
            return None
        return loading.result()


class Whereabouts:
    """Guesses where a page's reader is, by what is stored of them.

    Attributes:
        zone_of: finds the zone of the caller.
        of_nobody: name of the zone where that can't be asked.
    """

    def __init__(self, zone_of: Callable[[Context], ZoneInfo], of_nobody: str) -> None:
        self.zone_of = zone_of
        self.of_nobody = of_nobody

    async def __call__(self, request: PageRequest) -> str:
        """Name of the zone; days are drawn by it until the browser has told its own."""
        try:
            async with asyncio.timeout(TIME_LIMIT):
                return (await read_inline(_root_for(request), self.zone_of)).key
        except Exception as error:  # noqa: BLE001 - a guess holds no page up
            log.warning("nobody knows where a reader is: %s", kind_of(error))
            return self.of_nobody


def _root_for(request: PageRequest) -> rx.State:
    root = rx.State(_reflex_internal_init=True)
    root.router = RouterData.from_router_data(
        {
            "headers": request.headers,
            "ip": request.client,
            "pathname": request.route,
            "asPath": request.path + (f"?{request.query}" if request.query else ""),
            "query": request.parameters,
        }
    )
    return root


async def _load(handlers: Sequence[Any], request: PageRequest) -> str | None:
    root = _root_for(request)
    for handler in handlers:
        state = await root.get_state(handler.state)
        async for result in handler.fn(state):
            if result is not None:
                return None  # it leads elsewhere: to sign in, say
        if state.phase not in _TOLD:
            return None
    told = await root._get_resolved_delta()  # noqa: SLF001 - what Reflex itself would send
    own = root.get_full_name()
    if own in told:
        told[own] = {
            name: value
            for name, value in told[own].items()
            if not name.startswith(_OF_THE_CONNECTION)
        }
    return json_dumps({**told, **store_facts()})
