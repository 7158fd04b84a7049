"""Visits of pages in a real Chromium: what came over the line, and when what was on the screen."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, CDPSession, Page, sync_playwright

from account_portal.security.cookies import session_cookie_name
from tests.chromium import find_chromium

PHONE = {"width": 390, "height": 844}
WAIT = 30  # seconds

# Runs before everything else of a page. `data` is the moment at which it was on the screen.
OBSERVE = """
(() => {
  const seen = window.benchSeen = { data: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    if (!document.querySelector("%s")?.checkVisibility()) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { seen.data = performance.now(); }));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { attributes: true, childList: true, subtree: true });
})();
"""
# Presses an element, and answers once it matches `sign`, or no longer does. It looks between all
# other work of the page: what a switch shows is no attribute that could be observed.
PRESS = """
([element, sign]) => new Promise((done, failed) => {
  const matches = () => document.querySelector(element).matches(sign);
  const before = matches();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const took = performance.now() - began;
    if (took > 10000) failed(new Error(`nothing changed on ${element}`));
    else if (matches() !== before) done(took);
    else port2.postMessage(0);
  };
  const began = performance.now();
  document.querySelector(element).click();
  port2.postMessage(0);
})
"""
SEEN = """
() => ({
  ...window.benchSeen,
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
})
"""


@dataclass(frozen=True, slots=True)
class Line:
    """What a browser is connected by, and how much slower than this machine it computes."""

    name: str
    kilobits: int = 0
    milliseconds: int = 0
    slower: int = 1


FAST = Line("fast")
SLOW_PHONE = Line("slow phone", kilobits=1600, milliseconds=150, slower=4)


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, opened once. Times are milliseconds since the address was entered."""

    painted: float
    data: float
    shift: float
    script: int
    """Bytes of script as they came over the line."""
    requests: int
    """Of all kinds but pictures."""


@contextmanager
def chromium() -> Iterator[BrowserType]:
    """The browser of all visits."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@contextmanager
def signed_in(browser: BrowserType, url: str, cookie: str) -> Iterator[BrowserContext]:
    """A browser with empty caches, signed in.

    It has a profile on disk, as those of customers have: a private window keeps files in memory
    only, and no compiled script at all.
    """
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"]
    arguments += ["--disable-background-networking", "--disable-component-update"]
    with tempfile.TemporaryDirectory() as profile:
        context = browser.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=arguments,
            base_url=url,
            viewport=PHONE,
            has_touch=True,
        )
        context.add_cookies([{"name": session_cookie_name(), "value": cookie, "url": url}])
        yield context
        context.close()


def visit(context: BrowserContext, path: str, sign: str, line: Line) -> Visit:
    """Open a page and wait until the data that `sign` finds is on the screen."""
    page = context.new_page()
    page.add_init_script(OBSERVE % sign.replace('"', r"\""))
    came = _Traffic(_connected_by(page, line))
    page.goto(path, wait_until="commit")
    seen = _when_data_is_there(page)
    page.close()
    return Visit(seen["painted"], seen["data"], seen["shift"], came.script, came.requests)


def press(context: BrowserContext, path: str, presses: Sequence[tuple[str, str]]) -> list[float]:
    """Open a page and press elements; the milliseconds until the sign on each came or went."""
    page = context.new_page()
    page.goto(path)
    page.wait_for_selector(presses[0][0])
    page.wait_for_timeout(1000)
    took = []
    for pair in presses:
        took.append(page.evaluate(PRESS, list(pair)))
        page.wait_for_timeout(50)
    page.close()
    return took


def _connected_by(page: Page, line: Line) -> CDPSession:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    if line.kilobits:
        bytes_a_second = line.kilobits * 1000 / 8
        devtools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": line.milliseconds,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second / 2,
            },
        )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})
    return devtools


def _when_data_is_there(page: Page) -> dict[str, float]:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        seen: dict[str, float] = page.evaluate(SEEN)
        if seen["data"]:
            # What comes late, such as pictures or a second answer, may still move the page.
            page.wait_for_timeout(700)
            return page.evaluate(SEEN)
        page.wait_for_timeout(50)
    raise RuntimeError(f"no data on {page.url} after {WAIT} s:\n{page.content()[-2000:]}")


class _Traffic:
    """Counts what a page asks for."""

    def __init__(self, devtools: CDPSession) -> None:
        self.script = 0
        self.requests = 0
        self._scripts: set[str] = set()
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.webSocketCreated", self._connected)
        devtools.on("Network.loadingFinished", self._came)

    def _asked(self, event: Any) -> None:
        if not event["request"]["url"].startswith("http"):
            return
        self.requests += event.get("type") != "Image"
        if event.get("type") == "Script" or event["request"]["url"].endswith(".js"):
            self._scripts.add(event["requestId"])

    def _connected(self, _event: Any) -> None:
        self.requests += 1

    def _came(self, event: Any) -> None:
        if event["requestId"] in self._scripts:
            self.script += int(event["encodedDataLength"])
