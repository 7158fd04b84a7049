"""Pages with their first data: who gets it, and how it stands in the page."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from account_portal.edge.csp import Pages, script_hashes
from account_portal.edge.first_data import FirstDataInPages, PageRequest
from account_portal.security.cookies import session_cookie_name
from tests.edge.asgi_client import Answer, Echo, call

BLOCK = re.compile('<script type="application/json" id="first-data">(.*?)</script>')
OPENED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}


class Found:
    """Finds always the same, and notes who asked."""

    def __init__(self, data: str | None = '{"orders": []}') -> None:
        self.data = data
        self.requests: list[PageRequest] = []

    async def __call__(self, request: PageRequest) -> str | None:
        self.requests.append(request)
        return self.data


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    for name in ("index", "orders/index", "orders/[order_number]/index", "404"):
        file = tmp_path / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<html><head><script>one()</script></head><body>{name}</body></html>")
    return Pages.read(tmp_path)


def ask(pages: Pages, find: Found, path: str = "/orders", **headers: str | None) -> Answer:
    sent: dict[str, Any] = {"Cookie": f"{session_cookie_name()}=secret", **OPENED, **headers}
    app = FirstDataInPages(Echo(), pages, find)
    return call(app, path, headers={name: value for name, value in sent.items() if value})


def test_a_signed_in_browser_gets_the_page_with_its_data(pages: Pages) -> None:
    answer = ask(pages, Found())
    html = answer.body.decode()
    assert html.index("first-data") < html.index("</head>") < html.index("orders/index")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-length"] == str(len(answer.body))


def test_data_stays_inert_whatever_is_in_it(pages: Pages) -> None:
    evil = {"name": "</script><script>steal()</script><!--<script>"}
    html = ask(pages, Found(json.dumps(evil))).body.decode()
    (block,) = BLOCK.findall(html)
    assert "<" not in block
    assert json.loads(block) == evil
    # The page may still execute what it was built with, and nothing else.
    executed = re.sub(BLOCK, "", html)
    assert script_hashes(executed) == pages.of("/orders")
    assert "steal()" not in executed


def test_the_request_is_told_as_a_websocket_would_tell_it(pages: Pages) -> None:
    find = Found()
    ask(pages, find, "/orders/NW-1/", **{"User-Agent": "Browser/1"})
    (request,) = find.requests
    assert (request.path, request.route) == ("/orders/NW-1", "/orders/[order_number]")
    assert request.parameters == {"code": "123456", "order_number": "NW-1"}
    assert request.headers["user-agent"] == "Browser/1"
    assert request.client == "10.0.0.9"


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
def test_nobody_else_gets_any(pages: Pages, headers: dict[str, str | None]) -> None:
    find = Found()
    answer = ask(pages, find, **headers)
    assert find.requests == []
    assert b"first-data" not in answer.body


@pytest.mark.parametrize("path", ["/embed/orders", "/orders/1/2/3", "/assets/a.js", "/api/x"])
def test_only_pages_have_data(pages: Pages, path: str) -> None:
    find = Found()
    ask(pages, find, path)
    assert find.requests == []


def test_without_data_the_page_is_sent_as_it_was_built(pages: Pages) -> None:
    assert b"first-data" not in ask(pages, Found(None)).body


def test_a_compressed_page_does_not_tell_its_length(pages: Pages) -> None:
    answers = [ask(pages, Found(), **{"Accept-Encoding": "gzip, br"}) for _ in range(20)]
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert len({gzip.decompress(answer.body) for answer in answers}) == 1
    assert len({len(answer.body) for answer in answers}) > 1


def test_pages_are_found_by_their_addresses(pages: Pages) -> None:
    found = {path: pages.find(path) for path in ("/", "/orders/", "/orders/1", "/orders/1/x", "/x")}
    assert list(found.values()) == ["/", "/orders", "/orders/[order_number]", None, None]
    assert pages.of("/orders/1") == pages.hashes["/orders/[order_number]"]
