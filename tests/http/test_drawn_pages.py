"""Pages as the server that runs in production draws them, and what of the shop is in them."""

import asyncio
import gzip
import json
import os
import re
import secrets
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account_portal import routes
from account_portal.app import PAGES
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.places import ROOT
from account_portal.edge.csp import script_hashes
from account_portal.edge.pages import Sheet
from account_portal.security.cookies import session_cookie_name
from account_portal.serving import drawing
from account_portal.serving.build import CLIENT, SERVER
from account_portal.serving.drawing import PageDrawer
from tests.factories.auth import make_page_session
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.portal_server import portal_server

BLOCK = re.compile('<script type="application/json" id="page-data">(.*?)</script>')
CUSTOMERS = 50


class Portal:
    """A running server and its data."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url, self.data_dir = url, data_dir
        self.database = Database(f"sqlite:///{data_dir / 'portal.db'}")

    def customer(self, first_name: str) -> str:
        """The cookie of a new customer with one order."""
        secret = new_id()
        user = make_user(self.database, email=f"{secret}@example.com", first_name=first_name)
        make_order(self.database, user)
        make_page_session(self.database, user, datetime.now(UTC), secret)
        return f"{session_cookie_name()}={secret}; portal-zone=Asia/Kolkata"

    def get(self, path: str, cookie: str = "") -> tuple[int, Any, str]:
        """Status, headers and HTML of a page."""
        headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept-Language": "en-IN"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, gzip.decompress(answer.read()).decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, gzip.decompress(error.read()).decode()

    def drawn(self, path: str, cookie: str = "") -> tuple[int, Any, str]:
        """The same, once it is drawn: a busy machine's pages may go out without."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            found = self.get(path, cookie)
            block = block_of(found[2])
            if "later" not in block and ("holds" in block or not cookie):
                return found
        raise AssertionError(f"{path} was never drawn")

    def helpers(self) -> list[int]:
        """Processes that draw this server's pages."""
        return [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if b"drawing.mjs" in _read(folder / "cmdline") and self._is_ours(folder)
        ]

    def _is_ours(self, process: Path) -> bool:
        status = _read(process / "stat").rpartition(b")")[2].split()
        parent = status[1].decode() if status else "0"
        return str(self.data_dir).encode() in _read(Path("/proc") / parent / "environ")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def block_of(html: str) -> dict[str, Any]:
    """What stands in a page for its script."""
    (block,) = BLOCK.findall(html)
    found: dict[str, Any] = json.loads(block)
    return found


def seen(html: str) -> str:
    """What a reader sees before any script has run."""
    return re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp("drawn")
    with portal_server(data_dir) as url:
        portal = Portal(url, data_dir)
        yield portal
        portal.database.dispose()


def test_a_customers_page_arrives_drawn(portal: Portal) -> None:
    cookie = portal.customer("Drusilla")
    status, headers, html = portal.drawn("/orders", cookie)
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "Drusilla" in seen(html)
    (number,) = re.findall(r'href="/orders/([^"]+)"', seen(html))
    assert "INR" not in seen(html)
    assert "₹" in seen(html)
    assert number in seen(portal.drawn(f"/orders/{number}", cookie)[2])


def test_days_are_drawn_for_a_browser_that_has_not_told_its_zone(portal: Portal) -> None:
    cookie = portal.customer("Zoe").partition(";")[0]
    (number,) = re.findall(r'href="/orders/([^"]+)"', seen(portal.drawn("/orders", cookie)[2]))
    order = seen(portal.drawn(f"/orders/{number}", cookie)[2])
    days = re.findall("<time[^>]*>([^<]*)</time>", order)
    assert days
    assert all(days)
    assert "hidden" not in "".join(re.findall("<time[^>]*>", order))
    assert not {"today", "yesterday", "tomorrow"} & {day.lower() for day in days}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_drawn_page_runs_only_scripts_it_was_built_with(portal: Portal, page: Any) -> None:
    cookie = "" if page.public else portal.customer("Cher")
    path = re.sub(r"\[\w+\]", "NW-1", page.path)
    _, headers, html = portal.drawn(path, cookie)
    policy = headers["content-security-policy"]
    assert [one for one in script_hashes(html) if one not in policy] == []


def test_nothing_of_one_customer_is_in_anothers_page(portal: Portal) -> None:
    names = [f"Customer{n}Q" for n in range(CUSTOMERS)]
    cookies = [portal.customer(name) for name in names]
    with ThreadPoolExecutor(CUSTOMERS) as browsers:
        pages = list(browsers.map(lambda cookie: portal.get("/orders", cookie)[2], cookies))
    for name, html in zip(names, pages, strict=True):
        # Where the machine is too busy a page goes out without data, and asks for it later.
        assert set(re.findall(r"Customer\d+Q", html)) == ({name} if "holds" in html else set())


def test_nothing_of_one_page_is_in_another_that_is_drawn_at_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many wait for the helper: it draws every one of them, each with its own data."""
    monkeypatch.setattr(drawing, "WITHIN", 100.0)
    state = json.dumps(block_of(portal.drawn("/orders", portal.customer("Customer"))[2])["state"])
    names = [f"Customer{n}Q" for n in range(CUSTOMERS)]
    sheets = [Sheet("/orders", state.replace('"Customer', f'"{name}')) for name in names]
    drawer = PageDrawer(ROOT / SERVER)

    async def draw() -> list[str | None]:
        async with drawer.running():
            for _ in range(1200):
                if await drawer(sheets[0]):
                    break
                await asyncio.sleep(0.05)
            return await asyncio.gather(*map(drawer, sheets))

    for name, html in zip(names, asyncio.run(draw()), strict=True):
        assert set(re.findall(r"Customer\d+Q", html or "")) == {name}


def test_a_helper_that_is_killed_loses_no_page(portal: Portal) -> None:
    names = [f"Survivor{n}Q" for n in range(20)]
    cookies = [portal.customer(name) for name in names] * 2
    portal.drawn("/orders", cookies[0])
    killed = set()

    def load(cookie: str) -> tuple[int, str]:
        status, _, html = portal.get("/orders", cookie)
        return status, html

    with ThreadPoolExecutor(10) as browsers:
        loading = [browsers.submit(load, cookie) for cookie in cookies]
        while not killed or (len(killed) < 3 and not all(one.done() for one in loading)):
            for pid in portal.helpers():
                with suppress(ProcessLookupError):  # killed a moment ago, it may be gone by now
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
    assert killed
    for name, one in zip(names * 2, loading, strict=True):
        status, html = one.result()
        assert status == 200
        assert html.endswith("</html>")
        assert set(re.findall(r"Survivor\d+Q", html)) <= {name}
    assert "Survivor0Q" in seen(portal.drawn("/orders", cookies[0])[2])
    # Its death is seen when it is read from, or written to.
    assert (
        "the helper that draws pages is replaced: " in (portal.data_dir / "server.log").read_text()
    )


def test_the_page_that_says_nothing_is_there_is_drawn_too(portal: Portal) -> None:
    status, headers, html = portal.drawn("/nowhere/at/all")
    assert (status, headers["cache-control"]) == (404, "no-store")
    assert "Page not found" in seen(html)


def test_a_refused_form_says_why_before_any_script(portal: Portal) -> None:
    html = seen(portal.drawn("/login?error=invalid_credentials")[2])
    assert "Wrong e-mail, phone or password." in html


@pytest.mark.parametrize("node", ["", "away"])
def test_one_build_serves_any_shop(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str
) -> None:
    """Name, colour, logo, way back and demo, with Node and without: by a restart, no build."""
    settings = {
        "PORTAL_STORE_NAME": "Tea & <b>Co</b>",
        "PORTAL_STORE_EMAIL": "tea@example.com",
        "PORTAL_STORE_LOGO_URL": "https://tea.example/logo.svg",
        "PORTAL_STORE_URL": "",
        "PORTAL_ACCENT": "#aa3355",
        "PORTAL_DEMO": "false",
        "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
    }
    if node:
        settings["PORTAL_DRAW_PAGES"] = "false"
    built = {file: file.stat().st_mtime_ns for file in (ROOT / CLIENT).rglob("*.html")}
    with portal_server(tmp_path / "tea", **settings) as url:
        tea = Portal(url, tmp_path / "tea")
        _, _, theirs = tea.get("/login") if node else tea.drawn("/login")
        _, _, ours = portal.drawn("/login")
        assert "<title>Sign in · Tea &amp; &lt;b&gt;Co&lt;/b&gt;</title>" in theirs
        assert "<title>Sign in · Northwind</title>" in ours
        assert "STORE-" not in theirs + ours
        facts = {**block_of(theirs)["state"], **block_of(theirs).get("later", {})}
        (shop,) = facts.values()
        assert shop["name_rx_state_"] == "Tea & <b>Co</b>"
        assert (shop["demo_rx_state_"], shop["has_shop_rx_state_"]) == (False, False)
        for word in ("This is a demo", "Back to the shop"):
            assert word in seen(ours)
            assert word not in seen(theirs)
        if not node:
            assert 'src="https://tea.example/logo.svg"' in seen(theirs)
        assert _colour(tea) != _colour(portal)
        assert tea.get(routes.KIT)[0] == 404
        tea.database.dispose()
    assert portal.get(routes.KIT)[0] == 200
    assert {file: file.stat().st_mtime_ns for file in (ROOT / CLIENT).rglob("*.html")} == built


def _colour(portal: Portal) -> str:
    with urllib.request.urlopen(f"{portal.url}/theme.css", timeout=30) as answer:
        (found,) = re.findall(r"^:root\{--accent:(#\w+)", answer.read().decode(), re.MULTILINE)
    return str(found)
