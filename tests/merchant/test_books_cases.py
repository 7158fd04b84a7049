"""Histories that were once read wrongly, each with its right value: money, units, states."""

from datetime import timedelta
from typing import Any

import pytest

from account_portal.core.errors import Conflict
from account_portal.core.settings import get_settings
from account_portal.loyalty import service as loyalty
from account_portal.loyalty.schemas import LoyaltyQuery
from account_portal.models import Purchase, User
from account_portal.orders import service
from account_portal.orders.rules import OrderNotCancellable, PaymentRetryNotAvailable
from account_portal.orders.schemas import OrderQuery
from account_portal.orders.service.refunds import RefundTooHigh
from account_portal.returns import service as returns
from account_portal.returns.rules import OrderNotReturnable, QuantityNotReturnable
from account_portal.returns.schemas import CreateOrderReturn, CreateOrderReturnItem
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, TODAY, Shop, day, parcel, sold

PAY = {"payment_gateway_params": {"payment_gateway": "TEST"}}


def test_history_that_is_paid_by_its_state_has_a_payment(shop: Shop) -> None:
    shop.brings(sold("P-001", payment_status="success"), sold("P-002", payment_status="success"))
    assert shop.payment("P-001") == ("success", 200, 0, False)
    assert [int(one.amount) for one in shop.order("P-001").payments] == [200]
    with pytest.raises(PaymentRetryNotAvailable):
        shop.customer(service.pay_again, "P-001")
    assert shop.order("P-002").cancellation_refund_details.refundable_amount == 200
    shop.customer(service.cancel_order, "P-002", CANCEL)
    assert shop.refunds("P-002") == [("pending", 200)]


@pytest.mark.parametrize(
    ("refund", "promised", "after"),
    [
        ({"refund_amount": 150, "status": "success"}, 50, [("success", 150), ("pending", 50)]),
        ({"refund_amount": 200, "status": "success"}, 0, [("success", 200)]),
        ({"refund_amount": 200, "status": "pending"}, 0, [("pending", 200)]),
        # What a bank did not take is owed again at once, and then promised already.
        ({"refund_amount": 50, "status": "failed"}, 150, None),
    ],
)
def test_a_cancel_gives_back_what_did_not_go_back_before(
    shop: Shop, refund: dict[str, Any], promised: int, after: list[tuple[str, int]] | None
) -> None:
    payments = [{"request_number": "PAY-3", "amount": 200}]
    shop.brings(sold("P-003", payments=payments, refunds=[{"request_number": "RF-3", **refund}]))
    assert shop.order("P-003").cancellation_refund_details.refundable_amount == promised
    note = shop.customer(service.get_order_page, "P-003").money_note
    back = {"success": "Your payment was refunded", "pending": "Your payment is being refunded"}
    assert note.startswith(back[refund["status"]]) if not promised else note == ""
    shop.customer(service.cancel_order, "P-003", CANCEL)
    found = shop.refunds("P-003")
    assert sum(amount for status, amount in found if status != "failed") == 200
    assert after is None or found == after


def test_money_on_its_way_back_is_not_asked_for_again(shop: Shop) -> None:
    payment = {"request_number": "PAY-5", "amount": 200, "payment_status": "refund_initiated"}
    shop.brings(sold("P-005", payments=[payment]))
    assert shop.payment("P-005") == ("success", 200, 0, False)
    assert shop.refunds("P-005") == [("approved", 200)]
    shop.customer(service.cancel_order, "P-005", CANCEL)
    assert shop.refunds("P-005") == [("approved", 200)]


def test_rows_count_more_than_the_state_an_order_came_with(shop: Shop) -> None:
    failed = {"request_number": "PAY-8", "amount": 200, "payment_status": "failed"}
    faults = shop.brings(
        sold("P-008", payment_status="success", payments=[failed]),
        sold("P-009", payment_status="partially_paid"),
        sold("P-010", payment_status="failed"),
        sold("P-011", status="delivered", delivered_at=day(3)),
    )
    assert shop.payment("P-008") == ("failed", 0, 200, True)
    assert shop.payment("P-010") == ("failed", 0, 200, True)
    assert shop.payment("P-011") == ("success", 200, 0, False)
    assert faults == [
        (2, "payment_status: partially_paid needs payments that say how much arrived")
    ]


@pytest.mark.parametrize("collection", ["authorized", "on_delivery"])
def test_money_that_is_reserved_or_due_at_the_door_is_not_asked_for(
    shop: Shop, collection: str
) -> None:
    payment = {
        "request_number": "PAY-1",
        "amount": 200,
        "payment_status": "pending",
        "collection": collection,
    }
    shop.brings(sold("P-012", payments=[payment]))
    assert shop.payment("P-012") == ("pending", 0, 200, False)
    note = shop.customer(service.get_order_page, "P-012").money_note
    assert ("reserved" if collection == "authorized" else "delivered") in note
    with pytest.raises(PaymentRetryNotAvailable):
        shop.customer(service.pay_again, "P-012")


def test_an_order_of_nothing_is_paid(shop: Shop) -> None:
    shop.brings(sold("P-013", line={"selling_price": 0}))
    assert shop.payment("P-013") == ("success", 0, 0, False)


def test_units_are_never_more_than_were_ordered(shop: Shop) -> None:
    paid = {"payments": [{"request_number": "FP", "amount": 200}]}
    five = [{"sku": "S1", "quantity": 5}]
    two = [{"sku": "S1", "quantity": 2}]
    faults = shop.brings(
        sold("F-004", **paid, shipments=[parcel("FS-4", items=five)]),
        sold("F-005", **paid, shipments=[parcel("FS-5a", items=two), parcel("FS-5b", items=two)]),
    )
    assert faults == [
        (1, "shipment FS-4: 2 units of S1 are left, not 5."),
        (2, "shipment FS-5b: 0 units of S1 are left, not 2."),
    ]
    one = [{"sku": "S1", "quantity": 1}]
    shop.brings(
        sold("F-006", shipments=[parcel("FS-6a", items=one), parcel("FS-6b")]),
        sold("F-001", quantity=3, line={"free_quantity": 1}, shipments=[parcel("FS-1")]),
        sold("F-003", quantity=1, line={"free_quantity": 1}, shipments=[parcel("FS-3")]),
    )
    assert shop.returnable("F-006") == [2]
    assert shop.returnable("F-001") == [2]
    assert shop.returnable("F-003") == [0]
    item = {"product_id": "P1", "sku": "S1", "quantity": 3, "resolution": "refund"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    with pytest.raises(QuantityNotReturnable):
        shop.customer(returns.create_return, "F-001", data)


@pytest.mark.parametrize(
    "items", [None, [{"sku": "S1", "quantity": 1}, {"sku": "S1", "quantity": 2}]]
)
def test_twins_of_one_sku_are_filled_in_their_order(shop: Shop, items: Any) -> None:
    order = sold("F-008", payments=[{"request_number": "FP-8", "amount": 200}])
    order["lines"] = [
        {"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": 1},
        {"sku": "S1", "product_id": "P1", "selling_price": 50, "quantity": 2},
    ]
    order["shipments"] = [parcel("FS-8") | ({} if items is None else {"items": items})]
    assert shop.brings(order) == []
    assert shop.returnable("F-008") == [1, 2]


def test_a_second_line_of_a_sku_is_not_taken_for_another_sku(shop: Shop) -> None:
    order = sold("F-010")
    order["lines"] = [
        {"sku": sku, "product_id": "P1", "selling_price": 100, "quantity": 1}
        for sku in ("S1", "S1-2", "S1")
    ]
    order["shipments"] = [
        parcel("FS-10", items=[{"sku": "S1", "quantity": 2}]),
        parcel("FS-11", items=[{"sku": "S1-2", "quantity": 1}]),
    ]
    assert shop.brings(order) == []
    assert shop.returnable("F-010") == [1, 1, 1]


def test_free_units_are_where_the_shop_says(shop: Shop) -> None:
    one = [{"sku": "S1", "quantity": 1}]
    free = [{"sku": "S1", "quantity": 1, "free_quantity": 1}]
    two = [{"sku": "S1", "quantity": 2}]
    order = sold("F-011", quantity=4, line={"free_quantity": 1})
    order["shipments"] = [
        parcel("FS-12", items=one),
        parcel("FS-13", items=free),
        parcel("FS-14", "shipped", items=two),
    ]
    many = [{"sku": "S1", "quantity": 2, "free_quantity": 2}]
    wrong = sold(
        "F-012", quantity=4, line={"free_quantity": 1}, shipments=[parcel("X", items=many)]
    )
    assert shop.brings(order, wrong) == [(2, "shipment X: 1 free units of S1 are left, not 2.")]
    assert shop.returnable("F-011") == [1]


@pytest.mark.parametrize("never_came", ["lost", "return_to_origin"])
@pytest.mark.parametrize("items", [None, [{"sku": "S1", "quantity": 2}]])
def test_what_never_came_may_be_sent_again(shop: Shop, never_came: str, items: Any) -> None:
    held = {} if items is None else {"items": items}
    parcels = [parcel("FS-15", never_came, **held), parcel("FS-16", **held)]
    assert shop.brings(sold("F-013", shipments=parcels)) == []
    assert (shop.order("F-013").status, shop.returnable("F-013")) == ("delivered", [2])


def test_a_window_that_closes_closes_everywhere_at_once(shop: Shop, clock: Any) -> None:
    shop.brings(sold("W-001", shipments=[parcel("WS-1")]))
    clock.now = TODAY + timedelta(days=27)
    assert shop.order("W-001").status == "delivered"
    clock.advance(seconds=1)
    user_id = rows(shop.database, User, email="c1@x.example")[0].id
    for statuses in ([], ["complete"]):
        query = OrderQuery.model_validate({"user_id": user_id, "status": statuses})
        [row] = shop.customer(service.list_orders, query).rows.view()
        assert row.status == "complete"
    assert shop.order("W-001").status == "complete"
    assert shop.returnable("W-001") == [0]


@pytest.mark.parametrize("before", ["scheduled", "packed"])
def test_an_order_whose_parcels_were_cancelled_waits_again(shop: Shop, before: str) -> None:
    shop.brings(sold("W-002", shipments=[parcel("WS-2", before)]))
    if before == "packed":
        with pytest.raises(OrderNotCancellable):
            shop.customer(service.cancel_order, "W-002", CANCEL)
    shop.does(service.move_shipment, "WS-2", ShipmentStatus.CANCELLED)
    found = shop.order("W-002")
    assert (found.status, found.is_cancellation_allowed) == ("confirmed", True)


def test_other_settings_show_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.brings(
        sold("W-003", shipments=[parcel("WS-3", "scheduled")]),
        sold("W-004", shipments=[parcel("WS-4", delivered_date=day(10))]),
    )

    def restart(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        shop.does(lambda ctx: service.apply_settings(ctx.db, ctx.now))

    restart()
    assert shop.order("W-003").is_cancellation_allowed
    assert (shop.order("W-004").status, shop.returnable("W-004")) == ("delivered", [2])
    restart(PORTAL_CANCEL_SCHEDULED="false", PORTAL_RETURN_WINDOW_DAYS="5")
    assert not shop.order("W-003").is_cancellation_allowed
    with pytest.raises(OrderNotCancellable):
        shop.customer(service.cancel_order, "W-003", CANCEL)
    assert (shop.order("W-004").status, shop.returnable("W-004")) == ("complete", [0])
    restart(PORTAL_CANCEL_SCHEDULED="true", PORTAL_RETURN_WINDOW_DAYS="30")
    assert shop.order("W-003").is_cancellation_allowed
    assert (shop.order("W-004").status, shop.returnable("W-004")) == ("delivered", [2])


def test_a_replacement_that_was_never_sent_is_refunded(shop: Shop) -> None:
    shop.brings(
        sold(
            "Z-001",
            payments=[{"request_number": "ZP-1", "amount": 200}],
            shipments=[parcel("ZS-1")],
        )
    )
    item = {"product_id": "P1", "sku": "S1", "quantity": 2, "resolution": "replacement"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    number = shop.customer(returns.create_return, "Z-001", data).request_number
    for step in (
        returns.approve_return,
        returns.mark_return_shipped,
        returns.receive_return,
        returns.complete_return,
    ):
        shop.does(step, number)
    replacement = shop.customer(returns.get_return, "Z-001", number).replacement_order_number
    assert shop.refunds("Z-001") == []
    shop.customer(service.cancel_order, replacement, CANCEL)
    assert shop.refunds("Z-001") == [("pending", 200)]


def test_a_refund_that_failed_is_owed_again(shop: Shop) -> None:
    shop.brings(sold("Z-002", payments=[{"request_number": "ZP-2", "amount": 200}]))
    shop.customer(service.cancel_order, "Z-002", CANCEL)
    for attempt in (1, 2):
        pending = shop.customer(service.list_refunds, "Z-002")[-1].request_number
        shop.does(service.approve_refund, pending)
        shop.does(service.settle_refund, pending, succeeded=False)
        assert shop.refunds("Z-002") == [("failed", 200)] * attempt + [("pending", 200)]


def test_a_lost_parcel_is_sent_again_or_refunded_once(shop: Shop) -> None:
    paid = [{"request_number": "ZP-3", "amount": 200}]
    again = [{"request_number": "ZP-4", "amount": 200}]
    shop.brings(
        sold("Z-003", payments=paid, shipments=[parcel("ZS-3", "shipped")]),
        sold("Z-004", payments=again, shipments=[parcel("ZS-4", "shipped")]),
    )
    for reference in ("ZS-3", "ZS-4"):
        with pytest.raises(Conflict):  # it is on its way
            shop.does(service.resend_shipment, reference)
        shop.does(service.move_shipment, reference, ShipmentStatus.LOST)
    shop.does(service.refund_shipment, "ZS-3")
    assert shop.refunds("Z-003") == [("pending", 200)]
    for deed in (service.refund_shipment, service.resend_shipment):
        with pytest.raises(Conflict):
            shop.does(deed, "ZS-3")
    new = shop.does(service.resend_shipment, "ZS-4")
    shop.does(service.move_shipment, new, ShipmentStatus.DELIVERED)
    assert (shop.order("Z-004").status, shop.returnable("Z-004")) == ("delivered", [2])


@pytest.mark.parametrize(
    "values",
    [
        {"delivered_at": day(3), "shipments": [{"reference_number": "A", "status": "delivered"}]},
        {
            "shipments": [
                {
                    "reference_number": "A",
                    "status": "delivered",
                    "events": [{"status": "delivered", "happened_at": day(2)}],
                }
            ]
        },
        {"status": "delivered", "delivered_at": day(3)},
    ],
)
def test_goods_that_arrived_can_go_back_whatever_the_export_left_out(
    shop: Shop, values: dict[str, Any]
) -> None:
    shop.brings(sold("Z-005", payments=[{"request_number": "ZP", "amount": 200}], **values))
    assert shop.returnable("Z-005") == [2]
    item = {"product_id": "P1", "sku": "S1", "quantity": 1, "resolution": "refund"}
    asked = [CreateOrderReturnItem.model_validate({**item, "return_reason": "Worn"})]
    assert shop.customer(returns.quote_return, "Z-005", asked).money == 100


def test_states_follow_from_parcels(shop: Shop) -> None:
    shop.brings(
        sold("Z-007", status="complete", shipments=[parcel("ZS-7", "shipped")]),
        sold("Z-009", status="confirmed", cancelled_at=day(7)),
    )
    assert shop.order("Z-007").status == "shipped"
    found = shop.order("Z-009")
    assert (found.status, found.cancelled_at) == ("confirmed", None)
    shop.brings(sold("Z-010", status="cancelled"))
    with pytest.raises(OrderNotReturnable):
        shop.customer(returns.quote_return, "Z-010", [])


def test_a_cancel_gives_back_the_points_the_ledger_took(shop: Shop) -> None:
    points = {"loyalty_point_redeemed": 100, "loyalty_amount": 100}
    paid = [{"request_number": "VP-5", "amount": 100}]
    shop.brings(sold("V-005", payments=paid, **points))
    assert shop.order("V-005").cancellation_refund_details.loyalty_point == 0
    shop.customer(service.cancel_order, "V-005", CANCEL)
    assert shop.customer(loyalty.list_activities, LoyaltyQuery()).rows == []


def test_what_was_paid_too_much_goes_back(shop: Shop) -> None:
    shop.brings(
        sold("X-001", payments=[{"request_number": "XP-1", "amount": 250}]),
        sold("X-002", payments=[{"request_number": "XP-2", "amount": 250}]),
    )
    assert shop.refunds("X-001") == [("pending", 50)]
    shop.customer(service.cancel_order, "X-002", CANCEL)
    assert sum(amount for _, amount in shop.refunds("X-002")) == 250


def test_more_back_than_was_paid_is_refused(shop: Shop) -> None:
    refund = {"request_number": "R", "refund_amount": 250}
    payments = [{"request_number": "P", "amount": 200}]
    faults = shop.brings(sold("X-003", payments=payments, refunds=[refund]))
    assert faults == [(1, "refunds: more goes back than was paid")]


def moved(number: str, points: int) -> list[dict[str, Any]]:
    """The ledger's side of points that were spent on an order: earned before, and spent."""
    movement = {"type": "loyalty_activity", "customer_email": "c1@x.example"}
    return [
        {
            **movement,
            "external_id": f"{number}-{kind}",
            "activity_type": kind,
            "activity": "bonus" if kind == "earned" else "order",
            "loyalty_point": points,
            "reference_number": number if kind == "redeemed" else None,
            "created_at": day(9),
        }
        for kind in ("earned", "redeemed")
    ]


def test_a_quote_of_points_is_what_comes_back(shop: Shop) -> None:
    shop.brings(
        {"type": "customer", "email": "c1@x.example", "external_id": "C69"},
        sold(
            "QQ-001",
            quantity=7,
            line={"selling_price": 10},
            loyalty_point_redeemed=10,
            loyalty_amount=10,
            payments=[{"request_number": "QQP-1", "amount": 60}],
            shipments=[parcel("QQS-1")],
        ),
        *moved("QQ-001", 10),
    )
    item = {"product_id": "P1", "sku": "S1", "quantity": 1, "resolution": "refund"}
    body = {"return_items": [{**item, "return_reason": "Worn"}]}
    data = CreateOrderReturn.model_validate(body)
    balance = 0
    for _ in range(7):
        quote = shop.customer(returns.quote_return, "QQ-001", data.return_items)
        number = shop.customer(returns.create_return, "QQ-001", data).request_number
        for step in (
            returns.approve_return,
            returns.mark_return_shipped,
            returns.receive_return,
            returns.complete_return,
        ):
            shop.does(step, number)
        found = shop.customer(loyalty.get_loyalty).loyalty_point_balance
        assert found - balance == quote.points
        balance = found
    assert balance == 10


@pytest.mark.parametrize(("ledger", "back"), [(0, 0), (40, 40), (100, 100)])
def test_a_return_gives_back_the_points_the_ledger_took(shop: Shop, ledger: int, back: int) -> None:
    points = {"loyalty_point_redeemed": 100, "loyalty_amount": 100}
    paid = [{"request_number": "P", "amount": 100}]
    order = sold("V-006", payments=paid, shipments=[parcel("VS")], **points)
    shop.brings(order, *(moved("V-006", ledger) if ledger else []))
    item = {"product_id": "P1", "sku": "S1", "quantity": 2, "resolution": "refund"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    quote = shop.customer(returns.quote_return, "V-006", data.return_items)
    number = shop.customer(returns.create_return, "V-006", data).request_number
    for step in (
        returns.approve_return,
        returns.mark_return_shipped,
        returns.receive_return,
        returns.complete_return,
    ):
        shop.does(step, number)
    assert shop.customer(loyalty.get_loyalty).loyalty_point_balance == back == quote.points


def test_a_refund_of_points_that_the_shop_tells_counts(shop: Shop) -> None:
    points = {"loyalty_point_redeemed": 50, "loyalty_amount": 50}
    back = {"request_number": "R", "refund_amount": 50, "payment_mode": "loyalty_point"}
    paid = [{"request_number": "P", "amount": 150}]
    shop.brings(sold("Y-005", payments=paid, refunds=[{**back, "status": "pending"}], **points))
    shop.does(service.approve_refund, "R")
    for _ in range(2):
        shop.does(service.settle_refund, "R", succeeded=True)
        assert shop.customer(loyalty.get_loyalty).loyalty_point_balance == 50


def test_a_lost_parcel_is_refunded_each_way_it_was_paid(shop: Shop) -> None:
    points = {"loyalty_point_redeemed": 50, "loyalty_amount": 50, "credit_balance_used": 30}
    paid = [{"request_number": "P", "amount": 120}]
    shop.brings(
        sold("L-001", payments=paid, shipments=[parcel("LS", "lost")], **points),
        *moved("L-001", 50),
    )
    numbers = shop.does(service.refund_shipment, "LS")
    assert sorted(amount for _, amount in shop.refunds("L-001")) == [30, 50, 120]
    for number in numbers:
        shop.does(service.approve_refund, number)
        shop.does(service.settle_refund, number, succeeded=True)
    assert shop.customer(loyalty.get_loyalty).loyalty_point_balance == 50


def test_what_is_lost_is_not_said_to_be_on_its_way(shop: Shop) -> None:
    shop.brings(
        sold("L-003", shipments=[parcel("LS-3", "lost")]),
        sold("L-004", shipments=[parcel("LS-4", "shipped")]),
        sold("L-005", status="shipped"),
    )
    coming = {card.order_number for card in shop.customer(service.list_on_the_way)}
    assert coming == {"L-004", "L-005"}


def test_a_lost_replacement_is_refunded_once(shop: Shop) -> None:
    paid = [{"request_number": "P", "amount": 200}]
    shop.brings(sold("L-002", payments=paid, shipments=[parcel("LS")]))
    item = {"product_id": "P1", "sku": "S1", "quantity": 2, "resolution": "replacement"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    number = shop.customer(returns.create_return, "L-002", data).request_number
    shop.does(returns.approve_return, number)
    made = shop.customer(returns.get_return, "L-002", number).replacement_order_number
    sent = shop.does(service.create_shipment, made)
    shop.does(service.move_shipment, sent, ShipmentStatus.SHIPPED)
    shop.does(service.move_shipment, sent, ShipmentStatus.LOST)
    shop.does(service.refund_shipment, sent)
    assert shop.refunds("L-002") == [("pending", 200)]
    for deed in (service.refund_shipment, service.resend_shipment):
        with pytest.raises((Conflict, RefundTooHigh)):
            shop.does(deed, sent)


def test_points_earned_here_are_not_earned_again_by_the_shops_word(shop: Shop) -> None:
    paid = [{"request_number": "P", "amount": 200}]
    shop.brings(
        sold("Y-006", payments=paid, shipments=[parcel("YS", "shipped")], loyalty_point_earned=20)
    )
    shop.does(service.move_shipment, "YS", ShipmentStatus.DELIVERED)
    told = {
        "type": "loyalty_activity",
        "customer_email": "c1@x.example",
        "external_id": "L",
        "activity_type": "earned",
        "activity": "order",
        "reference_number": "Y-006",
        "loyalty_point": 20,
        "created_at": day(0),
    }
    for _ in range(2):
        shop.brings(told)
        assert shop.customer(loyalty.get_loyalty).loyalty_point_balance == 20


def test_a_window_that_grows_opens_orders_without_parcels_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Imported before the first server starts: its settings are those the orders were read with.
    shop.brings(sold("W-005", status="delivered", delivered_at=day(10)))
    for days, status, units in (("5", "complete", 0), ("30", "delivered", 2)):
        monkeypatch.setenv("PORTAL_RETURN_WINDOW_DAYS", days)
        get_settings.cache_clear()
        shop.does(lambda ctx: service.apply_settings(ctx.db, ctx.now))
        assert (shop.order("W-005").status, shop.returnable("W-005")) == (status, [units])


def test_a_product_that_was_not_brought_is_not_reviewed(shop: Shop) -> None:
    shop.brings(sold("W-006", status="delivered"))
    assert {row.product_id for row in rows(shop.database, Purchase)} == {"P1"}
    shop.brings(sold("W-006", status="delivered", line={"sku": "S9", "product_id": "P9"}))
    assert {row.product_id for row in rows(shop.database, Purchase)} == {"P9"}
