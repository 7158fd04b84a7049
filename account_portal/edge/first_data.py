"""Pages with their first data: it stands in the page, and is shown without waiting for a websocket.

Only the browser of a signed-in customer that opens a page gets it, and may not keep it. Everything
else, and every failure, is answered with the page as it was built.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, quote

from account_portal.edge.asgi import ASGIApp, Headers, Receive, Scope, Send, header, is_under
from account_portal.edge.csp import Pages
from account_portal.edge.packing import packed
from account_portal.routes import EMBED
from account_portal.security.cookies import read_session_cookie


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A browser that opens a page.

    Attributes:
        path: as the browser shows it.
        route: of the page; parts that vary in brackets.
        query: of the address.
        parameters: those of the query, and the parts of the path that vary.
        headers: names in lower case.
        client: address of the caller.
    """

    path: str
    route: str
    query: str
    parameters: dict[str, str]
    headers: dict[str, str]
    client: str


Find = Callable[[PageRequest], Awaitable[str | None]]


class FirstDataInPages:
    """Writes what `find` finds into the page that is asked for."""

    def __init__(self, app: ASGIApp, pages: Pages, find: Find) -> None:
        self.app = app
        self.pages = pages
        self.find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        route = self.pages.find(scope["path"]) if _opens_a_page(scope) else None
        data = await self.find(_request(scope, route)) if route else None
        if route is None or data is None:
            await self.app(scope, receive, send)
            return
        body, packing = packed(scope, _with_data(self.pages.files[route], data))
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"vary", b"Cookie"),
            *packing,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _opens_a_page(scope: Scope) -> bool:
    """Whether a customer's browser opens it, by itself: no frame, no script, nothing in advance.

    Browsers that don't say what they ask for are old ones; what they get is their own customer's.
    """
    if scope["type"] != "http" or scope["method"] != "GET" or is_under(scope["path"], EMBED):
        return False
    headers = scope["headers"]
    return (
        header(headers, b"sec-fetch-dest") in (None, "document")
        and header(headers, b"sec-fetch-mode") in (None, "navigate")
        and header(headers, b"sec-purpose") is None
        and read_session_cookie(header(headers, b"cookie")) is not None
    )


def _request(scope: Scope, route: str) -> PageRequest:
    path, query = scope["path"].rstrip("/") or "/", scope["query_string"].decode("latin-1")
    return PageRequest(
        path=quote(path),
        route=route,
        query=query,
        parameters={**dict(parse_qsl(query)), **_varying(route, path)},
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        client=(scope.get("client") or ("",))[0],
    )


def _varying(route: str, path: str) -> dict[str, str]:
    pairs = zip(route.split("/"), path.split("/"), strict=True)
    return {name[1:-1]: value for name, value in pairs if name.startswith("[")}


@lru_cache(maxsize=64)
def _halves(file: Path) -> tuple[str, str]:
    head, end, rest = file.read_text(encoding="utf-8").partition("</head>")
    return head, end + rest


def _with_data(file: Path, data: str) -> bytes:
    """The page with the data in its head: a block that no browser executes, whatever is in it."""
    before, after = _halves(file)
    inert = data.replace("<", r"\u003c")
    block = f'<script type="application/json" id="first-data">{inert}</script>'
    return f"{before}{block}{after}".encode()
