"""The page server: every page, plain, in a frame, refused, missing, or with a customer's data.

A page is drawn as its reader will see it (`Draw`), with what its handlers find for them (`Find`).
The same data stands in it as a block of JSON, with which the browser's React takes it over. What
can't be drawn is sent as it was built, and shows its data once its script runs.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qs, parse_qsl, quote

from account_portal.edge.asgi import (
    ASGIApp,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    header,
    is_under,
    joined,
)
from account_portal.edge.built import BuiltPages, Found, framed_html
from account_portal.edge.compression import gzipped, takes_gzip
from account_portal.edge.envelope import send_failure
from account_portal.routes import NOT_FOUND
from account_portal.security.cookies import read_session_cookie, read_zone_cookie

WHOLE = "_"
"""Stands for a form as a whole among the names of its fields."""
_LANGUAGES = 8
"""Most languages of a browser that are looked at."""


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be drawn.

    Attributes:
        address: path and query.
        state: values of state vars, as JSON.
        languages: of its reader, the first first.
        zone: name of its reader's time zone; empty when not known.
        likely_zone: name of the zone they probably are in; of use where theirs is not known.
    """

    address: str
    state: str
    languages: tuple[str, ...] = ()
    zone: str = ""
    likely_zone: str = ""


@dataclass(frozen=True)
class ShopFacts:
    """What pages say of the shop, which is not in the build.

    Attributes:
        state: values of state vars, as JSON.
        texts: by the place-holders that the build has for them.
        built: the values in `state` that are such texts, as JSON.
    """

    state: str = "{}"
    texts: Mapping[str, str] = field(default_factory=dict)
    built: str = "{}"


Find = Callable[[PageRequest], Awaitable[str | None]]
"""The values of state vars that a page shows first, as JSON; nothing when it asks by itself."""
Locate = Callable[[PageRequest], Awaitable[str]]
"""Name of the time zone that a page's reader probably is in; empty when nothing is known."""
Draw = Callable[[Sheet], Awaitable[str | None]]
"""The HTML of a page; nothing when it can't be drawn just now."""
Words = Callable[[str], Mapping[str, str]]
"""Texts by field for the code of an error."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A page for nobody in particular: its HTML, and the state it shows."""

    html: str
    state: str
    later: str
    """What it does not show yet."""


class PageServer:
    """Answers for the addresses of pages, and for those that lead nowhere.

    Args:
        app: answers for all others.
        built: the pages.
        shop: what they say of the shop.
        find: finds a customer's data.
        locate: guesses where a reader is whose browser has not told its time zone.
        draw: draws pages.
        refusals: routes whose forms work without script, and the words for an error's code. Such a
            form comes back to its page with the code in the address.
    """

    def __init__(
        self,
        app: ASGIApp,
        built: BuiltPages,
        shop: ShopFacts,
        *,
        find: Find | None = None,
        locate: Locate | None = None,
        draw: Draw | None = None,
        refusals: tuple[Collection[str], Words] | None = None,
    ) -> None:
        self.app = app
        self.built = built
        self.shop = shop
        self.find = find
        self.locate = locate
        self.draw = draw
        self.refusals = refusals
        self._drawn: dict[str, _Plain] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http" or is_under(scope["path"], "/api"):
            await self.app(scope, receive, send)
            return
        found = self.built.find(scope["path"])
        reads = scope["method"] in ("GET", "HEAD")
        if found and reads:
            await self._show(found, scope, send)
        elif found and found.framed:
            await send_failure(send, 405, [(b"allow", b"GET, HEAD")])
        elif reads and scope["path"].endswith(".html"):  # a file of the build, for any shop
            await self._show(Found(NOT_FOUND, scope["path"]), scope, send)
        else:
            await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_missing = False

        async def sending(message: Message) -> None:
            nonlocal is_missing
            if message["type"] == "http.response.start":
                kind = header(message.get("headers", ()), b"content-type") or ""
                is_missing = (
                    message["status"] == 404
                    and kind.startswith("text/html")
                    and NOT_FOUND in self.built.html
                )
                if is_missing:
                    await self._show(Found(NOT_FOUND, scope["path"]), scope, send)
            if not is_missing:
                await send(message)

        await self.app(scope, receive, sending)

    async def _show(self, found: Found, scope: Scope, send: Send) -> None:
        plain = await self._plain(found.route)
        request = _request(scope, found) if self.find and _opens_a_page(scope, found) else None
        data = await self.find(request) if self.find and request else None
        if request and data:
            html = await self._draw_for(request, data)
            if html is None:
                html = _with_data(plain.html, plain.state, data, holds=True)
            else:
                html = _with_data(html, data, holds=True)
            await _send(scope, send, html, is_private=True)
            return
        html = plain.html
        words = self._words(found, scope)
        for one, text in words.items():
            html = _with_words(html, one, text)
        html = _with_data(html, plain.state, plain.later)
        if found.framed:
            html = framed_html(html)
        status = 404 if found.is_missing else 200
        await _send(scope, send, html, status=status, is_private=bool(words))

    async def _plain(self, route: str) -> _Plain:
        known = self._drawn.get(route)
        if known:
            return known
        html = await self.draw(Sheet(route, self.shop.state)) if self.draw else None
        if html is not None:
            plain = self._drawn[route] = _Plain(html, self.shop.state, "")
            return plain
        html = self.built.html[route]
        for built, text in self.shop.texts.items():
            html = html.replace(built, escape(text))
        return _Plain(html, self.shop.built, self.shop.state)

    async def _draw_for(self, request: PageRequest, data: str) -> str | None:
        if not self.draw:
            return None
        address = f"{request.path}?{request.query}" if request.query else request.path
        zone = read_zone_cookie(request.headers.get("cookie"))
        likely = "" if zone or not self.locate else await self.locate(request)
        languages = _languages(request.headers.get("accept-language", ""))
        return await self.draw(Sheet(address, data, languages, zone, likely))

    def _words(self, found: Found, scope: Scope) -> Mapping[str, str]:
        if not self.refusals or found.route not in self.refusals[0] or scope["method"] != "GET":
            return {}
        code = parse_qs(scope["query_string"].decode("latin-1")).get("error", [""])[0]
        return self.refusals[1](code) if code else {}


def _opens_a_page(scope: Scope, found: Found) -> bool:
    """Whether a customer's browser opens it, by itself: no frame, no script, nothing in advance.

    Browsers that don't say what they ask for are old ones; what they get is their own customer's.
    """
    headers = scope["headers"]
    return (
        scope["method"] == "GET"
        and not found.framed
        and not found.is_missing
        and header(headers, b"sec-fetch-dest") in (None, "document")
        and header(headers, b"sec-fetch-mode") in (None, "navigate")
        and header(headers, b"sec-purpose") is None
        and read_session_cookie(joined(headers, b"cookie")) is not None
    )


def _request(scope: Scope, found: Found) -> PageRequest:
    query = scope["query_string"].decode("latin-1")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return PageRequest(
        path=quote(found.path),
        route=found.route,
        query=query,
        parameters={**dict(parse_qsl(query)), **found.parameters},
        headers={**headers, "cookie": joined(scope["headers"], b"cookie")},
        client=(scope.get("client") or ("",))[0],
    )


def _languages(accepted: str) -> tuple[str, ...]:
    """Those that the browser names, in its order."""
    names = (part.partition(";")[0].strip() for part in accepted[:500].split(","))
    return tuple(name for name in names if re.fullmatch(r"[A-Za-z0-9-]{2,35}", name))[:_LANGUAGES]


def _with_data(html: str, state: str, later: str = "", *, holds: bool = False) -> str:
    """The page with its data in its head: a block that no browser executes, whatever is in it."""
    parts = [f'"state":{state}']
    if later:
        parts.append(f'"later":{later}')
    if holds:
        parts.append('"holds":true')
    inert = f"{{{','.join(parts)}}}".replace("<", r"\u003c")
    block = f'<script type="application/json" id="page-data">{inert}</script>'
    return html.replace("</head>", f"{block}</head>", 1)


def _with_words(html: str, field: str, text: str) -> str:
    """The page with a text in the empty place that its form keeps for it."""
    place = "form-error" if field == WHOLE else f"{field}-error"
    kept = re.search(rf'<p\b[^>]*\bid="{re.escape(place)}"[^>]*>(?=</p>)', html)
    return html[: kept.end()] + escape(text) + html[kept.end() :] if kept else html


async def _send(
    scope: Scope, send: Send, html: str, *, status: int = 200, is_private: bool = False
) -> None:
    """Answer with a page.

    Args:
        scope: of the request.
        send: of ASGI.
        html: the page.
        status: of HTTP.
        is_private: it is one reader's, and kept nowhere.
    """
    body = html.encode()
    headers: Headers = [(b"content-type", b"text/html; charset=utf-8")]
    if is_private:
        headers += [(b"cache-control", b"no-store"), (b"vary", b"Accept-Encoding, Cookie")]
    else:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers += [(b"etag", tag.encode()), (b"vary", b"Accept-Encoding")]
        if status == 200 and tag in (header(scope["headers"], b"if-none-match") or ""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
    if takes_gzip(scope):
        body = gzipped(body, hides_length=is_private)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
