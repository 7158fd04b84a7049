"""Units of an order are cancelled while the rest goes on: goods, money, points, and who may."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput
from account_portal.models import (
    CancelledItem,
    CreditActivity,
    LoyaltyActivity,
    Order,
    Refund,
    Shipment,
    User,
)
from account_portal.orders import rules, service
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import CancelItem, CancelOrder, Policy
from account_portal.returns import service as returns
from tests.conftest import Api
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows


def asks(*items: tuple[str, int], **values: Any) -> CancelOrder:
    wanted = {"cancel_items": [{"sku": sku, "quantity": units} for sku, units in items]}
    body = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
    return CancelOrder.model_validate(body | (wanted if items else {}) | values)


def account(database: Database, order: Order) -> rules.OrderAccount:
    with database.session(writes=False) as db:
        return rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())


def test_one_of_three_lines_goes_and_the_rest_goes_on(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(place) for place in range(3)])
    number = order.order_number
    shown = call(service.preview_cancel, number, asks(("SKU-1", 2)))
    assert [(one.sku, one.quantity, one.amount) for one in shown.lines] == [("SKU-1", 2, 200)]
    assert (shown.money, shown.charge, shown.points) == (200, 0, 0)
    done = call(service.cancel_order, number, asks(("SKU-1", 2), preview=shown.digest)).view()
    assert done.status == "confirmed"
    assert [item.cancelled_quantity for item in done.order_items] == [0, 2, 0]
    reasons = [[why.code for why in line.reasons] for line in done.cancel_eligibility.lines]
    assert reasons == [[], ["item_cancelled"], []]
    assert [one.refund_amount for one in rows(database, Refund)] == [20000]
    found = account(database, order)
    assert (found.unpaid, found.owed_back, found.kept) == (0, 0, 40000)
    call(service.create_shipment, number, actor=SHOP)
    inside = call(service.get_order, number).view().shipments[0].shipment_items
    assert [item.sku for item in inside] == ["SKU-0", "SKU-2"]
    parcel = rows(database, Shipment)[0].reference_number
    call(service.move_shipment, parcel, "delivered", actor=SHOP)
    arrived = call(service.get_order, number).view()
    assert arrived.status == "delivered"
    assert [item.returnable_quantity for item in arrived.order_items] == [2, 0, 2]
    listed = call(returns.list_returnable_items, number)
    assert listed[1].reason == "This item was cancelled."


def test_units_leave_parcels_that_are_not_packed(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(quantity=5), make_line(1)],
        parcels=[
            {"status": "packed", "units": {"SKU-0": 2}},
            {"status": "scheduled", "units": {"SKU-0": 2}},
        ],
    )
    number = order.order_number
    shown = call(service.get_order, number).view()
    units = [line.cancellable_quantity for line in shown.cancel_eligibility.lines]
    assert units == [3, 2]
    assert not shown.is_cancellation_allowed, "a part of it is packed"
    with pytest.raises(rules.QuantityNotCancellable):
        call(service.cancel_order, number, asks(("SKU-0", 4)))
    call(service.cancel_order, number, asks(("SKU-0", 3)))
    packed, scheduled = rows(database, Shipment)
    assert (packed.status, scheduled.status) == ("packed", "cancelled")
    call(service.cancel_order, number, asks(("SKU-1", 1)))
    with database.session(writes=False) as db:
        lines = facts_of(db, db.get_one(Order, order.id)).line_units()
    assert [(line.quantity, line.sent, line.left) for line in lines] == [(2, 2, 0), (1, 0, 1)]


def test_points_and_credit_come_back_at_once_and_once(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        loyalty_point_redeemed=10000,
        loyalty_amount=10000,
        credit_balance_used=4000,
    )
    spend_points(database, owner, order)
    number = order.order_number
    shown = call(service.preview_cancel, number, asks(("SKU-0", 1)))
    assert (shown.money, shown.credit, shown.points) == (65, 10, 25)
    call(service.cancel_order, number, asks(("SKU-0", 1), preview=shown.digest))
    assert [one.amount for one in rows(database, CreditActivity)] == [1000]
    whole = call(service.preview_cancel, number, asks())
    assert (whole.goods, whole.money, whole.credit, whole.points) == (300, 195, 30, 75)
    call(service.cancel_order, number, asks(preview=whole.digest))
    assert sum(one.amount for one in rows(database, CreditActivity)) == 4000
    given = [one for one in rows(database, LoyaltyActivity) if one.activity != "purchase"]
    back = sum(one.loyalty_point for one in given if one.activity_type == "earned")
    assert back >= 10000
    assert account(database, order).kept == 0


def test_what_was_not_paid_is_not_asked_for(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], payments=[])
    call(service.cancel_order, order.order_number, asks(("SKU-0", 1)))
    assert rows(database, Refund) == []
    status = call(service.get_payment_status, order.order_number)
    assert status.amount_unpaid == 300


def test_all_that_is_left_is_the_whole_order(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    call(service.cancel_order, order.order_number, asks(("SKU-0", 2)))
    done = call(service.cancel_order, order.order_number, asks(("SKU-1", 2))).view()
    assert done.status == "cancelled"
    assert sum(one.refund_amount for one in rows(database, Refund)) == 40000


def test_a_policy_charges_and_forbids_by_line(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    policy = {
        "rules": [
            {"name": "all", "cancel": {"charge_per_cent": 10}},
            {"name": "gift", "applies_to": {"tags": ["gift"]}, "cancel": {"until": "never"}},
        ]
    }
    call(service.set_policy, Policy.model_validate(policy), source="api", actor=SHOP)
    made = [make_line(0), make_line(1, tags=["gift"])]
    order = make_order(database, owner, at=clock.now, lines=made)
    number = order.order_number
    assert not call(service.get_order, number).view().is_cancellation_allowed
    with pytest.raises(rules.QuantityNotCancellable, match="does not let"):
        call(service.cancel_order, number, asks(("SKU-1", 1)))
    shown = call(service.preview_cancel, number, asks(("SKU-0", 1)))
    assert (shown.charge, shown.money) == (10, 90)
    call(service.cancel_order, number, asks(("SKU-0", 1)))
    assert account(database, order).kept == 31000
    call(service.cancel_for_shop, number, "Sold out", actor=SHOP)
    assert account(database, order).owed_back == 0


def test_free_units_go_with_those_they_came_with(
    database: Database, owner: User, call: Any
) -> None:
    line = make_line(quantity=3, free_quantity=1, line_total=20000)
    order = make_order(database, owner, lines=[line, make_line(1)])
    with pytest.raises(rules.QuantityNotCancellable, match="came with free units"):
        call(service.cancel_order, order.order_number, asks(("SKU-0", 2)))
    call(service.cancel_order, order.order_number, asks(("SKU-0", 3)))
    [row] = rows(database, CancelledItem)
    assert (row.quantity, row.free_quantity, row.amount) == (3, 1, 20000)


def test_the_shop_cancels_items_too(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    wanted = [CancelItem(sku="SKU-0", quantity=1)]
    call(service.cancel_items_for_shop, order.order_number, wanted, "Sold out", actor=SHOP)
    assert [one.refund_amount for one in rows(database, Refund)] == [10000]
    rest = [CancelItem(sku="SKU-0", quantity=1), CancelItem(sku="SKU-1", quantity=2)]
    for items, reason in ((rest, "Sold out"), (wanted, " ")):
        with pytest.raises(InvalidInput):
            call(service.cancel_items_for_shop, order.order_number, items, reason, actor=SHOP)
    assert len(rows(database, CancelledItem)) == 1


def test_over_the_api(api: Api, database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    path = f"/orders/{order.order_number}/cancel"

    def send(items: Any, who: User | None = owner, at: str = path) -> Any:
        body = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
        return api.post(at, user=who, json={**body, "cancel_items": items})

    one = [{"sku": "SKU-0", "quantity": 1}]
    assert send(one, None).status_code == 401
    assert send(one, stranger).status_code == 404
    for items, status, code in (
        ([], 400, "validation_error"),
        ([{"sku": "SKU-0", "quantity": 0}], 400, "validation_error"),
        ([{"sku": "ghost", "quantity": 1}], 422, "item_not_in_order"),
        ([*one, *one, *one], 409, "quantity_not_cancellable"),
    ):
        refused = send(items)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert rows(database, CancelledItem) == []
    assert send(one, at=f"{path}/preview").json()["content"]["preview"]["money"] == 100
    assert send(one).json()["content"]["order"]["order_items"][0]["cancelled_quantity"] == 1
    assert Decimal(rows(database, Refund)[0].refund_amount) == 10000
