"""A page with an address, without a browser: its handlers run, and what leads on is followed."""

import asyncio
import inspect
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reflex.istate.data import RouterData

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from account_portal.security.cookies import session_cookie_name
from tests.factories.auth import make_page_session


class OpenPage:
    """One tab with one page open; `user=None` is nobody.

    `run("cancel", …)` sends an event the way a browser would; attributes are the state's.
    """

    def __init__(
        self, database: Database, state: type, user: User | None, address: str, **segments: str
    ) -> None:
        import reflex as rx

        import account_portal.app  # noqa: F401 - knows the parts of addresses that vary

        self.cookie = ""
        if user is not None:
            secret = new_id()
            make_page_session(database, user, datetime.now(UTC), secret)
            self.cookie = f"{session_cookie_name()}={secret}"
        self.segments = segments
        self._kind = state
        self._root = rx.State(_reflex_internal_init=True)
        self.go(address)
        self.state: Any = asyncio.run(self._root.get_state(state))

    def go(self, address: str) -> None:
        """Change the address, as a link or a redirect does."""
        parts = urlsplit(address)
        self._root.router = RouterData.from_router_data(
            {
                "headers": {"cookie": self.cookie},
                "pathname": parts.path,
                "asPath": address,
                "query": {**dict(parse_qsl(parts.query)), **self.segments},
            }
        )

    def run(self, handler: str, *args: Any, **kwargs: Any) -> list[str]:
        """Run a handler to its end; returns the addresses it led to."""
        return asyncio.run(_run(getattr(self._kind, handler).fn(self.state, *args, **kwargs)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)


async def _run(running: Any) -> list[str]:
    if inspect.isasyncgen(running):
        results = [result async for result in running]
    else:
        results = [await running]
    return [target for result in results for target in _targets(result)]


def _targets(result: Any) -> list[str]:
    """Addresses in what a handler returns."""
    found = []
    for event in result if isinstance(result, list) else [result]:
        for name, value in getattr(event, "args", ()):
            if str(getattr(name, "_js_expr", name)) == "path":
                found.append(str(getattr(value, "_var_value", value)))
    return found
