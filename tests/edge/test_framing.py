"""`/embed/...`: the pages of the build, made for a frame, and for allowed origins only."""

from pathlib import Path

import pytest

from account_portal.core.settings import Settings
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send
from account_portal.edge.built import BuiltPages
from account_portal.edge.csp import script_hashes
from account_portal.edge.wrapper import wrap
from account_portal.routes import NEVER_FRAMED
from tests.edge.asgi_client import Answer, Echo, call

SHOP = "https://shop.example"
PAGE = '<html><head><script>context={"basename":"/"}</script></head><body>Orders</body></html>'


@pytest.fixture
def pages(tmp_path: Path) -> BuiltPages:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "index.html").write_text(PAGE)
    (tmp_path / "404.html").write_text(PAGE)
    return BuiltPages.read(tmp_path)


def wrapped(app: ASGIApp, pages: BuiltPages, **values: object) -> ASGIApp:
    settings = {"public_url": "https://account.shop.example", "storefront_port": -1, **values}
    return wrap(app, pages=pages, settings=Settings.model_validate(settings))


def policy(answer: Answer) -> dict[str, str]:
    parts = (
        part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")
    )
    return {name: value for name, _, value in parts}


def test_the_page_is_told_where_it_lives(pages: BuiltPages) -> None:
    answer = call(wrapped(Echo(), pages, embed_origins=SHOP), "/embed/orders")
    html = answer.body.decode()
    assert '"basename":"/embed"' in html
    assert html.index("portalFrame") < html.index("basename")
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["cache-control"] == "no-cache"


def test_its_scripts_are_allowed_and_no_others(pages: BuiltPages) -> None:
    answer = call(wrapped(Echo(), pages, embed_origins=SHOP), "/embed/orders/1001")
    hashes = script_hashes(answer.body.decode())
    assert len(hashes) == 2
    assert policy(answer)["script-src"] == " ".join(("'self'", *hashes))


@pytest.mark.parametrize("path", ["/embed", "/embed/", "/embed/orders", "/embed/orders/1001"])
def test_only_allowed_origins_may_frame_it(pages: BuiltPages, path: str) -> None:
    answer = call(wrapped(Echo(), pages, embed_origins=f"{SHOP},https://b.example"), path)
    assert policy(answer)["frame-ancestors"] == f"{SHOP} https://b.example"
    assert "x-frame-options" not in answer.headers


def test_without_any_nobody_may(pages: BuiltPages) -> None:
    answer = call(wrapped(Echo(), pages), "/embed/orders")
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/orders", "/", "/login", "/embedded", "/hand-over"])
def test_everything_else_is_framed_by_nobody(pages: BuiltPages, path: str) -> None:
    answer = call(wrapped(Echo(), pages, embed_origins=SHOP), path)
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", NEVER_FRAMED)
def test_no_password_is_typed_into_a_frame(pages: BuiltPages, path: str) -> None:
    assert call(wrapped(Echo(), pages, embed_origins=SHOP), f"/embed{path}").status == 404
    assert call(wrapped(Echo(), pages, embed_origins=SHOP), f"/embed{path}/").status == 404


def test_it_is_sent_compressed_where_that_is_understood(pages: BuiltPages) -> None:
    import gzip

    headers = {"Accept-Encoding": "gzip, br"}
    answer = call(wrapped(Echo(), pages, embed_origins=SHOP), "/embed/orders", headers=headers)
    assert answer.headers["content-encoding"] == "gzip"
    assert b"portalFrame" in gzip.decompress(answer.body)


def test_it_can_only_be_read(pages: BuiltPages) -> None:
    app = wrapped(Echo(), pages, embed_origins=SHOP)
    assert call(app, "/embed/orders", method="POST").status == 405
    head = call(app, "/embed/orders", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > len(PAGE)


@pytest.mark.parametrize(
    ("path", "query", "keeps"),
    [
        ("/hand-over", b"", True),
        ("/login", b"next=%2Fhand-over", True),
        ("/login", b"step=code&next=%2Fhand-over", True),
        ("/register", b"next=%2Fhand-over", True),
        ("/login", b"", False),
        ("/login", b"next=%2Forders", False),
        ("/orders", b"next=%2Fhand-over", False),
        ("/security", b"codes=new&next=%2Fhand-over", True),
        ("/security", b"next=%2Fhand-over", False),
    ],
)
def test_only_the_window_that_signs_a_frame_in_keeps_its_opener(
    pages: BuiltPages, path: str, query: bytes, keeps: bool
) -> None:
    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await wrapped(Echo(), pages, embed_origins=SHOP)(
            {**scope, "query_string": query}, receive, send
        )

    answer = call(asked, path)
    expected = "unsafe-none" if keeps else "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == expected


@pytest.mark.parametrize(
    ("location", "keeps"),
    [
        ("/hand-over", True),
        ("/login?step=code&next=%2Fhand-over", True),
        ("http://portal.test/hand-over", True),
        ("/orders", False),
        ("/orders?next=%2Fhand-over", False),
        ("", False),
    ],
)
def test_a_redirect_has_the_policy_of_the_page_it_leads_to(
    pages: BuiltPages, location: str, keeps: bool
) -> None:
    async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"location", location.encode())]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    answer = call(wrapped(redirect, pages, embed_origins=SHOP), "/api/session/login", method="POST")
    expected = "unsafe-none" if keeps else "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == expected


def test_nobody_is_kept_where_nothing_is_framed(pages: BuiltPages) -> None:
    answer = call(wrapped(Echo(), pages), "/hand-over")
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
