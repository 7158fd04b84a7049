"""Goods that never came: what goes back for them, and what is not asked for any more."""

from typing import Any

import pytest

from account_portal.core.errors import Conflict
from account_portal.models import Shipment, ShipmentItem
from account_portal.orders import service
from account_portal.orders.rules import PaymentRetryNotAvailable
from account_portal.orders.service.refunds import RefundNotMovable, RefundTooHigh
from account_portal.returns import service as returns
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop, asked, parcel, sold

ONE = [{"sku": "S1", "quantity": 1}]


def paid(amount: float, name: str = "LP") -> dict[str, Any]:
    return {"request_number": name, "amount": amount}


def living(shop: Shop, number: str = "L-1") -> int:
    return sum(amount for status, amount in shop.refunds(number) if status != "failed")


def settle(shop: Shop, number: str = "L-1") -> None:
    for refund in shop.customer(service.list_refunds, number):
        if refund.status == "pending":
            shop.does(service.approve_refund, refund.request_number)
            shop.does(service.settle_refund, refund.request_number, succeeded=True)


@pytest.mark.parametrize(
    ("arrived", "back", "unpaid"), [(200, 200, 0), (100, 100, 0), (0, 0, 0), (250, 250, 0)]
)
def test_of_a_lost_order_what_was_paid_goes_back_and_nothing_is_asked_for(
    shop: Shop, arrived: int, back: int, unpaid: int
) -> None:
    payments = [paid(arrived)] if arrived else []
    shop.brings(sold("L-1", payments=payments, shipments=[parcel("LS", "lost")]))
    shop.does(service.refund_shipment, "LS")
    assert living(shop) == back
    assert shop.payment("L-1")[2:] == (unpaid, False)
    with pytest.raises(PaymentRetryNotAvailable):
        shop.customer(service.pay_again, "L-1")
    for deed in (service.refund_shipment, service.resend_shipment):
        with pytest.raises(Conflict):
            shop.does(deed, "LS")
    settle(shop)
    assert living(shop) == back


@pytest.mark.parametrize(
    ("arrived", "back", "unpaid"),
    [(400, 200, 0), (300, 100, 0), (200, 0, 0), (100, 0, 100), (0, 0, 200)],
)
def test_of_a_part_that_was_lost_the_rest_is_still_to_be_paid(
    shop: Shop, arrived: int, back: int, unpaid: int
) -> None:
    two = [{"sku": "S1", "quantity": 2}]
    parcels = [parcel("LS", "lost", items=two), parcel("LT", items=two)]
    payments = [paid(arrived)] if arrived else []
    shop.brings(sold("L-1", quantity=4, payments=payments, shipments=parcels))
    shop.does(service.refund_shipment, "LS")
    assert (living(shop), shop.payment("L-1")[2]) == (back, unpaid)


def test_money_that_comes_for_goods_that_were_lost_goes_back_once(shop: Shop) -> None:
    shop.brings(sold("L-1", payments=[paid(100)], shipments=[parcel("LS", "lost")]))
    shop.does(service.refund_shipment, "LS")
    shop.brings({**paid(100, "LATE"), "type": "payment", "order_number": "L-1"})
    assert living(shop) == 200
    settle(shop)
    assert (living(shop), shop.payment("L-1")[2]) == (200, 0)


@pytest.mark.parametrize(("lost", "again", "back"), [(2, 2, None), (2, 1, 100), (1, 1, 100)])
def test_what_came_in_another_parcel_is_not_refunded(
    shop: Shop, lost: int, again: int, back: int | None
) -> None:
    """The shop's systems sent it again themselves."""
    parcels = [parcel("LS", "lost", items=[{"sku": "S1", "quantity": lost}])]
    shop.brings(sold("L-1", payments=[paid(200)], shipments=parcels))
    parcels.append(parcel("LT", items=[{"sku": "S1", "quantity": again}]))
    assert shop.brings(sold("L-1", payments=[paid(200)], shipments=parcels)) == []
    if back is None:
        with pytest.raises(RefundNotMovable, match="are in other parcels"):
            shop.does(service.refund_shipment, "LS")
    else:
        shop.does(service.refund_shipment, "LS")
    assert living(shop) == (back or 0)
    assert shop.returnable("L-1") == [again]


def test_a_refund_of_a_lost_parcel_that_failed_is_owed_again_once(shop: Shop) -> None:
    shop.brings(sold("L-1", payments=[paid(200)], shipments=[parcel("LS", "lost")]))
    [number] = shop.does(service.refund_shipment, "LS")
    shop.does(service.approve_refund, number)
    shop.does(service.settle_refund, number, succeeded=False)
    assert living(shop) == 200
    settle(shop)
    assert living(shop) == 200


def test_three_parcels_of_a_line_that_does_not_divide_are_worth_the_line(shop: Shop) -> None:
    parcels = [parcel(f"LS{n}", "lost", items=ONE) for n in range(3)]
    line = {"line_total": 100, "selling_price": "33.33"}
    shop.brings(sold("L-1", quantity=3, line=line, payments=[paid(100)], shipments=parcels))
    for one in parcels:
        shop.does(service.refund_shipment, one["reference_number"])
    assert sum(row.written_off for row in rows(shop.database, ShipmentItem)) == 10000
    amounts = [refund.refund_amount for refund in shop.customer(service.list_refunds, "L-1")]
    assert sum(amounts) == 100


def test_what_arrived_can_still_go_back_for_what_it_cost(shop: Shop) -> None:
    parcels = [parcel("LS", "lost", items=ONE), parcel("LT", items=ONE)]
    shop.brings(sold("L-1", payments=[paid(200)], shipments=parcels))
    shop.does(service.refund_shipment, "LS")
    assert shop.returnable("L-1") == [1]
    assert shop.customer(returns.quote_return, "L-1", asked().return_items).money == 100
    shop.give_back("L-1")
    assert (living(shop), shop.payment("L-1")[2]) == (200, 0)


def test_a_lost_parcel_that_was_refunded_does_not_turn_up(shop: Shop) -> None:
    lost = parcel("LS", "lost")
    shop.brings(sold("L-1", payments=[paid(200)], shipments=[lost]))
    shop.does(service.refund_shipment, "LS")
    for state in ("delivered", "cancelled", "shipped"):
        shop.brings(sold("L-1", payments=[paid(200)], shipments=[parcel("LS", state)]))
        assert shop.kept == ["shipment LS is refunded here, as it never came"]
    again = parcel("LT", "shipped", items=ONE)
    faults = shop.brings(sold("L-1", payments=[paid(200)], shipments=[lost, again]))
    assert faults == [(1, "shipment LT: 0 units of S1 are left, not 1.")]
    assert [row.status for row in rows(shop.database, Shipment)] == ["lost"]
    shop.brings(sold("L-1", payments=[paid(200)], line={"sku": "S9"}, shipments=[lost]))
    assert shop.kept[0].startswith("line S1: parcels, returns or claims have it here")


def test_a_cancel_after_a_lost_parcel_gives_back_the_rest(shop: Shop) -> None:
    parcels = [parcel("LS", "lost", items=ONE)]
    shop.brings(sold("L-1", payments=[paid(200)], shipments=parcels))
    shop.does(service.refund_shipment, "LS")
    shop.brings(sold("L-1", payments=[paid(200)], shipments=parcels, status="cancelled"))
    assert shop.order("L-1").status == "cancelled"
    assert living(shop) == 200


def test_free_goods_that_were_lost_are_worth_nothing(shop: Shop) -> None:
    line = {"free_quantity": 2}
    shop.brings(sold("L-1", line=line, shipments=[parcel("LS", "lost")]))
    with pytest.raises(RefundTooHigh):
        shop.does(service.refund_shipment, "LS")
    again = shop.does(service.resend_shipment, "LS")
    shop.does(service.move_shipment, again, ShipmentStatus.DELIVERED)
    assert shop.order("L-1").status == "delivered"


def test_nothing_is_left_to_cancel_of_money_that_was_lost(shop: Shop) -> None:
    shop.brings(sold("L-1", payments=[paid(100)], shipments=[parcel("LS", "return_to_origin")]))
    shop.does(service.refund_shipment, "LS")
    assert shop.order("L-1").is_cancellation_allowed is False
    with pytest.raises(Conflict):
        shop.customer(service.cancel_order, "L-1", CANCEL)
