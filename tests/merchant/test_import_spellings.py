"""Records take what histories hold, and nothing the API could not answer with."""

import json
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import Order, Payment, Refund, Shipment, User
from account_portal.orders.service import get_order
from tests.conftest import Acting
from tests.factories.records import bring_in, order, rows, shipment, write


def take(database: Database, tmp_path: Path, *records: Any) -> list[str]:
    return [reason for _, reason in bring_in(database, write(tmp_path / "1.ndjson", *records))[1]]


def payment(**values: Any) -> dict[str, Any]:
    return {"request_number": "A-1001-p", "amount": 10, **values}


@pytest.mark.parametrize(
    ("given", "brand", "method"),
    [
        ("visa", "Visa", None),
        ("VISA", "Visa", None),
        ("master", "Master Card", None),
        ("MasterCard", "Master Card", None),
        ("Master Card", "Master Card", None),
        ("amex", "American Express", None),
        ("american_express", "American Express", None),
        ("RuPay", "Rupay", None),
        ("Carte Bancaire", None, "Carte Bancaire"),
    ],
)
def test_a_card_may_be_spelled_in_any_way(
    database: Database, tmp_path: Path, given: str, brand: str | None, method: str | None
) -> None:
    assert take(database, tmp_path, order(payments=[payment(card_type=given)])) == []
    [row] = rows(database, Payment)
    assert (row.card_type, row.payment_method) == (brand, method)


def test_an_unknown_brand_takes_no_methods_place(database: Database, tmp_path: Path) -> None:
    paid = payment(card_type="Maestro", payment_method="Debit card")
    assert take(database, tmp_path, order(payments=[paid])) == []
    assert rows(database, Payment)[0].payment_method == "Debit card"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Canceled", "cancelled"),
        ("CANCELLED", "cancelled"),
        ("Partially Shipped", "partially_shipped"),
        ("partially-delivered", "partially_delivered"),
        ("Completed", "complete"),
        (" shipped ", "shipped"),
        ("PartiallyShipped", "partially_shipped"),
        ("partially_returned_to_origin", "partially_return_to_origin"),
    ],
)
def test_an_orders_state_may_be_spelled_in_any_way(
    database: Database, tmp_path: Path, given: str, expected: str
) -> None:
    assert take(database, tmp_path, order(status=given)) == []
    assert rows(database, Order)[0].status == expected


def test_other_states_may_be_spelled_in_any_way(database: Database, tmp_path: Path) -> None:
    refund = {"request_number": "A-1001-r", "refund_amount": 1, "status": "Succeeded"}
    paid, parcel = payment(payment_status="Paid"), shipment(status="Out for delivery")
    assert take(database, tmp_path, order(payments=[paid], refunds=[refund]), parcel) == []
    assert rows(database, Payment)[0].payment_status == "success"
    assert rows(database, Refund)[0].status == "success"
    assert rows(database, Shipment)[0].status == "out_for_delivery"


PROMOTION = {"promotion_id": 5, "promotion_type": "Buy X get Y", "savings": "2.50"}
COUPON = {"coupon_id": "TEN", "coupon_type": "fixed_price", "savings": 10, "product_id": None}


def test_an_order_that_waits_for_its_customer_keeps_its_promotions(
    database: Database, tmp_path: Path
) -> None:
    told = order(customer_email=None, customer_id="C-1", applied_promotions=[PROMOTION])
    assert take(database, tmp_path, told, {"type": "customer", "external_id": "C-1"}) == []
    assert rows(database, Order)[0].applied_promotions == [
        {"promotion_id": "5", "promotion_type": "buy-x-get-y", "savings": 2.5}
    ]


def test_promotions_and_coupons_are_answered_as_the_contract_says(
    database: Database, tmp_path: Path, acting: Acting
) -> None:
    told = order(applied_promotions=[PROMOTION], applied_coupons=[COUPON])
    assert take(database, tmp_path, told) == []
    [user] = rows(database, User)
    with acting(user) as ctx:
        detail = json.loads(get_order(ctx, "A-1001").json)
    [promotion], [coupon] = detail["applied_promotions"], detail["applied_coupons"]
    assert promotion["promotion_id"] == "5"
    assert (promotion["promotion_type"], promotion["savings"]) == ("buy-x-get-y", 2.5)
    assert (coupon["coupon_id"], coupon["coupon_type"]) == ("TEN", "fixed-price")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"applied_promotions": [{"name": "SUMMER"}]}, "applied_promotions.0.promotion_id: is re"),
        ({"applied_promotions": [PROMOTION | {"promotion_type": "gift"}]}, "promotion_type: must"),
        ({"applied_promotions": [PROMOTION | {"savings": "lots"}]}, "savings: must be a number"),
        ({"applied_promotions": [PROMOTION | {"savings": -1}]}, "savings: must be between 0 and"),
        ({"applied_promotions": ["SUMMER"]}, "applied_promotions.0: must be an object"),
        ({"applied_promotions": "SUMMER"}, "applied_promotions: must be a list"),
        ({"applied_coupons": [{"code": "X"}]}, "applied_coupons.0.coupon_id: is required"),
        ({"applied_coupons": [COUPON | {"scope": "\x00", "product_name": "\x00"}]}, "control"),
        ({"credit_balance_used": 400}, "credit_balance_used and loyalty_amount are more than the"),
        ({"grand_total": 10, "credit_balance_used": 6, "loyalty_amount": "4.01"}, "10.01 of 10.00"),
    ],
)
def test_what_no_answer_could_hold_is_refused(
    database: Database, tmp_path: Path, values: dict[str, Any], reason: str
) -> None:
    [fault] = take(database, tmp_path, order(), order("A-1002", **values))
    assert reason in fault
    assert [row.order_number for row in rows(database, Order)] == ["A-1001"]
    [fault] = take(database, tmp_path, order(**values))
    assert reason in fault


def test_points_and_credit_may_pay_all(database: Database, tmp_path: Path) -> None:
    paid = order(grand_total=10, credit_balance_used=6, loyalty_amount="4.00")
    assert take(database, tmp_path, paid) == []
