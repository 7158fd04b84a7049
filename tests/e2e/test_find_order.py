"""An order is found, seen and cancelled without an account, by keyboard alone."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.models import Evidence, User
from tests.e2e.conftest import NARROW, OpenPage, Portal, assert_accessible
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.factories.records import rows


def find_order(
    open_page: OpenPage, portal: Portal, number: str, mailbox: str, *, known: int = 0
) -> Page:
    """An order's page, opened without an account and by keyboard, after `known` other codes."""
    page = open_page(f"/orders/{number}", viewport=NARROW)
    find = page.get_by_role("link", name="Find your order")
    expect(find).to_have_attribute("href", re.compile(number))  # the page has loaded
    find.press("Enter")
    expect(page.get_by_label("Order number")).to_have_value(number)
    page.get_by_label("E-mail address or postcode").fill(mailbox)
    page.keyboard.press("Enter")
    # Its whole name: "postcode" holds it, and the mail may be there before the next page is.
    page.get_by_label("Code", exact=True).fill(portal.code_for(mailbox, known))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    return page


def test_a_guest_cancels_by_keyboard(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    mailbox = str(customer.email)
    order = make_order(database, customer, customer_email=mailbox)
    page = find_order(open_page, portal, order.order_number, mailbox)
    step = page.get_by_role("heading", name="Cancel items")
    page.get_by_role("button", name="Cancel items").press("Enter")
    expect(step).to_be_focused()
    page.get_by_label("How many").first.select_option("1")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_text("You get back")).to_be_visible()
    expect(step).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel these items").press("Enter")
    expect(page.get_by_text("1 cancelled").or_(page.get_by_text("Cancelled")).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_text("comes back to UPI")).to_be_visible()
    page.get_by_role("button", name="Close this order").press("Enter")
    expect(page.get_by_label("Order number")).to_have_value("")
    page.goto("/found-order")
    expect(page.get_by_text("An order stays open here for an hour")).to_be_visible()


def test_a_guest_is_told_that_a_payment_is_under_way(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    mailbox = str(customer.email)
    order = make_order(
        database,
        customer,
        customer_email=mailbox,
        status="draft",
        payment_status="pending",
        payments=[{"payment_status": "pending"}],
        at=datetime.now(UTC),
    )
    page = find_order(open_page, portal, order.order_number, mailbox)
    expect(page.get_by_text("We are waiting for your payment")).to_be_visible()
    expect(page.get_by_text("has not arrived yet. If it has not by")).to_be_visible()
    assert_accessible(page)


def test_a_tab_sends_no_photo_to_the_order_that_another_tab_found(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    mailbox = str(customer.email)
    shown, since = (
        make_order(database, customer, status="delivered", parcels=[{}], customer_email=mailbox)
        for _ in range(2)
    )
    page = find_order(open_page, portal, shown.order_number, mailbox)
    page.get_by_role("button", name="Report a problem").press("Enter")
    photos = page.locator("input[type=file]")
    expect(photos).to_be_attached()
    other = find_order(open_page, portal, since.order_number, mailbox, known=1)
    cookies = [one for one in other.context.cookies() if "portal-order" in str(one["name"])]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    photos.set_input_files(
        [{"name": "a.png", "mimeType": "image/png", "buffer": make_picture("PNG")}]
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text(since.order_number)
    expect(page.get_by_text("Nothing was done for the one that stood here")).to_be_visible()
    assert_accessible(page)
    assert rows(database, Evidence, order_id=shown.id) == []
    assert rows(database, Evidence, order_id=since.id) == []
