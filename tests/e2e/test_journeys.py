"""The ten journeys that matter, each with a mouse, by keyboard alone, and with a finger at 360 px.

Each begins with a customer of its own and ends where the customer sees that it is done.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.e2e.conftest import PASSWORD, WIDE, OpenPage, Portal, assert_no_sideways_scroll
from tests.e2e.hands import Finger, Keyboard, Mouse
from tests.factories.addresses import make_address
from tests.factories.orders import make_line, make_order

PHONE = {"width": 360, "height": 740}
WAYS: dict[type[Mouse], dict[str, Any]] = {
    Mouse: {"viewport": WIDE},
    Keyboard: {"viewport": WIDE},
    Finger: {"viewport": PHONE, "has_touch": True, "is_mobile": True},
}
NEW_PASSWORD = "the second of two, and longer"
Begin = Callable[..., Mouse]


@pytest.fixture(params=list(WAYS), ids=["mouse", "keyboard", "finger"])
def begin(request: pytest.FixtureRequest, open_page: OpenPage, customer: User) -> Begin:
    """`begin("Orders")`: signed in, on a page of the menu; at the end nothing was cut off."""

    def start(menu: str = "Home", *, path: str = "/", signed_in: bool = True) -> Mouse:
        as_ = customer.email if signed_in else None
        page = open_page(path, as_=as_, **WAYS[request.param])
        page.wait_for_load_state("networkidle")
        hands: Mouse = request.param(page)
        if menu != "Home":
            hands.press(link(page, f"^{menu}$"))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        started.append(page)
        return hands

    started: list[Page] = []
    yield start
    for page in started:
        assert_no_sideways_scroll(page)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=re.compile(name)).filter(visible=True).first


def button(page: Page | Locator, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name, exact=True).filter(visible=True).first


def dialog(page: Page, name: str) -> Locator:
    found = page.get_by_role("dialog", name=name)
    expect(found).to_be_visible()
    return found


def number() -> str:
    return f"JO-{new_id()[-10:]}"


def deliver(database: Database, customer: User, *names: str, days: int = 2) -> str:
    """An order of such products, that arrived so many days ago."""
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    lines = [
        make_line(place, product_id=f"product-{new_id()}", product_name=name)
        for place, name in enumerate(names)
    ]
    return make_order(
        database,
        customer,
        order_number=number(),
        lines=lines,
        status="delivered",
        parcels=[{"status": "delivered", "shipped_date": then, "delivered_date": then}],
        delivered_at=then,
        at=then,
    ).order_number


def test_signing_in_with_a_code(begin: Begin, portal: Portal, customer: User) -> None:
    hands = begin(path="/orders", signed_in=False)
    page = hands.page
    hands.write(page.get_by_label("E-mail or phone"), str(customer.email))
    hands.press(button(page, "E-mail me a code"))
    code = page.get_by_label("Code", exact=True)
    hands.write(code, portal.code_for(str(customer.email)))
    expect(page).to_have_url(re.compile(r"/orders/?$"))
    expect(page.get_by_text("No orders yet")).to_be_visible()


def test_finding_an_old_order(begin: Begin, database: Database, customer: User) -> None:
    old = deliver(database, customer, "Copper Lantern", days=700)
    for _ in range(3):
        deliver(database, customer, "Mug")
    hands = begin("Orders")
    page = hands.page
    hands.write(page.get_by_role("searchbox"), "lantern")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("text=lantern"))
    found = link(page, f"^Order {old}")
    expect(page.get_by_role("link", name=re.compile("^Order "))).to_have_count(1)
    hands.press(found)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {old}")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_text(re.compile("Returns closed on"))).to_be_visible()


def test_following_a_parcel(begin: Begin, database: Database, customer: User) -> None:
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    parcel = {
        "status": "in_transit",
        "shipped_date": datetime.now(UTC),
        "eta_delivery": day,
        "awb_no": "4711",
        "courier_company_name": "Speedy Express",
        "tracking_url": "https://courier.example/4711",
    }
    make_order(database, customer, order_number=number(), status="shipped", parcels=[parcel])
    hands = begin()
    page = hands.page
    hands.press(link(page, "^Arrives "))
    expect(page.get_by_role("heading", name="Parcels")).to_be_visible()
    expect(page.get_by_text("Speedy Express")).to_be_visible()
    follow = link(page, "^Follow the parcel")
    expect(follow).to_have_attribute("href", "https://courier.example/4711")
    with page.context.expect_page() as opened:
        hands.press(follow)
    opened.value.close()


def test_cancelling_an_order(begin: Begin, database: Database, customer: User) -> None:
    order = make_order(database, customer, order_number=number()).order_number
    hands = begin("Orders")
    page = hands.page
    hands.press(link(page, f"^Order {order}"))
    hands.press(button(page, "Cancel order"))
    asked = dialog(page, "Cancel this order?")
    expect(asked.get_by_text("You get back")).to_be_visible()
    hands.choose(asked.get_by_label("Reason"), "Takes too long")
    hands.press(button(asked, "Cancel order"))
    expect(page.get_by_text("Order cancelled.")).to_be_visible()
    expect(page.get_by_text("Refund requested")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Cancelled .+: Takes too long$"))).to_be_visible()


def test_paying_again(begin: Begin, database: Database, customer: User) -> None:
    failed = {"payment_status": "failed"}
    order = make_order(
        database, customer, order_number=number(), status="draft", payments=[failed], **failed
    ).order_number
    hands = begin()
    page = hands.page
    hands.press(button(page, re.compile("^Pay again")))
    paying = page.get_by_role("heading", name="Pay for your order")
    expect(paying).to_be_visible()
    page.go_back()
    # Whoever leaves the gateway's page finds the way back to it.
    hands.press(button(page, re.compile("^Continue")))
    expect(paying).to_be_visible()
    hands.press(button(page, "Let the payment fail"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    expect(page.get_by_text("The payment did not go through.")).to_be_visible()
    hands.press(button(page, "Pay again"))
    hands.press(button(page, "Pay now"))
    expect(page).to_have_url(re.compile(rf"/orders/{order}/?\?paid=1$"))
    expect(page.get_by_text("Payment received. Thank you.")).to_be_visible()
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible()


def test_returning_items(begin: Begin, database: Database, customer: User) -> None:
    order = deliver(database, customer, "Wool Blanket", "Cushion")
    hands = begin("Orders")
    page = hands.page
    hands.press(link(page, f"^Order {order}"))
    hands.press(link(page, "^Return items"))
    hands.press(page.get_by_role("checkbox").first)
    hands.choose(page.get_by_label("Reason"), "Too small")
    hands.press(button(page, "Continue"))
    expect(page.get_by_role("group", name="Where should we collect the parcel?")).to_be_visible()
    hands.press(button(page, "Continue"))
    expect(page.get_by_text("You get back")).to_be_visible()
    hands.press(button(page, "Send return request"))
    expect(page.get_by_text("Waiting for approval")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Return RET-")


def test_changing_an_address(begin: Begin, database: Database, customer: User) -> None:
    make_address(database, customer, nickname="Cabin")
    hands = begin()
    page = hands.page
    hands.press(link(page, "^Manage addresses$"))
    hands.press(button(page, "Edit Cabin"))
    form = dialog(page, "Edit address")
    hands.write(form.get_by_label("PIN code"), "1")
    hands.press(button(form, "Save address"))
    expect(form.get_by_label("PIN code")).to_be_focused()
    expect(form.get_by_label("PIN code")).to_have_attribute("aria-invalid", "true")
    hands.write(form.get_by_label("PIN code"), "411001")
    hands.write(form.get_by_label("City"), "Pune")
    hands.press(button(form, "Save address"))
    expect(form).to_be_hidden()
    expect(page.get_by_text("Address saved.")).to_be_visible()
    expect(page.get_by_text("Pune 411001")).to_be_visible()


def test_changing_the_email_address(begin: Begin, portal: Portal) -> None:
    hands = begin(path="/profile")
    page = hands.page
    new = f"new-{new_id().lower()}@example.com"
    hands.press(button(page, "Change E-mail"))
    asked = dialog(page, "Change your e-mail address")
    hands.write(asked.get_by_label("New e-mail address"), new)
    hands.press(button(asked, "Send code"))
    hands.write(asked.get_by_label("Code", exact=True), portal.code_for(new))
    expect(page.get_by_text("Your e-mail address is changed.")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(new)).to_be_visible()


def test_writing_a_review(begin: Begin, database: Database, customer: User) -> None:
    name = f"Kettle {new_id()}"
    deliver(database, customer, name)
    hands = begin()
    page = hands.page
    hands.press(link(page, "^Review "))
    form = dialog(page, "Write a review")
    expect(form.get_by_text(name)).to_be_visible()
    stars = form.get_by_role("radio")
    hands.pick(stars.first, form.get_by_role("radio", name="3.5 stars"))
    hands.write(form.get_by_label("Your review"), "Boils fast. 🫖 شكرا")
    hands.press(button(form, "Send review"))
    expect(page.get_by_text("Thank you. Your review appears once")).to_be_visible()
    hands.press(link(page, "^My reviews"))
    expect(page.get_by_role("img", name="3.5 out of 5 stars")).to_be_visible()


def test_shutting_others_out(begin: Begin, open_page: OpenPage, customer: User) -> None:
    elsewhere = open_page("/profile", as_=customer.email)
    expect(elsewhere.get_by_role("button", name="Edit name")).to_be_visible()
    hands = begin(path="/profile")
    page = hands.page
    hands.press(link(page, "^Change password$"))
    hands.press(button(page, "Sign out all others"))
    expect(page.get_by_text("All others are signed out.")).to_be_visible()
    hands.write(page.get_by_label("Current password"), PASSWORD)
    hands.write(page.get_by_label("New password"), NEW_PASSWORD)
    hands.press(button(page, "Change password"))
    expect(page.get_by_text("Password changed.")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere).to_have_url(re.compile("/login"))
