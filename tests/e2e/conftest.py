"""A real Chromium against the production build: one server with demo data per worker."""

import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    WebSocket,
    expect,
    sync_playwright,
)

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.chromium import find_chromium
from tests.factories.extremes import make_extremes
from tests.factories.users import make_user
from tests.portal_server import free_port, portal_server

DEMO = "demo@example.com"
SAM = "sam@example.com"
NEW = "new@example.com"
PASSWORD = "demo-portal-2026"
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}
THERE = "Asia/Kolkata"
"""Where parcels of the tests go; pages are drawn as there until a browser has told its zone."""

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],  # what is in order need not be listed
}
SLOWEST = 30_000
"""Milliseconds a page may take on a machine that carries much else; what is there sooner is."""
# What a page may say in the console: nothing. These come from the browser, for what tests provoke.
# A refusal is what many tests ask for; a page may be left before its connection stands.
EXPECTED_NOISE = re.compile(
    r"Failed to load resource: the server responded with a status of 4"
    r"|WebSocket connection to '\S+/_event/\S+' failed: "
    r"WebSocket is closed before the connection is established"
)

expect.set_options(timeout=SLOWEST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell, when a test fails, what the customer saw and what browser and server last said."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser:
        for page in [page for context in browser.contexts for page in context.pages]:
            with contextlib.suppress(Error):
                frames = [one.locator("body") for one in page.frames]  # a storefront's, and ours
                seen = "\n---\n".join(one.inner_text(timeout=2_000) for one in frames)
                focused = page.evaluate("document.activeElement?.outerHTML.slice(0, 200)")
                said = "\n".join(TALKS.get(page, ()))
                section = f"{seen}\n\nFocused: {focused}\n\n{said}"
                report.sections.append((f"Page at {page.url}", section))
    return report


TALKS: WeakKeyDictionary[Page, deque[str]] = WeakKeyDictionary()
"""The last words between each page and the server."""


def overhear(page: Page) -> None:
    """Keep the last words between a page and the server."""
    talk = TALKS[page] = deque(maxlen=30)

    def note(way: str, words: Any) -> None:
        talk.append(f"{time.strftime('%X')} {way} {str(words)[:500]}")

    def listen(socket: WebSocket) -> None:
        note("opened", socket.url.partition("?")[0])
        socket.on("framesent", lambda words: note(">", words))
        socket.on("framereceived", lambda words: note("<", words))
        socket.on("close", lambda _: note("closed", ""))

    page.on("websocket", listen)
    page.on("response", lambda answer: note(f"{answer.status}", answer.url))


@dataclass(frozen=True)
class Portal:
    """The server under test."""

    url: str
    data_dir: Path
    shop: str
    """A storefront on another site, which may show the portal in a frame."""

    def messages(self, recipient: str) -> list[dict[str, Any]]:
        """Messages sent to somebody, oldest first."""
        folder = self.data_dir / "outbox"
        found = [json.loads(path.read_text()) for path in sorted(folder.glob("[!.]*.json"))]
        return [message for message in found if message["to"] == recipient]

    def code_for(self, recipient: str, known: int = 0) -> str:
        """The newest code sent to somebody, once there are more than `known` messages with one."""
        end = time.monotonic() + SLOWEST / 1000
        while time.monotonic() < end:
            sent = [one for one in self.messages(recipient) if one["kind"] == "one_time_code"]
            if len(sent) > known:
                found = re.search(r"\b\d{6}\b", sent[-1]["text"])
                assert found
                return found.group()
            time.sleep(0.2)
        raise AssertionError(f"no code was sent to {recipient}")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal as `make run` serves it, with data of this worker's own."""
    data_dir = tmp_path_factory.mktemp("portal")
    port = free_port()
    with portal_server(data_dir, PORTAL_DEBUG_OTP="1", PORTAL_STOREFRONT_PORT=str(port)) as url:
        database = Database(f"sqlite:///{data_dir / 'portal.db'}")
        make_extremes(database)
        database.dispose()
        yield Portal(url, data_dir, f"http://127.0.0.1:{port}")


@pytest.fixture
def database(portal: Portal) -> Iterator[Database]:
    """The data of the server under test."""
    database = Database(f"sqlite:///{portal.data_dir / 'portal.db'}")
    yield database
    database.dispose()


@pytest.fixture
def customer(database: Database) -> User:
    """Somebody no other test knows; codes, of which one gets few, need somebody of their own."""
    email = f"jo-{new_id().lower()}@example.com"
    return make_user(database, password=PASSWORD, email=email, first_name="Jo", last_name="Doe")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(portal: Portal, browser: Browser) -> Iterator[OpenPage]:
    """`open_page("/orders", as_=DEMO, viewport=NARROW)`: a new browser, signed in when asked.

    At the end the test fails if any page said something in its console.
    """
    contexts: list[BrowserContext] = []
    noise: list[str] = []

    def hear(message: Any) -> None:
        text = message.text
        if message.type in ("error", "warning") and not EXPECTED_NOISE.match(text):
            noise.append(text)

    def open_at(
        path: str = "/",
        *,
        as_: str | None = None,
        viewport: Any = None,
        scheme: Any = "light",
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            viewport=viewport or WIDE,
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.on("console", hear)
        context.on("weberror", lambda error: noise.append(str(error.error)))
        if as_ is not None:
            sign_in(context, portal, as_)
        page = context.new_page()
        overhear(page)
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert noise == []


def sign_in(context: BrowserContext, portal: Portal, contact: str) -> None:
    """Give the browser a signed-in cookie, as the form does."""
    response = context.request.post(
        f"{portal.url}/api/session/login",
        form={"contact": contact, "password": PASSWORD, "next": "/"},
        headers={"Origin": portal.url},
        max_redirects=0,
    )
    assert response.status == 303, response.text()
    assert "error" not in response.headers["location"]


# A colour on its way to another is none of the page. What stands still or turns for ever is not
# waited for, and nothing for long.
FADED = """() => {
  const ends = document.getAnimations()
    .filter((one) => one.playState === "running")
    .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => {}));
  const patience = new Promise((done) => setTimeout(done, 1000));
  return Promise.race([Promise.all(ends), patience]).then(() => {});
}"""


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA that axe can find."""
    page.evaluate(FADED)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once a page, not at each look
    results = AxeResults(page.evaluate("options => axe.run(options)", AXE_OPTIONS))
    assert results.violations_count == 0, results.generate_report()


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], widths
