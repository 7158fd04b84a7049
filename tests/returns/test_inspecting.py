"""What is received of a return is not all accepted: units, money and words follow."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from account_portal.cli import main
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound, PortalError
from account_portal.models import Order, OrderLine, OutboxMessage, Refund, ReturnItem, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.returns import rules, service
from account_portal.returns.schemas import InspectReturn
from account_portal.states import ReturnStatus
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_item

Call = Callable[..., Any]


def found(*items: dict[str, Any]) -> InspectReturn:
    """What the shop says of lines; the first, unless a sku says otherwise."""
    return InspectReturn.model_validate(
        {"return_items": [{"sku": "SKU-0", **one} for one in items]}
    )


WORN = {"reason_code": "worn", "note": "The collar is stained"}


@pytest.fixture
def received(database: Database, owner: User) -> Callable[..., tuple[Order, str]]:
    """An order of three units, of which some came back."""

    def make(units: int = 2, resolution: str = "refund", **values: Any) -> tuple[Order, str]:
        line = make_line(quantity=3, selling_price=1000, line_total=3000, tax_amount=0)
        order = make_order(database, owner, lines=[line], parcels=[{}], **values)
        if values.get("loyalty_amount"):
            spend_points(database, owner, order)
        item = return_item(quantity=units, resolution=resolution)
        made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
        return order, made.request_number

    return make


def promised(database: Database) -> dict[str, int]:
    """Refunds that live, by the way they go."""
    return {
        one.payment_mode: one.refund_amount
        for one in rows(database, Refund)
        if one.status != "failed"
    }


def told(database: Database) -> list[str]:
    """What mails said of units that were not accepted."""
    said = [one.payload["words"] for one in rows(database, OutboxMessage)]
    return [text for one in said if one.get("step") == "inspected" for text in one["not_accepted"]]


def eligible(call: Call, order: Order) -> tuple[int, list[str]]:
    shown = call(orders.get_order, order.order_number).view().return_eligibility.lines[0]
    return shown.returnable_quantity, [one.code for one in shown.reasons]


def test_money_is_of_accepted_units(call: Call, database: Database, received: Any) -> None:
    order, number = received()
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    assert promised(database) == {"original_payment_mode": 1000}
    [item] = call(service.get_return, order.order_number, number).return_items
    assert item.inspection is not None
    assert item.inspection.model_dump() == {
        "accepted_quantity": 1,
        "refused_quantity": 1,
        "reason_code": "worn",
        "note": "The collar is stained",
        "goods": "sent_back",
        "can_ask_again": False,
        "evidence": [],
    }
    call(service.complete_return, number, actor=SHOP)
    assert promised(database) == {"original_payment_mode": 1000}
    assert eligible(call, order) == (1, [])  # the third unit


def test_points_and_the_fee_follow(
    call: Call, database: Database, clock: Any, received: Any
) -> None:
    rule = {"name": "all", "returns": {"fee_per_cent": 10}}
    call(orders.set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
    order, number = received(at=clock.now, loyalty_point_redeemed=1500, loyalty_amount=1500)
    assert promised(database) == {"original_payment_mode": 900, "loyalty_point": 900}
    call(service.inspect_return, number, found({"refused": 1, **WORN}), actor=SHOP)
    assert promised(database) == {"original_payment_mode": 450, "loyalty_point": 450}
    [item] = call(service.get_return, order.order_number, number).return_items
    assert item.fee == 1


@pytest.mark.parametrize(
    ("said", "left", "codes"),
    [
        ({"refused": 2, **WORN}, 1, []),
        ({"refused": 2, "can_ask_again": True, **WORN}, 3, []),
        ({"accepted": 0}, 3, []),  # nothing was in the parcel
        ({"accepted": 1, "refused": 1, "can_ask_again": True, **WORN}, 2, []),
        (None, 1, []),
    ],
)
def test_what_can_be_asked_for_again(
    call: Call, received: Any, said: dict[str, Any] | None, left: int, codes: list[str]
) -> None:
    order, number = received()
    call(service.inspect_return, number, found(*([said] if said else [])), actor=SHOP)
    assert eligible(call, order) == (left, codes)


def test_nothing_is_accepted(call: Call, database: Database, received: Any) -> None:
    order, number = received(units=3)
    call(service.inspect_return, number, found({"refused": 3, **WORN}), actor=SHOP)
    assert promised(database) == {}
    assert eligible(call, order) == (0, ["return_refused"])
    call(service.complete_return, number, actor=SHOP)
    assert promised(database) == {}
    assert eligible(call, order) == (0, ["return_refused"])


def test_everything_is_accepted_without_a_word(
    call: Call, database: Database, received: Any
) -> None:
    _, number = received()
    before = promised(database)
    call(service.inspect_return, number, found(), actor=SHOP)
    assert promised(database) == before
    assert not told(database)


def test_what_was_paid_out_before_stays(call: Call, database: Database, received: Any) -> None:
    order, number = received()
    [refund] = rows(database, Refund)
    call(orders.approve_refund, refund.request_number, actor=SHOP)
    call(orders.settle_refund, refund.request_number, succeeded=True, actor=SHOP)
    call(service.inspect_return, number, found({"refused": 2, **WORN}), actor=SHOP)
    assert promised(database) == {"original_payment_mode": 2000}
    assert call(orders.get_payment_status, order.order_number).amount_unpaid == 0


def test_a_refund_that_failed_before_is_not_owed_again(
    call: Call, database: Database, received: Any
) -> None:
    _, number = received()
    [refund] = rows(database, Refund)
    call(orders.approve_refund, refund.request_number, actor=SHOP)
    call(orders.settle_refund, refund.request_number, succeeded=False, actor=SHOP)
    assert promised(database) == {"original_payment_mode": 2000}
    call(service.inspect_return, number, found({"refused": 2, **WORN}), actor=SHOP)
    assert promised(database) == {}
    call(service.complete_return, number, actor=SHOP)
    assert promised(database) == {}


@pytest.mark.parametrize(("refused", "sent"), [(1, 1), (2, 0)])
def test_only_what_is_accepted_is_sent_again(
    call: Call, database: Database, received: Any, refused: int, sent: int
) -> None:
    order, number = received(resolution="replacement")
    call(service.inspect_return, number, found({"refused": refused, **WORN}), actor=SHOP)
    [other] = [one for one in rows(database, Order) if one.id != order.id]
    shown = call(orders.get_order, other.order_number).view()
    left = sum(line.quantity - line.cancelled_quantity for line in shown.order_items)
    assert (left if shown.status != "cancelled" else 0) == sent
    call(service.complete_return, number, actor=SHOP)
    assert promised(database) == {}


def test_the_customer_is_told(call: Call, database: Database, received: Any) -> None:
    _, number = received()
    call(service.inspect_return, number, found({"accepted": 0, "refused": 1, **WORN}), actor=SHOP)
    [name] = [one.product_name for one in rows(database, OrderLine)]
    assert told(database) == [
        f"1 × {name}: It was worn or used: The collar is stained. It is sent back to you.",
        f"1 × {name}: it was not in the parcel.",
    ]


def test_the_message_of_a_complete_return_says_what_comes_back(
    call: Call, database: Database, received: Any
) -> None:
    _, number = received()
    call(service.inspect_return, number, found({"accepted": 1, "refused": 1, **WORN}), actor=SHOP)
    call(service.complete_return, number, actor=SHOP)
    sent = [one.payload["words"] for one in rows(database, OutboxMessage) if one.payload]
    [done] = [words for words in sent if words.get("step") == "complete"]
    assert done["refund"] == "₹10.00"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([{"refused": 1}], InvalidInput),
        ([{"refused": 3, **WORN}], rules.QuantityNotReturnable),
        ([{"accepted": 3}], rules.QuantityNotReturnable),
        ([{"accepted": 2, "refused": 1, **WORN}], rules.QuantityNotReturnable),
        ([{"sku": "SKU-9"}], rules.ItemNotInOrder),
        ([{"accepted": 1}, {"accepted": 1}], InvalidInput),
    ],
)
def test_what_does_not_add_up_changes_nothing(
    call: Call, database: Database, received: Any, said: list[Any], error: type[PortalError]
) -> None:
    _, number = received()
    before = promised(database)
    with pytest.raises(error):
        call(service.inspect_return, number, found(*said), actor=SHOP)
    assert promised(database) == before
    assert rows(database, ReturnItem)[0].accepted_quantity is None


@pytest.mark.parametrize("status", [one for one in ReturnStatus if one != "received"])
def test_it_is_said_of_received_ones_only(
    call: Call, database: Database, owner: User, status: ReturnStatus
) -> None:
    order = make_order(database, owner, parcels=[{}])
    is_asked = status is ReturnStatus.CANCELLED
    made = make_return(
        database, owner, order, status=ReturnStatus.CREATED if is_asked else status
    ).request_number
    if is_asked:
        call(service.cancel_return, made)
    with pytest.raises(rules.ReturnNotMovable):
        call(service.inspect_return, made, found(), actor=SHOP)


def test_it_is_said_once_and_by_the_shop(call: Call, received: Any) -> None:
    _, number = received()
    with pytest.raises(Forbidden):
        call(service.inspect_return, number, found())
    with pytest.raises(NotFound):
        call(service.inspect_return, "RET-none", found(), actor=SHOP)
    call(service.inspect_return, number, found(), actor=SHOP)
    with pytest.raises(rules.ReturnNotMovable):
        call(service.inspect_return, number, found(), actor=SHOP)


@pytest.mark.parametrize(
    "wrong",
    [
        {"accepted_quantity": 1},
        {"accepted_quantity": 2, "refused_quantity": 1, "refusal_code": "worn"},
        {"accepted_quantity": -1, "refused_quantity": 1, "refusal_code": "worn"},
        {"accepted_quantity": 1, "refused_quantity": 1},
    ],
)
def test_the_database_refuses_what_does_not_add_up(
    database: Database, received: Any, wrong: dict[str, Any]
) -> None:
    received()
    [item] = rows(database, ReturnItem)
    one = update(ReturnItem).where(col(ReturnItem.id) == item.id).values(**wrong)
    with database.session(writes=True) as db, pytest.raises(IntegrityError):
        db.execute(one)


def test_it_is_said_on_the_command_line(database: Database, received: Any) -> None:
    _, number = received()
    words = [number, "--refuse", "SKU-0=1", "--reason", "worn", "--keep", "--can-ask-again"]
    done = CliRunner().invoke(main, ["shop", "return", "inspect", *words])
    assert done.output == f"Return {number} is inspected.\n"
    [item] = rows(database, ReturnItem)
    assert (item.accepted_quantity, item.refused_quantity) == (1, 1)
    assert (item.refused_goods, item.can_ask_again) == ("kept", True)


def test_units_come_back_one_by_one_and_are_worth_no_more(
    call: Call, database: Database, owner: User
) -> None:
    """Whatever is refused, what is accepted adds up to no more than the line cost."""
    line = make_line(quantity=3, selling_price=333, line_total=1000, tax_amount=0)
    order = make_order(database, owner, lines=[line], parcels=[{}])
    for refused in (0, 1, 0):
        made = make_return(database, owner, order, status=ReturnStatus.RECEIVED).request_number
        said = {"refused": refused, **WORN}
        call(service.inspect_return, made, found(said), actor=SHOP)
        call(service.complete_return, made, actor=SHOP)
    back = sorted(one.refund_amount for one in rows(database, Refund))
    assert back == [333, 334]
