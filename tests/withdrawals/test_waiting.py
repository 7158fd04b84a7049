"""A withdrawal that waits is carried out as soon as it can be, and by one alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.merchant import housekeeping
from account_portal.models import Order, OrderReturn, ReturnItem, User, Withdrawal
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.states import ShipmentStatus
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal, StateWithdrawal
from tests.factories.events import log_of, mark
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

GERMANY = {"country": "Germany"}


@pytest.fixture
def order(database: Database, owner: User, clock: Any) -> Order:
    return on_its_way(database, owner, clock)


def on_its_way(database: Database, owner: User, clock: Any, **values: Any) -> Order:
    return make_order(
        database,
        owner,
        **{
            "lines": [make_line(0, sku="A", quantity=2), make_line(1, sku="B")],
            "status": "shipped",
            "parcels": [{"status": "shipped", "reference_number": "P-1"}],
            "place": GERMANY,
            "at": clock.now,
            **values,
        },
    )


@pytest.fixture
def state(acting: Any, owner: User) -> Callable[..., str]:
    def said(stated: Order, who: User | None = owner, **more: Any) -> str:
        asked = {"name": "Asha Rao", "order": stated.order_number, "contact": "a@example.com"}
        with acting(who) as ctx:
            data = StateWithdrawal.model_validate(asked | more)
            return str(service.state_withdrawal(ctx, data).reference)

    return said


def arrives(call: Any) -> None:
    call(orders.move_shipment, "P-1", ShipmentStatus.DELIVERED, actor=SHOP)


def open_ones(database: Database) -> int:
    return sum(row.status == "open" for row in rows(database, Withdrawal))


def test_once_the_parcel_arrived(
    database: Database, call: Any, order: Order, state: Any, clock: Any
) -> None:
    state(order, withdraw_items=[{"sku": "A", "quantity": 1}])
    assert housekeeping.carry_out_withdrawals() == 0
    clock.advance(days=20)  # it was stated in time, however long the parcel takes
    arrives(call)
    clock.advance(days=20)
    before = mark(database)
    assert housekeeping.carry_out_withdrawals() == 1
    assert [row.quantity for row in rows(database, ReturnItem)] == [1]
    [row] = rows(database, Withdrawal)
    assert (row.status, row.is_carried_out, row.settled_by) == ("settled", True, None)
    [asked] = [one for one in log_of(database, before) if one.type == "return.requested"]
    assert asked.source == "system"
    assert housekeeping.carry_out_withdrawals() == 0


@pytest.mark.parametrize(
    "kind", ["words", "exempt", "elsewhere", "a stranger", "of no order", "settled"]
)
def test_what_people_have_to_look_at_still_waits(
    database: Database,
    acting: Any,
    call: Any,
    owner: User,
    stranger: User,
    state: Any,
    clock: Any,
    kind: str,
) -> None:
    if kind == "exempt":
        rule = {"name": "A", "applies_to": {"skus": ["A"]}, "returns": {"never": "hygiene"}}
        call(orders.set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
        clock.advance(minutes=1)
    place = {"country": "India"} if kind == "elsewhere" else GERMANY
    order = on_its_way(database, owner, clock, place=place)
    said = {
        "words": {"goods": "the blue one"},
        "exempt": {"withdraw_items": [{"sku": "A", "quantity": 1}]},
        "of no order": {"order": "my order of November"},
    }.get(kind, {})
    reference = state(order, stranger if kind == "a stranger" else owner, **said)
    if kind == "settled":
        told = {"outcome": "Told on the phone"}
        with acting(SHOP) as ctx:
            service.settle_for_shop(ctx, reference, SettleWithdrawal.model_validate(told))
    arrives(call)
    assert housekeeping.carry_out_withdrawals() == 0
    assert rows(database, OrderReturn) == []
    assert open_ones(database) == (kind != "settled")


def test_staff_and_time_together_carry_it_out_once(
    database: Database, call: Any, order: Order, state: Any
) -> None:
    reference = state(order)
    arrives(call)
    wanted = MatchWithdrawal(order_number=order.order_number)

    def by_staff() -> int:
        try:
            call(service.carry_out_for_shop, reference, wanted, actor=SHOP)
        except PortalError:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        deeds = [by_staff, housekeeping.carry_out_withdrawals] * 3
        done = list(pool.map(lambda deed: deed(), deeds))
    assert sum(done) == 1
    assert len(rows(database, OrderReturn)) == 1
    assert open_ones(database) == 0


@pytest.mark.parametrize("by_staff", [True, False])
def test_done_once_though_the_order_is_brought_up_to_date_first(
    database: Database, call: Any, order: Order, state: Any, clock: Any, by_staff: bool
) -> None:
    """Its return window closed a moment ago, and nobody has looked at it since."""
    reference = state(order)
    arrives(call)
    clock.advance(days=40)
    if by_staff:
        wanted = MatchWithdrawal(order_number=order.order_number)
        call(service.carry_out_for_shop, reference, wanted, actor=SHOP)
    else:
        assert call(service.try_again, reference, actor=SHOP)
    [row] = rows(database, Withdrawal)
    assert (row.status, row.is_carried_out) == ("settled", True)
    assert len(rows(database, OrderReturn)) == 1


def test_many_that_cannot_be_done_keep_none_from_its_turn(
    database: Database,
    call: Any,
    owner: User,
    state: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service.automatic, "AT_ONCE", 3)
    order = on_its_way(database, owner, clock)
    state(order)
    for count in range(5):
        clock.advance(minutes=1)
        parcels = [{"status": "shipped", "reference_number": f"Q-{count}"}]
        state(on_its_way(database, owner, clock, parcels=parcels))
    clock.advance(hours=1)
    arrives(call)
    assert housekeeping.carry_out_withdrawals() == 1
    assert open_ones(database) == 5


def test_one_that_cannot_be_looked_at_keeps_none_from_its_turn(
    database: Database,
    owner: User,
    order: Order,
    call: Any,
    state: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state(order)
    arrives(call)
    clock.advance(minutes=1)
    parcels = [{"status": "shipped", "reference_number": "Q-1"}]
    broken = on_its_way(database, owner, clock, parcels=parcels)
    state(broken)
    lines_of = service.automatic.lines_of

    def fail(ctx: Any, found: Order) -> Any:
        if found.id == broken.id:
            raise ZeroDivisionError
        return lines_of(ctx, found)

    monkeypatch.setattr(service.automatic, "lines_of", fail)
    assert housekeeping.carry_out_withdrawals() == 1
    assert open_ones(database) == 1


def test_stated_too_late_it_waits(
    database: Database, call: Any, order: Order, state: Any, clock: Any
) -> None:
    arrives(call)
    clock.advance(days=40)
    state(order)
    assert housekeeping.carry_out_withdrawals() == 0
    assert open_ones(database) == 1
