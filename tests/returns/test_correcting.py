"""What was said of a received return is said anew: units, money and words follow, until it went."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from account_portal.cli import main
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound, PortalError
from account_portal.merchant import lists
from account_portal.models import Order, OutboxMessage, Refund, ReturnItem, User
from account_portal.models import OrderReturn as Request
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.returns import rules, service
from account_portal.returns.schemas import CreateOrderReturn, InspectReturn
from account_portal.states import ReturnStatus
from tests.factories.claims import claim_item, make_claim
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_body, return_item
from tests.returns.test_return_races import run_together

Call = Callable[..., Any]
WORN = {"reason_code": "worn", "note": "The collar is stained"}


def found(*items: dict[str, Any]) -> InspectReturn:
    """What the shop says of lines; the first, unless a sku says otherwise."""
    return InspectReturn.model_validate(
        {"return_items": [{"sku": "SKU-0", **one} for one in items]}
    )


def received(
    database: Database, owner: User, units: int = 2, resolution: str = "refund", **values: Any
) -> tuple[Order, str]:
    """An order of three units, of which some came back."""
    line = make_line(quantity=3, selling_price=1000, line_total=3000, tax_amount=0)
    order = make_order(database, owner, lines=[line], parcels=[{}], **values)
    if values.get("loyalty_amount"):
        spend_points(database, owner, order)
    item = return_item(quantity=units, resolution=resolution)
    made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    return order, made.request_number


def promised(database: Database, order: Order | None = None) -> dict[str, int]:
    """Refunds that live, by the way they go; one for each."""
    living = [
        one
        for one in rows(database, Refund)
        if one.status != "failed" and (order is None or one.order_id == order.id)
    ]
    assert len(living) == len({one.payment_mode for one in living})
    return {one.payment_mode: one.refund_amount for one in living}


def is_shown(call: Call, number: str) -> bool:
    """Whether the shop's systems and people are told that it can be corrected."""
    row = call(lists.get_return, number, (), actor=SHOP)
    return bool(row.is_correction_allowed)


def words(database: Database) -> list[list[str]]:
    """What each mail about a correction said of what was not accepted."""
    said = [one.payload["words"] for one in rows(database, OutboxMessage)]
    return [one["not_accepted"] for one in said if one.get("step") == "corrected"]


def state_of(database: Database) -> Any:
    return [
        sorted((one.model_dump() for one in rows(database, model)), key=lambda one: str(one["id"]))
        for model in (Request, ReturnItem, Refund)
    ]


SAYINGS: list[dict[str, Any]] = [
    {"accepted": 2},
    {"refused": 1, **WORN},
    {"refused": 2, **WORN},
    {"accepted": 0},
    {"accepted": 1},
    {"accepted": 0, "refused": 1, "can_ask_again": True, **WORN},
]


@pytest.mark.parametrize("first", SAYINGS)
@pytest.mark.parametrize("then", SAYINGS)
def test_a_correction_gives_what_saying_so_at_first_would_have(
    call: Call, database: Database, clock: Any, owner: User, first: Any, then: Any
) -> None:
    rule = {"name": "all", "returns": {"fee_per_cent": 10}}
    call(orders.set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
    paid = {"loyalty_point_redeemed": 1500, "loyalty_amount": 1500, "at": clock.now}
    straight, number = received(database, owner, **paid)
    call(service.inspect_return, number, found(then), actor=SHOP)
    wanted = promised(database, straight)
    shown = call(service.get_return, straight.order_number, number).return_items
    detour, number = received(database, owner, **paid)
    call(service.inspect_return, number, found(first), actor=SHOP)
    call(service.correct_inspection, number, found(then), actor=SHOP)
    assert promised(database, detour) == wanted
    again = call(service.get_return, detour.order_number, number).return_items
    assert [one.inspection for one in again] == [one.inspection for one in shown]
    assert [one.fee for one in again] == [one.fee for one in shown]


def test_its_moments_stay_and_its_customer_is_told(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order, number = received(database, owner)
    call(service.inspect_return, number, found({"refused": 2, **WORN}), actor=SHOP)
    assert promised(database) == {}
    then = call(service.get_return, order.order_number, number)
    clock.advance(hours=1)
    call(service.correct_inspection, number, found({"refused": 1, **WORN}), actor=SHOP)
    now = call(service.get_return, order.order_number, number)
    assert (then.inspection_corrected_at, now.inspected_at) == (None, then.inspected_at)
    assert now.inspection_corrected_at == clock.now
    assert len(words(database)[0]) == 1
    call(service.correct_inspection, number, found(), actor=SHOP)
    assert words(database)[1] == []
    assert promised(database) == {"original_payment_mode": 2000}
    call(service.complete_return, number, actor=SHOP)
    assert promised(database) == {"original_payment_mode": 2000}


def refused(call: Call, database: Database, number: str, data: InspectReturn) -> PortalError:
    before = state_of(database)
    with pytest.raises(PortalError) as error:
        call(service.correct_inspection, number, data, actor=SHOP)
    assert state_of(database) == before
    return error.value


def test_money_that_went_stays(call: Call, database: Database, owner: User) -> None:
    _, number = received(database, owner)
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    [refund] = rows(database, Refund)
    assert is_shown(call, number)
    call(orders.approve_refund, refund.request_number, actor=SHOP)
    assert not is_shown(call, number)
    assert refused(call, database, number, found()).code == "inspection_final"
    call(orders.settle_refund, refund.request_number, succeeded=True, actor=SHOP)
    assert refused(call, database, number, found()).code == "inspection_final"


def test_what_is_complete_stays(call: Call, database: Database, owner: User) -> None:
    _, number = received(database, owner)
    assert not is_shown(call, number)
    assert refused(call, database, number, found()).code == "return_not_movable"
    call(service.inspect_return, number, found({"refused": 2, **WORN}), actor=SHOP)
    assert is_shown(call, number)
    call(service.complete_return, number, actor=SHOP)
    assert not is_shown(call, number)
    assert refused(call, database, number, found()).code == "inspection_final"


@pytest.mark.parametrize("how", ["returned", "claimed"])
def test_units_that_were_asked_for_again_are_not_accepted_twice(
    call: Call, database: Database, owner: User, how: str
) -> None:
    order, number = received(database, owner, units=3)
    call(service.inspect_return, number, found({"accepted": 1}), actor=SHOP)
    if how == "returned":
        data = CreateOrderReturn.model_validate(return_body(return_item(quantity=1)))
        call(service.create_return, order.order_number, data)
    else:
        make_claim(database, owner, order, claim_item(quantity=1))
    assert refused(call, database, number, found()).code == "inspection_final"
    # The third unit is still free, and no more goes back than the line cost.
    call(service.correct_inspection, number, found({"accepted": 2}), actor=SHOP)
    assert promised(database) == {"original_payment_mode": 2000}


def test_shares_never_add_up_to_more_than_the_line_cost(
    call: Call, database: Database, owner: User
) -> None:
    line = make_line(quantity=3, line_total=1000, tax_amount=0)
    order = make_order(database, owner, lines=[line], parcels=[{}])
    item = return_item(quantity=3)
    first = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    call(service.inspect_return, first.request_number, found({"accepted": 1}), actor=SHOP)
    second = make_return(database, owner, order, status=ReturnStatus.APPROVED)
    call(service.correct_inspection, first.request_number, found({"accepted": 2}), actor=SHOP)
    total = sum(one.refund_amount for one in rows(database, Refund))
    assert total <= 1000
    assert second.grand_total > 0


def test_what_is_sent_again_is_cut_down_and_not_made_more(
    call: Call, database: Database, owner: User
) -> None:
    order, number = received(database, owner, units=3, resolution="replacement")
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    assert refused(call, database, number, found()).code == "inspection_final"
    call(service.correct_inspection, number, found({"refused": 2, **WORN}), actor=SHOP)
    replacement = call(service.get_return, order.order_number, number).replacement_order_number
    [item] = call(orders.get_order, replacement).view().order_items
    assert (item.quantity, item.cancelled_quantity) == (3, 2)
    call(service.correct_inspection, number, found({"refused": 2, **WORN}), actor=SHOP)
    [item] = call(orders.get_order, replacement).view().order_items
    assert item.cancelled_quantity == 2


@pytest.mark.parametrize(
    "said",
    [
        ({"accepted": 3},),
        ({"refused": 1},),
        ({"sku": "SKU-9"},),
        ({"accepted": 1}, {"accepted": 1}),
    ],
)
def test_what_does_not_add_up_changes_nothing(
    call: Call, database: Database, owner: User, said: Any
) -> None:
    _, number = received(database, owner)
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    error = refused(call, database, number, found(*said))
    assert isinstance(error, InvalidInput | rules.ItemNotInOrder | rules.QuantityNotReturnable)


def test_only_the_shop_corrects(call: Call, database: Database, owner: User) -> None:
    _, number = received(database, owner)
    call(service.inspect_return, number, found(), actor=SHOP)
    with pytest.raises(Forbidden):
        call(service.correct_inspection, number, found())
    with pytest.raises(NotFound):
        call(service.correct_inspection, "RET-none", found(), actor=SHOP)


def test_what_is_agreed_to_meanwhile_is_not_corrected(
    call: Call, database: Database, owner: User
) -> None:
    _, number = received(database, owner)
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    [refund] = rows(database, Refund)
    corrected, _ = run_together(
        [
            lambda: call(service.correct_inspection, number, found(), actor=SHOP),
            lambda: call(orders.approve_refund, refund.request_number, actor=SHOP),
        ]
    )
    [after] = rows(database, Refund)
    expected = 1000 if isinstance(corrected, PortalError) else 2000
    assert (after.status, after.refund_amount) == ("approved", expected)


def test_what_was_inspected_before_is_not_guessed(
    call: Call, database: Database, owner: User
) -> None:
    _, number = received(database, owner)
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    with database.session(writes=True) as db:
        db.execute(update(ReturnItem).values(asked_amount=None, asked_tax=None, asked_fee=None))
        db.commit()
    assert not is_shown(call, number)
    assert refused(call, database, number, found()).code == "inspection_final"


def test_it_is_said_anew_on_the_command_line(call: Call, database: Database, owner: User) -> None:
    _, number = received(database, owner)
    run = CliRunner()
    early = run.invoke(main, ["shop", "return", "correct-inspection", number])
    assert (early.exit_code, rows(database, Request)[0].inspected_at) == (1, None)
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    words = [number, "SKU-0=1", "--refuse", "SKU-0=1", "--reason", "damaged", "--keep"]
    done = run.invoke(main, ["shop", "return", "correct-inspection", *words])
    assert done.output == f"The inspection of return {number} is corrected.\n"
    [item] = rows(database, ReturnItem)
    assert (item.refusal_code, item.refusal_note, item.refused_goods) == ("damaged", None, "kept")
    assert run.invoke(main, ["shop", "return", "correct-inspection", number]).exit_code == 0
    assert promised(database) == {"original_payment_mode": 2000}
