"""What the shop tells later of money, parcels and states that are known here already."""

from datetime import timedelta
from typing import Any

import pytest

from account_portal.models import OrderLine, Payment, Refund, Shipment
from account_portal.orders import service
from account_portal.orders.rules import OrderNotCancellable
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, TODAY, Shop, day, parcel, sold

PAID = [{"request_number": "P", "amount": 200}]
BACK = [{"request_number": "R", "refund_amount": 200}]


def living(shop: Shop, number: str = "N-1") -> int:
    return sum(amount for status, amount in shop.refunds(number) if status != "failed")


def test_payments_take_the_place_of_the_stated_one(shop: Shop) -> None:
    shop.brings(sold("N-1", payment_status="success"))
    shop.brings(sold("N-1", payment_status="success", payments=PAID))
    assert [row.request_number for row in rows(shop.database, Payment)] == ["P"]
    assert (shop.payment("N-1"), shop.refunds("N-1")) == (("success", 200, 0, False), [])


def test_a_payment_record_takes_the_place_of_the_stated_one(shop: Shop) -> None:
    shop.brings(sold("N-1", payment_status="success"))
    shop.brings({**PAID[0], "type": "payment", "order_number": "N-1"})
    assert [row.request_number for row in rows(shop.database, Payment)] == ["P"]


def test_the_stated_payment_follows_bill_and_state(shop: Shop) -> None:
    shop.brings(sold("N-1", payment_status="success"))
    shop.brings(sold("N-1", payment_status="success", quantity=3))
    assert shop.payment("N-1") == ("success", 300, 0, False)
    shop.brings(sold("N-1", payment_status="success", quantity=1))
    assert (shop.payment("N-1"), shop.refunds("N-1")) == (("success", 100, 0, False), [])
    shop.brings(sold("N-1", payment_status="failed", quantity=1))
    assert shop.payment("N-1") == ("failed", 0, 100, True)
    shop.brings(sold("N-1", payment_status="success", quantity=1))
    assert shop.payment("N-1") == ("success", 100, 0, False)


def test_a_refund_told_is_the_one_that_waits_here(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    [promised] = rows(shop.database, Refund)
    shop.brings(sold("N-1", payments=PAID, refunds=BACK))
    [told] = rows(shop.database, Refund)
    assert (told.id, told.request_number, told.status) == (promised.id, "R", "success")


@pytest.mark.parametrize(
    ("before", "amount", "expected"),
    [
        ({"payments": PAID, "status": "cancelled"}, 200, [("success", 200)]),
        ({"payments": PAID, "status": "cancelled"}, 50, [("success", 50), ("pending", 150)]),
        ({"payments": [{"request_number": "P", "amount": 250}]}, 50, [("success", 50)]),
        (
            {"payments": [{**PAID[0], "payment_status": "refund_initiated"}]},
            200,
            [("success", 200)],
        ),
    ],
)
def test_money_goes_back_once_whoever_tells_it(
    shop: Shop, before: dict[str, Any], amount: int, expected: list[tuple[str, int]]
) -> None:
    shop.brings(sold("N-1", **before))
    refund = {"request_number": "R", "refund_amount": amount}
    shop.brings(sold("N-1", **before, refunds=[refund]))
    assert sorted(shop.refunds("N-1"), reverse=True) == expected


def test_a_return_is_refunded_once(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S")]))
    item = {"product_id": "P1", "sku": "S1", "quantity": 1, "resolution": "refund"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    number = shop.customer(returns.create_return, "N-1", data).request_number
    shop.does(returns.approve_return, number)
    refund = {"request_number": "R", "refund_amount": 100}
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S")], refunds=[refund]))
    assert shop.refunds("N-1") == [("success", 100)]
    assert shop.customer(returns.get_return, "N-1", number).refund[0].request_number == "R"


def test_a_failed_refund_that_came_after_all_is_not_sent_again(shop: Shop) -> None:
    failed = [{**BACK[0], "status": "failed"}]
    shop.brings(sold("N-1", status="cancelled", payments=PAID, refunds=failed))
    assert sorted(shop.refunds("N-1")) == [("failed", 200), ("pending", 200)]
    shop.brings(sold("N-1", status="cancelled", payments=PAID, refunds=BACK))
    assert shop.refunds("N-1") == [("success", 200)]


def test_what_is_not_owed_any_more_does_not_wait(shop: Shop) -> None:
    def paid(amount: int) -> dict[str, Any]:
        return sold("N-1", payments=[{"request_number": "P", "amount": amount}])

    for amount, waiting in ((200, []), (300, [("pending", 100)]), (250, [("pending", 50)])):
        shop.brings(paid(amount))
        assert shop.refunds("N-1") == waiting
    shop.brings(paid(200))
    assert shop.refunds("N-1") == []


def test_a_payment_that_bounced_after_a_cancel_is_not_refunded(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    shop.brings(sold("N-1", payments=[{**PAID[0], "payment_status": "failed"}]))
    assert (shop.payment("N-1")[1], living(shop)) == (0, 0)


@pytest.mark.parametrize("own", [False, True])
def test_more_than_arrived_never_goes_back(shop: Shop, own: bool) -> None:
    shop.brings(sold("N-1", payments=PAID))
    refund = {"request_number": "R", "refund_amount": 300}
    told = (
        {**refund, "type": "refund", "order_number": "N-1"}
        if own
        else sold("N-1", payments=PAID, refunds=[refund])
    )
    assert shop.brings(told) == [(1, "refund R: more goes back than was paid")]
    assert shop.refunds("N-1") == []


def test_a_sum_the_shop_corrects_is_corrected(shop: Shop) -> None:
    for amount in (30, 70):
        refund = {"request_number": "R", "refund_amount": amount}
        shop.brings(sold("N-1", payments=PAID, refunds=[refund]))
    assert shop.refunds("N-1") == [("success", 70)]
    assert shop.order("N-1").cancellation_refund_details.refundable_amount == 130


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ({"payments": PAID}, {"payments": [{**PAID[0], "payment_status": "failed"}]}, 0),
        (
            {"payments": PAID, "refunds": BACK},
            {"payments": PAID, "refunds": [{**BACK[0], "status": "failed"}]},
            200,
        ),
    ],
)
def test_the_shop_may_correct_itself_where_nothing_happened_here(
    shop: Shop, first: dict[str, Any], then: dict[str, Any], expected: int
) -> None:
    shop.brings(sold("N-1", **first))
    shop.brings(sold("N-1", **then))
    assert shop.payment("N-1")[1] == expected
    assert "failed" in {row.payment_status for row in rows(shop.database, Payment)} or (
        "failed" in {status for status, _ in shop.refunds("N-1")}
    )


@pytest.mark.parametrize("left", ["shipped", "delivered"])
def test_what_left_the_house_is_not_cancelled_by_a_record(shop: Shop, left: str) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", left)]))
    shop.brings(sold("N-1", payments=PAID, status="cancelled", shipments=[parcel("S", left)]))
    assert (shop.order("N-1").status, shop.refunds("N-1")) == (left, [])


def test_a_history_that_was_cancelled_has_nothing_open(shop: Shop) -> None:
    pending = {"request_number": "P", "amount": 200, "payment_status": "pending"}
    parcels = [parcel("S", "scheduled")]
    shop.brings(sold("N-1", status="cancelled", payments=[pending], shipments=parcels))
    assert [row.payment_status for row in rows(shop.database, Payment)] == ["failed"]
    assert [row.status for row in rows(shop.database, Shipment)] == ["cancelled"]


def test_a_new_parcel_of_an_order_cancelled_here_is_kept_aside(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", "shipped")]))
    assert rows(shop.database, Shipment) == []


@pytest.mark.parametrize(
    "lines",
    [
        [{"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": 1}],
        [{"sku": "S2", "product_id": "P2", "selling_price": 200, "quantity": 1}],
    ],
)
def test_lines_hold_what_parcels_do(shop: Shop, lines: list[dict[str, Any]]) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S")]))
    changed = sold("N-1", payments=PAID, shipments=[parcel("S")]) | {"lines": lines}
    shop.brings(changed)
    [line] = rows(shop.database, OrderLine)
    assert (line.sku, line.quantity, shop.returnable("N-1")) == ("S1", 2, [2])


def test_a_parcel_told_anew_makes_room_for_its_lines(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S")]))
    order = sold("N-1", payments=PAID, quantity=1)
    own = parcel("S", items=[{"sku": "S1", "quantity": 1}])
    assert shop.brings(order, {**own, "type": "shipment", "order_number": "N-1"}) == []
    assert shop.returnable("N-1") == [1]


def test_an_order_whose_parcels_all_arrived_is_paid(shop: Shop) -> None:
    shop.brings(sold("N-1", status="shipped", shipments=[parcel("S")]))
    assert shop.payment("N-1") == ("success", 200, 0, False)


def test_an_arrival_without_a_date_is_dated_by_its_telling(shop: Shop) -> None:
    old = {"order_date": day(120), "payments": PAID}
    shop.brings(sold("N-1", status="shipped", **old))
    shop.brings(sold("N-1", status="delivered", **old))
    assert (shop.order("N-1").status, shop.returnable("N-1")) == ("delivered", [2])


def test_an_arrival_nobody_dates_is_dated_by_its_payment(shop: Shop) -> None:
    paid = [{**PAID[0], "payment_date": day(8)}]
    shop.brings(sold("N-1", status="delivered", order_date=day(120), payments=paid))
    page = shop.customer(service.get_order_page, "N-1")
    assert page.return_until.last == TODAY - timedelta(days=8) + timedelta(days=30)


def test_an_order_that_ships_is_still_guarded(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", "packed")]))
    with pytest.raises(OrderNotCancellable):
        shop.customer(service.cancel_order, "N-1", CANCEL)
    shop.does(service.move_shipment, "S", ShipmentStatus.CANCELLED)
    shop.customer(service.cancel_order, "N-1", CANCEL)
    assert living(shop) == 200
