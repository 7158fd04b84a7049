"""The console in the browser, as the server serves it beside the pages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.console.routes.screens import SCREENS
from account_portal.console.rules import Role
from account_portal.console.service import accounts
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.states import ReturnStatus
from tests.console.conftest import PASSWORD
from tests.e2e.conftest import (
    NARROW,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.returns import make_return, return_item

PATHS = [one.path for one in SCREENS if "{" not in one.path and not one.answers_form]


@pytest.fixture
def console(open_page: OpenPage) -> Any:
    """`console("/orders")`: a browser in which the demo's staff is signed in."""

    def open_at(path: str = "", **options: Any) -> Page:
        page = open_page("/console/login", **options)
        page.get_by_role("button", name="Sign in to the demo").click()
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
        page.goto(f"/console{path}")
        return page

    return open_at


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_screen_is_accessible(console: Any, viewport: Any) -> None:
    page = console(viewport=viewport)
    number = page.goto("/console/orders") and page.locator("tbody th a").first.inner_text()
    someone = page.goto("/console/customers") and page.locator("tbody th a").first
    customer = str(someone.get_attribute("href")).removeprefix("/console")
    for path in (*PATHS, f"/orders/{number}", customer, "/search?q=asha", "/nothing"):
        page.goto(f"/console{path}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_accessible(page)
            assert_no_sideways_scroll(page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_policy_is_tried_in_the_box(console: Any, viewport: Any) -> None:
    page = console("/policies", viewport=viewport)
    page.get_by_label("Policy", exact=True).fill("[[rules]]\nname = 'A'")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("“A”: says nothing.")
    assert_accessible(page)
    box = page.get_by_label("Policy", exact=True)
    box.fill(box.input_value() + "\nreturns = { window_days = 400 }\n")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("button", name="Put it in force")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_signing_in_looks_right_and_leads_back(open_page: OpenPage) -> None:
    page = open_page("/console/refunds?status=pending", viewport=NARROW)
    expect(page).to_have_url(re.compile("/console/login"))
    assert_accessible(page)
    page.get_by_role("button", name="Sign in to the demo").click()
    expect(page).to_have_url(re.compile(r"/console/refunds\?status=pending$"))
    page.locator("summary", has_text="Admin").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/console")
    expect(page).to_have_url(re.compile("/console/login"))


QR_FITS = """picture => {
  const whole = picture.getBoundingClientRect();
  return [...picture.querySelectorAll('path')].every(path => {
    const box = path.getBoundingClientRect();
    return box.left >= whole.left && box.top >= whole.top
      && box.right <= whole.right + 0.5 && box.bottom <= whole.bottom + 0.5;
  });
}"""


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_who_is_invited_can_scan_the_whole_code(
    open_page: OpenPage, database: Database, viewport: Any
) -> None:
    email = f"mira-{viewport['width']}@shop.example"
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        link = accounts.invite(ctx, email, Role.VIEWER, by="tests")
    page = open_page(f"/console/invitation?token={link}", viewport=viewport)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    code = page.get_by_role("img", name="QR code of the key below").locator("svg")
    assert code.evaluate(QR_FITS), "a part of the code is cut off: no app can read it"
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_an_order_is_packed_sent_and_found_again(
    console: Any, database: Database, customer: User
) -> None:
    order = make_order(database, customer)
    page = console()
    page.get_by_label("Search orders and customers").fill(order.order_number.lower())
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=order.order_number).click()
    page.get_by_text("Pack a parcel").click()
    page.get_by_role("button", name="Make the parcel").click()
    expect(page.get_by_role("status")).to_contain_text("is made")
    page.get_by_text("Move", exact=True).click()
    page.get_by_label("To", exact=True).select_option("shipped")
    page.get_by_label("Courier").fill("BlueDart")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("is shipped")
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("Handed to the courier")
    expect(history).to_contain_text("staff@example.com")


def test_somebody_was_quicker(console: Any, database: Database, customer: User) -> None:
    order = make_order(database, customer)
    mine = console(f"/orders/{order.order_number}")
    theirs = console(f"/orders/{order.order_number}")
    for page, amount in ((mine, "10"), (theirs, "20")):
        page.get_by_text("Goodwill refund").click()
        page.get_by_label("Amount").fill(amount)
        page.get_by_role("button", name="Promise the refund").click()
    expect(mine.get_by_role("status")).to_contain_text("is promised")
    expect(theirs.get_by_role("status")).to_contain_text("somebody changed this")
    refunds = theirs.get_by_role("region", name="Refunds")
    expect(refunds).to_contain_text("₹10.00")
    expect(refunds).not_to_contain_text("₹20.00")


def test_the_theme_is_chosen(console: Any) -> None:
    page = console()
    page.locator("summary", has_text="Admin").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_css("background-color", "rgb(15, 15, 17)")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_inspection_is_said_and_corrected(console: Any, viewport: Any) -> None:
    page = console("/orders/NW-21212", viewport=viewport)
    title = re.compile("^(Not all of it is fine|Correct the inspection)$")
    part = page.locator("article", has_text="RET-NW-21212-1")
    for refused, note in (("1", "The lid is scratched"), ("0", "")):
        part.locator("summary", has_text=title).click()
        if not note:
            expect(part.get_by_label("Refused").first).to_have_value("1")
            expect(part.get_by_label("In words").first).to_have_value("The lid is scratched")
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        units = int(part.get_by_label("Accepted").first.get_attribute("max") or 0)
        part.get_by_label("Accepted").first.fill(str(units - int(refused)))
        part.get_by_label("Refused").first.fill(refused)
        part.get_by_label("Why, if some are refused").first.select_option(index=1)
        part.get_by_label("In words").first.fill(note)
        part.get_by_role("button", name="Save").click()
        expect(page.get_by_text(re.compile("is inspected|is corrected"))).to_be_visible()
        expect(part.get_by_text(f"refused {refused}").first).to_be_visible()
    expect(page.get_by_text("Return RET-NW-21212-1 inspected again").first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_photo_of_what_was_found_reaches_the_customer(
    console: Any, open_page: OpenPage, database: Database, customer: User, viewport: Any
) -> None:
    order = make_order(database, customer, lines=[make_line(0, quantity=2)], parcels=[{}])
    made = make_return(
        database, customer, order, return_item(quantity=2), status=ReturnStatus.RECEIVED
    )
    page = console(f"/orders/{order.order_number}", viewport=viewport)
    summary = page.locator("summary").filter(has_text="Add photos")
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": make_picture("PNG")}
    for _ in range(2):
        summary.press("Enter")
        page.get_by_label("Photos or a video").set_input_files([photo])
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        page.get_by_role("button", name="Add", exact=True).press("Enter")
        expect(page.get_by_text("1 file added")).to_be_visible()
    page.get_by_role("button", name="Remove file 2").press("Enter")
    expect(page.get_by_text(f"Return {made.request_number}: removed.")).to_be_visible()
    expect(page.get_by_role("img", name="Photo 1 of what we found")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.locator("summary").filter(has_text="Not all of it is fine").press("Enter")
    page.get_by_label("Accepted").fill("1")
    page.get_by_label("Refused", exact=True).fill("1")
    page.get_by_label("Why, if some are refused").select_option("damaged")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text(f"{made.request_number} is inspected")).to_be_visible()
    theirs = open_page(f"/returns/{made.request_number}", as_=customer.email, viewport=viewport)
    expect(theirs.get_by_text("What the store found:")).to_be_visible()
    expect(theirs.get_by_role("link", name=re.compile("Photo of this item"))).to_be_visible()
    assert_accessible(theirs)
    assert_no_sideways_scroll(theirs)
