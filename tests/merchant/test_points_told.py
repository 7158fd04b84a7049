"""Points the shop tells of: each movement counts once, and comes back once, in any order."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.loyalty import service as loyalty
from account_portal.models import CreditActivity, LoyaltyActivity, Order
from account_portal.orders import service
from account_portal.returns import service as returns
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop, day, parcel, sold
from tests.merchant.test_parcels_told import give_back

PAID = [{"request_number": "P", "amount": 140}]
SPENT = {"loyalty_point_redeemed": 60, "loyalty_amount": 60, "payments": PAID}


def movement(name: str, kind: str, points: int, cause: str | None, **values: Any) -> dict[str, Any]:
    return {
        "type": "loyalty_activity",
        "external_id": name,
        "customer_email": "c1@x.example",
        "activity_type": kind,
        "loyalty_point": points,
        "created_at": day(8),
        **({"activity": cause} if cause else {}),
        **values,
    }


def balance(shop: Shop) -> Decimal:
    found: Decimal = shop.customer(loyalty.get_loyalty).loyalty_point_balance
    return found


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("cause", ["order_returned", None])
def test_two_alike_are_two(shop: Shop, together: bool, cause: str | None) -> None:
    took = movement("L1", "redeemed", 100, "order", reference_number="N-1")
    spent = {"loyalty_point_redeemed": 100, "loyalty_amount": 100}
    paid = [{"request_number": "P", "amount": 100}]
    shop.brings(
        movement("L0", "earned", 100, "bonus", created_at=day(20)),
        sold("N-1", **spent, payments=paid, shipments=[parcel("S")]),
        took,
    )
    for _ in range(2):
        number = give_back(shop, 1)
        shop.does(returns.approve_return, number)
        shop.does(returns.mark_return_shipped, number)
        shop.does(returns.receive_return, number)
        shop.does(returns.complete_return, number)
    assert balance(shop) == 100
    told = [
        movement(f"B{n}", "earned", 50, cause, reference_number="N-1", created_at=day(0))
        for n in range(2)
    ]
    for records in [told] if together else [[one] for one in told]:
        shop.brings(*records)
    assert balance(shop) == 100


def test_points_of_an_arrival_are_told_without_their_cause(shop: Shop) -> None:
    paid = [{"request_number": "P", "amount": 200}]
    shop.brings(
        sold("N-1", loyalty_point_earned=20, payments=paid, shipments=[parcel("S", "shipped")])
    )
    shop.does(service.move_shipment, "S", ShipmentStatus.DELIVERED)
    shop.brings(movement("L1", "earned", 20, None, reference_number="N-1"))
    assert balance(shop) == 20
    shop.brings(movement("L2", "earned", 20, "bonus", reference_number="N-1"))
    assert balance(shop) == 40


@pytest.mark.parametrize("reference", ["N-1", "#N-1"])
@pytest.mark.parametrize("who", ["customer", "shop"])
@pytest.mark.parametrize("told_back", [True, False])
def test_points_that_are_told_after_a_cancel_come_back(
    shop: Shop, reference: str, who: str, told_back: bool
) -> None:
    earned = movement("L0", "earned", 100, "bonus", created_at=day(20))
    shop.brings(earned, sold("N-1", **SPENT))
    if who == "customer":
        shop.customer(service.cancel_order, "N-1", CANCEL)
    else:
        shop.brings(sold("N-1", **SPENT, status="cancelled"))
    took = movement("L1", "redeemed", 60, "order", reference_number=reference)
    back = movement("L2", "earned", 60, "order_cancelled", reference_number=reference)
    for _ in range(2):
        shop.brings(took)
        if told_back:
            shop.brings(back)
    assert balance(shop) == 100


def test_a_history_that_was_cancelled_brings_its_own_points(shop: Shop) -> None:
    old = sold("N-1", **SPENT, status="cancelled", order_date=day(90), cancelled_at=day(80))
    took = movement("L1", "redeemed", 60, "order", reference_number="N-1", created_at=day(90))
    earned = movement("L0", "earned", 100, "bonus", created_at=day(99))
    shop.brings(old)
    shop.brings(earned, took)
    assert balance(shop) == 40


def test_a_number_with_a_sign_before_it_is_the_orders(shop: Shop) -> None:
    earned = movement("L0", "earned", 100, "bonus", created_at=day(20))
    took = movement("L1", "redeemed", 60, "order", reference_number="#N-1")
    shop.brings(earned, sold("#N-1", **SPENT), took)
    shop.customer(service.cancel_order, "N-1", CANCEL)
    assert balance(shop) == 100


@pytest.mark.parametrize("own", [True, False])
def test_a_draft_is_placed_by_its_payment(shop: Shop, own: bool) -> None:
    payment = {"request_number": "P", "amount": 200, "payment_status": "pending"}
    shop.brings(sold("N-1", status="draft", payments=[payment]))
    arrived = {**payment, "payment_status": "success"}
    told = sold("N-1", status="draft", payments=[arrived])
    shop.brings({**arrived, "type": "payment", "order_number": "N-1"} if own else told)
    assert [row.status for row in rows(shop.database, Order)] == ["confirmed"]
    shop.brings(sold("N-2", status="draft", payments=[{**arrived, "request_number": "P2"}]))
    assert shop.order("N-2").status == "draft"


@pytest.mark.parametrize("own", [True, False])
def test_a_refund_in_points_gives_them_when_it_arrives(shop: Shop, own: bool) -> None:
    earned = movement("L0", "earned", 60, "bonus", created_at=day(20))
    took = movement("L1", "redeemed", 60, "order", reference_number="N-1")
    refund = {"request_number": "R", "refund_amount": 30, "payment_mode": "loyalty_point"}
    waiting = {**refund, "status": "pending"}
    shop.brings(earned, sold("N-1", **SPENT, refunds=[waiting]), took)
    assert balance(shop) == 0
    arrived = sold("N-1", **SPENT, refunds=[refund])
    for _ in range(2):
        shop.brings({**refund, "type": "refund", "order_number": "N-1"} if own else arrived)
        assert balance(shop) == 30
    back = movement("L2", "earned", 30, "order_returned", reference_number="N-1")
    shop.brings(back)
    assert balance(shop) == 30


def test_a_refund_in_credit_gives_it_when_it_arrives(shop: Shop) -> None:
    refund = {"request_number": "R", "refund_amount": 30, "payment_method": "Store credit"}
    paid = [{"request_number": "P", "amount": 140}]
    values = {"credit_balance_used": 60, "payments": paid}
    shop.brings(sold("N-1", **values, refunds=[{**refund, "status": "pending"}]))
    for _ in range(2):
        shop.brings(sold("N-1", **values, refunds=[refund]))
    assert [row.amount for row in rows(shop.database, CreditActivity)] == [3000]


@pytest.mark.parametrize("together", [True, False])
def test_refunds_in_points_that_arrive_together_give_each_its_part(
    shop: Shop, together: bool
) -> None:
    earned = movement("L0", "earned", 60, "bonus", created_at=day(20))
    took = movement("L1", "redeemed", 60, "order", reference_number="N-1")
    refunds = [
        {"request_number": f"R{n}", "refund_amount": 20, "payment_mode": "loyalty_point"}
        for n in range(2)
    ]
    waiting = [{**one, "status": "pending"} for one in refunds]
    shop.brings(earned, sold("N-1", **SPENT, refunds=waiting), took)
    if together:
        shop.brings(sold("N-1", **SPENT, refunds=refunds))
    else:
        shop.brings(sold("N-1", **SPENT, refunds=[refunds[0], waiting[1]]))
        shop.brings(sold("N-1", **SPENT, refunds=refunds))
    gifts = [row.loyalty_point for row in rows(shop.database, LoyaltyActivity)]
    assert gifts.count(2000) == 2
    assert balance(shop) == 40


def returned(shop: Shop, units: int) -> None:
    number = give_back(shop, units)
    for step in (
        returns.approve_return,
        returns.mark_return_shipped,
        returns.receive_return,
        returns.complete_return,
    ):
        shop.does(step, number)
    for refund in shop.customer(service.list_refunds, "N-1"):
        if refund.status == "pending":
            shop.does(service.approve_refund, refund.request_number)
            shop.does(service.settle_refund, refund.request_number, succeeded=True)


@pytest.mark.parametrize(("units", "back"), [(1, 30), (2, 60)])
def test_points_that_are_told_after_a_return_come_back(shop: Shop, units: int, back: int) -> None:
    earned = movement("L0", "earned", 60, "bonus", created_at=day(20))
    shop.brings(earned, sold("N-1", **SPENT, shipments=[parcel("S")]))
    returned(shop, units)
    took = movement("L1", "redeemed", 60, "order", reference_number="N-1")
    for _ in range(2):
        shop.brings(took)
        assert balance(shop) == back
    shop.brings(movement("L2", "earned", back, "order_returned", reference_number="N-1"))
    assert balance(shop) == back


def test_points_that_were_earned_are_told_after_the_goods_went_back(shop: Shop) -> None:
    paid = [{"request_number": "P", "amount": 200}]
    shop.brings(sold("N-1", loyalty_point_earned=20, payments=paid, shipments=[parcel("S")]))
    returned(shop, 1)
    told = movement("L1", "earned", 20, "order", reference_number="N-1")
    for _ in range(2):
        shop.brings(told)
        assert balance(shop) == 10


def test_points_that_were_earned_are_told_after_a_cancel(shop: Shop) -> None:
    paid = [{"request_number": "P", "amount": 200}]
    shop.brings(sold("N-1", loyalty_point_earned=20, payments=paid))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    shop.brings(movement("L1", "earned", 20, "order", reference_number="N-1"))
    assert balance(shop) == 0
