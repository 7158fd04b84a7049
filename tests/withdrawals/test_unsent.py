"""What is not sent goes by the law, too: no policy keeps it, or some of its money."""

from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import CancelledItem, Order, Refund, User, Withdrawal
from account_portal.notifications.messages import message_classes
from account_portal.orders import rules, service
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import CancelItem, CancelOrder, Policy
from account_portal.withdrawals.rules import NotCarriedOut
from account_portal.withdrawals.schemas import MatchWithdrawal, StateWithdrawal
from account_portal.withdrawals.service import carry_out_for_shop, state_withdrawal
from tests.factories.auth import messages
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

GERMANY = {"country": "Germany"}
PER_UNIT = 10000
BINDING = [
    pytest.param({"charge_per_cent": 10}, id="a charge"),
    pytest.param({"charge_per_cent": 100}, id="all is kept"),
    pytest.param({"until": "never"}, id="never"),
    pytest.param({"until": "scheduled"}, id="before a parcel is planned"),
    pytest.param({"until": "scheduled", "charge_per_cent": 25}, id="both"),
]
SAID = [
    pytest.param({}, 4, id="all"),
    pytest.param({"A": 1}, 1, id="a unit"),
    pytest.param({"A": 2}, 2, id="a line"),
    pytest.param({"A": 2, "B": 2}, 4, id="all, line by line"),
]
PARCELS = [
    pytest.param([], id="no parcel"),
    pytest.param([{"status": "scheduled"}], id="a planned parcel"),
]


def set_policy(acting: Any, *told: dict[str, Any]) -> None:
    named = [{"name": f"Rule {place}", **rule} for place, rule in enumerate(told)]
    with acting(SHOP) as ctx:
        service.set_policy(ctx, Policy.model_validate({"rules": named}), source="api")


def unsent(database: Database, owner: User, clock: Any, **values: Any) -> Order:
    """Ordered after the policy: of two policies the kinder one would count."""
    lines = [make_line(0, sku="A", quantity=2), make_line(1, sku="B", quantity=2)]
    at = clock.advance(minutes=1)
    return make_order(database, owner, lines=lines, place=GERMANY, at=at, **values)


def state(acting: Any, order: Order, who: Any, units: dict[str, int]) -> str:
    said = {"withdraw_items": [{"sku": sku, "quantity": count} for sku, count in units.items()]}
    asked = {"name": "Asha Rao", "order": order.order_number, "contact": "asha@example.com"}
    with acting(who) as ctx:
        found = state_withdrawal(
            ctx, StateWithdrawal.model_validate(asked | (said if units else {}))
        )
        return str(found.reference)


def account(database: Database, order: Order) -> rules.OrderAccount:
    with database.session(writes=False) as db:
        return rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())


@pytest.mark.parametrize("binding", BINDING)
@pytest.mark.parametrize(("units", "gone"), SAID)
@pytest.mark.parametrize("parcels", PARCELS)
def test_no_policy_keeps_it(
    database: Database,
    acting: Any,
    owner: User,
    clock: Any,
    binding: dict[str, Any],
    units: dict[str, int],
    gone: int,
    parcels: list[dict[str, Any]],
) -> None:
    set_policy(acting, {"cancel": binding})
    order = unsent(database, owner, clock, parcels=parcels)
    state(acting, order, owner, units)
    [row] = rows(database, Withdrawal)
    assert row.status == "settled"
    assert sum(one.refund_amount for one in rows(database, Refund)) == gone * PER_UNIT
    assert [one.charge for one in rows(database, CancelledItem)] == [0] * (gone < 4)
    assert (rows(database, Order)[0].status == "cancelled") == (gone == 4)
    found = account(database, order)
    assert (found.kept, found.owed_back) == ((4 - gone) * PER_UNIT, 0)


@pytest.mark.parametrize("units", [{}, {"B": 2}], ids=["all that is left", "the rest by name"])
def test_what_was_charged_for_an_earlier_cancel_is_kept(
    database: Database, acting: Any, call: Any, owner: User, clock: Any, units: dict[str, int]
) -> None:
    set_policy(acting, {"cancel": {"charge_per_cent": 10}})
    order = unsent(database, owner, clock)
    wish = {
        "cancel_items": [{"sku": "A", "quantity": 2}],
        "cancellation_reason": "x",
        "refund_mode": "original_payment_mode",
    }
    call(service.cancel_order, order.order_number, CancelOrder.model_validate(wish))
    state(acting, order, owner, units)
    assert rows(database, Order)[0].status == "cancelled"
    found = account(database, order)
    assert (found.kept, found.owed_back) == (2 * PER_UNIT // 10, 0)


@pytest.mark.parametrize(
    ("binding", "is_carried_out"),
    [({}, True), ({"charge_per_cent": 10}, False), ({"until": "never"}, False)],
    ids=["the policy lets them", "at a charge", "never"],
)
def test_exempt_goods_go_by_the_policy(
    database: Database,
    acting: Any,
    call: Any,
    owner: User,
    clock: Any,
    binding: dict[str, Any],
    is_carried_out: bool,
) -> None:
    exempt = {"applies_to": {"skus": ["A"]}, "returns": {"never": "made_to_order"}}
    set_policy(acting, {"cancel": {"until": "packed"}}, exempt | {"cancel": binding})
    order = unsent(database, owner, clock)
    reference = state(acting, order, owner, {"A": 1})
    assert rows(database, Withdrawal)[0].status == "open"  # people look at it first
    wanted = MatchWithdrawal(
        order_number=order.order_number, withdraw_items=[CancelItem(sku="A", quantity=1)]
    )
    if is_carried_out:
        call(carry_out_for_shop, reference, wanted, actor=SHOP)
    else:
        with pytest.raises(NotCarriedOut):
            call(carry_out_for_shop, reference, wanted, actor=SHOP)
    assert [one.quantity for one in rows(database, CancelledItem)] == [1] * is_carried_out


def test_the_rest_is_withdrawn_from_though_some_is_exempt_and_charged_for(
    database: Database, acting: Any, owner: User, clock: Any
) -> None:
    exempt = {"applies_to": {"skus": ["A"]}, "returns": {"never": "made_to_order"}}
    set_policy(acting, exempt | {"cancel": {"until": "never"}})
    order = unsent(database, owner, clock)
    state(acting, order, owner, {})
    [gone] = rows(database, CancelledItem)
    assert (gone.quantity, gone.charge) == (2, 0)
    assert rows(database, Withdrawal)[0].status == "settled"
    assert account(database, order).kept == 2 * PER_UNIT


@pytest.mark.parametrize("withdrawn", [{}, {"A": 1}], ids=["all of it", "a unit"])
def test_the_rest_goes_on_unless_it_arrived(
    database: Database, acting: Any, owner: User, clock: Any, withdrawn: dict[str, int]
) -> None:
    order = unsent(database, owner, clock, parcels=[{"units": {"B": 2}}])
    state(acting, order, owner, withdrawn)
    [text] = [one.payload["words"] for one in messages(database) if one.kind == "items_cancelled"]
    told = message_classes()["items_cancelled"].model_validate(text).text()
    assert ("The rest goes on." in told) is bool(withdrawn)


def test_staff_are_told_how_many_are_left(
    database: Database, acting: Any, call: Any, owner: User, clock: Any
) -> None:
    order = unsent(database, owner, clock)
    reference = state(acting, order, owner, {"A": 3})
    wanted = MatchWithdrawal(order_number=order.order_number)
    with pytest.raises(NotCarriedOut, match=r"^Product 0: 2 are left to withdraw from, not 3\.$"):
        call(carry_out_for_shop, reference, wanted, actor=SHOP)
    assert rows(database, CancelledItem) == []
