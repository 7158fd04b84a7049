"""Forms refused without script: the page says so by itself, in words of ours only."""

import gzip
from pathlib import Path

import pytest

from account_portal.core.settings import Settings
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send
from account_portal.edge.csp import Pages
from account_portal.edge.refused import with_words
from account_portal.edge.wrapper import wrap
from tests.edge.asgi_client import call

PLACES = '<p role="alert" id="form-error"></p><p class="small" id="password-error" dir="auto"></p>'
WORDS = {
    "invalid_credentials": {"password": "It does not fit."},
    "closed": {"_": "It is <closed>."},
}


async def built(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"as it was built"})


@pytest.fixture
def app(tmp_path: Path) -> ASGIApp:
    for name in ("login", "orders"):
        (tmp_path / f"{name}.html").write_text(f"<html><body>{PLACES}</body></html>")
    pages = Pages.read(tmp_path)
    refusals = (("/login",), lambda code: WORDS.get(code, {"_": "Something went wrong."}))
    return wrap(built, pages=pages, refusals=refusals, settings=Settings())


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("invalid_credentials", 'dir="auto">It does not fit.</p>'),
        ("closed", 'id="form-error">It is &lt;closed&gt;.</p>'),
        ("<script>", 'id="form-error">Something went wrong.</p>'),
    ],
)
def test_the_words_stand_at_their_field(app: ASGIApp, code: str, shown: str) -> None:
    answer = call(app, "/login", query=f"error={code}")
    page = answer.body.decode()
    assert shown in page
    assert "<script>" not in page
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" in answer.headers["content-security-policy"]


def test_they_travel_compressed(app: ASGIApp) -> None:
    answer = call(app, "/login/", query="error=closed", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert b"It is" in gzip.decompress(answer.body)


@pytest.mark.parametrize(
    ("path", "query", "method"),
    [
        ("/login", "", "GET"),
        ("/login", "error=", "GET"),
        ("/orders", "error=closed", "GET"),
        ("/elsewhere", "error=closed", "GET"),
        ("/login", "error=closed", "HEAD"),
    ],
)
def test_all_else_is_answered_as_ever(app: ASGIApp, path: str, query: str, method: str) -> None:
    answer = call(app, path, query=query, method=method)
    assert b"It is" not in answer.body


def test_a_page_without_the_place_stays_as_it_is() -> None:
    assert with_words(PLACES, {"otp": "Not right."}) == PLACES
