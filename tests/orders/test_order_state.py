"""The order pages without a browser: for their customer, with strangers' numbers, for nobody."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from account_portal.addresses.service import delete_address
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import AddressCopy, Order, Shipment, User
from account_portal.orders import service
from account_portal.orders.schemas import ChangeDelivery
from account_portal.orders.state import OrderDetailState, OrdersState
from account_portal.states import ShipmentStatus
from tests.factories.addresses import make_address
from tests.factories.bank_accounts import make_bank_account
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.open_pages import OpenPage

REASON = {
    "cancellation_reason": "No longer needed",
    "refund_mode": "original_payment_mode",
}


PLACE = {"country": "India", "state": "Karnataka", "city": "Bengaluru"}


def open_orders(database: Database, user: User | None, query: str = "") -> OpenPage:
    page = OpenPage(database, OrdersState, user, f"/orders{query}")
    page.run("load")
    return page


def open_order(database: Database, user: User | None, number: str) -> OpenPage:
    page = OpenPage(database, OrderDetailState, user, f"/orders/{number}", order_number=number)
    page.run("load")
    return page


def reload(database: Database, order: Order) -> Order:
    with database.session(writes=False) as db:
        found = db.get(Order, order.id)
        assert found is not None
        return found


def test_the_history_is_the_customers_own(database: Database, owner: User, stranger: User) -> None:
    mine = make_order(database, owner)
    make_order(database, stranger)
    page = open_orders(database, owner)
    assert [order.order_number for order in page.orders] == [mine.order_number]
    assert open_orders(database, None).phase == "loading"


def test_what_is_looked_for_is_in_the_address(database: Database, owner: User) -> None:
    make_order(database, owner, lines=[make_line(product_name="Enamel Teapot")])
    make_order(database, owner, lines=[make_line(1, product_name="Mug")])
    page = open_orders(database, owner)
    (address,) = page.run("search", {"text": " teapot "})
    assert address == "/orders?text=teapot"
    page.go(address)
    page.run("load")
    assert [order.summary for order in page.orders] == ["Enamel Teapot"]
    assert page.is_filtered
    assert page.run("choose_sort", "oldest") == ["/orders?text=teapot&sort=oldest"]
    assert page.run("choose_year", "2020") == ["/orders?text=teapot&year=2020"]
    assert page.run("choose_year", "") == ["/orders?text=teapot"]
    (address,) = page.run("choose_year", "2020", "Asia/Kolkata")
    assert address == "/orders?text=teapot&year=2020&zone=Asia%2FKolkata"
    page.go(address)
    assert page.run("choose_year", "", "Asia/Kolkata") == ["/orders?text=teapot"]


@pytest.mark.parametrize(
    ("handler", "value"),
    [
        ("search", {}),
        ("search", {"text": "x" * 5000}),
        ("choose_year", "-1"),
        ("choose_year", "\u00b2"),
        ("choose_sort", "a;b"),
    ],
)
def test_nonsense_leads_to_a_page_that_is_there(
    database: Database, owner: User, handler: str, value: Any
) -> None:
    page = open_orders(database, owner)
    (address,) = page.run(handler, value)
    page.go(address)
    page.run("load")
    assert page.phase == "ready"


def test_beyond_the_last_page_there_is_nothing(database: Database, owner: User) -> None:
    make_order(database, owner)
    page = open_orders(database, owner, "?page=99")
    assert (page.phase, page.orders, page.page, page.pages) == ("ready", [], 99, 1)


def test_some_items_are_cancelled_as_they_were_shown(database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    page = open_order(database, owner, order.order_number)
    page.run("open_cancel")
    assert (page.cancel_scope, page.cancelling.money) == ("all", 400)
    page.run("choose_scope", "some")
    assert page.cancelling is None
    page.run("cancel", REASON)
    assert page.errors == {"cancel_items": "Choose what to cancel."}
    page.run("choose_count", "SKU-1", "9")
    assert page.cancelling is None
    page.run("choose_count", "SKU-1", "1")
    assert page.cancelling.money == 100
    page.run("cancel", REASON)
    assert page.notice_text == "Items cancelled."
    assert [item.cancelled_quantity for item in page.shown.order.order_items] == [0, 1]
    page.run("open_cancel")
    page.run("choose_scope", "all")
    assert page.cancelling.money == 300


def test_a_cancel_that_changed_meanwhile_is_shown_anew(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner)
    page = open_order(database, owner, order.order_number)
    page.run("open_cancel")
    call(service.create_refund, order.order_number, Decimal(50), actor=SHOP)
    page.run("cancel", REASON)
    assert page.shown.order.status == "confirmed"
    assert page.cancelling.money == 150
    page.run("cancel", REASON)
    assert page.shown.order.status == "cancelled"


def test_an_order_is_cancelled_once(database: Database, owner: User) -> None:
    order = make_order(database, owner)
    page = open_order(database, owner, order.order_number)
    page.run("open_cancel")
    assert page.is_cancelling
    page.run("close_cancel")
    assert not page.is_cancelling
    page.run("open_cancel")
    page.run("cancel", {**REASON, "cancellation_reason": ""})
    assert page.errors == {"cancellation_reason": "Please fill this in."}
    assert page.is_cancelling
    page.run("cancel", REASON)
    assert not page.is_cancelling
    assert page.notice_text == "Order cancelled."
    assert page.shown.order.status == "cancelled"
    page.run("cancel", REASON)
    assert page.shown.order.status == "cancelled"


def test_the_refund_goes_to_an_account_of_ones_own(
    database: Database, owner: User, stranger: User
) -> None:
    theirs = make_bank_account(database, stranger)
    order = make_order(database, owner)
    page = open_order(database, owner, order.order_number)
    page.run("open_cancel")
    page.run("choose_refund_mode", "bank_transfer")
    assert page.refund_mode == "bank_transfer"
    form = {**REASON, "refund_mode": "bank_transfer"}
    page.run("cancel", form)
    assert page.errors == {"bank_account_id": "This is required for a bank transfer."}
    page.run("cancel", {**form, "bank_account_id": theirs.id})
    assert page.errors or page.notice_tone == "danger"
    assert reload(database, order).status == "confirmed"


def test_strangers_and_nobody_neither_see_nor_change_an_order(
    database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, status="draft", payments=[{"payment_status": "failed"}])
    for who, phase in ((stranger, "missing"), (None, "loading")):
        page = open_order(database, who, order.order_number)
        assert (page.phase, page.shown) == (phase, None)
        page.run("cancel", REASON)
        page.run("pay_again")
        assert page.leave_to == ""
        assert reload(database, order).status == "draft"


def test_paying_again_leads_to_the_gateway(database: Database, owner: User) -> None:
    order = make_order(
        database,
        owner,
        status="draft",
        payment_status="failed",
        payments=[{"payment_status": "failed"}],
    )
    page = open_order(database, owner, order.order_number)
    page.run("pay_again")
    assert order.order_number in page.leave_to or page.leave_to.startswith(("/", "http"))


def test_a_parcel_that_did_not_arrive_is_told_of_with_day_and_cause(
    database: Database, owner: User
) -> None:
    parcels = [
        {"status": "undelivered", "units": {"SKU-0": 1}, "cancellation_reason": "Nobody there."},
        {"status": "in_transit", "units": {"SKU-0": 1}},
    ]
    order = make_order(database, owner, lines=[make_line(0, quantity=2)], parcels=parcels)
    page = open_order(database, owner, order.order_number)
    (stray,) = page.shown.stray_parcels
    assert stray.status == "undelivered"
    assert stray.cause == "Nobody there."
    assert stray.label.endswith("of 2")
    assert page.shown.store_email


def test_a_lost_parcel_has_a_day_only_if_somebody_told_it(
    database: Database, owner: User, call: Any
) -> None:
    brought = make_order(database, owner, parcels=[{"status": "lost"}])
    [stray] = open_order(database, owner, brought.order_number).shown.stray_parcels
    assert stray.since is None
    order = make_order(database, owner, parcels=[{"status": "shipped", "reference_number": "P-1"}])
    call(service.move_shipment, "P-1", ShipmentStatus.LOST, actor=SHOP)
    [stray] = open_order(database, owner, order.order_number).shown.stray_parcels
    assert stray.since is not None


def test_a_parcel_that_was_sent_again_says_which_one_came_of_it(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, parcels=[{"status": "lost"}])
    page = open_order(database, owner, order.order_number)
    [lost] = page.shown.parcels
    assert lost.note == ""
    call(service.resend_shipment, lost.reference_number, actor=SHOP)
    page.run("load")
    notes = {one.label: one.note for one in page.shown.parcels}
    assert notes == {"Parcel 1 of 2": "In its place: parcel 2 of 2", "Parcel 2 of 2": ""}


def test_a_lost_parcel_that_was_sent_again_still_reads_as_lost(
    database: Database, owner: User, call: Any
) -> None:
    """Cancelled would read as if its customer had called it off."""
    order = make_order(database, owner, parcels=[{"status": "shipped", "reference_number": "P-1"}])
    call(service.move_shipment, "P-1", ShipmentStatus.LOST, actor=SHOP)
    call(service.resend_shipment, "P-1", actor=SHOP)
    shown = {
        one.label: one for one in open_order(database, owner, order.order_number).shown.parcels
    }
    assert [shown[f"Parcel {place} of 2"].was_lost for place in (1, 2)] == [True, False]


def test_payments_that_failed_show_when_they_were_tried(database: Database, owner: User) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "failed"}, {}])
    shown = open_order(database, owner, order.order_number).shown
    failed, paid = shown.order.payments
    assert failed.payment_date is None
    assert failed.request_number in shown.payment_moments
    assert shown.payment_moments[paid.request_number] == paid.payment_date


@pytest.mark.parametrize("collection", [None, "authorized", "on_delivery"])
def test_a_payment_that_is_pending_names_no_day(
    database: Database, owner: User, collection: str | None
) -> None:
    pending = {"payment_status": "pending", "collection": collection}
    order = make_order(database, owner, payment_status="pending", payments=[pending])
    shown = open_order(database, owner, order.order_number).shown
    assert (len(shown.order.payments), shown.payment_moments) == (1, {})


@pytest.mark.parametrize("kind", ["receipt", "invoice"])
def test_the_page_leads_its_owner_to_a_file(
    database: Database, owner: User, stranger: User, kind: str
) -> None:
    number = make_order(database, owner, parcels=[{}]).order_number

    def press(user: User | None, kind: str) -> str:
        page = open_order(database, user, number)
        page.run("download", kind)
        return str(page.leave_to)

    assert press(owner, kind).startswith(f"/api/{kind}s/{number}.pdf?")
    assert press(owner, "../secret") == press(stranger, kind) == press(None, kind) == ""


def test_a_delivery_that_cannot_be_changed_any_more(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, place=PLACE, parcels=[{"status": "scheduled"}])
    other = make_address(database, owner, **{**PLACE, "address_line1": "2 Hill Road"})
    number = order.order_number
    page = OpenPage(database, OrderDetailState, owner, f"/orders/{number}", order_number=number)
    page.run("load")
    page.run("open_delivery")
    page.run("choose_delivery", other.id)
    call(delete_address, other.id)
    page.run("change_delivery", {})
    assert page.errors == {"address_id": "This address was deleted, choose another."}
    assert page.is_changing_delivery  # with what there is to choose now
    assert (page.delivery_to, page.delivery_choices) == ("", [])
    with database.session(writes=True) as db:
        db.execute(update(Shipment).values(status="packed"))
        db.commit()
    page.run("change_delivery", {"delivery_instructions": "Leave it"})
    assert not page.is_changing_delivery
    assert page.notice_text == "The delivery of this order can no longer be changed."


def test_a_stale_tab_overwrites_no_newer_delivery(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, place=PLACE)
    other = make_address(database, owner, address_line1="2 Hill Road", **PLACE)
    number = order.order_number
    page = OpenPage(database, OrderDetailState, owner, f"/orders/{number}", order_number=number)
    page.run("load")
    page.run("open_delivery")
    newer = ChangeDelivery(address_id=other.id, delivery_instructions="Newer")
    call(service.change_delivery, number, newer)
    page.run("change_delivery", {"delivery_instructions": "Older"})
    assert page.notice_text == (
        "The delivery was changed in the meantime. Here is where it goes now."
    )
    assert not page.is_changing_delivery
    page.run("load")  # as after any conflict
    now = page.shown.order.shipping_address
    assert (now.address_line1, now.delivery_instructions) == ("2 Hill Road", "Newer")
    page.run("open_delivery")
    page.run("change_delivery", {"delivery_instructions": "Older, meant"})
    assert page.shown.order.shipping_address.delivery_instructions == "Older, meant"


def test_a_delivery_is_changed(database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, place=PLACE)
    other = make_address(database, owner, address_line1="2 Hill Road", **PLACE)
    number = order.order_number
    page = OpenPage(database, OrderDetailState, owner, f"/orders/{number}", order_number=number)
    page.run("load")
    page.run("open_delivery")
    assert (page.is_changing_delivery, page.delivery_to, page.delivery_note) == (True, "", "")
    page.run("choose_delivery", other.id)
    assert page.delivery_note.startswith("Ring twice")
    page.run("note_delivery", page.delivery_note)  # left as it was: the next address has its own
    page.run("choose_delivery", "something else")
    assert (page.delivery_to, page.delivery_note) == ("", "")
    page.run("note_delivery", "Third door")
    page.run("choose_delivery", other.id)
    assert page.delivery_note == "Third door"
    page.run("close_delivery")
    assert not page.is_changing_delivery
    page.run("choose_delivery", other.id)
    page.run("change_delivery", {"delivery_instructions": "x" * 300})
    assert list(page.errors) == ["delivery_instructions"]
    page.run("change_delivery", {"delivery_instructions": "Leave it"})
    assert page.notice_text == "Delivery changed."
    assert page.shown.order.shipping_address.address_line1 == "2 Hill Road"
    for user in (stranger, None):
        theirs = OpenPage(
            database, OrderDetailState, user, f"/orders/{number}", order_number=number
        )
        theirs.run("open_delivery")
        theirs.run("change_delivery", {"delivery_instructions": "Mine"})
        assert theirs.delivery_choices == []
    copies = [copy.delivery_instructions for copy in rows(database, AddressCopy)]
    assert sorted(copies, key=str) == ["Leave it", None]


def test_dialogs_close_with_the_page_and_stay_with_what_changes_on_it(
    database: Database, owner: User
) -> None:
    number = make_order(database, owner).order_number
    page = open_order(database, owner, number)
    page.run("open_cancel")
    page.run("open_delivery")
    page.run("refresh_data")  # the shop changed something
    assert page.is_cancelling
    assert page.is_changing_delivery
    page.state.cancelling = page.cancelling.model_copy(update={"digest": "of before"})
    page.run("cancel", REASON)  # what it would do is asked again, in the same dialog
    page.run("load")
    assert page.is_cancelling
    assert page.cancelling is not None
    page.run("load")  # left for another page, and opened again
    assert not page.is_cancelling
    assert not page.is_changing_delivery
    assert page.cancelling is None
