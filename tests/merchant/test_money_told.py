"""Money that comes twice, late or after goods went back, and refunds that the shop tells of."""

from typing import Any

import pytest

from account_portal.models import Payment, Refund
from account_portal.orders import service
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop, day, parcel, sold

P1 = {"request_number": "P1", "amount": 200, "created_at": day(8)}
P2 = {"request_number": "P2", "amount": 200, "created_at": day(4)}
ARRIVED = {"shipments": [parcel("S-1", "delivered", delivered_date=day(5))]}


def living(shop: Shop, number: str = "N-1") -> int:
    return sum(amount for status, amount in shop.refunds(number) if status != "failed")


def give_back(shop: Shop, units: int = 2, number: str = "N-1") -> str:
    item = {
        "product_id": "P1",
        "sku": "S1",
        "quantity": units,
        "resolution": "refund",
        "return_reason": "x",
    }
    wanted = CreateOrderReturn.model_validate({"return_items": [item]})
    request = shop.customer(returns.create_return, number, wanted)
    shop.does(returns.approve_return, request.request_number)
    return str(request.request_number)


def settle_all(shop: Shop) -> None:
    for refund in rows(shop.database, Refund):
        if refund.status == "pending":
            shop.does(service.approve_refund, refund.request_number)
        if refund.status in {"pending", "approved"}:
            shop.does(service.settle_refund, refund.request_number, succeeded=True)


@pytest.mark.parametrize("second", [200, 50])
def test_goods_that_were_paid_twice_are_refunded_like_others(shop: Shop, second: int) -> None:
    shop.brings(sold("N-1", payments=[P1, {**P2, "amount": second}], **ARRIVED))
    assert living(shop) == second
    give_back(shop)
    assert living(shop) == 200 + second


@pytest.mark.parametrize(
    ("first", "owed"), [("goodwill", 50), ("parcel", 200)], ids=["goodwill", "lost parcel"]
)
def test_what_comes_twice_goes_back_whatever_was_refunded_before(
    shop: Shop, first: str, owed: int
) -> None:
    lost = {"shipments": [parcel("S-1", "lost")]}
    shop.brings(sold("N-1", payments=[P1], **lost))
    if first == "parcel":
        shop.does(service.refund_shipment, "S-1")
    else:
        shop.does(service.create_refund, "N-1", 50)
    assert living(shop) == owed
    shop.brings(sold("N-1", payments=[P1, P2], **lost))
    assert living(shop) == owed + 200


def test_money_told_to_be_paid_back_covers_what_came_twice(shop: Shop) -> None:
    told = {"request_number": "R", "refund_amount": 200, "created_at": day(2)}
    shop.brings(sold("N-1", payments=[P1, P2], refunds=[told]))
    assert living(shop) == 200


@pytest.mark.parametrize(("before", "later"), [(0, 200), (50, 150), (150, 50)])
def test_money_that_comes_after_goods_went_back_goes_back_too(
    shop: Shop, before: int, later: int
) -> None:
    at_the_door = {"request_number": "P", "payment_status": "pending", "collection": "on_delivery"}
    payments = [{**at_the_door, "amount": later}]
    if before:
        payments.append({**P1, "amount": before})
    shop.brings(sold("N-1", payments=payments, **ARRIVED))
    give_back(shop, 1)
    assert living(shop) == max(0, before - 100)  # less what was not paid yet
    shop.does(service.settle_payment, "P", succeeded=True)
    assert living(shop) == 100
    settle_all(shop)  # each step derives the order anew: nothing arises twice
    assert living(shop) == 100
    status, paid, unpaid, _ = shop.payment("N-1")
    assert (status, paid, unpaid) == ("success", 200, 0)


def test_a_bill_that_was_lowered_and_raised_again_is_asked_for(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[P1]))
    shop.brings(sold("N-1", payments=[P1], quantity=1))
    assert living(shop) == 100
    settle_all(shop)
    shop.brings(sold("N-1", payments=[P1], quantity=2))
    assert shop.payment("N-1") == ("partially_paid", 100, 100, True)


def test_a_bill_raised_before_its_refund_went_calls_it_off(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[P1]))
    shop.brings(sold("N-1", payments=[P1], quantity=1))
    shop.brings(sold("N-1", payments=[P1], quantity=2))
    assert (living(shop), shop.payment("N-1")) == (0, ("success", 200, 0, False))


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("cancelled", [False, True])
def test_a_refund_that_grows_at_the_shop_takes_from_what_waits_here(
    shop: Shop, approved: bool, cancelled: bool
) -> None:
    told = {"request_number": "R", "refund_amount": 20, "created_at": day(3)}
    more = {} if cancelled else ARRIVED
    shop.brings(sold("N-1", payments=[P1], refunds=[told], **more))
    if cancelled:
        shop.customer(service.cancel_order, "N-1", CANCEL)
    else:
        give_back(shop)
    assert living(shop) == 200
    if approved:
        for refund in rows(shop.database, Refund):
            if refund.status == "pending":
                shop.does(service.approve_refund, refund.request_number)
    shop.brings(sold("N-1", payments=[P1], refunds=[{**told, "refund_amount": 200}], **more))
    assert living(shop) == 200
    settle_all(shop)
    assert living(shop) == 200


def test_a_refund_of_money_that_never_came_is_called_off(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[P1], **ARRIVED))
    give_back(shop)
    shop.brings(sold("N-1", payments=[{**P1, "payment_status": "failed"}], **ARRIVED))
    assert living(shop) == 0


RESERVED: list[dict[str, Any]] = [
    {"payments": [{**P1, "payment_status": "authorized"}]},
    {"payment_status": "authorized"},
    {"payment_status": "Authorised"},
    {"collection": "on_delivery"},
]


@pytest.mark.parametrize("told", RESERVED)
def test_what_is_reserved_is_not_asked_for(shop: Shop, told: dict[str, Any]) -> None:
    shop.brings(sold("N-1", **told))
    assert shop.payment("N-1") == ("pending", 0, 200, False)
    page = shop.customer(service.get_order_page, "N-1")
    door = told.get("collection") == "on_delivery"
    assert page.money_note.startswith("You pay when" if door else "The amount is reserved.")
    shop.brings(sold("N-1", payment_status="success"))
    if "payments" not in told:
        assert shop.payment("N-1") == ("success", 200, 0, False)
        assert len(rows(shop.database, Payment)) == 1


def test_the_shop_may_say_paid_after_an_attempt_failed_here(shop: Shop) -> None:
    shop.brings(sold("N-1"))
    paying = shop.customer(service.pay_again, "N-1").payment_info
    shop.does(service.settle_payment, paying.transaction_id, succeeded=False)
    shop.brings(sold("N-1", payment_status="success"))
    assert shop.payment("N-1") == ("success", 200, 0, False)


def test_a_stated_payment_goes_when_a_pending_one_arrives(shop: Shop) -> None:
    waiting = {"request_number": "P", "amount": 200, "payment_status": "pending"}
    shop.brings(sold("N-1", payments=[{**waiting, "collection": "on_delivery"}]))
    shop.brings(sold("N-1", payment_status="success"))
    assert shop.payment("N-1") == ("success", 200, 0, False)
    shop.brings(sold("N-1", payments=[{**waiting, "payment_status": "success"}]))
    assert (shop.payment("N-1"), living(shop)) == (("success", 200, 0, False), 0)


def test_an_attempt_that_failed_does_not_undo_a_payment(shop: Shop) -> None:
    shop.brings(sold("N-1", payment_status="success"))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    settle_all(shop)
    failed = {**P1, "payment_status": "failed"}
    shop.brings(sold("N-1", payment_status="success", payments=[failed]))
    assert (shop.payment("N-1")[1], living(shop)) == (200, 200)


@pytest.mark.parametrize("first", [None, "confirmed"])
def test_what_is_delivered_counts_as_paid_whenever_it_is_told(
    shop: Shop, first: str | None
) -> None:
    if first:
        shop.brings(sold("N-1", status=first))
    shop.brings(sold("N-1", status="delivered"))
    assert shop.payment("N-1") == ("success", 200, 0, False)


def test_nobody_pays_at_the_door_after_delivery(shop: Shop) -> None:
    door = {**P1, "payment_status": "pending", "collection": "on_delivery"}
    shop.brings(sold("N-1", payments=[door], **ARRIVED))
    page = shop.customer(service.get_order_page, "N-1")
    assert (page.money_note, page.payment.is_retry_available) == ("", False)


@pytest.mark.parametrize(
    ("retries", "owed"), [([150], 0), ([100, 50], 0), ([100], 50), ([150, 150], 0), ([], 150)]
)
def test_a_failed_refund_is_owed_less_what_tried_it_again(
    shop: Shop, retries: list[int], owed: int
) -> None:
    told = [{"request_number": "R0", "refund_amount": 150, "status": "failed"}]
    told[0]["created_at"] = day(4)
    for place, amount in enumerate(retries, start=1):
        is_last = place == len(retries)
        told.append(
            {
                "request_number": f"R{place}",
                "refund_amount": amount,
                "status": "success" if is_last or retries == [100, 50] else "failed",
                "created_at": day(4 - place),
            }
        )
    shop.brings(sold("N-1", payments=[P1], refunds=told))
    promised = sum(amount for status, amount in shop.refunds("N-1") if status == "pending")
    assert promised == owed


def test_the_shops_failed_try_of_what_waits_here_promises_nothing_twice(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[P1], **ARRIVED))
    give_back(shop, 1)
    failed = {"request_number": "R", "refund_amount": 100, "status": "failed"}
    failed["created_at"] = day(-1)
    shop.brings(sold("N-1", payments=[P1], refunds=[failed], **ARRIVED))
    assert living(shop) == 100


def test_what_waits_for_goods_that_do_not_go_back_is_called_off(shop: Shop) -> None:
    door = {"request_number": "P", "payment_status": "pending", "collection": "on_delivery"}
    shop.brings(sold("N-1", payments=[{**door, "amount": 200}], **ARRIVED))
    number = give_back(shop, 1)
    shop.does(service.settle_payment, "P", succeeded=True)
    assert living(shop) == 100
    shop.customer(returns.cancel_return, number)
    assert (living(shop), shop.payment("N-1")) == (0, ("success", 200, 0, False))


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("what", ["return", "overpaid", "goodwill"])
def test_a_failed_try_of_the_shops_adds_nothing_to_ours(
    shop: Shop, what: str, settled: bool
) -> None:
    payments = [P1, P2] if what == "overpaid" else [P1]
    shop.brings(sold("N-1", payments=payments, **ARRIVED))
    if what == "return":
        give_back(shop, 1)
    elif what == "goodwill":
        shop.does(service.create_refund, "N-1", 30)
    ours = living(shop)
    assert ours == {"return": 100, "overpaid": 200, "goodwill": 30}[what]
    failed = {"request_number": "R", "refund_amount": ours, "status": "failed"}
    shop.brings(sold("N-1", payments=payments, refunds=[failed], **ARRIVED))
    if settled:
        settle_all(shop)
    assert living(shop) == ours


def test_a_failed_refund_of_what_came_twice_is_owed_once(shop: Shop) -> None:
    failed = {"request_number": "R", "refund_amount": 200, "status": "failed"}
    shop.brings(sold("N-1", payments=[P1, P2], refunds=[failed]))
    assert (living(shop), shop.payment("N-1")) == (200, ("success", 200, 0, False))
    settle_all(shop)
    assert living(shop) == 200


@pytest.mark.parametrize(
    "date", [{}, {"refund_date": day(4)[:10]}, {"refund_date": day(3)}], ids=["none", "day", "time"]
)
def test_a_refund_without_a_time_covers_what_came_twice(shop: Shop, date: dict[str, Any]) -> None:
    paid = [
        {"request_number": "P1", "amount": 200, "payment_date": day(6)},
        {"request_number": "P2", "amount": 200, "payment_date": day(4)},
    ]
    told = {"request_number": "R", "refund_amount": 200, "status": "success", **date}
    shop.brings(sold("N-1", payments=paid, refunds=[told]))
    assert living(shop) == 200


def test_refunds_may_stand_newest_first(shop: Shop) -> None:
    told = [
        {"request_number": "R2", "refund_amount": 50, "status": "success"},
        {"request_number": "R1", "refund_amount": 50, "status": "failed"},
    ]
    shop.brings(sold("N-1", payments=[P1], refunds=told))
    assert living(shop) == 50


def test_a_retry_that_went_in_parts_can_be_tried_again(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[P1]))
    number = shop.does(service.create_refund, "N-1", 100)
    shop.does(service.approve_refund, number)
    shop.does(service.settle_refund, number, succeeded=False)
    told = {"request_number": "R", "refund_amount": 60, "status": "success"}
    shop.brings(sold("N-1", payments=[P1], refunds=[told]))
    rest = shop.does(service.retry_refund, number)
    assert rest not in {number, "R"}
    assert living(shop) == 100


def test_a_payment_that_takes_another_ones_place_stands_beside_a_refund(shop: Shop) -> None:
    back = [{"request_number": "R", "refund_amount": 50, "created_at": day(3)}]
    shop.brings(sold("N-1", payments=[P1], refunds=back))
    bounced = {**P1, "payment_status": "failed"}
    shop.brings(sold("N-1", payments=[bounced, P2], refunds=back))
    assert shop.kept == []
    assert (shop.payment("N-1")[1], shop.refunds("N-1")) == (200, [("success", 50)])
    states = {row.request_number: row.payment_status for row in rows(shop.database, Payment)}
    assert states == {"P1": "failed", "P2": "success"}


@pytest.mark.parametrize("together", [True, False])
def test_payments_that_are_less_than_what_went_back_are_no_history(
    shop: Shop, together: bool
) -> None:
    back = [{"request_number": "R", "refund_amount": 150, "created_at": day(3)}]
    shop.brings(sold("N-1", payment_status="success", refunds=back))
    told = {"type": "payment", "order_number": "N-1", "amount": 100}
    [(_, reason)] = shop.brings({**told, "request_number": "P1"})
    assert reason == "payment P1: 150.00 of the order went back or is to"
    assert len(rows(shop.database, Payment)) == 1
    both = [{**told, "request_number": "P1"}, {**told, "request_number": "P2"}]
    faults = shop.brings(*both) if together else shop.brings(both[0])
    assert len(faults) == (not together)
    assert sum(row.amount for row in rows(shop.database, Payment)) == 20000


def test_a_state_does_not_unsay_money_that_went_back(shop: Shop) -> None:
    back = [{"request_number": "R", "refund_amount": 150, "created_at": day(3)}]
    shop.brings(sold("N-1", payment_status="success", refunds=back))
    shop.brings(sold("N-1", payment_status="failed", refunds=back))
    assert shop.kept == ["payment_status: 150.00 of the order went back or is to"]
    assert [row.amount for row in rows(shop.database, Payment)] == [15000]
    shop.brings(sold("N-1", payment_status="success", quantity=1, refunds=back))
    assert [row.amount for row in rows(shop.database, Payment)] == [15000]
    assert shop.payment("N-1")[2:] == (0, False)


@pytest.mark.parametrize("sent", [True, False])
def test_a_bill_and_a_payment_lowered_by_what_went_back(shop: Shop, sent: bool) -> None:
    parcels = {"shipments": [parcel("S-1")]} if sent else {}
    shop.brings(sold("N-1", payments=[P1], **parcels))
    back = [{"request_number": "R", "refund_amount": 100, "created_at": day(1)}]
    less = {**P1, "amount": 100}
    for _ in range(2):
        shop.brings(sold("N-1", payments=[less], refunds=back, quantity=1, **parcels))
        assert (living(shop), shop.payment("N-1")[2:]) == (100, (0, False))
        assert [row.amount for row in rows(shop.database, Payment)] == [20000]


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_a_payment_stays_while_the_shop_sends_it_back(shop: Shop, status: str) -> None:
    back = [{"request_number": "R", "refund_amount": 50, "status": status, "created_at": day(3)}]
    shop.brings(sold("N-1", payments=[P1], refunds=back))
    bounced = {**P1, "payment_status": "failed"}
    shop.brings(sold("N-1", payments=[bounced], refunds=back))
    assert shop.kept == ["payment P1: 50.00 of the order went back or is to"]
    shop.brings(sold("N-1", payments=[P1], refunds=back))
    failed = [{**back[0], "status": "failed"}]
    shop.brings(sold("N-1", payments=[bounced], refunds=failed))
    assert (shop.kept, shop.payment("N-1")[1]) == ([], 0)


def test_a_refund_that_the_shop_told_stays_as_it_told_it(shop: Shop) -> None:
    """It took the place of one that was promised here; its systems have it by then."""
    halves = [{**P1, "amount": 100}, {**P2, "amount": 100}]
    shop.brings(sold("N-1", payments=halves, **ARRIVED))
    give_back(shop, 1)
    told = [{"request_number": "R1", "refund_amount": 100, "status": "approved"}]
    told[0]["created_at"] = day(1)
    bounced = [halves[0], {**halves[1], "payment_status": "failed"}]
    for payments in (halves, bounced, bounced):
        assert shop.brings(sold("N-1", payments=payments, refunds=told, **ARRIVED)) == []
        assert shop.refunds("N-1") == [("approved", 100)]
    assert shop.payment("N-1")[1:3] == (100, 100)  # the unit that stays, of which 100 went back
    told[0]["status"] = "success"
    shop.brings(sold("N-1", payments=bounced, refunds=told, **ARRIVED))
    assert shop.refunds("N-1") == [("success", 100)]
    shop.brings({"type": "payment", "request_number": "P3", "order_number": "N-1", "amount": 100})
    assert (living(shop), shop.payment("N-1")[2]) == (100, 0)
