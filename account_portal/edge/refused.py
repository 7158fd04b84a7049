"""Forms that were sent without script and refused: their words stand in the page itself.

Such a form comes back to its page with the code of the error in the address. The page is built once
for everybody, so that its script could say only later what went wrong, and would push the form down
below the reader's eyes; without script it would say nothing at all.
"""

import re
from collections.abc import Callable, Collection, Mapping
from html import escape
from urllib.parse import parse_qs

from account_portal.edge.asgi import ASGIApp, Headers, Receive, Scope, Send
from account_portal.edge.csp import Pages
from account_portal.edge.packing import packed

WHOLE = "_"
"""Stands for the form as a whole among the names of its fields."""
Words = Callable[[str], Mapping[str, str]]
"""Texts by field for the code of an error."""


def with_words(html: str, words: Mapping[str, str]) -> str:
    """The page with each text in the empty place that its form keeps for it."""
    for field, text in words.items():
        place = "form-error" if field == WHOLE else f"{field}-error"
        kept = re.search(rf'<p\b[^>]*\bid="{re.escape(place)}"[^>]*>(?=</p>)', html)
        if kept:
            html = html[: kept.end()] + escape(text) + html[kept.end() :]
    return html


class RefusedInPages:
    """Answers for `routes` when the address names an error."""

    def __init__(self, app: ASGIApp, pages: Pages, routes: Collection[str], words: Words) -> None:
        self.app = app
        self.pages = pages
        self.routes = routes
        self.words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        file, code = None, ""
        if scope["type"] == "http" and scope["method"] == "GET":
            route = scope["path"].rstrip("/")
            file = self.pages.files.get(route) if route in self.routes else None
            code = parse_qs(scope["query_string"].decode("latin-1")).get("error", [""])[0]
        if file is None or not code:
            await self.app(scope, receive, send)
            return
        page = with_words(file.read_text(encoding="utf-8"), self.words(code))
        body, packing = packed(scope, page.encode())
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-store"),
            *packing,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
