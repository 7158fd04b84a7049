"""A bank that takes no refund changes nothing of what is promised, whatever the shop told."""

from typing import Any

import pytest

from account_portal.models import Refund
from account_portal.orders import service
from tests.factories.records import rows
from tests.merchant.shops import Shop, day, sold
from tests.merchant.test_money_told import living, settle_all


def paid(amount: int, status: str = "success", number: str = "P") -> dict[str, Any]:
    return {
        "request_number": f"{number}-{amount}-{status}",
        "amount": amount,
        "payment_status": status,
        "created_at": day(6),
    }


def told(amount: int, status: str, ago: int = 0) -> dict[str, Any]:
    number = f"R-{amount}-{status}"
    values = {"refund_amount": amount, "status": status, "created_at": day(ago)}
    return {"request_number": number, **values}


HALF_BACK = [paid(50), paid(50, "refund_initiated")]
"""Half of an order of 200, the half of which is on its way back."""


@pytest.mark.parametrize(
    ("payments", "goodwill", "refunds", "promised"),
    [
        # What is on its way back tried a part of the failed one again, and fails, too.
        ([*HALF_BACK, paid(50, number="late")], 0, [told(100, "failed")], 50),
        # So does what came too much, all of which is promised here.
        ([*HALF_BACK, paid(200)], 0, [told(100, "failed")], 100),
        ([*HALF_BACK, paid(300)], 0, [told(100, "failed")], 200),
        ([*HALF_BACK, paid(200)], 0, [told(130, "failed")], 130),
        # A failed one of the same amount is what was promised here, as long as that is tried.
        ([paid(200)], 30, [told(30, "failed")], 30),
        ([paid(200), paid(201)], 0, [told(201, "failed")], 201),
        # It covers first what came too much, and only beyond that something else.
        ([paid(200), paid(50)], 0, [told(80, "failed", 7)], 80),
        ([paid(200), paid(50)], 0, [told(80, "failed")], 80),
        # What was promised beyond what came too much stays for something else.
        ([paid(200), paid(50)], 40, [told(20, "approved")], 90),
    ],
)
def test_what_a_bank_does_not_take_stays_promised(
    shop: Shop,
    payments: list[dict[str, Any]],
    goodwill: int,
    refunds: list[dict[str, Any]],
    promised: int,
) -> None:
    shop.brings(sold("N-1", payments=payments))
    if goodwill:
        shop.does(service.create_refund, "N-1", goodwill)
    assert shop.brings(sold("N-1", payments=payments, refunds=refunds)) == []
    assert living(shop) == promised
    for _ in range(3):
        for refund in rows(shop.database, Refund):
            if refund.status == "pending":
                shop.does(service.approve_refund, refund.request_number)
            if refund.status in {"pending", "approved"}:
                shop.does(service.settle_refund, refund.request_number, succeeded=False)
                assert living(shop) == promised
    for refund in rows(shop.database, Refund):
        if refund.status == "pending":
            shop.does(service.approve_refund, refund.request_number)
            shop.does(service.settle_refund, refund.request_number, succeeded=True)
    assert living(shop) == promised


@pytest.mark.parametrize("status", ["success", "approved"])
def test_what_goes_back_beyond_what_came_too_much_is_not_asked_for_again(
    shop: Shop, status: str
) -> None:
    """Also if it is dated before the other refund: dates that shops tell have no time."""
    payments = [paid(200), paid(50)]
    shop.brings(sold("N-1", payments=payments))
    settle_all(shop)
    assert shop.brings(sold("N-1", payments=payments, refunds=[told(20, status)])) == []
    assert (living(shop), shop.payment("N-1")) == (70, ("success", 200, 0, False))
