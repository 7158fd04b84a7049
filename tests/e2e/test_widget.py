"""The widget in a storefront on another site: what it shows, whom it believes, what it tells."""

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Page, Route, expect
from sqlmodel import col, select

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.service import approve_order
from tests.chromium import find_chromium
from tests.e2e.conftest import ARGS, DEMO, NARROW, PASSWORD, SAM, WIDE, Portal, overhear
from tests.factories.orders import make_order

ORDER = re.compile("^Order ")
GATE = "Sign in to see your account"
OpenShop = Callable[..., Page]


@pytest.fixture
def open_shop(portal: Portal, browser: Browser) -> Iterator[OpenShop]:
    """`open_shop("/two.html", customer="demo")`: the storefront, its own customer signed in."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_at(path: str = "/", *, customer: str = "", viewport: Any = None) -> Page:
        context = browser.new_context(viewport=viewport or WIDE, reduced_motion="reduce")
        contexts.append(context)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.request.post(f"{portal.shop}/sign-in", form={"customer": customer})
        page = context.new_page()
        overhear(page)
        page.goto(portal.shop + path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


def inside(page: Page, place: int = 0) -> FrameLocator:
    return page.frame_locator(f"account-portal >> nth={place} >> iframe")


def frame_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/embed" in frame.url)


def events(page: Page) -> list[str]:
    return page.locator(".log li").all_inner_texts()


def wait_for_event(page: Page, start: str) -> None:
    expect(
        page.locator(".log li", has_text=re.compile(f"^{re.escape(start)}")).first
    ).to_be_attached()


def expect_orders(page: Page, place: int = 0) -> None:
    expect(inside(page, place).get_by_role("link", name=ORDER).first).to_be_visible()


def expect_gate(page: Page, place: int = 0) -> None:
    expect(inside(page, place).get_by_text(GATE)).to_be_visible()


def test_the_storefronts_customer_is_signed_in_already(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    wait_for_event(page, 'ready {"page":"orders"}')
    expect(inside(page).get_by_role("heading", name="Orders", level=1)).to_be_visible()
    expect(inside(page).get_by_role("navigation", name="Account")).to_be_hidden()
    (cookie,) = [c for c in page.context.cookies() if "frame" in c["name"]]
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == (
        "__Host-portal-frame",
        True,
        True,
    )
    assert cookie["partitionKey"]
    assert not any("eyJ" in frame.url for frame in page.frames)


def test_it_goes_where_the_page_and_the_customer_want(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    inside(page).get_by_role("link", name=ORDER).nth(2).click()
    expect(inside(page).get_by_role("heading", name="Price")).to_be_visible()
    wait_for_event(page, 'navigate {"page":"orders/')
    page.evaluate("history.back()")
    expect(inside(page).get_by_role("heading", name="Orders", level=1)).to_be_visible()
    page.get_by_role("button", name="Addresses").click()
    expect(inside(page).get_by_role("heading", name="Addresses", level=1)).to_be_visible()
    page.evaluate("document.querySelector('account-portal').setAttribute('page', 'returns')")
    expect(inside(page).get_by_role("heading", name="Returns", level=1)).to_be_visible()
    page.evaluate("document.querySelector('account-portal').open('//evil.example/x')")
    wait_for_event(page, 'error {"code":"unknown-page"')
    page.reload()
    expect_orders(page)
    assert page.url.endswith("/")


def test_what_the_shop_does_shows_in_the_frame(open_shop: OpenShop, database: Database) -> None:
    with database.session(writes=False) as db:
        sam = db.exec(select(User).where(col(User.email) == SAM)).one()
    number = make_order(database, sam, status="awaiting_approval").order_number
    page = open_shop(customer="sam")
    inside(page).get_by_role("link", name=f"Order {number}").click()
    expect(inside(page).get_by_text("Being checked").first).to_be_visible()
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        approve_order(ctx, number)
    expect(inside(page).get_by_text("Confirmed").first).to_be_visible(timeout=1000)


def test_another_customer_of_the_storefront_is_another_here(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    page.get_by_role("button", name="Profile").click()
    expect(inside(page).get_by_text("demo@example.com").first).to_be_visible()
    page.get_by_role("button", name="Sam").click()
    expect(inside(page).get_by_text("sam@example.com").first).to_be_visible()
    expect(inside(page).get_by_text("demo@example.com")).to_have_count(0)
    page.get_by_role("button", name="Nobody").click()
    expect_gate(page)
    expect(inside(page).get_by_text("sam@example.com")).to_have_count(0)
    page.reload()
    expect_gate(page)  # the cookie of before opens nothing: the storefront says nobody is here
    wait_for_event(page, "signin-required")


def test_who_begins_to_listen_late_misses_nothing(open_shop: OpenShop) -> None:
    page = open_shop()
    expect_gate(page)
    held: list[Route] = []
    page.route("**/shop.js", lambda route: held.append(route))  # noqa: PLW0108 - it marks it
    with page.expect_response("**/account-token"):
        page.reload(wait_until="commit")
    page.wait_for_timeout(1000)  # the frame has said hello, the page's script is still on its way
    held[0].continue_()
    expect_gate(page)
    wait_for_event(page, "signin-required")


def test_two_on_a_page_are_one_customer(open_shop: OpenShop) -> None:
    page = open_shop("/two.html", customer="demo")
    expect_orders(page)
    expect(inside(page, 1).get_by_role("heading", name="Rewards", level=1)).to_be_visible()
    inside(page).get_by_role("button", name="Sign out").click()
    expect_gate(page)
    expect_gate(page, 1)
    assert [line for line in events(page) if line.startswith("signout")] == ["signout {}"]


def test_where_no_cookie_is_to_be_had(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    page.context.clear_cookies(name="__Host-portal-frame")
    inside(page).get_by_role("link", name=ORDER).first.click()
    expect(inside(page).get_by_role("heading", name="Price")).to_be_visible()
    page.reload()
    expect_orders(page)


def test_with_third_party_cookies_blocked(portal: Portal, browser: Browser) -> None:
    blocking = browser.browser_type.launch(
        executable_path=find_chromium(), args=[*ARGS, "--test-third-party-cookie-phaseout"]
    )
    context = blocking.new_context()
    context.request.post(f"{portal.shop}/sign-in", form={"customer": "sam"})
    page = context.new_page()
    page.goto(f"{portal.shop}/")
    expect_orders(page)
    blocking.close()


def test_a_word_that_was_used_opens_nothing(open_shop: OpenShop, portal: Portal) -> None:
    page = open_shop("/shop.css", customer="demo")
    words: list[str] = []

    def always_the_first(route: Any) -> None:
        if not words:
            words.append(route.fetch().text())
        route.fulfill(status=200, content_type="application/json", body=words[0])

    page.route("**/account-token", always_the_first)
    page.goto(f"{portal.shop}/")
    expect_orders(page)
    page.reload()
    wait_for_event(page, 'error {"code":"assertion_refused"')
    expect_gate(page)


def test_a_storefront_that_cannot_be_asked_keeps_its_customer(
    open_shop: OpenShop, portal: Portal
) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    page.route("**/account-token", lambda route: route.abort())
    page.reload()
    expect_orders(page)


def test_messages_of_others_are_not_heard(open_shop: OpenShop, portal: Portal) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    wait_for_event(page, "ready")
    before = len(events(page))
    # The page's own scripts cannot speak for the frame …
    page.evaluate(
        "window.postMessage({portal: 1, type: 'event', name: 'order-cancelled', detail: {}}, '*')"
    )
    # … and another window cannot speak to the frame, not even one of the same site.
    page.locator("account-portal").evaluate(
        "one => { window.frame = one.shadowRoot.querySelector('iframe').contentWindow; }"
    )
    with page.context.expect_page() as opened:
        page.evaluate("() => { window.open('about:blank', 'other'); }")
    opened.value.evaluate(
        """() => {
        const frame = window.opener.frame;
        for (const type of ["leave", "open", "token", "dress"])
          frame.postMessage({portal: 1, type, path: "/security", token: null, theme: "dark"}, "*");
        }"""
    )
    page.wait_for_timeout(500)
    expect_orders(page)
    assert len(events(page)) == before


def test_it_is_as_tall_as_its_page_and_moves_nothing(open_shop: OpenShop) -> None:
    page = open_shop("/shop.css", customer="demo")
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    page.goto(page.url.replace("/shop.css", "/"))
    expect_orders(page)
    page.wait_for_timeout(500)
    frame = frame_of(page)
    tall, shown = frame.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert tall <= shown
    inner = page.locator("account-portal").evaluate("one => one.clientHeight")
    assert abs(inner - shown) <= 1
    assert page.evaluate("window.shift") < 0.02
    inside(page).get_by_role("link", name=ORDER).first.click()
    expect(inside(page).get_by_role("heading", name="Price")).to_be_visible()
    page.wait_for_timeout(300)
    tall, shown = frame_of(page).evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert tall <= shown


def test_dialogs_open_in_the_part_that_is_in_sight(open_shop: OpenShop) -> None:
    page = open_shop(customer="sam", viewport={"width": 1000, "height": 600})
    page.get_by_role("button", name="Addresses").click()
    buttons = inside(page).get_by_role("button", name=re.compile("^Edit"))
    expect(buttons.first).to_be_visible()
    page.evaluate("window.scrollTo(0, 200)")
    page.wait_for_timeout(200)
    buttons.first.click()
    dialog = inside(page).get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.wait_for_timeout(300)
    box = dialog.bounding_box()
    assert box
    assert box["y"] >= -1
    assert box["y"] + box["height"] <= 601


def test_it_looks_as_the_storefront_asks(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    expect_orders(page)
    widget = page.locator("account-portal")
    root = inside(page).locator("html")
    expect(root).to_have_class(re.compile(r"\blight\b"))
    assert root.evaluate("e => getComputedStyle(e).getPropertyValue('--accent')") == "#2f6b4f"
    widget.evaluate("e => e.setAttribute('theme', 'dark')")
    expect(root).to_have_class(re.compile(r"\bdark\b"))
    widget.evaluate("e => e.setAttribute('locale', 'de-DE')")
    page.reload()
    expect_orders(page)
    page.goto(page.url + "plain.html")
    page.evaluate(
        """() => { const one = document.createElement("account-portal");
        one.setAttribute("token-url", "/account-token"); one.setAttribute("locale", "de-DE");
        one.setAttribute("page", "orders");
        document.querySelector("account-portal").replaceWith(one); }"""
    )
    expect_orders(page)
    expect(
        inside(page).get_by_text(re.compile(r"^\d{1,3}(\.\d{3})*,\d\d\s₹$")).first
    ).to_be_visible()


def test_signing_in_in_a_window_of_the_portals_own(open_shop: OpenShop, portal: Portal) -> None:
    page = open_shop("/plain.html")
    expect_gate(page)
    wait_for_event(page, "signin-required")
    expect(inside(page).get_by_label("Password", exact=True)).to_be_hidden()
    with page.context.expect_page() as opened:
        inside(page).get_by_role("link", name=re.compile("^Sign in")).click()
    window = opened.value
    expect(window).to_have_url(re.compile(r"/login/?\?next=%2Fhand-over$"))
    window.get_by_label("E-mail or phone").fill(DEMO)
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    window.get_by_label("Password", exact=True).press("Enter")
    expect_orders(page)
    page.wait_for_timeout(300)
    assert window.is_closed()
    page.reload()
    expect_orders(page)
    top = page.context.new_page()
    top.goto(portal.url)
    top.get_by_role("button", name="Sign out").click()
    expect(top).to_have_url(re.compile("/login"))
    expect_gate(page)  # the frame hears of it


def test_a_window_asks_a_busy_server_again_for_its_frame(open_shop: OpenShop) -> None:
    page = open_shop("/plain.html")
    expect_gate(page)
    wait_for_event(page, "signin-required")
    busy: list[str] = []

    def answer(route: Route) -> None:
        busy.append(route.request.url)
        if len(busy) < 3:
            route.fulfill(status=503, json={"code": "gateway_unavailable"})
        else:
            route.continue_()

    page.context.route("**/api/session/hand-over", answer)
    with page.context.expect_page() as opened:
        inside(page).get_by_role("link", name=re.compile("^Sign in")).click()
    window = opened.value
    window.get_by_label("E-mail or phone").fill(DEMO)
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    window.get_by_label("Password", exact=True).press("Enter")
    expect_orders(page)
    assert len(busy) > 2


def test_a_form_sent_before_its_script_is_there_signs_the_frame_in(open_shop: OpenShop) -> None:
    page = open_shop("/plain.html")
    expect_gate(page)
    wait_for_event(page, "signin-required")
    with page.context.expect_page() as opened:
        inside(page).get_by_role("link", name=re.compile("^Sign in")).click()
    window = opened.value
    send = "document.querySelector('form').submit()"  # no handler of the page hears of it
    for password in ("wrong at first", PASSWORD):
        window.get_by_label("E-mail or phone").fill(DEMO)
        window.get_by_label("Password", exact=True).fill(password)
        with window.expect_navigation():
            window.evaluate(send)
    expect_orders(page)


def test_what_happens_is_told_and_what_matters_asks_for_a_window(open_shop: OpenShop) -> None:
    page = open_shop(customer="sam")
    page.get_by_role("button", name="Profile").click()
    change = inside(page).get_by_role("link", name=re.compile("^Change E-mail"))
    expect(change).to_have_attribute("target", "_blank")
    assert change.get_attribute("href") == "/profile"
    page.evaluate("document.querySelector('account-portal').open('security')")
    expect(inside(page).get_by_role("link", name=re.compile("^Change password"))).to_be_visible()
    expect(inside(page).get_by_label("Current password")).to_be_hidden()
    expect(inside(page).get_by_role("link", name=re.compile("^Close account"))).to_be_visible()
    expect(inside(page).get_by_role("button", name="Close account…")).to_be_hidden()


def test_a_cancelled_order_is_told(open_shop: OpenShop) -> None:
    page = open_shop(customer="demo")
    page.evaluate("document.querySelector('account-portal').open('orders?group=open&text=honey')")
    cancel = inside(page).get_by_role("button", name="Cancel order")
    links = inside(page).get_by_role("link", name=ORDER)
    expect(links.first).to_be_visible()
    for place in range(links.count()):
        links.nth(place).click()
        expect(inside(page).get_by_role("heading", name="Price")).to_be_visible()
        if cancel.count():
            break
        page.evaluate("history.back()")
        expect(links.first).to_be_visible()
    cancel.click()
    dialog = inside(page).get_by_role("dialog", name="Cancel this order?")
    dialog.get_by_label("Reason").select_option(index=1)
    dialog.get_by_role("button", name="Cancel order").click()
    wait_for_event(page, 'order-cancelled {"order_number":"')


@pytest.fixture
def other_shop(portal: Portal) -> Iterator[str]:
    """A page on an origin that nobody allowed."""
    html = (
        f'<!doctype html><script src="{portal.url}/account-widget.js" async></script>'
        '<account-portal page="orders"></account-portal>'
    )

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_that_may_not_show_it_says_so(
    portal: Portal, browser: Browser, other_shop: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(other_shop)
    expect(page.get_by_role("alert")).to_contain_text("can’t be shown here")
    link = page.get_by_role("link", name="Open your account in a new window")
    expect(link).to_have_attribute("href", f"{portal.url}/orders")
    assert all("Orders" not in frame.content() for frame in page.frames[1:])
    context.close()


def test_a_page_below_embed_opened_automatic_is_the_page(
    open_shop: OpenShop, portal: Portal
) -> None:
    page = open_shop()
    page.goto(f"{portal.url}/embed/orders?group=open")
    expect(page).to_have_url(re.compile(r"/login/?\?next=%2Forders%3Fgroup%3Dopen$"))
    host = portal.url.removeprefix("http://").replace("localhost", "127.0.0.1")
    for slashes in ("//", "///", "/\\", "//\\"):  # where a second one leads to another host
        page.goto(f"{portal.url}/embed{slashes}{host}/orders")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.startswith(f"{portal.url}/127.0.0.1")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_is_named_and_reached_by_keyboard(open_shop: OpenShop, viewport: Any) -> None:
    page = open_shop(customer="demo", viewport=viewport)
    expect_orders(page)
    wait_for_event(page, "ready")
    expect(page.get_by_role("region", name="Your account")).to_be_visible()
    page.get_by_role("button", name="Nobody").focus()
    page.keyboard.press("Tab")
    expect(page.locator("account-portal")).to_be_focused()
    expect(inside(page).locator(":focus")).to_have_count(1)
    frame = frame_of(page)
    frame.evaluate(Axe().axe_script)
    found = frame.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert [one["id"] for one in found["violations"]] == []
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
