"""Open pages follow what changes elsewhere, within a second and without a reload."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import Session, col, select

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.loyalty import service as loyalty
from account_portal.models import Order, Shipment, User
from account_portal.orders import service as orders
from account_portal.reviews import service as reviews
from account_portal.states import ShipmentStatus
from tests.e2e.conftest import NARROW, PASSWORD, THERE, WIDE, OpenPage, assert_accessible
from tests.factories.loyalty import make_activity
from tests.factories.orders import make_order
from tests.factories.reviews import make_product, make_review

SOON = 1000  # milliseconds, of the product's promise


def as_shop(database: Database, service: Callable[..., Any], *args: Any, **options: Any) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        service(ctx, *args, **options)


def on_its_way(database: Database, user: User) -> tuple[Order, str]:
    order = make_order(database, user, status="shipped", parcels=[{"status": "in_transit"}])
    with Session(database.engine) as db:
        parcel = select(Shipment.reference_number).where(col(Shipment.order_id) == order.id)
        return order, db.exec(parcel).one()


def test_a_parcels_steps_appear_on_every_open_page(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order, parcel = on_its_way(database, customer)
    near = {"as_": customer.email, "timezone_id": THERE}  # far away "today" is another day
    home = open_page("/", **near)
    history = open_page("/orders", **near)
    detail = open_page(f"/orders/{order.order_number}", **near)
    for page in (home, history, detail):
        expect(page.get_by_text("On its way").first).to_be_visible()
        page.wait_for_timeout(500)  # its websocket is there

    as_shop(database, orders.move_shipment, parcel, ShipmentStatus.OUT_FOR_DELIVERY)
    expect(detail.get_by_text("Out for delivery").first).to_be_visible(timeout=SOON)
    expect(home.get_by_role("heading", name="Arrives today")).to_be_visible(timeout=SOON)
    as_shop(database, orders.move_shipment, parcel, ShipmentStatus.DELIVERED)
    expect(history.get_by_text("Delivered").last).to_be_visible(timeout=SOON)
    expect(detail.get_by_role("link", name="Return items")).to_be_visible(timeout=SOON)
    expect(home.get_by_text("On the way", exact=True)).to_be_hidden(timeout=SOON)


def test_another_tab_notices_a_sign_out(open_page: OpenPage, customer: User) -> None:
    page = open_page("/orders", as_=customer.email)
    other = page.context.new_page()
    other.goto(page.url.replace("/orders", "/addresses"))
    expect(other.get_by_role("button", name="Add address").first).to_be_visible()
    other.wait_for_timeout(500)  # its websocket is there
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    asked = other.get_by_role("dialog", name="Please sign in again")
    expect(asked).to_be_visible(timeout=2 * SOON)
    asked.get_by_label("E-mail or phone").fill(customer.email or "")
    asked.get_by_label("Password", exact=True).fill(PASSWORD)
    asked.get_by_role("button", name="Sign in", exact=True).click()
    expect(asked).to_be_hidden()
    expect(other.get_by_role("button", name="Add address").first).to_be_visible()


def test_what_is_open_and_typed_stays(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer, status="awaiting_approval")
    page = open_page(f"/orders/{order.order_number}", as_=customer.email)
    page.get_by_role("button", name="Cancel order").click()
    page.get_by_label("Comment").fill("I found it in the cellar")
    as_shop(database, orders.approve_order, order.order_number)
    expect(page.get_by_text("Confirmed").first).to_be_attached(timeout=SOON)
    expect(page.get_by_role("dialog", name="Cancel this order?")).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("I found it in the cellar")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_cannot_be_done_any_more_is_said_in_the_dialog(
    open_page: OpenPage, database: Database, customer: User, viewport: Any
) -> None:
    order = make_order(database, customer)
    page = open_page(f"/orders/{order.order_number}", as_=customer.email, viewport=viewport)
    page.get_by_role("button", name="Cancel order").click()
    dialog = page.get_by_role("dialog", name="Cancel this order?")
    dialog.get_by_label("Reason").select_option("No longer needed")
    as_shop(database, orders.create_shipment, order.order_number)
    with database.session(writes=False) as db:
        parcel = select(Shipment.reference_number).where(col(Shipment.order_id) == order.id)
        number = db.exec(parcel).one()
    as_shop(database, orders.move_shipment, number, ShipmentStatus.IN_TRANSIT)
    dialog.get_by_role("button", name="Cancel order").click()
    told = dialog.get_by_text("This order is on its way.")
    expect(told).to_be_visible()
    expect(told).to_be_in_viewport()
    assert_accessible(page)
    dialog.get_by_role("button", name="Dismiss").click()
    expect(told).to_be_hidden()


def test_what_a_page_did_itself_is_not_asked_for_again(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    asked: list[Any] = []
    order = make_order(database, customer)
    page = open_page("/theme.css", as_=customer.email)
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda text: asked.append(str(text)))
    )
    page.goto(f"/orders/{order.order_number}")
    page.get_by_role("button", name="Cancel order").click()
    page.get_by_label("Reason").select_option("No longer needed")
    page.get_by_role("dialog").get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    page.wait_for_timeout(1200)  # two looks
    assert any(".cancel" in str(text) for text in asked)
    assert not any(".refresh_data" in str(text) for text in asked)


def test_another_tab_shows_what_this_one_did(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer)
    other = open_page(f"/orders/{order.order_number}", as_=customer.email)
    expect(other.get_by_role("button", name="Cancel order")).to_be_visible()
    page = open_page(f"/orders/{order.order_number}", as_=customer.email)
    page.get_by_role("button", name="Cancel order").click()
    page.get_by_label("Reason").select_option("No longer needed")
    page.get_by_role("dialog").get_by_role("button", name="Cancel order").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    expect(other.get_by_text("Cancelled").first).to_be_visible(timeout=SOON)


def test_points_and_reviews_follow_too(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    make_activity(database, customer)
    product = make_product(database, slug=new_id())
    review = make_review(database, customer, product.id)
    rewards = open_page("/loyalty", as_=customer.email)
    mine = open_page("/reviews?tab=mine", as_=customer.email)
    expect(rewards.get_by_text("100 points").first).to_be_visible()
    expect(mine.get_by_text("Being checked")).to_be_visible()
    as_shop(database, loyalty.grant_points, customer.email, Decimal(50))
    expect(rewards.get_by_text("150 points").first).to_be_visible(timeout=SOON)
    as_shop(database, reviews.decide_review, review.id, approved=True)
    expect(mine.get_by_text("Published")).to_be_visible(timeout=SOON)
