"""Paths: no redirects for slashes, JSON for everything under `/api`, nothing served by accident."""

from urllib.parse import quote

from account_portal.edge.asgi import (
    ASGIApp,
    Receive,
    Scope,
    Send,
    is_under,
)
from account_portal.edge.csp import Pages
from account_portal.edge.envelope import enveloped, send_failure

UPLOADED_FILES = "/backend/_upload/"
"""Where Reflex would show its upload folder to everyone. Customers' files have their own routes."""


class Paths:
    """Passes a request on under the path its receiver knows.

    Also keeps the API's promise that every failure is an envelope.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(UPLOADED_FILES):
            await send_failure(send, 404)
        elif is_under(path, "/api"):
            await self.app(_moved(scope, path.rstrip("/")), receive, enveloped(send))
        elif path != "/" and (page := self.pages.find(path)):
            # A page is a folder with an index: with the slash it is served, without redirected.
            await self.app(_moved(scope, page + "/"), receive, send)
        else:
            await self.app(scope, receive, send)


def _moved(scope: Scope, path: str) -> Scope:
    if path == scope["path"]:
        return scope
    return {**scope, "path": path, "raw_path": quote(path).encode()}
