"""Returns in the browser: ask for one in three steps, follow it, call it off."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders import service as orders
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    SAM,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.orders import make_line, make_order


def open_form(open_page: OpenPage, **options: Any) -> Page:
    """The form of the latest order of which something can be returned."""
    page = open_page("/orders?group=delivered", as_=DEMO, **options)
    page.get_by_role("link", name=re.compile("^Order ")).first.click()
    page.get_by_role("link", name="Return items").click()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    return page


def item(page: Page, place: int = 0) -> Locator:
    return page.get_by_role("checkbox").nth(place)


def choose(page: Page, label: str) -> None:
    """Not `check()`: the server says what is chosen, a moment later."""
    page.get_by_label(label).click()
    expect(page.get_by_label(label)).to_be_checked()


def go_to_last_step(page: Page) -> None:
    item(page).click()
    page.get_by_label("Reason").select_option("Too small")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(r"step=2$"))
    # The address changes before the page does, and the first step has a button of that name too.
    expect(page.get_by_role("group", name="Where should we collect the parcel?")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(r"step=3$"))
    expect(
        page.get_by_role("heading", name=re.compile("^Your (refund|replacement)$"))
    ).to_be_visible()


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("150", "The rest of what these items cost was refunded before."),
        ("200", "What was paid for this order was refunded before: nothing is left to refund."),
    ],
)
def test_what_was_refunded_before_is_said(
    open_page: OpenPage, database: Database, customer: User, amount: str, words: str
) -> None:
    line = make_line(0, quantity=2, selling_price=10000, line_total=20000)
    order = make_order(database, customer, lines=[line], parcels=[{}])
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        orders.create_refund(ctx, order.order_number, Decimal(amount))
    path = f"/orders/{order.order_number}/return"
    page = open_page(path, as_=str(customer.email))
    page.get_by_label("How many").select_option("2")
    page.get_by_label("Reason").select_option("Too small")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("group", name="Where should we collect the parcel?")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_items_are_returned_in_three_steps(open_page: OpenPage, viewport: Any) -> None:
    page = open_form(open_page, viewport=viewport)
    go_to_last_step(page)
    expect(page.get_by_text("You get back")).to_be_visible()
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Send return request").dblclick()
    expect(page).to_have_url(re.compile(r"/returns/RET-[^/]+/?$"))
    number = page.url.rstrip("/").rpartition("/")[2]
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_text("Waiting for approval")).to_be_visible()
    expect(page.get_by_text("Return requested.")).to_be_visible()
    page.get_by_role("link", name="Returns").first.click()
    newest = page.get_by_role("link", name=re.compile("^Return RET-")).first
    expect(newest).to_have_text(re.compile(number))
    today = page.get_by_text("Waiting for approval").count()
    page.reload()
    expect(newest).to_have_text(re.compile(number))
    assert page.get_by_text("Waiting for approval").count() == today


def test_back_and_reload_keep_what_was_chosen(open_page: OpenPage) -> None:
    page = open_form(open_page, viewport=NARROW)
    item(page).click()
    page.get_by_label("Reason").select_option("Something else")
    page.get_by_label("Tell us in a few words").fill("It hums at night.")
    choose(page, "A replacement")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    choose(page, "Another address")
    page.get_by_label("City", exact=True).fill("Bengaluru")
    page.get_by_label("Address", exact=True).fill("1 New Road")
    page.get_by_label("PIN code", exact=True).fill("012345")
    page.get_by_label("State", exact=True).select_option("Karnataka")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("PIN code", exact=True)).to_be_focused()
    expect(page.get_by_label("City", exact=True)).to_have_value("Bengaluru")
    assert_accessible(page)
    page.get_by_label("PIN code", exact=True).fill("560001")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("1 New Road")).to_be_visible()
    expect(page.get_by_text("It hums at night.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 New Road")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("City", exact=True)).to_have_value("Bengaluru")
    page.go_back()
    expect(page.get_by_label("Tell us in a few words")).to_have_value("It hums at night.")
    expect(page.get_by_label("A replacement")).to_be_checked()


def test_a_return_is_asked_for_and_called_off_by_keyboard(open_page: OpenPage) -> None:
    page = open_form(open_page)
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose at least one item to return.").first).to_be_visible()
    item(page).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Reason")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("Damaged")
    page.keyboard.press("Tab")  # to the photos
    page.keyboard.press("Tab")
    expect(page.get_by_label("A refund")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("A replacement")).to_be_checked()
    for seen in ("Where should we collect the parcel?", "sent again, free of charge"):
        page.get_by_role("button", name="Continue").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(seen)).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("button", name="Send return request").focus()
    page.keyboard.press("Enter")
    cancel = page.get_by_role("button", name="Cancel return")
    expect(cancel.first).to_be_visible()
    cancel.first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Cancel this return?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(cancel.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel return").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Return cancelled.")).to_be_visible()
    expect(cancel).to_have_count(0)
    expect(page.get_by_role("heading", name="Pick-up address")).to_have_count(0)
    page.get_by_role("link", name="Ask for a return again").click()
    expect(item(page)).to_be_visible()


def test_what_cannot_be_returned_says_why(open_page: OpenPage) -> None:
    page = open_page("/orders?group=delivered&page=2", as_=DEMO)
    orders = page.get_by_role("link", name=re.compile("^Order "))
    expect(orders.first).to_be_visible()
    page.goto(f"{orders.last.get_attribute('href')}/return")
    expect(page.get_by_text("Nothing from this order can be returned now")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Returns closed on .+ \d{4} at ")).first).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("link", name="Back to the order").click()
    expect(page).to_have_url(re.compile(r"/orders/[^/]+/?$"))


def test_strangers_returns_and_unknown_ones_look_alike(open_page: OpenPage) -> None:
    page = open_page("/returns", as_=DEMO)
    link = page.get_by_role("link", name=re.compile("^Return RET-")).first
    expect(link).to_be_visible()
    address = str(link.get_attribute("href"))
    page = open_page(address, as_=SAM)
    expect(page.get_by_text("There is no such return")).to_be_visible()
    page.goto("/returns/RET-NOWHERE")
    expect(page.get_by_text("There is no such return")).to_be_visible()
    assert_accessible(page)
    page.goto("/orders/NW-99999999/return")
    expect(page.get_by_text("There is no such order")).to_be_visible()


def test_a_customer_without_returns(open_page: OpenPage) -> None:
    page = open_page("/returns", as_=NEW)
    expect(page.get_by_text("No returns yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Delivered orders").click()
    expect(page).to_have_url(re.compile(r"group=delivered"))


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_parcel_one_sent_is_told_and_mended(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/returns/RET-NW-21291-1", as_=DEMO, viewport=viewport)
    page.get_by_role("button", name=re.compile("^(Add|Change) tracking number$")).click()
    dialog = page.get_by_role("dialog", name="Your parcel")
    dialog.get_by_label("Tracking number").fill("https://x")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Tracking number")).to_be_focused()
    expect(dialog.get_by_label("Tracking number")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    for number in ("1490812345678", "1490812345679"):
        dialog.get_by_label("Tracking number").fill(number)
        dialog.get_by_label("Courier").fill("Delhivery")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_text(number)).to_be_visible()
        # By keyboard: on a narrow screen the notice lies over the button for a moment.
        page.get_by_role("button", name="Change tracking number").focus()
        page.keyboard.press("Enter")
        expect(dialog.get_by_label("Tracking number")).to_have_value(number)
    page.keyboard.press("Escape")
    expect(page.get_by_text("You told us the tracking number")).to_be_visible()
    expect(page.get_by_role("heading", name="Pick-up address")).to_have_count(0)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
