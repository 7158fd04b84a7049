"""Rewards and reviews in the browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    WIDE,
    OpenPage,
    assert_accessible,
)
from tests.factories.pictures import make_picture


def photo(name: str = "photo.jpg", content: bytes | None = None) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content or make_picture()}


def waiting(page: Page) -> Any:
    return page.get_by_role("button", name=re.compile("^Write a review of"))


def rate(dialog: Any, stars: str) -> None:
    dialog.locator("label").filter(has_text=re.compile(f"^{stars}$")).click()


def test_movements_lead_to_their_orders(open_page: OpenPage) -> None:
    page = open_page("/loyalty", as_=DEMO, viewport=NARROW)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Order NW-")).first.click()
    expect(page.get_by_role("heading", name="Price")).to_be_visible()


def test_a_member_without_points_learns_how_to_earn_them(open_page: OpenPage) -> None:
    page = open_page("/loyalty", as_=NEW)
    expect(page.get_by_text("0 points").first).to_be_visible()
    expect(page.get_by_text("You earn points with every order.")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_review_is_written_with_photos(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/reviews", as_=DEMO, viewport=viewport)
    expect(waiting(page).first).to_be_visible()
    product = str(waiting(page).first.text_content()).partition(" review of ")[2]
    waiting(page).first.click()
    dialog = page.get_by_role("dialog", name="Write a review")
    expect(dialog.get_by_text(product)).to_be_visible()
    rate(dialog, "4.5 stars")
    dialog.get_by_label("Your review").fill("It does what it should, at first light too.")
    dialog.get_by_label("Add photos").set_input_files([photo(), photo("bad.jpg", b"no picture")])
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog.get_by_text("Send a JPEG, PNG or WebP picture.").first).to_be_visible()
    expect(dialog.get_by_label("Your review")).to_have_value(re.compile("first light"))
    assert_accessible(page)
    dialog.get_by_role("button", name="Remove bad.jpg").click()
    dialog.get_by_role("button", name="Send review").click()
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    expect(page).to_have_url(re.compile(r"tab=mine$"))
    expect(page.get_by_text(product)).to_be_visible()
    expect(page.get_by_role("img", name="4.5 out of 5 stars").first).to_be_visible()
    picture = page.get_by_role("img", name="Photo of your review").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    # The next review begins without the photos of the last.
    page.get_by_role("link", name=re.compile("^Waiting for review")).click()
    waiting(page).first.click()
    rate(dialog, "5 stars")
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    newest = page.get_by_role("group", name="My reviews").locator("> *").first
    expect(newest.get_by_role("img", name="5 out of 5 stars")).to_be_visible()
    expect(newest.get_by_role("img", name="Photo of your review")).to_have_count(0)


def test_stars_are_chosen_by_keyboard_in_halves(open_page: OpenPage) -> None:
    page = open_page("/reviews", as_=DEMO)
    expect(waiting(page).first).to_be_visible()
    waiting(page).first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Write a review")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="3.5 stars")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard alone.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Send review")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()


def test_a_declined_review_is_written_again(open_page: OpenPage) -> None:
    page = open_page("/reviews?tab=mine", as_=DEMO)
    declined = page.get_by_text("Not published")
    expect(declined).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Write it again")).click()
    dialog = page.get_by_role("dialog", name="Write a review")
    expect(dialog.get_by_label("Your review")).not_to_have_value("")
    dialog.get_by_role("button", name="Send review").click()
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()
    expect(declined).to_have_count(0)


def test_the_address_of_a_product_opens_its_form(open_page: OpenPage) -> None:
    page = open_page("/reviews?product=no-such-product", as_=DEMO)
    expect(page.get_by_text("This product is not waiting for a review.")).to_be_visible()
    expect(page.get_by_role("dialog", name="Write a review")).to_be_hidden()


def test_a_customer_with_nothing_to_review(open_page: OpenPage) -> None:
    page = open_page("/reviews", as_=NEW)
    expect(page.get_by_text("Nothing to review yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    expect(page.get_by_text("You have not written a review yet")).to_be_visible()
    assert_accessible(page)
