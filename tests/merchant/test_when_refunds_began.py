"""A page says when a refund began only if somebody said so."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.orders import service
from tests.merchant.shops import Shop, day, sold

PAID = {"request_number": "P", "amount": 200, "payment_date": day(6)}
REFUND = {"request_number": "R", "refund_amount": 50, "status": "success"}


def began(shop: Shop) -> list[str | None]:
    found = shop.customer(service.get_order_page, "N-1").refunds
    return [one.created_at and one.created_at.isoformat() for one in found]


@pytest.mark.parametrize(
    ("payment", "refund", "expected"),
    [
        ({"payment_date": None}, {}, None),
        ({}, {}, None),
        ({}, {"refund_date": day(2)}, None),
        ({}, {"created_at": day(4)}, day(4)),
        ({}, {"created_at": day(4), "refund_date": day(2)}, day(4)),
    ],
)
@pytest.mark.parametrize("is_inside", [True, False], ids=["inside", "own"])
def test_what_no_file_told_is_not_said(
    shop: Shop,
    payment: dict[str, Any],
    refund: dict[str, Any],
    expected: str | None,
    is_inside: bool,
) -> None:
    told = {**REFUND, **refund}
    order = sold("N-1", status="delivered", payments=[{**PAID, **payment}])
    if is_inside:
        assert shop.brings({**order, "refunds": [told]}) == []
    else:
        assert shop.brings(order, {**told, "type": "refund", "order_number": "N-1"}) == []
    assert began(shop) == [expected]


def test_what_began_here_says_when(shop: Shop) -> None:
    shop.brings(sold("N-1", status="delivered", payments=[PAID]))
    number = shop.does(service.create_refund, "N-1", Decimal(30))
    refunds = shop.customer(service.get_order_page, "N-1").refunds
    assert [(one.request_number, one.created_at is not None) for one in refunds] == [(number, True)]
    shop.does(service.approve_refund, number)
    shop.does(service.settle_refund, number, succeeded=True)
    assert began(shop) != [None]
