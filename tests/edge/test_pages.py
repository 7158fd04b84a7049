"""The page server: which page an address gets, drawn or as it was built, and with whose data."""

import gzip
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.settings import Settings
from account_portal.edge.asgi import ASGIApp
from account_portal.edge.built import BuiltPages
from account_portal.edge.csp import script_hashes
from account_portal.edge.pages import PageRequest, PageServer, Sheet, ShopFacts
from account_portal.edge.wrapper import wrap
from account_portal.security.cookies import session_cookie_name
from tests.edge.asgi_client import Answer, Echo, call

BLOCK = re.compile('<script type="application/json" id="page-data">(.*?)</script>')
OPENED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
FIELDS = '<p role="alert" id="form-error"></p><p class="small" id="password-error" dir="auto"></p>'
SHOP = ShopFacts(
    state='{"store":{"name":"Ann & Co","demo":true}}',
    texts={"STORE-NAME": "Ann & Co"},
    built='{"store":{"name":"Ann & Co"}}',
)
WORDS = {
    "invalid_credentials": {"password": "It does not fit."},
    "closed": {"_": "It is <closed>."},
}
REFUSALS = (("/login",), lambda code: WORDS.get(code, {"_": "Something went wrong."}))


class Finds:
    """Finds always the same, and notes who asked."""

    def __init__(self, data: str | None = '{"orders": []}') -> None:
        self.data = data
        self.requests: list[PageRequest] = []

    async def __call__(self, request: PageRequest) -> str | None:
        self.requests.append(request)
        return self.data


class Draws:
    """Draws what it is told, and notes it."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []

    async def __call__(self, sheet: Sheet) -> str | None:
        self.sheets.append(sheet)
        return (
            f"<html><head><script>one()</script></head><body>{sheet.address} drawn"
            f"{FIELDS}</body></html>"
        )


async def never(_sheet: Sheet) -> str | None:
    """A helper that is not there."""
    return None


@pytest.fixture
def pages(tmp_path: Path) -> BuiltPages:
    names = ("index", "orders/index", "orders/[order_number]/index", "login", "dev/kit", "404")
    for name in names:
        file = tmp_path / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"<html><head><script>one()</script></head><body>{name} STORE-NAME {FIELDS}"
            "</body></html>"
        )
    return BuiltPages.read(tmp_path, frozenset({"/dev/kit"}))


def ask(
    pages: BuiltPages,
    path: str = "/orders",
    *,
    find: Callable[[PageRequest], Awaitable[str | None]] | None = None,
    draw: Callable[[Sheet], Awaitable[str | None]] = never,
    locate: Callable[[PageRequest], Awaitable[str]] | None = None,
    app: ASGIApp | None = None,
    method: str = "GET",
    query: str = "",
    **headers: str | None,
) -> Answer:
    sent: dict[str, Any] = {"Cookie": f"{session_cookie_name()}=secret", **OPENED, **headers}
    server = PageServer(
        app or Echo(),
        pages,
        SHOP,
        find=find or Finds(),
        locate=locate,
        draw=draw,
        refusals=REFUSALS,
    )
    named = {name: value for name, value in sent.items() if value}
    return call(server, path, method=method, query=query, headers=named)


def block_of(answer: Answer) -> dict[str, Any]:
    (block,) = BLOCK.findall(answer.body.decode())
    found: dict[str, Any] = json.loads(block)
    return found


class TestWithData:
    def test_it_is_drawn_with_what_stands_in_it(self, pages: BuiltPages) -> None:
        draw = Draws()
        answer = ask(pages, query="page=2", draw=draw)
        html = answer.body.decode()
        assert html.index("page-data") < html.index("</head>") < html.index("/orders?page=2 drawn")
        assert block_of(answer) == {"state": {"orders": []}, "holds": True}
        assert (draw.sheets[-1].address, draw.sheets[-1].state) == (
            "/orders?page=2",
            '{"orders": []}',
        )
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Accept-Encoding, Cookie"
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["content-length"] == str(len(answer.body))

    def test_what_cannot_be_drawn_shows_it_once_it_lives(self, pages: BuiltPages) -> None:
        answer = ask(pages)
        assert "orders/index Ann &amp; Co" in answer.body.decode()
        assert block_of(answer) == {
            "state": {"store": {"name": "Ann & Co"}},
            "later": {"orders": []},
            "holds": True,
        }

    def test_it_stays_inert_whatever_is_in_it(self, pages: BuiltPages) -> None:
        evil = {"name": "</script><script>steal()</script><!--<script>"}
        for draw in (never, Draws()):
            answer = ask(pages, find=Finds(json.dumps(evil)), draw=draw)
            html = answer.body.decode()
            (block,) = BLOCK.findall(html)
            assert "<" not in block
            assert evil in (block_of(answer)["state"], block_of(answer).get("later"))
            # The page may still execute what it was built with, and nothing else.
            executed = re.sub(BLOCK, "", html)
            assert script_hashes(executed) == pages.hashes("/orders")
            assert "steal()" not in executed

    def test_the_request_is_told_as_a_websocket_would_tell_it(self, pages: BuiltPages) -> None:
        find = Finds()
        headers = {"User-Agent": "Browser/1"}
        ask(pages, "/orders/NW-1/", find=find, query="code=123456", **headers)
        (request,) = find.requests
        assert (request.path, request.route) == ("/orders/NW-1", "/orders/[order_number]")
        assert request.parameters == {"code": "123456", "order_number": "NW-1"}
        assert request.headers["user-agent"] == "Browser/1"
        assert request.client == "10.0.0.9"

    @pytest.mark.parametrize(
        ("sent", "languages", "zone"),
        [
            ({}, (), ""),
            ({"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}, ("de-AT", "de", "en"), ""),
            ({"Accept-Language": "*, <b>, " + "x" * 600}, (), ""),
            ({"Cookie": "portal=1; portal-zone=Asia/Kolkata"}, (), "Asia/Kolkata"),
            ({"Cookie": "portal=1; portal-zone=<script>"}, (), ""),
        ],
    )
    def test_its_reader_is_told_as_far_as_known(
        self, pages: BuiltPages, sent: dict[str, str], languages: tuple[str, ...], zone: str
    ) -> None:
        draw = Draws()
        ask(pages, draw=draw, **sent)
        assert (draw.sheets[-1].languages, draw.sheets[-1].zone) == (languages, zone)

    def test_where_its_reader_is_is_guessed_until_their_browser_says_it(
        self, pages: BuiltPages
    ) -> None:
        draw, asked = Draws(), []

        async def locate(request: PageRequest) -> str:
            asked.append(request.path)
            return "Asia/Tokyo"

        for cookie in ("", "; portal-zone=Asia/Kolkata"):
            ask(pages, draw=draw, locate=locate, Cookie=f"{session_cookie_name()}=secret{cookie}")
        told = [(sheet.zone, sheet.likely_zone) for sheet in draw.sheets if "orders" in sheet.state]
        assert told == [("", "Asia/Tokyo"), ("Asia/Kolkata", "")]
        assert asked == ["/orders"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Cookie": None},
            {"Cookie": "other=1"},
            {"Sec-Fetch-Dest": "iframe"},
            {"Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors"},
            {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},
            {"Sec-Purpose": "prefetch;prerender"},
        ],
        ids=["nobody", "another cookie", "frame", "script", "fetch", "prefetch"],
    )
    def test_nobody_else_gets_any(self, pages: BuiltPages, headers: dict[str, str | None]) -> None:
        find = Finds()
        answer = ask(pages, find=find, **headers)
        assert find.requests == []
        assert "orders" not in str(block_of(answer))
        assert "cache-control" not in answer.headers

    @pytest.mark.parametrize(
        "path", ["/embed/orders", "/orders/1/2/3", "/assets/a.js", "/api/x", "/dev/kit"]
    )
    def test_only_pages_have_it(self, pages: BuiltPages, path: str) -> None:
        find = Finds()
        ask(pages, path, find=find)
        assert find.requests == []

    def test_a_compressed_page_does_not_tell_its_length(self, pages: BuiltPages) -> None:
        sent = {"Accept-Encoding": "gzip, br"}
        answers = [ask(pages, **sent) for _ in range(20)]
        assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
        assert len({gzip.decompress(answer.body) for answer in answers}) == 1
        assert len({len(answer.body) for answer in answers}) > 1


class TestForNobody:
    def test_it_says_whose_shop_it_is(self, pages: BuiltPages) -> None:
        answer = ask(pages, find=Finds(None))
        assert "orders/index Ann &amp; Co" in answer.body.decode()
        facts = {"store": {"name": "Ann & Co", "demo": True}}
        assert block_of(answer) == {"state": {"store": {"name": "Ann & Co"}}, "later": facts}

    def test_it_is_drawn_once(self, pages: BuiltPages) -> None:
        draw = Draws()
        server = PageServer(Echo(), pages, SHOP, draw=draw)
        for path in ("/orders/1", "/orders/2", "/embed/orders/3"):
            answer = call(server, path)
            assert "/orders/[order_number] drawn" in answer.body.decode()
            assert block_of(answer) == {"state": {"store": {"name": "Ann & Co", "demo": True}}}
        assert [sheet.address for sheet in draw.sheets] == ["/orders/[order_number]"]

    def test_it_is_drawn_as_soon_as_it_can_be(self, pages: BuiltPages) -> None:
        able = False
        draws = Draws()

        async def draw(sheet: Sheet) -> str | None:
            return await draws(sheet) if able else None

        server = PageServer(Echo(), pages, SHOP, draw=draw)
        assert b"drawn" not in call(server, "/login").body
        able = True
        assert b"drawn" in call(server, "/login").body

    def test_unchanged_it_costs_one_question(self, pages: BuiltPages) -> None:
        whole = ask(pages, Cookie=None)
        tag = whole.headers["etag"]
        again = ask(pages, Cookie=None, **{"If-None-Match": f'W/"x", {tag}'})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == tag
        assert ask(pages, Cookie=None, **{"If-None-Match": '"other"'}).status == 200

    def test_head_tells_of_it(self, pages: BuiltPages) -> None:
        head, whole = ask(pages, method="HEAD"), ask(pages, Cookie=None)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]


class TestMissing:
    @pytest.mark.parametrize("path", ["/nowhere", "/orders.html", "/404.html", "/dev/kit"])
    @pytest.mark.parametrize("draw", [never, Draws()])
    def test_the_page_says_so(self, pages: BuiltPages, path: str, draw: Any) -> None:
        answer = ask(pages, path, draw=draw, app=Echo(404))
        assert answer.status == 404
        assert b"hello" not in answer.body
        assert b"404" in answer.body
        assert len(BLOCK.findall(answer.body.decode())) == 1

    def test_what_is_no_page_is_answered_by_others(self, pages: BuiltPages) -> None:
        data = Echo(404, "application/json", b"{}")
        assert ask(pages, "/nothing.json", app=data).body == b"{}"
        assert ask(pages, "/orders", method="POST").body == b"<p>hello</p>"


class TestRefused:
    @pytest.mark.parametrize("draw", [never, Draws()])
    @pytest.mark.parametrize(
        ("code", "shown"),
        [
            ("invalid_credentials", 'dir="auto">It does not fit.</p>'),
            ("closed", 'id="form-error">It is &lt;closed&gt;.</p>'),
            ("<script>", 'id="form-error">Something went wrong.</p>'),
        ],
    )
    def test_the_words_stand_at_their_field(
        self, pages: BuiltPages, code: str, shown: str, draw: Any
    ) -> None:
        answer = ask(pages, "/login", query=f"error={code}", draw=draw, Cookie=None)
        page = re.sub(BLOCK, "", answer.body.decode())
        assert shown in page
        assert page.count("<script>") == 1
        assert answer.headers["cache-control"] == "no-store"

    def test_they_travel_compressed(self, pages: BuiltPages) -> None:
        sent = {"Accept-Encoding": "br, gzip"}
        answer = ask(pages, "/login/", query="error=closed", find=Finds(None), **sent)
        assert answer.headers["content-encoding"] == "gzip"
        assert b"It is" in gzip.decompress(answer.body)

    @pytest.mark.parametrize(
        ("path", "query", "method"),
        [
            ("/login", "", "GET"),
            ("/login", "error=", "GET"),
            ("/orders", "error=closed", "GET"),
            ("/login", "error=closed", "HEAD"),
        ],
    )
    def test_all_else_is_answered_as_ever(
        self, pages: BuiltPages, path: str, query: str, method: str
    ) -> None:
        answer = ask(pages, path, query=query, method=method, find=Finds(None))
        assert b"It is" not in answer.body

    def test_its_policy_is_the_pages(self, pages: BuiltPages) -> None:
        app = wrap(Echo(), pages=pages, refusals=REFUSALS, settings=Settings())
        answer = call(app, "/login", query="error=closed")
        assert pages.hashes("/login")[0] in answer.headers["content-security-policy"]


def test_pages_are_found_by_their_addresses(pages: BuiltPages) -> None:
    found = {path: pages.find(path) for path in ("/", "/orders/", "/orders/1", "/orders/1/x", "/x")}
    routes = [one and one.route for one in found.values()]
    assert routes == ["/", "/orders", "/orders/[order_number]", None, None]
    assert pages.hashes("/orders/1") == pages.hashes("/orders/[order_number]")
