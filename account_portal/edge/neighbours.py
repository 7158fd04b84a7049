"""Other portals that serve pages on the same database, and keep what open pages hold elsewhere.

A browser whose connection comes back to another one finds nothing of its page there: the page loads
anew, and what was typed is gone. One Redis for all of them prevents it, or a load balancer that
keeps each browser at one portal. The API does not mind. So it is noticed and said.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from account_portal.context import NOBODY, enter
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.ids import new_id
from account_portal.core.settings import Settings, get_settings
from account_portal.models import RunningPortal
from account_portal.security import tokens

log = logging.getLogger("account_portal.neighbours")

EVERY_SECONDS = 30.0
FRESH = timedelta(seconds=75)
"""Two signs of life may be missed."""
SHOWN = 20
REMEDY = (
    "Set the same PORTAL_REDIS_URL for all of them, or let the load balancer keep each browser "
    "at one portal."
)

_found: tuple[str, ...] = ()


def found() -> tuple[str, ...]:
    """Addresses of the others, as of the last look of this process."""
    return _found


def page_store(settings: Settings) -> str:
    """Names the place where open pages are held, and tells nobody its address."""
    return tokens.keyed_digest("page store", settings.redis_url) if settings.redis_url else ""


def strangers(db: Session, own: RunningPortal, now: datetime) -> tuple[str, ...]:
    """Who else serves pages on this database, without sharing them with `own`."""
    rows = db.execute(
        select(RunningPortal)
        .where(col(RunningPortal.seen_at) > now - FRESH, col(RunningPortal.id) != own.id)
        .order_by(col(RunningPortal.seen_at).desc())
        .limit(SHOWN)
    ).scalars()
    apart = (row.address for row in rows if not own.page_store or row.page_store != own.page_store)
    return tuple(dict.fromkeys(apart))


def running(db: Session, now: datetime) -> tuple[str, ...]:
    """An address of each group of portals that share their open pages; one each without Redis."""
    rows = db.execute(
        select(RunningPortal)
        .where(col(RunningPortal.seen_at) > now - FRESH)
        .order_by(col(RunningPortal.address), col(RunningPortal.id))
        .limit(SHOWN)
    ).scalars()
    return tuple({row.page_store or row.id: row.address for row in rows}.values())


def _own_row(settings: Settings) -> RunningPortal:
    return RunningPortal(
        id=new_id(),
        address=f"{socket.gethostname()}:{settings.port}"[:300],
        page_store=page_store(settings),
        seen_at=datetime.min,  # noqa: DTZ901 - set before it is stored
    )


def look(own: RunningPortal) -> None:
    """Give a sign of life, and note who else does."""
    global _found
    with enter(writes=True, actor=NOBODY) as ctx:
        gone = col(RunningPortal.seen_at) <= ctx.now - FRESH
        ctx.db.execute(delete(RunningPortal).where(gone))
        own.seen_at = ctx.now
        ctx.db.merge(own)
        seen = strangers(ctx.db, own, ctx.now)
    if seen and seen != _found:
        log.warning(
            "other portals serve pages on this database, or did a moment ago, and do not share "
            "open pages with this one: %s. %s",
            ", ".join(seen),
            REMEDY,
        )
    elif _found and not seen:
        log.warning("no other portal serves pages on this database any more")
    _found = seen


def _begin(own: RunningPortal) -> None:
    with enter(writes=True, actor=NOBODY) as ctx:
        # Nobody else listens there: what is left of a process that was killed. With Redis the
        # other workers do, and share.
        if not own.page_store:
            before = col(RunningPortal.address) == own.address
            ctx.db.execute(delete(RunningPortal).where(before))


def _end(own: RunningPortal) -> None:
    with enter(writes=True, actor=NOBODY) as ctx:
        ctx.db.execute(delete(RunningPortal).where(col(RunningPortal.id) == own.id))


@asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Look from time to time while pages are served (their lifespan)."""
    own = _own_row(get_settings())

    async def watch() -> None:
        while True:
            try:
                await asyncio.to_thread(look, own)
            except GatewayUnavailable:
                pass  # the next look will do
            except Exception:
                log.exception("could not look for other portals")
            await asyncio.sleep(EVERY_SECONDS)

    with suppress(GatewayUnavailable):
        await asyncio.to_thread(_begin, own)
    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
        with suppress(GatewayUnavailable):
            await asyncio.to_thread(_end, own)
