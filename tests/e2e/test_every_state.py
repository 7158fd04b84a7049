"""Every page in each of its states: accessible in both themes, at both widths, and it stays still.

What is looked at comes from the table of pages and `tests.looks`, so that none can be forgotten.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal import routes
from account_portal.app import PAGES
from tests.e2e.conftest import (
    NARROW,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.looks import DEMO, LOOKS, LOST, WITHOUT_FIRST_DATA, Look, database_away

WIDTHS = (320, 1280)
SCHEMES: tuple[Any, ...] = ("light", "dark")
MOST_SHIFT = 0.02
OWN = [page.path for page in PAGES if not page.public]

# Adds up what moves by itself, as Lighthouse does; what follows a press doesn't count, nor what
# follows its answer, however late that is: a button is at work until then.
WATCH_SHIFTS = """
window.shifted = 0;
window.moves = [];  // what moved, for who reads a failure
let busy = 0;
let wrong = 0;
const answers = [];
new MutationObserver(() => {
  const now = document.querySelectorAll("button[aria-busy=true]").length;
  const faults = document.querySelectorAll("[aria-invalid=true]").length;
  // A quick refusal is drawn at once: its button is never busy.
  if (now < busy || faults > wrong) answers.push(performance.now());
  busy = now;
  wrong = faults;
}).observe(document, {
  subtree: true, childList: true, attributeFilter: ["aria-busy", "aria-invalid"]
});
new PerformanceObserver((list) => {
  for (const { hadRecentInput, startTime, value, sources } of list.getEntries()) {
    const isAnswer = answers.some((at) => at - 50 < startTime && startTime < at + 500);
    if (hadRecentInput || isAnswer) continue;
    window.shifted += value;
    const what = sources.map(({ node, previousRect: was, currentRect: is }) =>
      `${(node?.outerHTML ?? node?.data)?.slice(0, 120)}: y ${was.y}, ${was.height} high;`
      + ` then ${is.y}, ${is.height}`);
    window.moves.push([Math.round(startTime), value, answers.map(Math.round), ...what]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""

# What moves with a list as it is scrolled never ends.
SETTLED = """
Promise.all(document.getAnimations()
  .filter((one) => one.timeline === document.timeline)
  .map((one) => one.finished.catch(() => 0)))
"""
# Words that lie outside the window or their dialog, other than in lists that scroll sideways.
CUT_OFF = """
(() => {
  const within = document.querySelector("dialog[open]") ?? document.documentElement;
  const { left, right } = within.getBoundingClientRect();
  const words = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const { data, parentElement: place } = words.currentNode;
    if (!data.trim() || !place.checkVisibility()) continue;
    if (place.closest("[data-scrolls], option, thead, [aria-hidden], script, style")) continue;
    const box = place.getBoundingClientRect();
    if (box.width > 1 && (box.left < left - 1 || box.right > right + 1)) found.push(data);
  }
  return found;
})()
"""


def address_of(path: str) -> str:
    """Where a page of the table is, with things that are there."""
    pattern = re.sub(r"\[\w+\]", "[^/?]+", path)
    found = [look.at or look.path for look in LOOKS if look.path == path]
    return next(address for address in found if re.fullmatch(pattern + r"(\?.*)?", address))


def wear(page: Page, scheme: Any) -> None:
    """Change the theme, and wait until each colour has changed."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_class(re.compile(rf"\b{scheme}\b"))
    page.evaluate(SETTLED)


def assert_sound_when_large(page: Page) -> None:
    """With text at 200 per cent every word is still on the page, at both widths."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_sideways_scroll(page)
        assert page.evaluate(CUT_OFF) == []


def assert_sound(page: Page) -> None:
    """Nothing axe can find and nothing cut off, in both themes at both widths."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_sideways_scroll(page)
        for scheme in SCHEMES:
            wear(page, scheme)
            assert_accessible(page)


def test_no_page_is_without_its_states() -> None:
    states = {(look.path, look.state) for look in LOOKS}
    paths = {page.path for page in PAGES}
    assert {path for path, _ in states} == paths
    assert {path for path in paths if (path, "full") not in states} == {routes.NOT_FOUND}
    assert [path for path in OWN if "[" in path and (path, "missing") not in states] == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_state_is_sound(open_page: OpenPage, look: Look) -> None:
    page = open_page("/theme.css", as_=look.who or None, viewport={"width": 320, "height": 800})
    page.add_init_script(WATCH_SHIFTS)
    look.reach(page)
    page.wait_for_timeout(100)
    assert page.evaluate("shifted") < MOST_SHIFT, page.evaluate("JSON.stringify(moves)")
    assert_sound(page)
    assert_sound_when_large(page)


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_nothing_moves_while_a_page_comes(open_page: OpenPage, path: str) -> None:
    look = next(look for look in LOOKS if look.path == path)
    page = open_page("/theme.css", as_=look.who or None)
    page.add_init_script(WATCH_SHIFTS)
    look.reach(page)
    page.wait_for_timeout(100)
    assert page.evaluate("shifted") < MOST_SHIFT


@pytest.mark.parametrize("path", OWN)
def test_a_page_without_database_says_so_and_recovers(
    open_page: OpenPage, portal: Portal, path: str
) -> None:
    page = open_page("/theme.css", as_=DEMO)
    # Nobody knows whose page it is: the connection is refused, and tried again by itself.
    lost = page.get_by_text(LOST)
    with database_away(portal.data_dir):
        page.goto(address_of(path))
        expect(lost).to_be_visible()
        assert_sound(page)
    expect(lost).to_be_hidden(timeout=30_000)
    expect(page.locator("main").get_by_role("status").filter(has_text="Loading")).to_have_count(0)


@pytest.mark.parametrize("path", OWN)
def test_a_page_is_sound_while_it_waits(open_page: OpenPage, path: str) -> None:
    page = open_page("/theme.css", as_=DEMO)
    page.set_extra_http_headers(WITHOUT_FIRST_DATA)
    page.route_web_socket("**/_event/**", lambda socket: None)
    page.goto(address_of(path))
    expect(page.locator("main").get_by_role("status").filter(has_text="Loading")).to_be_visible()
    assert_sound(page)


@pytest.mark.parametrize("path", ["", "/code", "/parcel-late", "/return-complete"])
def test_the_messages_of_the_demo_are_sound(open_page: OpenPage, path: str) -> None:
    narrow = open_page(f"{routes.MESSAGES}{path}", viewport=NARROW, scheme="dark")
    expect(narrow.locator("h1, table").first).to_be_visible()
    for page in (narrow, open_page(f"{routes.MESSAGES}{path}")):
        assert_accessible(page)
        assert_no_sideways_scroll(page)
