"""Open pages follow what changes elsewhere: by the shop, an import, the API, another tab.

Each change is counted with the users it concerns (`notifications.news`). Every process looks up the
counts of those whose pages are connected to it, all in one question. Where there is news, the tab
is told the new count with `PageState.viewer`; the page then asks for its data as it always does.
An ended session is such news too: its tabs ask to sign in again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import reflex as rx
from starlette.concurrency import run_in_threadpool

from account_portal.context import answers_at_once, enter
from account_portal.core.errors import PortalError
from account_portal.notifications import read_news

log = logging.getLogger("account_portal.ui")

LOOK_EVERY = 0.5
"""Seconds between two looks; a page shows a change within the second."""


class _Tab(NamedTuple):
    user_id: str
    news: int
    """The count its page was told."""


_open: dict[str, _Tab] = {}
"""Tabs that show somebody's data, by the key of their state; one that went away is forgotten."""
_telling: set[asyncio.Future[None]] = set()
"""Under way still; kept, as nothing else holds them."""


def note_open(state: Any, user_id: str, news: int) -> None:
    """Follow changes for the tab of a page's state."""
    if token := state.router.session.client_token:
        _open[token] = _Tab(user_id, news)


Notice = Callable[[Any], Awaitable[None]]
"""What a tab's state does with news, before it is sent to the page."""


async def watch_changes(app: rx.App, notice: Notice) -> None:
    """Tell tabs of news as long as the server runs."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await look(app, notice)
        except PortalError:
            log.warning("the database was busy; open pages are told of changes later")
        except Exception:
            log.exception("open pages could not be told of changes; the next look tries again")


async def look(app: rx.App, notice: Notice) -> None:
    """Look once; see `watch_changes`."""
    connected = app.event_namespace.token_to_sid if app.event_namespace else {}
    for token in [token for token in _open if token not in connected]:
        del _open[token]
    if not _open:
        return
    news = await _read({tab.user_id for tab in _open.values()})
    telling = []
    for token, tab in list(_open.items()):
        latest = news.get(tab.user_id, tab.news)
        if latest != tab.news:
            _open[token] = tab._replace(news=latest)
            telling.append(asyncio.ensure_future(_tell(app, token, notice)))
    for one in telling:
        _telling.add(one)
        one.add_done_callback(_telling.discard)
    if telling:
        # Whose tab is busy (an upload, say) is told after it; nobody else waits for that.
        await asyncio.wait(telling, timeout=LOOK_EVERY)


async def _tell(app: rx.App, token: str, notice: Notice) -> None:
    try:
        async with app.modify_state(rx.BaseStateToken(ident=token, cls=rx.State)) as state:
            await notice(state)
        # At the end of this, who looks is asked for anew and sent, as after every event.
    except Exception:
        log.exception("an open page could not be told of a change")


async def _read(user_ids: set[str]) -> dict[str, int]:
    def find() -> dict[str, int]:
        with enter(writes=False) as ctx:
            return read_news(ctx, user_ids)

    return find() if answers_at_once() else await run_in_threadpool(find)
