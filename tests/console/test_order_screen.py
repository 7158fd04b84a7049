"""One order on one screen says what is true of it now, as its customer's page does."""

import re
from typing import Any

import pytest

from account_portal.console.rules import Role
from account_portal.console.web import sentences_of
from account_portal.console.words import promised
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput
from account_portal.models import User
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelOrder, ChangeDelivery
from account_portal.personal_data import service as personal_data
from account_portal.returns import service as returns
from account_portal.returns.schemas import InspectReturn
from account_portal.states import ReturnStatus, ShipmentStatus
from tests.conftest import Clock
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return, return_item


@pytest.fixture
def staff(signed_in: Any) -> Any:
    return signed_in(Role.SUPPORT)


def screen(staff: Any, number: str) -> str:
    page = staff.page(f"/orders/{number}")
    return " ".join(page.text.split())


def test_units_that_are_cancelled_are_neither_due_nor_to_be_sent(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    lines = [
        make_line(at, quantity=2, selling_price=1000, line_total=2000, tax_amount=0)
        for at in range(2)
    ]
    order = make_order(database, owner, lines=lines)
    some = {"cancel_items": [{"sku": lines[0]["sku"], "quantity": 1}]}
    way = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
    call(orders.cancel_order, order.order_number, CancelOrder.model_validate(some | way))
    due = call(orders.get_order_page, order.order_number).price.to_pay
    shown = screen(staff, order.order_number)
    assert "2 1 cancelled" in shown
    assert f"Due in money ₹{due:,.2f}" in shown


def test_a_return_that_was_inspected_says_what_did_not_come(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    line = make_line(quantity=3, selling_price=1000, line_total=3000, tax_amount=0)
    order = make_order(database, owner, lines=[line], parcels=[{}])
    item = return_item(quantity=3)
    made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    said = {"sku": line["sku"], "accepted": 1, "refused": 1, "reason_code": "worn"}
    assert "Goods are fine" in screen(staff, order.order_number)
    found = InspectReturn.model_validate({"return_items": [said]})
    call(returns.inspect_return, made.request_number, found, actor=SHOP)
    shown = screen(staff, order.order_number)
    assert "Accepted 1, refused 1 (worn); sent back, not in the parcel 1" in shown
    assert "₹30.00 ₹10.00 accepted" in shown
    assert "₹30.00 ₹10.00 accepted" in " ".join(staff.page("/returns").text.split())
    assert "Complete the return" in shown
    assert "Goods are fine" not in shown


def test_an_address_without_a_state_begins_no_line_with_a_comma(
    database: Database, owner: User, staff: Any
) -> None:
    order = make_order(database, owner, place={"state": "", "country": "Austria"})
    shown = screen(staff, order.order_number)
    assert "Austria" in shown
    assert ", Austria" not in shown


def test_where_it_goes_is_all_that_its_courier_needs(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    place = {"business_name": "Blue Door Ltd", "landmark": "Opposite the old mill"}
    order = make_order(
        database, owner, place={"country_code": "+91", "phone": "9876543210", **place}
    )
    assert "Delivery changed" not in screen(staff, order.order_number)
    note = ChangeDelivery(delivery_instructions="Ring twice")
    call(orders.change_delivery, order.order_number, note)
    shown = screen(staff, order.order_number)
    for told in (*place.values(), "Phone: +91 98765 43210", "Delivery instructions: Ring twice"):
        assert told in shown
    assert "Delivery changed by the customer" in shown[shown.rindex("History ") :]


def test_a_parcel_that_was_sent_again_names_the_one_in_its_place(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    parcel = {"status": "lost", "reference_number": "P-1"}
    order = make_order(database, owner, parcels=[parcel])
    made = call(orders.resend_shipment, "P-1", actor=SHOP)
    assert f"In its place: {made}" in screen(staff, order.order_number)


def test_of_a_deleted_account_the_screen_says_what_is_kept(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    order = make_order(database, owner)
    parcel = call(orders.create_shipment, order.order_number, actor=SHOP)
    for step in (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED):
        call(orders.move_shipment, parcel, step, actor=SHOP)
    before = screen(staff, order.order_number)
    call(personal_data.delete_account)
    shown = screen(staff, order.order_number)
    assert f"Parcel {parcel}: Delivered" in before
    assert f"Parcel {parcel}: delivered" in shown
    where = staff.get(f"/orders/{order.order_number}").text
    assert "<address><br>" not in where
    assert "<br><br>" not in where


def test_a_refusal_names_no_place_that_no_screen_has() -> None:
    said = InvalidInput(
        "Say why.", **{"return_items.0.reason_code": "is needed", "note": "is too long"}
    )
    assert sentences_of(said) == "Say why. Note is too long."
    assert sentences_of(InvalidInput(**{"lines.0.sku": "is there twice"})).endswith(
        "is there twice."
    )


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("2026-12-02", "2 Dec 2026"),
        ("2026-12-02T18:00:00Z", "2 Dec 2026"),
        ("within a week", "within a week"),
    ],
)
def test_the_promised_day_is_written_as_other_days(told: str, written: str) -> None:
    assert promised(told) == written


def test_the_history_says_what_happened_in_the_words_of_its_deeds(
    database: Database, owner: User, staff: Any
) -> None:
    order = make_order(database, owner, parcels=[{}])
    done = make_return(database, owner, order, return_item(), status=ReturnStatus.COMPLETE)
    refused = make_return(database, owner, order, return_item(), status=ReturnStatus.REJECTED)
    shown = screen(staff, order.order_number)
    history = shown[shown.rindex("History ") :]
    number = done.request_number
    told = [
        f"Return {number} {step}"
        for step in ("complete", "arrived here", "on its way back", "approved", "asked for")
    ]
    assert sorted(told, key=history.index) == told, "newest first"
    assert f"Return {refused.request_number} declined" in history
    assert re.search(r"Payment PAY-\w+ arrived", history)
    for asked, first in (("", refused.request_number), ("?sort=oldest", number)):
        listed = " ".join(staff.page(f"/returns{asked}").text.split())
        at = [listed.index(one) for one in (number, refused.request_number)]
        assert (at[0] < at[1]) is (first == number)


def test_what_failed_is_in_the_history(
    database: Database, owner: User, call: Any, staff: Any, clock: Clock
) -> None:
    tried, unsaid = clock.now, {"payment_status": "failed"}
    paid = {"request_number": "PAY-1", "payment_status": "pending"}
    brought = {"request_number": "PAY-2", "payment_status": "failed"}
    owed = {"request_number": "RFD-1", "status": "approved"}
    made = [
        make_order(database, owner, payments=[paid], payment_status="pending"),
        make_order(database, owner, payments=[brought], **unsaid),
        make_order(database, owner, refunds=[owed]),
    ]
    clock.advance(minutes=30)
    call(orders.settle_payment, "PAY-1", succeeded=False, actor=SHOP)
    call(orders.settle_refund, "RFD-1", succeeded=False, actor=SHOP)
    told = [screen(staff, order.order_number) for order in made]
    assert f"Payment PAY-1 failed {clock.now:%-d %b %Y, %H:%M} UTC" in told[0]
    assert f"Payment PAY-2 failed {tried:%-d %b %Y, %H:%M} UTC" in told[1]
    assert f"Refund RFD-1 failed {clock.now:%-d %b %Y, %H:%M} UTC" in told[2]


def test_cancelled_items_are_in_the_history_and_their_credit_in_the_account(
    database: Database, owner: User, call: Any, staff: Any
) -> None:
    lines = [make_line(at, selling_price=1000, line_total=2000, tax_amount=0) for at in range(2)]
    order = make_order(database, owner, lines=lines, credit_balance_used=1000)
    assert "Besides money: ₹10.00 store credit." in screen(staff, order.order_number)
    some = {"cancel_items": [{"sku": lines[0]["sku"], "quantity": 1}]}
    way = {"cancellation_reason": "Too late", "refund_mode": "original_payment_mode"}
    call(orders.cancel_order, order.order_number, CancelOrder.model_validate(some | way))
    shown = screen(staff, order.order_number)
    assert "store credit, of which ₹2.50 came back or is to." in shown
    assert "1 × Product 0 cancelled: Too late" in shown[shown.rindex("History ") :]


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ("success", "Nothing is sent: its customer can download it."),
        ("pending", "Nothing is sent: its customer can download it once it is paid."),
    ],
)
def test_of_files_nothing_is_packed(
    database: Database, owner: User, staff: Any, paid: str, words: str
) -> None:
    line = make_line(product_type="digital", download_url="https://shop.example/f")
    payments = [{"payment_status": paid}]
    order = make_order(database, owner, lines=[line], payment_status=paid, payments=payments)
    shown = screen(staff, order.order_number)
    assert words in shown
    assert "Nothing is packed yet." not in shown
