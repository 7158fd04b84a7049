"""An order that is withdrawn from as a whole gives back its delivery, too (2011/83/EU, Art. 13)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Order, OrderReturn, Refund, ReturnItem, User, Withdrawal
from account_portal.orders import rules
from account_portal.orders import service as orders
from account_portal.orders.facts import facts_of, money_of
from account_portal.orders.schemas import CancelOrder, Policy
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn, InspectReturn
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import MatchWithdrawal, StateWithdrawal
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

Call = Callable[..., Any]
DELIVERY = {"shipping_amount": 500, "shipping_tax_amount": 90, "grand_total": 3590}
"""Of an order of two units of 10.00 and one unit of 10.00."""


def make(database: Database, owner: User, **values: Any) -> Order:
    plain = {"selling_price": 1000, "tax_amount": 0}
    return make_order(
        database,
        owner,
        **{
            "lines": [
                make_line(0, sku="A", quantity=2, line_total=2000, **plain),
                make_line(1, sku="B", quantity=1, line_total=1000, **plain),
            ],
            "place": {"country": "Germany"},
            "status": "delivered",
            "parcels": [{}],
            **DELIVERY,
            **values,
        },
    )


def units(**counts: int) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": count} for sku, count in counts.items()]


@pytest.fixture
def withdraw(acting: Any, owner: User, clock: Any) -> Callable[..., Any]:
    """States a withdrawal as the order's customer; without units, of all."""

    def state(order: Order, **counts: int) -> Any:
        clock.advance(seconds=1)
        said = {"withdraw_items": units(**counts)} if counts else {}
        asked = {"name": "Asha Rao", "order": order.order_number, "contact": "a@example.com"}
        with acting(owner) as ctx:
            data = StateWithdrawal.model_validate(asked | said)
            return service.state_withdrawal(ctx, data)

    return state


def living(database: Database) -> list[OrderReturn]:
    found = [one for one in rows(database, OrderReturn) if one.status not in rules.ENDED]
    return sorted(found, key=lambda one: one.created_at)


def given(database: Database) -> list[int]:
    """What of the delivery each living return gives back."""
    return [one.shipping_amount for one in living(database)]


def promised(database: Database) -> int:
    return sum(one.refund_amount for one in rows(database, Refund) if one.status != "failed")


def books_hold(database: Database, order: Order) -> bool:
    with database.session(writes=False) as db:
        row = db.get_one(Order, order.id)
        money = facts_of(db, row).money()
        assert money == money_of(db, row)
        account = rules.account_of(money)
        return account.kept >= 0 and account.owed_back == 0


def approve(call: Call, database: Database) -> None:
    for one in living(database):
        if one.status == "created":
            call(returns.approve_return, one.request_number, actor=SHOP)


def receive(call: Call, number: str, **found: Any) -> None:
    for step in (returns.mark_return_shipped, returns.receive_return):
        call(step, number, actor=SHOP)
    data = InspectReturn.model_validate({"return_items": [found]} if found else {})
    call(returns.inspect_return, number, data, actor=SHOP)


def complete(call: Call, database: Database) -> None:
    """Take the one return that there is to its end."""
    approve(call, database)
    [request] = living(database)
    receive(call, request.request_number)
    call(returns.complete_return, request.request_number, actor=SHOP)


def test_all_of_an_order_that_arrived(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    withdraw(order)
    [request] = living(database)
    number = request.request_number
    shown = call(returns.get_return, order.order_number, number)
    assert (shown.shipping_amount, shown.grand_total) == (Decimal("5.9"), Decimal("35.9"))
    assert shown.subtotal + shown.total_tax + shown.shipping_amount == shown.grand_total
    approve(call, database)
    [refund] = rows(database, Refund)
    assert (refund.refund_amount, refund.refund_remarks) == (
        3590,
        f"Return {number}, with delivery",
    )
    receive(call, number)
    call(returns.complete_return, number, actor=SHOP)
    call(orders.approve_refund, refund.request_number, actor=SHOP)
    call(orders.settle_refund, refund.request_number, succeeded=True, actor=SHOP)
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_a_part_of_it_gives_back_goods_only_and_its_last_part_the_delivery(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    withdraw(order, A=2)
    assert given(database) == [0]
    withdraw(order, B=1)
    assert given(database) == [0, 590]
    approve(call, database)
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_what_the_law_exempts_stays_and_with_it_the_delivery(
    database: Database, acting: Any, owner: User, withdraw: Any, clock: Any
) -> None:
    food = {"name": "Food", "applies_to": {"skus": ["B"]}, "returns": {"never": "perishable"}}
    with acting(SHOP) as ctx:
        orders.set_policy(ctx, Policy.model_validate({"rules": [food]}), source="api")
    withdraw(make(database, owner, at=clock.now))
    assert given(database) == [0]


def test_units_that_are_not_sent_are_cancelled_and_the_rest_goes_back(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner, status="partially_delivered", parcels=[{"units": {"A": 2}}])
    withdraw(order)
    assert given(database) == [590]
    approve(call, database)
    assert promised(database) == 3590
    assert books_hold(database, order)


@pytest.mark.parametrize("step", ["created", "approved", "complete"])
def test_the_last_units_are_cancelled_after_the_others_went_back(
    database: Database, call: Call, owner: User, withdraw: Any, step: str
) -> None:
    """Then the return of the others gives the delivery back, however far it is."""
    order = make(database, owner, status="partially_delivered", parcels=[{"units": {"A": 2}}])
    withdraw(order, A=2)
    if step == "complete":
        complete(call, database)
    elif step != "created":
        approve(call, database)
    withdraw(order, B=1)
    approve(call, database)
    assert given(database) == [590]
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_units_that_were_cancelled_before_count(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner, status="partially_delivered", parcels=[{"units": {"A": 2}}])
    data = {
        "cancel_items": units(B=1),
        "refund_mode": "original_payment_mode",
        "cancellation_reason": "x",
    }
    call(orders.cancel_order, order.order_number, CancelOrder.model_validate(data))
    assert promised(database) == 1000
    withdraw(order)
    approve(call, database)
    assert promised(database) == 3590


def test_none_of_the_earlier_was_asked_for_by_a_withdrawal(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    """People refund it then, and are told so."""
    order = make(database, owner, status="partially_delivered", parcels=[{"units": {"A": 2}}])
    item = {
        "sku": "A",
        "product_id": "product-0",
        "quantity": 2,
        "resolution": "refund",
        "return_reason": "Too small",
    }
    data = CreateOrderReturn.model_validate({"return_items": [item]})
    call(returns.create_return, order.order_number, data)
    withdraw(order, B=1)
    [said] = rows(database, Withdrawal)
    assert said.outcome == "cancelled 1 x B; its delivery is to be refunded by hand"


def test_what_was_refunded_before_is_not_given_twice(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    call(orders.create_refund, order.order_number, Decimal("5.9"), actor=SHOP)
    withdraw(order)
    approve(call, database)
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_it_goes_back_in_points_and_money_as_it_was_paid(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner, loyalty_point_redeemed=1795, loyalty_amount=1795)
    spend_points(database, owner, order)
    withdraw(order)
    approve(call, database)
    assert {one.payment_mode: one.refund_amount for one in rows(database, Refund)} == {
        "original_payment_mode": 1795,
        "loyalty_point": 1795,
    }
    assert books_hold(database, order)


def test_cancelled_by_its_customer_it_can_be_stated_again(
    database: Database, call: Call, owner: User, withdraw: Any, clock: Any
) -> None:
    order = make(database, owner)
    withdraw(order, A=2)
    withdraw(order, B=1)
    first, last = living(database)
    approve(call, database)
    assert promised(database) == 3590
    call(returns.cancel_return, first.request_number)
    assert given(database) == [0]
    assert promised(database) == 1000
    [refund] = [one for one in rows(database, Refund) if one.status != "failed"]
    assert refund.refund_remarks == f"Return {last.request_number}"
    assert books_hold(database, order)
    withdraw(order, A=1)
    assert given(database) == [0, 0]
    clock.advance(days=1)  # until then it is the statement that was received before
    withdraw(order, A=1)
    approve(call, database)
    assert given(database) == [0, 0, 590]
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_declined_by_the_shop_it_gives_nothing(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    withdraw(order, A=2)
    withdraw(order, B=1)
    first, _ = living(database)
    call(returns.reject_return, first.request_number, "Not ours", actor=SHOP)
    assert given(database) == [0]


@pytest.mark.parametrize(
    ("found", "delivery"),
    [
        pytest.param({"accepted": 2}, 590, id="all is accepted"),
        pytest.param({"accepted": 1}, 0, id="one stayed with its customer"),
        pytest.param({"accepted": 1, "refused": 1, "goods": "sent_back"}, 0, id="one is sent back"),
        pytest.param(
            {"accepted": 1, "refused": 1, "goods": "kept"}, 590, id="one was worn, and is kept"
        ),
    ],
)
def test_it_is_due_as_long_as_nothing_stays_with_the_customer(
    database: Database,
    call: Call,
    owner: User,
    withdraw: Any,
    found: dict[str, Any],
    delivery: int,
) -> None:
    order = make(database, owner)
    withdraw(order)
    approve(call, database)
    [request] = living(database)
    number = request.request_number
    receive(call, number, sku="A", reason_code="worn", **found)
    goods = 1000 + 1000 * found["accepted"]
    assert given(database) == [delivery]
    assert promised(database) == goods + delivery
    assert books_hold(database, order)
    call(returns.correct_inspection, number, InspectReturn(), actor=SHOP)  # all of it, after all
    assert given(database) == [590]
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_staff_carry_out_the_same(database: Database, acting: Any, call: Call, owner: User) -> None:
    order = make(database, owner)
    asked = {"name": "Asha Rao", "order": "of last week", "contact": "a@example.com"}
    with acting(None) as ctx:
        stated = service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))
    wanted = MatchWithdrawal(order_number=order.order_number)
    call(service.carry_out_for_shop, stated.reference, wanted, actor=SHOP)
    assert given(database) == [590]


def test_of_a_line_some_of_which_arrived_the_rest_is_cancelled(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(
        database, owner, status="partially_delivered", parcels=[{"units": {"A": 1, "B": 1}}]
    )
    withdraw(order)
    approve(call, database)
    [said] = rows(database, Withdrawal)
    assert said.outcome.startswith("cancelled 1 x A; RET-")
    assert given(database) == [590]
    assert promised(database) == 3590
    assert books_hold(database, order)


@pytest.mark.parametrize("parcels", [[{}], []])
def test_free_units_come_and_go_with_those_that_were_paid(
    database: Database, call: Call, owner: User, withdraw: Any, parcels: list[Any]
) -> None:
    plain = {"selling_price": 1000, "tax_amount": 0}
    order = make(
        database,
        owner,
        lines=[
            make_line(0, sku="A", quantity=3, free_quantity=1, line_total=2000, **plain),
            make_line(1, sku="B", quantity=1, line_total=1000, **plain),
            make_line(2, sku="GIFT", quantity=1, free_quantity=1, line_total=0, **plain),
        ],
        status="delivered" if parcels else "confirmed",
        parcels=parcels,
    )
    withdraw(order)
    approve(call, database)
    [said] = rows(database, Withdrawal)
    assert said.status == "settled"
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_units_that_were_paid_and_are_on_their_way_are_not_taken_for_free_ones(
    database: Database, owner: User, withdraw: Any
) -> None:
    plain = {"selling_price": 1000, "tax_amount": 0}
    order = make(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=3, free_quantity=1, line_total=3000, **plain)],
        status="partially_delivered",
        parcels=[{"units": {"A": 1}}, {"status": "shipped"}],
    )
    withdraw(order)
    withdraw(order, A=2)
    withdraw(order, A=4)
    assert {one.status for one in rows(database, Withdrawal)} == {"open"}
    assert living(database) == []


def test_what_went_back_before_is_no_part_of_the_whole(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    withdraw(order, B=1)
    complete(call, database)
    withdraw(order)
    approve(call, database)
    assert given(database) == [0, 590]
    assert promised(database) == 3590
    assert books_hold(database, order)


@pytest.mark.parametrize("is_complete", [False, True], ids=["asked for", "complete"])
def test_of_a_line_some_of_which_goes_back_the_rest_is_withdrawn_from(
    database: Database, call: Call, owner: User, withdraw: Any, is_complete: bool
) -> None:
    order = make(database, owner)
    withdraw(order, A=1)
    if is_complete:
        complete(call, database)
    withdraw(order)
    assert {one.status for one in rows(database, Withdrawal)} == {"settled"}
    assert sorted(one.quantity for one in rows(database, ReturnItem)) == [1, 1, 1]
    approve(call, database)
    assert given(database) == [0, 590]
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_units_that_were_lost_and_refunded_are_no_part_of_the_whole(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    parcels = [
        {"units": {"A": 1, "B": 1}},
        {"units": {"A": 1}, "status": "return_to_origin", "reference_number": "LOST-1"},
    ]
    order = make(database, owner, parcels=parcels)
    call(orders.refund_shipment, "LOST-1", actor=SHOP)
    withdraw(order)
    assert {one.status for one in rows(database, Withdrawal)} == {"settled"}
    approve(call, database)
    assert promised(database) == 3590
    assert books_hold(database, order)


def test_units_that_are_exchanged_wait_for_people(
    database: Database, call: Call, owner: User, withdraw: Any
) -> None:
    order = make(database, owner)
    item = {
        "sku": "A",
        "product_id": "product-0",
        "quantity": 1,
        "resolution": "replacement",
        "return_reason": "x",
    }
    exchange = CreateOrderReturn.model_validate({"return_items": [item]})
    call(returns.create_return, order.order_number, exchange)
    withdraw(order)
    assert {one.status for one in rows(database, Withdrawal)} == {"open"}


def test_a_line_that_is_named_twice_counts_together(
    database: Database, acting: Any, owner: User
) -> None:
    order = make(database, owner)
    asked = {"name": "Asha Rao", "order": order.order_number, "contact": "a@example.com"}
    with acting(owner) as ctx:
        said = {"withdraw_items": [*units(A=1), *units(A=1)]}
        service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked | said))
    assert [row.quantity for row in rows(database, ReturnItem)] == [2]


@pytest.mark.parametrize("parcels", [[{}], []])
@pytest.mark.parametrize("named", [True, False])
def test_an_order_of_more_lines_than_a_call_may_name(
    database: Database, call: Call, owner: User, withdraw: Any, parcels: list[Any], named: bool
) -> None:
    plain = {"selling_price": 1000, "tax_amount": 0, "quantity": 1, "line_total": 1000}
    skus = [f"S{place}" for place in range(120)]
    order = make(
        database,
        owner,
        lines=[make_line(place, sku=sku, **plain) for place, sku in enumerate(skus)],
        grand_total=120590,
        status="delivered" if parcels else "confirmed",
        parcels=parcels,
    )
    withdraw(order, **(dict.fromkeys(skus, 1) if named else {}))
    approve(call, database)
    assert rows(database, Withdrawal)[0].status == "settled"
    assert promised(database) == 120590
