"""The life of a return: what it holds and what comes back."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from account_portal.addresses.rules import AddressNotFound
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    CreditActivity,
    Order,
    OrderLine,
    OutboxMessage,
    Refund,
    ReturnItem,
    User,
)
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelOrder
from account_portal.orders.service.refunds import (
    RefundNotMovable,
    approve_refund,
    settle_refund,
)
from account_portal.returns import rules, service
from account_portal.returns.schemas import CreateOrderReturn, CreateOrderReturnItem
from account_portal.states import ReturnStatus, ShipmentStatus
from tests.factories.addresses import make_address
from tests.factories.loyalty import make_activity, spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return, move_return, return_body, return_item

Call = Callable[..., Any]


def ask(call: Call, order: Order, *items: dict[str, Any], **values: Any) -> Any:
    actor = values.pop("actor", None)
    data = CreateOrderReturn.model_validate(return_body(*items, **values))
    return call(service.create_return, order.order_number, data, actor=actor)


def returnable(call: Call, order: Order) -> list[int]:
    """Units of each line, as the order shows them and as its return page does."""
    detail = call(orders.get_order, order.order_number).view()
    shown = [item.returnable_quantity for item in detail.order_items]
    page = call(service.list_returnable_items, order.order_number)
    assert [item.returnable_quantity for item in page] == shown
    assert [item.reason is None for item in page] == [units > 0 for units in shown]
    return shown


def refunds_of(database: Database, order: Order) -> list[Refund]:
    with database.session(writes=False) as db:
        statement = select(Refund).where(col(Refund.order_id) == order.id)
        return list(db.exec(statement.order_by(col(Refund.created_at), col(Refund.id))))


def test_a_request_holds_its_units(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])
    assert returnable(call, order) == [3]
    made = ask(call, order, return_item(quantity=2))
    assert made.status == "created"
    assert returnable(call, order) == [1]
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, return_item(quantity=2))
    ask(call, order, return_item())
    assert returnable(call, order) == [0]
    reasons = call(service.list_returnable_items, order.order_number)
    assert reasons[0].reason == "Already in a return request."
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, return_item())


def test_rejected_and_cancelled_requests_let_go(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    make_return(database, owner, order, return_item(quantity=2), status=ReturnStatus.REJECTED)
    assert returnable(call, order) == [2]
    made = ask(call, order, return_item(quantity=2))
    call(service.cancel_return, made.request_number)
    assert returnable(call, order) == [2]


def test_amounts_of_a_request_add_up(call: Call, database: Database, owner: User) -> None:
    lines = [make_line(0, quantity=3, line_total=10000, tax_amount=1525), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    made = ask(call, order, return_item(0), return_item(1, quantity=2))
    assert made.subtotal == Decimal("197.74")
    assert made.total_tax == Decimal("35.59")
    assert made.subtotal + made.total_tax == made.grand_total == Decimal("233.33")
    assert made.shipping_amount == 0


def test_the_same_sku_twice_counts_together(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    twice = [return_item(), return_item(resolution="replacement", return_reason="Broken")]
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, *twice, return_item())
    made = ask(call, order, *twice)
    assert [item.resolution for item in made.return_items] == ["refund", "replacement"]
    assert made.grand_total == 200


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (return_item(sku="SKU-9"), rules.ItemNotInOrder),
        (return_item(product_id="product-1"), rules.ItemNotInOrder),
        (return_item(1), rules.ItemNotDelivered),
        (return_item(quantity=2), rules.QuantityNotReturnable),
        (return_item(quantity=2**63 - 1), rules.QuantityNotReturnable),
    ],
)
def test_only_what_arrived_can_go_back(
    call: Call, database: Database, owner: User, item: dict[str, Any], error: type[Exception]
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        parcels=[{"units": {"SKU-0": 1}}, {"units": {"SKU-0": 1, "SKU-1": 2}, "status": "shipped"}],
    )
    assert returnable(call, order) == [1, 0]
    with pytest.raises(error):
        ask(call, order, item)
    with database.session(writes=False) as db:
        assert db.exec(select(ReturnItem)).all() == []


@pytest.mark.parametrize("status", ["draft", "awaiting_approval", "cancelled"])
def test_orders_that_cannot_have_arrived(
    call: Call, database: Database, owner: User, status: str
) -> None:
    order = make_order(database, owner, status=status)
    with pytest.raises(rules.OrderNotReturnable):
        ask(call, order)


def test_free_units_are_not_refundable(call: Call, database: Database, owner: User) -> None:
    lines = [
        make_line(0, quantity=3, free_quantity=1, line_total=20000),
        make_line(1, quantity=1, free_quantity=1, line_total=0, tax_amount=0),
    ]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    assert returnable(call, order) == [2, 0]
    assert call(service.list_returnable_items, order.order_number)[1].reason == (
        "Free items cannot be returned."
    )
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, return_item(1))
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, return_item(quantity=3))
    assert ask(call, order, return_item(quantity=2)).grand_total == 200


def test_the_window_closes_parcel_by_parcel(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(
        database,
        owner,
        at=clock.now,
        lines=[make_line(quantity=3)],
        parcels=[
            {"units": {"SKU-0": 2}},
            {"units": {"SKU-0": 1}, "delivered_date": clock.now.replace(microsecond=1)},
        ],
    )
    clock.advance(days=30)
    assert returnable(call, order) == [3]
    clock.now = clock.now.replace(microsecond=1)
    assert returnable(call, order) == [1]
    with pytest.raises(rules.QuantityNotReturnable):
        ask(call, order, return_item(quantity=2))
    clock.advance(seconds=1)
    assert returnable(call, order) == [0]
    [item] = call(service.list_returnable_items, order.order_number)
    assert item.reason is not None
    assert item.reason.startswith("Returns closed on ")
    with pytest.raises(rules.ReturnWindowClosed):
        ask(call, order)


def test_a_return_may_still_go_its_way_when_the_window_is_over(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, parcels=[{}], at=clock.now)
    made = ask(call, order)
    clock.advance(days=31)
    move_return(database, made.request_number, ReturnStatus.COMPLETE)
    assert call(orders.get_order, order.order_number).view().status == "complete"
    found = call(service.get_return, order.order_number, made.request_number)
    assert found.status == "complete"
    assert found.received_at == clock.now


def test_pickup_is_the_orders_address_unless_another_is_named(
    call: Call, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=9)], parcels=[{}])
    saved = make_address(database, owner, city="Mysuru")
    others = make_address(database, stranger)
    assert ask(call, order).shipping_address.city == "Bengaluru"
    kept = ask(call, order, shipping_address={"id": saved.id}).shipping_address
    assert (kept.city, kept.id) == ("Mysuru", saved.id)
    assert kept.delivery_instructions == saved.delivery_instructions
    inline = saved.model_dump(mode="json", exclude={"id"}) | {"city": "Pune", "country": "india"}
    spelt = ask(call, order, shipping_address=inline).shipping_address
    assert (spelt.city, spelt.country, spelt.id) == ("Pune", "India", None)
    for foreign in [others.id, "01HZX3T5V9K2M4N6P8Q0R2S4T6"]:
        with pytest.raises(AddressNotFound):
            ask(call, order, shipping_address={"id": foreign})
    with pytest.raises(InvalidInput) as refused:
        ask(call, order, shipping_address=inline | {"pincode": "0123", "phone": "12345"})
    assert set(refused.value.fields) == {"shipping_address.pincode", "shipping_address.phone"}


def test_later_changes_of_the_address_do_not_touch_the_request(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    saved = make_address(database, owner, city="Mysuru")
    made = ask(call, order, shipping_address={"id": saved.id})
    with database.session(writes=True) as db:
        db.delete(db.merge(saved))
        db.commit()
    found = call(service.get_return, order.order_number, made.request_number)
    assert found.shipping_address.city == "Mysuru"


def test_approving_puts_the_money_on_its_way(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    [refund] = made.refund
    assert (refund.status, refund.refund_amount) == ("pending", 100)
    assert (refund.payment_mode, refund.payment_method) == ("original_payment_mode", "UPI")
    assert call(orders.get_order, order.order_number).view().has_refund is True
    for _ in range(2):
        call(approve_refund, refund.request_number, actor=SHOP)
    for _ in range(2):
        call(settle_refund, refund.request_number, succeeded=True, reference="R-1", actor=SHOP)
    [settled] = call(service.get_return, order.order_number, made.request_number).refund
    assert (settled.status, settled.payment_reference_number) == ("success", "R-1")
    assert settled.refund_date is not None
    with pytest.raises(RefundNotMovable):
        call(settle_refund, refund.request_number, succeeded=False, actor=SHOP)
    with pytest.raises(RefundNotMovable):
        call(approve_refund, refund.request_number, actor=SHOP)


def test_a_refund_is_settled_only_after_its_approval(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    [refund] = make_return(database, owner, order, status=ReturnStatus.APPROVED).refund
    with pytest.raises(RefundNotMovable):
        call(settle_refund, refund.request_number, succeeded=True, actor=SHOP)
    call(approve_refund, refund.request_number, actor=SHOP)
    call(settle_refund, refund.request_number, succeeded=False, actor=SHOP)
    # It is owed still: a new refund waits in its place.
    again = call(orders.list_refunds, order.order_number)
    assert [(each.status, each.refund_amount) for each in again] == [
        ("failed", refund.refund_amount),
        ("pending", refund.refund_amount),
    ]
    assert call(orders.get_order, order.order_number).view().has_refund is True
    with pytest.raises(NotFound):
        call(settle_refund, "RFD-unknown", succeeded=True, actor=SHOP)


def test_goods_paid_in_three_ways_go_back_in_three_ways(
    call: Call, database: Database, owner: User
) -> None:
    make_activity(database, owner, reference_number="older", loyalty_point=3333)
    order = make_order(
        database,
        owner,
        lines=[make_line(quantity=3, selling_price=3333)],
        parcels=[{}],
        loyalty_point_redeemed=2500,
        loyalty_amount=2500,
        credit_balance_used=999,
    )
    make_activity(
        database,
        owner,
        activity_type="redeemed",
        loyalty_point=2500,
        reference_number=order.order_number,
        savings=2500,
    )
    for _ in range(3):
        made = make_return(database, owner, order, status=ReturnStatus.COMPLETE)
        by_mode = {(each.payment_mode, each.payment_method): each for each in made.refund}
        assert by_mode["loyalty_point", None].status == "success"
        assert by_mode["original_payment_mode", "Store credit"].status == "success"
        assert by_mode["original_payment_mode", "UPI"].status == "pending"
        assert sum(each.refund_amount for each in made.refund) == made.grand_total
    refunds = refunds_of(database, order)
    money = [each.refund_amount for each in refunds if each.payment_method == "UPI"]
    assert sum(money) == 9999 - 2500 - 999
    with database.session(writes=False) as db:
        assert sum(row.amount for row in db.exec(select(CreditActivity))) == 999
    details = call(loyalty.get_loyalty).loyalty
    assert details.loyalty_point_balance == Decimal("33.33")
    assert details.total_savings == 0


def test_money_that_never_arrived_is_not_refunded(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(
        database,
        owner,
        parcels=[{}],
        payments=[{"amount": 5000}, {"amount": 15000, "payment_status": "failed"}],
    )
    made = make_return(
        database, owner, order, return_item(quantity=2), status=ReturnStatus.APPROVED
    )
    assert made.grand_total == 200
    assert [each.refund_amount for each in made.refund] == [50]


def test_a_failed_refund_leaves_room_for_the_next(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    first = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    call(service.cancel_return, first.request_number)
    cancelled = call(service.get_return_detail, first.request_number)
    assert cancelled.order_return.status == "cancelled"
    assert [each.status for each in cancelled.order_return.refund] == ["failed"]
    second = make_return(
        database, owner, order, return_item(quantity=2), status=ReturnStatus.APPROVED
    )
    assert [each.refund_amount for each in second.refund] == [200]


def test_a_replacement_is_an_order_for_nothing(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    lines = [make_line(0, quantity=3), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{}], loyalty_point_earned=500)
    made = make_return(
        database,
        owner,
        order,
        return_item(0, resolution="replacement"),
        return_item(0, resolution="replacement", return_reason="Scratched"),
        return_item(1),
        status=ReturnStatus.APPROVED,
    )
    assert made.replacement_order_amount == 0
    assert made.replacement_order_date == clock.now
    assert [each.refund_amount for each in made.refund] == [100]
    number = made.replacement_order_number
    detail = call(orders.get_order, number).view()
    assert (detail.status, detail.payment_status, detail.grand_total) == ("confirmed", "success", 0)
    [item] = detail.order_items
    assert (item.sku, item.quantity, item.free_quantity, item.is_free_item) == (
        "SKU-0",
        2,
        2,
        True,
    )
    assert detail.subtotal + detail.total_tax == 0
    assert (
        detail.shipping_address
        == call(orders.get_order, order.order_number).view().shipping_address
    )
    shipment = call(orders.create_shipment, number, actor=SHOP)
    call(orders.move_shipment, shipment, ShipmentStatus.DELIVERED, actor=SHOP)
    delivered = call(orders.get_order, number).view()
    assert delivered.status == "delivered"
    assert delivered.order_items[0].returnable_quantity == 0


def test_cancelling_a_return_calls_off_its_replacement(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    item = return_item(resolution="replacement")
    made = make_return(database, owner, order, item, status=ReturnStatus.APPROVED)
    assert call(service.get_return_detail, made.request_number).is_cancellation_allowed
    call(service.cancel_return, made.request_number)
    replacement = call(orders.get_order, made.replacement_order_number).view()
    assert replacement.status == "cancelled"
    with pytest.raises(rules.ReturnNotCancellable):
        call(service.cancel_return, made.request_number)


def test_a_replacement_that_was_cancelled_is_refunded_instead(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}], loyalty_point_earned=200)
    call(loyalty.earn_for_order, order, actor=SHOP)
    item = return_item(resolution="replacement")
    made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    assert made.refund == []
    cancel = CancelOrder(cancellation_reason="No need", refund_mode="original_payment_mode")
    call(orders.cancel_order, made.replacement_order_number, cancel)
    call(service.complete_return, made.request_number, actor=SHOP)
    found = call(service.get_return, order.order_number, made.request_number)
    assert [each.refund_amount for each in found.refund] == [100]
    assert found.return_items[0].resolution == "refund"
    assert call(loyalty.get_loyalty).loyalty_point_balance == 1


def test_what_is_on_its_way_cannot_be_called_off(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])
    paid = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    call(approve_refund, paid.refund[0].request_number, actor=SHOP)
    assert not call(service.get_return_detail, paid.request_number).is_cancellation_allowed
    replaced = make_return(
        database, owner, order, return_item(resolution="replacement"), status=ReturnStatus.APPROVED
    )
    parcel = call(orders.create_shipment, replaced.replacement_order_number, actor=SHOP)
    call(orders.move_shipment, parcel, ShipmentStatus.PACKED, actor=SHOP)
    sent = make_return(database, owner, order, status=ReturnStatus.SHIPPED)
    for made in [paid, replaced, sent]:
        with pytest.raises(rules.ReturnNotCancellable):
            call(service.cancel_return, made.request_number)


def test_points_earned_go_back_with_the_goods(call: Call, database: Database, owner: User) -> None:
    order = make_order(
        database, owner, lines=[make_line(quantity=3)], parcels=[{}], loyalty_point_earned=1000
    )
    call(loyalty.earn_for_order, order, actor=SHOP)
    balances = []
    for _ in range(3):
        make_return(database, owner, order, status=ReturnStatus.COMPLETE)
        balances.append(call(loyalty.get_loyalty).loyalty_point_balance)
    assert balances == [7, 4, 0]


def test_a_quote_says_what_then_happens(call: Call, database: Database, owner: User) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(quantity=3)],
        parcels=[{}],
        loyalty_point_earned=900,
        loyalty_point_redeemed=10000,
        loyalty_amount=10000,
    )
    spend_points(database, owner, order)
    asked = [return_item(), return_item(resolution="replacement")]
    items = [CreateOrderReturnItem.model_validate(item) for item in asked]
    quote = call(service.quote_return, order.order_number, items)
    assert (quote.goods, quote.replaced_units) == (200, 1)
    made = make_return(database, owner, order, *asked, status=ReturnStatus.APPROVED)
    amounts = {each.payment_mode: each.refund_amount for each in made.refund}
    assert amounts == {"original_payment_mode": quote.money, "loyalty_point": Decimal("33.33")}
    assert (quote.points, quote.points_taken_back, quote.credit) == (34, 3, 0)
    rest = call(service.quote_return, order.order_number, items[:1])
    assert (rest.points, rest.points_taken_back) == (33, 3)


@pytest.mark.parametrize(
    ("reached", "steps"),
    [
        (ReturnStatus.CREATED, {"approve", "reject"}),
        (ReturnStatus.APPROVED, {"ship"}),
        (ReturnStatus.REJECTED, set()),
        (ReturnStatus.SHIPPED, {"receive"}),
        (ReturnStatus.RECEIVED, {"complete"}),
        (ReturnStatus.COMPLETE, set()),
    ],
)
def test_each_state_allows_its_steps_only(
    call: Call, database: Database, owner: User, reached: ReturnStatus, steps: set[str]
) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = make_return(database, owner, order, status=reached)
    for name, step, *more in [
        ("approve", service.approve_return),
        ("reject", service.reject_return, "Worn."),
        ("ship", service.mark_return_shipped),
        ("receive", service.receive_return),
        ("complete", service.complete_return),
    ]:
        if name not in steps:
            with pytest.raises(rules.ReturnNotMovable):
                call(step, made.request_number, *more, actor=SHOP)
    found = call(service.get_return, order.order_number, made.request_number)
    assert found.status == reached


def test_a_rejection_says_why(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = ask(call, order)
    for words in ["", "  ", "x" * 501]:
        with pytest.raises(InvalidInput):
            call(service.reject_return, made.request_number, words, actor=SHOP)
    call(service.reject_return, made.request_number, "Worn.", actor=SHOP)
    found = call(service.get_return, order.order_number, made.request_number)
    assert (found.status, found.rejection_reason) == ("rejected", "Worn.")
    assert found.rejected_at is not None


def test_only_the_shop_decides(call: Call, database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    for step in [
        service.approve_return,
        service.mark_return_shipped,
        service.receive_return,
        service.complete_return,
    ]:
        with pytest.raises(Forbidden):
            call(step, made.request_number)
    with pytest.raises(Forbidden):
        call(service.reject_return, made.request_number, "No.")
    with pytest.raises(Forbidden):
        call(approve_refund, made.refund[0].request_number)
    with pytest.raises(Forbidden):
        call(settle_refund, made.refund[0].request_number, succeeded=True)
    for read, number in [
        (service.cancel_return, made.request_number),
        (service.get_return_detail, made.request_number),
        (service.list_returnable_items, order.order_number),
    ]:
        with pytest.raises(NotFound):
            call(read, number, actor=stranger)


def test_the_customer_hears_of_each_step(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    make_return(database, owner, order, status=ReturnStatus.COMPLETE)
    with database.session(writes=False) as db:
        messages = db.exec(
            select(OutboxMessage).where(col(OutboxMessage.kind) == "return_moved")
        ).all()
    steps = [message.payload["words"]["step"] for message in messages]
    assert sorted(steps) == ["approved", "complete", "created", "received", "shipped"]
    assert {message.recipient for message in messages} == {"owner@example.com"}


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], int, int, int]:
    count = draw(st.integers(1, 3))
    lines = []
    for position in range(count):
        quantity = draw(st.integers(1, 5))
        total = draw(st.integers(0, 100_000))
        lines.append(
            make_line(
                position,
                quantity=quantity,
                line_total=total,
                tax_amount=draw(st.integers(0, total)),
            )
        )
    whole = sum(line["line_total"] for line in lines)
    points = draw(st.integers(0, whole))
    credit = draw(st.integers(0, whole - points))
    shipping = draw(st.integers(0, 5000))
    return lines, points, credit, shipping


@settings(max_examples=10)
@given(history=histories(), chance=st.randoms(use_true_random=False))
def test_all_goods_back_is_all_they_cost_back(
    call: Call,
    database: Database,
    owner: User,
    history: tuple[list[dict[str, Any]], int, int, int],
    chance: Random,
) -> None:
    """However the units are cut into requests, some of which are withdrawn."""
    lines, points, credit, shipping = history
    goods = sum(line["line_total"] for line in lines)
    order = make_order(
        database,
        owner,
        lines=lines,
        parcels=[{}],
        grand_total=goods + shipping,
        loyalty_amount=points,
        loyalty_point_redeemed=points * 3,
        credit_balance_used=credit,
    )
    while any(left := returnable(call, order)):
        items = [
            return_item(position, quantity=chance.randint(1, units))
            for position, units in enumerate(left)
            if units and chance.random() < 0.7
        ]
        if items:
            made = ask(call, order, *items)
            if chance.random() > 0.75:
                call(service.cancel_return, made.request_number)
            else:
                move_return(database, made.request_number, ReturnStatus.COMPLETE)
    refunds = [each for each in refunds_of(database, order) if each.status != "failed"]
    assert sum(each.refund_amount for each in refunds) == goods
    money = sum(each.refund_amount for each in refunds if each.payment_method == "UPI")
    assert money <= goods + shipping - points - credit
    in_points = sum(each.refund_amount for each in refunds if each.payment_mode == "loyalty_point")
    assert in_points <= points
    with database.session(writes=False) as db:
        items_of_order = db.exec(
            select(ReturnItem, OrderLine)
            .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
            .where(col(OrderLine.order_id) == order.id)
        ).all()
    assert all(0 <= item.tax_amount <= item.refund_amount for item, _ in items_of_order)
