"""States of pages without a browser: a tab of somebody, whose handlers are called as it would."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import reflex as rx
from reflex.istate.data import RouterData

from account_portal.auth.rules import Contact
from account_portal.auth.service import login_page
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.security.cookies import session_cookie_name
from tests.factories.users import PASSWORD


class Tab:
    """One tab of a browser on a page.

    Args:
        database: where its customer is.
        user: who is signed in; nobody when left out.
        path: address of the page.
        frame: `plain` or `vouched` when the page stands in a storefront's frame.
    """

    def __init__(
        self, database: Database, user: User | None, path: str = "/", *, frame: str = ""
    ) -> None:
        cookie = f"{session_cookie_name()}={_sign_in(database, user)}" if user else ""
        self.root = rx.State(_reflex_internal_init=True)
        self.path = path
        self.show("cookie", cookie)
        self.root.router_data = {"frame": frame, "customer": user.id if user else ""}

    def show(self, header: str, credential: str) -> None:
        """Have the tab's connection bring a credential along."""
        self.root.router = RouterData.from_router_data(
            {
                "headers": {header: credential, "user-agent": "tests"},
                "ip": "192.0.2.7",
                "pathname": urlsplit(self.path).path,
                "asPath": self.path,
                "query": {},
            }
        )

    def state(self, kind: type[rx.State]) -> Any:
        """The tab's state of that kind."""
        return self.root._get_state_from_cache(kind)

    def press(self, state: Any, name: str, *args: Any) -> list[Any]:
        """Call a handler by name, as a browser does; returns the events it answers with."""
        return asyncio.run(_run(state, name, args))


async def _run(state: Any, name: str, args: tuple[Any, ...]) -> list[Any]:
    kinds = [kind for kind in type(state).mro() if name in getattr(kind, "event_handlers", {})]
    handler = kinds[0].event_handlers[name].fn
    found = handler(state, *args)
    if hasattr(found, "__aiter__"):
        return [event async for event in found if event is not None]
    event = await found
    return [] if event is None else [event]


def _sign_in(database: Database, user: User) -> str:
    contact = Contact(email=user.email)
    with enter(Caller(ip_address="192.0.2.7"), writes=False, database=database) as ctx:
        return login_page(ctx, contact, PASSWORD)
