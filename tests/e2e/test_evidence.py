"""Photos and videos of items in the browser: in both forms, without an account, and refused."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from tests.e2e.conftest import (
    NARROW,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.e2e.test_first_data import goto_with_data
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.reviews import FILM


def file(name: str = "cup.jpg", content: bytes | None = None) -> Any:
    kind = "video/webm" if name.endswith("webm") else "image/jpeg"
    return {
        "name": name,
        "mimeType": kind,
        "buffer": make_picture() if content is None else content,
    }


def field(page: Page) -> Locator:
    return page.get_by_label(re.compile("^Add (photos or a|a photo or) video"))


def photo(page: Page) -> Locator:
    """Photos that the server keeps, as they are shown."""
    return page.get_by_role("link", name="Photo of this item")


def expect_seen(shown: Locator) -> None:
    """The picture has really come."""
    expect(shown).to_be_visible()
    image = shown.locator("img")
    expect(image).to_have_js_property("complete", value=True)
    assert image.evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_return_is_shown_by_a_photo_and_a_video(
    open_page: OpenPage, database: Database, customer: User, viewport: Any
) -> None:
    order = make_order(database, customer, lines=[make_line(0)], parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    page = open_page(path, as_=str(customer.email), viewport=viewport)
    page.get_by_label("Reason").select_option("Damaged or faulty")
    field(page).set_input_files([file(), file("fall.webm", FILM)])
    expect_seen(photo(page))
    expect(page.get_by_label("Video of this item")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("Damaged or faulty")
    field(page).set_input_files([file("other.jpg")])
    expect(photo(page)).to_have_count(2)
    page.get_by_role("button", name="Remove this photo").first.press("Enter")
    expect(photo(page)).to_have_count(1)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("group", name="Where should we collect the parcel?")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You get back")).to_be_visible()
    expect_seen(photo(page))
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Send return request").click()
    expect(page).to_have_url(re.compile(r"/returns/RET-[^/]+/?$"))
    expect_seen(photo(page))
    expect(page.get_by_label("Video of this item")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_report_is_shown_by_a_photo(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer, lines=[make_line(0)], parcels=[{}])
    path = f"/orders/{order.order_number}/claim"
    page = open_page(path, as_=str(customer.email), viewport=NARROW)
    page.get_by_label("What is wrong", exact=True).select_option("damaged")
    page.get_by_label("Tell us more").fill("The handle is off.")
    field(page).set_input_files([file()])
    expect_seen(photo(page))
    expect(page.get_by_label("Tell us more")).to_have_value("The handle is off.")
    page.reload()
    expect_seen(photo(page))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You ask for up to")).to_be_visible()
    expect_seen(photo(page))
    page.get_by_role("button", name="Send report").click()
    expect(page).to_have_url(re.compile(r"/claims/CLM-[^/]+/?$"))
    expect_seen(photo(page))
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_file_chosen_before_the_page_is_alive_is_sent_once(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer, lines=[make_line(0)], parcels=[{}])
    page = open_page("/theme.css", as_=str(customer.email))
    held: list[Route] = []

    def hold(route: Route) -> None:
        if is_held:
            held.append(route)
        else:
            route.continue_()

    is_held = True
    page.route("**/assets/*.js", hold)
    goto_with_data(page, f"/orders/{order.order_number}/return", wait_until="commit")
    field(page).set_input_files([file()])
    is_held = False
    for route in held:
        route.continue_()
    expect_seen(photo(page))
    expect(photo(page)).to_have_count(1)


def test_files_that_are_not_taken_are_told_at_the_field(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer, lines=[make_line(0)], parcels=[{}])
    path = f"/orders/{order.order_number}/return"
    page = open_page(path, as_=str(customer.email), viewport=NARROW)
    for wrong, words in (
        ([file("lies.jpg", b"no picture")], "lies.jpg: Send a JPEG, PNG or WebP picture."),
        ([file("cut.jpg", make_picture()[:300])], "cut.jpg: This cannot be read"),
        ([{**file("notes.pdf"), "mimeType": "application/pdf"}], "notes.pdf cannot be sent."),
        ([file("big.jpg", make_picture() + b"\0" * 6_000_000)], "big.jpg is larger than 5 MB."),
        ([file(f"{one}.jpg") for one in range(6)], "At most 5 photos."),
    ):
        field(page).set_input_files(wrong)
        expect(page.get_by_text(words).first).to_be_visible()
    assert_accessible(page)
    expect(photo(page)).to_have_count(5)  # the five of the last six
    field(page).set_input_files([file("one-more.jpg")])
    expect(page.get_by_text("At most 5 photos and 1 video.").first).to_be_visible()
    expect(photo(page)).to_have_count(5)


def test_a_guest_shows_what_the_store_asks_to_see(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    mailbox = str(customer.email)
    sku = f"SHOWN-{new_id()}"
    rule = {
        "name": f"Shown {sku}",
        "applies_to": {"skus": [sku]},
        "claims": {"evidence_for": ["damaged"]},
    }
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        before = orders.list_policies(ctx)
        kept = list(before[0].policy.rules) if before else []
        policy = Policy(rules=(*kept, *Policy.model_validate({"rules": [rule]}).rules))
        orders.set_policy(ctx, policy, source="command")
    order = make_order(
        database,
        customer,
        lines=[make_line(0, sku=sku)],
        parcels=[{}],
        customer_email=mailbox,
        at=datetime.now(UTC),
    )
    page = open_page(f"/find-order?number={order.order_number}", viewport=NARROW)
    page.get_by_label("Order number").fill(order.order_number)
    page.get_by_label("E-mail address or postcode").fill(mailbox)
    page.keyboard.press("Enter")
    page.get_by_label("Code", exact=True).fill(portal.code_for(mailbox))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Report a problem").click()
    page.get_by_label("How many").first.select_option("1")
    page.get_by_label("What is wrong").select_option("damaged")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The store asks for a photo or video of this.").first).to_be_visible()
    expect(page.get_by_label("How many").first).to_have_value("1")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    field(page).set_input_files([file("big.jpg", make_picture() + b"\0" * 6_000_000)])
    expect(page.get_by_text("big.jpg is larger than 5 MB.")).to_be_visible()
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    field(page).set_input_files([file()])
    expect_seen(photo(page))
    expect(field(page)).not_to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report is sent.")).to_be_visible()
    page = open_page(f"/orders/{order.order_number}", as_=str(customer.email))
    page.get_by_role("link", name=re.compile("^Report CLM-")).click()
    expect_seen(photo(page))
