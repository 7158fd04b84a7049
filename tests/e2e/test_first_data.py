"""The first data stands in the page: it is there without a websocket, and nothing is lost by it."""

import re
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, Route, expect

from tests.e2e.conftest import DEMO, NARROW, OpenPage

CARDS = "main a[href^='/orders/']"
# The websocket hears nothing and says nothing.
SILENT = "WebSocket.prototype.send = () => {};"
# The socket is open, and what the page says arrives late: the page is alive long before its state.
LATE = """
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), 2500); };
"""
# Notes each change after the first data was there: of the cards, and of the layout.
WATCH = """
  window.seen = { cards: [], shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => {
    const count = document.querySelectorAll("main a[href^='/orders/']").length;
    if (count !== seen.cards.at(-1)) seen.cards.push(count);
  }).observe(document, { childList: true, subtree: true });
"""


def assert_only_more(cards: list[int]) -> None:
    """None of the ten was there and went: a page that is drawn may come in several pieces."""
    assert cards == sorted(cards)
    assert cards[-1] == 10


def open_with(open_page: OpenPage, path: str, *scripts: str, **options: Any) -> Page:
    """Open a page in which scripts run before all others."""
    page = open_page("/login", as_=DEMO, **options)
    for script in scripts:
        page.add_init_script(script)
    page.goto(path)
    return page


def goto_with_data(page: Page, path: str, *, forget: str = "", **options: Any) -> str:
    """Open a page that comes drawn with its data: a busy server may send it without.

    `forget` is a cookie that the page shall come without. Gives the HTML.
    """
    for _ in range(20):
        if forget:
            page.context.clear_cookies(name=forget)
        answer = page.goto(path, **options)
        text = answer.text() if answer else ""
        if '"holds":true' in text and '"later":' not in text:
            return text
    raise AssertionError(f"{path} never came drawn")


def test_data_is_there_without_a_websocket(open_page: OpenPage) -> None:
    page = open_with(open_page, "/login", SILENT)
    goto_with_data(page, "/orders")
    expect(page.locator(CARDS).first).to_be_visible()
    number = page.locator(CARDS).first.get_attribute("href")
    goto_with_data(page, f"{number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number}".rpartition("/")[2])


def test_the_websocket_changes_nothing_that_is_shown(open_page: OpenPage) -> None:
    page = open_with(open_page, "/orders", WATCH, LATE, viewport=NARROW)
    expect(page.locator(CARDS).first).to_be_visible()
    page.evaluate(f"document.querySelector(`{CARDS}`).isFirst = true")
    page.wait_for_timeout(3500)
    assert page.evaluate(f"document.querySelector(`{CARDS}`).isFirst")
    seen = page.evaluate("seen")
    assert_only_more(seen["cards"])
    assert seen["shift"] <= 0.02


def test_days_are_there_before_the_browser_has_told_its_zone(open_page: OpenPage) -> None:
    """Drawn by a guess, true anywhere; told as a reader there sees them once the script runs."""
    page = open_with(open_page, "/login", WATCH, viewport=NARROW)
    html = goto_with_data(page, "/", forget="portal-zone")
    drawn = re.findall(r"Arrives[^<]*(?:<!--.*?-->[^<]*)*<time[^>]*>([^<]*)</time>", html)
    assert drawn
    assert all(re.search(r"\d", day) for day in drawn)
    expect(page.get_by_text(re.compile("Arrives (today|tomorrow)")).first).to_be_visible()
    assert page.evaluate("seen.shift") <= 0.02


def test_a_page_opened_again_shows_no_older_one(open_page: OpenPage) -> None:
    page = open_with(open_page, "/orders?group=cancelled", WATCH)
    expect(page.locator(CARDS).first).to_be_visible()
    page.wait_for_timeout(1000)
    page.goto("/orders")
    expect(page.locator(CARDS)).to_have_count(10)
    page.wait_for_timeout(1000)
    assert_only_more(page.evaluate("seen.cards"))


def test_what_is_typed_and_pressed_meanwhile_is_kept(open_page: OpenPage) -> None:
    page = open_with(open_page, "/orders", LATE)
    expect(page.locator(CARDS).first).to_be_visible()
    page.get_by_role("searchbox").fill("kettle")
    page.wait_for_timeout(3500)
    expect(page.get_by_role("searchbox")).to_have_value("kettle")
    page.goto("/addresses")
    page.get_by_role("button", name="Add address").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_after_signing_out_going_back_shows_nothing(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO)
    expect(page.locator(CARDS).first).to_be_visible()
    shown = page.locator(CARDS).first.inner_text()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))
    page.go_back(wait_until="commit")
    for _ in range(20):
        with suppress(Error):  # the page goes on to sign-in meanwhile
            assert shown not in page.content()
        page.wait_for_timeout(100)
    expect(page).to_have_url(re.compile("/login"))


def test_what_is_pressed_before_the_script_runs_is_done_once_it_does(open_page: OpenPage) -> None:
    page = open_page("/login", as_=DEMO)
    held: list[Route] = []
    is_released = False

    def hold(route: Route) -> None:
        if is_released:
            route.continue_()
        else:
            held.append(route)

    page.route("**/assets/*.js", hold)
    goto_with_data(page, "/addresses", wait_until="commit")
    page.get_by_role("button", name="Add address").first.click()
    assert held
    assert not page.get_by_role("dialog").is_visible()
    is_released = True
    for route in held:
        with suppress(Error):  # of a page that was left
            route.continue_()
    expect(page.get_by_role("dialog")).to_be_visible()
