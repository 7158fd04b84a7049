"""Orders that nothing is sent of are there once they are paid; parcels tell of the rest alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from account_portal.claims.service import list_claimable
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.loyalty import service as loyalty
from account_portal.models import Order, OrderDocument, OutboxMessage, User
from account_portal.notifications.messages.orders import OrderPlaced
from account_portal.orders import rules, service
from account_portal.orders.schemas import OrderSearch
from account_portal.orders.service import apply_settings, get_order, get_order_page
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.merchant.shops import TODAY, Shop, sold

FILE = "https://files.shop.example/course/9f2c"
COURSE = {"product_type": "digital", "download_url": FILE}
NOT_PAID: dict[str, Any] = {"payment_status": "pending", "payments": []}
WAITS: dict[str, Any] = {"request_number": "PAY-1", "payment_status": "pending"}


THERE = "there"
"""`delivered`, or `complete` where nothing can go back any more."""


def state_of(page: Any) -> str:
    status = page.order.status
    return THERE if status in rules.DELIVERED else str(status)


def course(place: int = 0, **values: Any) -> dict[str, Any]:
    return make_line(place, **COURSE, **values)


@pytest.mark.parametrize(
    ("told", "state", "headline"),
    [
        ({}, THERE, True),
        ({"status": "awaiting_shipment"}, THERE, True),
        ({"status": "awaiting_approval"}, "awaiting_approval", True),
        ({"status": "cancelled"}, "cancelled", False),
        (NOT_PAID, "confirmed", False),
        ({"payments": [{"payment_status": "success", "amount": 1}]}, "confirmed", False),
        ({"parcels": [{"status": "shipped"}]}, "shipped", False),
    ],
)
def test_it_is_there_once_it_is_paid(
    database: Database, owner: User, call: Any, told: dict[str, Any], state: str, headline: bool
) -> None:
    number = make_order(database, owner, lines=[course()], **told).order_number
    page = call(get_order_page, number)
    assert state_of(page) == state
    assert page.can_download is headline
    assert page.is_digital is ("parcels" not in told)
    assert not page.order.is_delivery_change_allowed
    assert not page.order.return_eligibility.is_allowed


def test_paying_it_completes_it_earns_its_points_and_says_where_it_is(
    database: Database, owner: User, call: Any
) -> None:
    number = make_order(
        database,
        owner,
        lines=[course()],
        status="draft",
        payment_status="pending",
        payments=[WAITS],
        loyalty_point_earned=500,
    ).order_number
    before = float(call(loyalty.get_loyalty).loyalty_point_balance)
    call(service.settle_payment, "PAY-1", succeeded=True, actor=SHOP)
    page = call(get_order_page, number)
    assert state_of(page) == THERE
    assert page.can_download
    assert page.arrived is None
    assert page.order.is_claim_allowed
    assert not page.order.is_cancellation_allowed
    assert float(call(loyalty.get_loyalty).loyalty_point_balance) == before + 5
    told = rows(database, OutboxMessage, kind="order_placed")
    assert {one.payload["words"]["comes"] for one in told} == {"download"}


@pytest.mark.parametrize(
    ("comes", "words"),
    [("parcel", "when it is sent"), ("download", "ready to download"), ("digital", "Northwind.")],
)
def test_the_message_says_how_it_comes(comes: Any, words: str) -> None:
    assert OrderPlaced(order_number="1", store="Northwind", comes=comes).text().count(words) == 1


def test_its_files_close_when_the_payment_bounces(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, lines=[course()], parcels=[], status="delivered")
    assert call(get_order_page, order.order_number).can_download
    failed = make_order(
        database,
        owner,
        lines=[course()],
        status="delivered",
        payment_status="failed",
        payments=[{"payment_status": "failed"}],
    )
    page = call(get_order_page, failed.order_number)
    assert state_of(page) == THERE
    assert not page.can_download


def test_of_a_mixed_order_parcels_tell_of_what_is_sent(
    database: Database, owner: User, call: Any
) -> None:
    lines = [make_line(0), course(1)]
    number = make_order(database, owner, lines=lines).order_number
    page = call(get_order_page, number)
    assert page.order.status == "confirmed"
    assert not page.is_digital
    assert [line.claimable_quantity > 0 for line in call(list_claimable, number).lines] == [
        False,
        True,
    ]
    cancels = page.order.cancel_eligibility.lines
    assert [line.cancellable_quantity > 0 for line in cancels] == [True, False]
    assert cancels[1].reasons[0].code == "downloaded"

    parcel = call(service.create_shipment, number, actor=SHOP)
    [packed] = call(get_order, number).view().shipments
    assert [item.sku for item in packed.shipment_items] == [lines[0]["sku"]]
    call(service.move_shipment, parcel, "shipped", actor=SHOP)
    assert call(get_order, number).view().status == "shipped"
    call(service.move_shipment, parcel, "delivered", actor=SHOP)
    page = call(get_order_page, number)
    assert page.order.status == "delivered"
    assert page.arrived == page.order.shipments[0].delivered_date


def test_the_shop_may_put_a_file_into_a_parcel(database: Database, owner: User, call: Any) -> None:
    lines = [make_line(0), course(1)]
    number = make_order(database, owner, lines=lines).order_number
    call(service.create_shipment, number, {lines[1]["sku"]: 1}, actor=SHOP)
    page = call(get_order_page, number)
    assert page.order.status == "confirmed"
    assert call(list_claimable, number).lines[1].claimable_quantity == 0


def test_the_shops_records_of_it_do_not_take_it_back(
    database: Database, tmp_path: Path, call: Any
) -> None:
    shop = Shop(database, tmp_path, call)

    def told(status: str, **values: Any) -> Any:
        line = {"sku": "COURSE", "selling_price": 100, "quantity": 1, **COURSE}
        paid = [{"request_number": "P-1", "amount": 100, "payment_status": "success"}]
        order = sold("D-1", lines=[line], payments=paid, status=status, **values)
        assert shop.brings(order) == []
        return shop.order("D-1").status

    assert told("confirmed") in rules.DELIVERED
    assert told("awaiting_shipment") in rules.DELIVERED
    assert told("cancelled") == "cancelled"


@pytest.mark.parametrize(("hours", "points"), [(2, 7.0), (24 * 30, 0.0)])
def test_what_comes_paid_earns_its_points_unless_it_is_history(
    database: Database, tmp_path: Path, call: Any, hours: int, points: float
) -> None:
    shop = Shop(database, tmp_path, call)
    when = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    line = {"sku": "COURSE", "selling_price": 100, "quantity": 1, **COURSE}
    paid = [{"request_number": "P-1", "amount": 100, "payment_status": "success"}]
    order = sold("D-1", lines=[line], payments=paid, order_date=when, loyalty_point_earned=7)
    assert shop.brings(order) == []
    assert shop.points() == points


def test_orders_of_earlier_versions_are_brought_up_to_date(
    database: Database, owner: User, call: Any
) -> None:
    number = make_order(database, owner, lines=[course()]).order_number
    with database.session(writes=True) as db:
        for table in (Order, OrderDocument):
            state = {"status": "confirmed"}
            if table is OrderDocument:
                state["valid_until"] = None
            db.execute(update(table).where(col(table.order_number) == number).values(**state))
        apply_settings(db, TODAY)
        db.commit()
    call(service.count_orders)
    assert call(get_order, number).view().status in rules.DELIVERED


RESERVED: dict[str, Any] = {
    "payment_status": "pending",
    "payments": [{"payment_status": "pending", "collection": "authorized"}],
}


@pytest.mark.parametrize(
    ("values", "ready"),
    [
        ({"lines": [course()]}, True),
        ({"lines": [make_line(product_type="digital")]}, False),
        ({"lines": [make_line(0), course(1)], "parcels": [{}]}, False),
        ({"lines": [course()], "parcels": [{}]}, False),
        ({"lines": [course()], **NOT_PAID}, False),
        ({"lines": [course()], "status": "cancelled"}, False),
    ],
)
def test_lists_say_that_it_is_ready_as_its_page_does(
    database: Database, owner: User, call: Any, values: dict[str, Any], ready: bool
) -> None:
    number = make_order(database, owner, **values).order_number
    [card] = call(service.search_orders, OrderSearch()).rows
    assert card.can_download is call(get_order_page, number).can_download is ready


@pytest.mark.parametrize(
    ("values", "held"),
    [
        ({"lines": [course()]}, True),
        ({"lines": [make_line(0), course(1)]}, True),
        ({"lines": [make_line(product_type="digital")]}, False),
        ({"lines": [course()], "status": "cancelled"}, False),
        ({"lines": [course()], "parcels": [{"status": "packed"}]}, False),
    ],
)
def test_who_owes_its_money_is_told_that_files_follow(
    database: Database, owner: User, call: Any, values: dict[str, Any], held: bool
) -> None:
    number = make_order(database, owner, **NOT_PAID, **values).order_number
    assert call(get_order_page, number).are_files_held is held


def test_money_that_is_reserved_opens_no_file_and_asks_nobody_to_pack(
    database: Database, owner: User, call: Any
) -> None:
    def told(line: dict[str, Any]) -> tuple[bool, str]:
        number = make_order(database, owner, lines=[line], **RESERVED).order_number
        page = call(get_order_page, number)
        assert not page.is_waiting_for_money
        with database.session(writes=False) as db:
            awaits = db.execute(
                select(col(OrderDocument.awaits_payment)).where(
                    col(OrderDocument.order_number) == number
                )
            ).scalar_one()
        return awaits, page.money_note

    assert told(course()) == (
        True,
        "The amount is reserved. What you ordered is here once it is taken.",
    )
    assert told(make_line()) == (
        False,
        "The amount is reserved. It is taken when your order is sent.",
    )


def test_only_what_no_parcel_brings_is_reported_as_a_file(
    database: Database, owner: User, call: Any
) -> None:
    """A card with a code, in a parcel, may have got lost in it."""
    lines = [make_line(0), course(1), course(2)]
    packed = {"units": {lines[0]["sku"]: 1, lines[1]["sku"]: 1}}
    number = make_order(database, owner, lines=lines, parcels=[packed]).order_number
    found = call(list_claimable, number).lines
    assert [line.is_digital for line in found] == [False, False, True]
