"""Rewards and reviews in the browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.models import User
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.factories.reviews import FILM, make_review


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


def test_who_has_no_points_reads_of_none_that_were_earned(open_page: OpenPage) -> None:
    page = open_page("/loyalty", as_=NEW, viewport=NARROW)
    expect(page.get_by_text("No points yet")).to_be_visible()
    expect(page.get_by_text("Membership number")).to_be_visible()
    expect(page.get_by_text("Earned", exact=True)).to_have_count(0)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_review_is_written_with_photos(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/reviews", as_=DEMO, viewport=viewport)
    expect(waiting(page).first).to_be_visible()
    product = str(waiting(page).first.text_content()).partition(" review of ")[2]
    waiting(page).first.click()
    dialog = page.get_by_role("dialog", name="Write a review")
    expect(dialog.get_by_text(product, exact=True)).to_be_visible()
    rate(dialog, "4.5 stars")
    dialog.get_by_label("Your review").fill("It does what it should, at first light too.")
    dialog.get_by_label("Add photos or videos").set_input_files(
        [photo(), photo("bad.jpg", b"no picture")]
    )
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog.get_by_text("bad.jpg: Send a JPEG, PNG or WebP picture.").first).to_be_visible()
    expect(dialog.get_by_label("Your review")).to_have_value(re.compile("first light"))
    assert_accessible(page)
    dialog.get_by_role("button", name="Remove bad.jpg").click()
    dialog.get_by_role("button", name="Send review").click()
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    expect(page).to_have_url(re.compile(r"tab=mine$"))
    expect(page.get_by_text(product, exact=True)).to_be_visible()
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


def film(name: str = "film.webm", content: bytes = FILM) -> Any:
    return {"name": name, "mimeType": "video/webm", "buffer": content}


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_review_is_written_with_videos(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/reviews", as_=DEMO, viewport=viewport)
    waiting(page).first.click()
    dialog = page.get_by_role("dialog", name="Write a review")
    rate(dialog, "4 stars")
    dialog.get_by_label("Your review").fill("See how it pours.")
    files = dialog.get_by_label("Add photos or videos")
    files.set_input_files([film(), photo(), {**photo("notes.pdf"), "mimeType": "application/pdf"}])
    expect(dialog.get_by_text("notes.pdf cannot be sent. Choose JPEG")).to_be_visible()
    preview = dialog.locator("li", has_text="film.webm")
    expect(preview).to_contain_text("0:02 · 0.1 MB")
    expect(preview.locator("video")).to_have_js_property("videoWidth", 64)
    assert_accessible(page)
    files.set_input_files([film(f"{number}.webm") for number in range(2)])
    expect(dialog.get_by_text("At most 2 videos.")).to_be_visible()
    expect(dialog.locator("li")).to_have_count(3)
    dialog.get_by_role("button", name="Remove 0.webm").click()
    files.set_input_files(film("lies.webm", b"no video at all"))
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog.get_by_text("lies.webm: Send an MP4, MOV or WebM video.").first).to_be_visible()
    expect(dialog.get_by_label("Your review")).to_have_value("See how it pours.")
    dialog.get_by_role("button", name="Remove lies.webm").click()
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    video = page.get_by_label("Video of your review").first
    video.scroll_into_view_if_needed()
    expect(video).to_have_js_property("videoWidth", 64)
    assert video.evaluate("video => [video.controls, video.duration]") == [
        True,
        pytest.approx(2, 0.1),
    ]
    # Winding works: the server hands out parts.
    video.evaluate("video => { video.currentTime = 1.5; }")
    expect(video).to_have_js_property("seeking", False)
    assert video.evaluate("video => video.currentTime") == pytest.approx(1.5)
    assert_accessible(page)


def test_a_long_upload_is_told_of_and_stopped(open_page: OpenPage) -> None:
    page = open_page("/reviews", as_=DEMO)
    waiting(page).first.click()
    dialog = page.get_by_role("dialog", name="Write a review")
    rate(dialog, "4 stars")
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", slow)
    large = film(content=FILM + bytes(3_000_000))
    dialog.get_by_label("Add photos or videos").set_input_files(large)
    # Closing the form stops what is on its way.
    with page.expect_event("requestfailed", lambda request: "_upload" in request.url):
        dialog.get_by_role("button", name="Send review").click()
        expect(dialog.get_by_text(re.compile(r"^\d+ % sent$"))).to_be_visible()
        expect(dialog.get_by_role("button", name="Remove film.webm")).to_be_disabled()
        assert_accessible(page)
        dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


def test_what_did_not_arrive_is_sent_again(open_page: OpenPage) -> None:
    page = open_page("/reviews", as_=DEMO)
    waiting(page).first.click()
    dialog = page.get_by_role("dialog", name="Write a review")
    rate(dialog, "4 stars")
    dialog.get_by_label("Your review").fill("Kept.")
    dialog.get_by_label("Add photos or videos").set_input_files(film())
    page.route("**/_upload", lambda route: route.fulfill(status=408))
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog.get_by_text("This could not be sent.").first).to_be_visible()
    expect(dialog.get_by_label("Your review")).to_have_value("Kept.")
    page.unroute("**/_upload")
    dialog.get_by_role("button", name="Send review").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()


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
    review = page.get_by_role("group", name="My reviews").locator("> *").filter(has=declined)
    review.get_by_role("button", name=re.compile("^Edit")).click()
    dialog = page.get_by_role("dialog", name="Edit review")
    expect(dialog.get_by_label("Your review")).not_to_have_value("")
    dialog.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Review saved. It appears once we have checked it.")).to_be_visible()
    expect(declined).to_have_count(0)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_published_review_is_changed_and_deleted(
    database: Database, customer: User, open_page: OpenPage, viewport: Any
) -> None:
    make_order(database, customer, parcels=[{}])
    make_review(database, customer, "product-0", status="approved")
    page = open_page("/reviews?tab=mine", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Edit review of Product 0").click()
    dialog = page.get_by_role("dialog", name="Edit review")
    expect(dialog.get_by_label("Your review")).to_have_value("Good.")
    expect(dialog.get_by_text("Others don't see your review until")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_label("Your review").fill("Good, and it lasts.")
    dialog.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Review saved. It appears once we have checked it.")).to_be_visible()
    expect(page.get_by_text("Being checked")).to_be_visible()
    expect(page.get_by_text("Good, and it lasts.")).to_be_visible()
    assert_no_sideways_scroll(page)

    page.get_by_role("button", name="Delete review of Product 0").click()
    asked = page.get_by_role("dialog", name="Delete this review?")
    asked.get_by_role("button", name="Keep review").click()
    expect(asked).to_be_hidden()
    page.get_by_role("button", name="Delete review of Product 0").click()
    asked.get_by_role("button", name="Delete review").click()
    expect(page.get_by_text("Review deleted.")).to_be_visible()
    expect(page.get_by_text("You have not written a review yet")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Waiting for review")).click()
    expect(waiting(page)).to_have_count(1)


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
