"""What came of a withdrawal is said once: to its customer in their language, and to the shop."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput
from account_portal.merchant import housekeeping
from account_portal.models import Order, OrderLine, OrderReturn, OutboxMessage, User, Withdrawal
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelOrder
from account_portal.orders.service import refresh_orders
from account_portal.personal_data import service as personal_data
from account_portal.returns import service as returns
from account_portal.returns.schemas import InspectReturn
from account_portal.states import ReturnStatus, ShipmentStatus
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal, StateWithdrawal
from account_portal.withdrawals.service.settling import NEWS
from tests.factories.events import mark, told
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, move_return, return_item

Call = Callable[..., Any]
CANCEL = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
GONE = "Nothing of it was left"


def make(database: Database, owner: User, **values: Any) -> Order:
    lines = [make_line(0, quantity=2), make_line(1, quantity=1)]
    usual = {"lines": lines, "place": {"country": "Germany"}, "parcels": [{}]}
    return make_order(database, owner, **usual | values)


@pytest.fixture
def state(acting: Any, owner: User, clock: Any) -> Callable[..., str]:
    """States a withdrawal in German, as the order's customer if nobody else is named."""

    def said(order: str, who: User | None = owner, **more: Any) -> str:
        clock.advance(days=1)  # within a day the same statement is the same one
        asked = {"name": "Asha Rao", "order": order, "contact": "a@example.com", "language": "de"}
        with acting(who) as ctx:
            data = StateWithdrawal.model_validate(asked | more)
            return str(service.state_withdrawal(ctx, data).reference)

    return said


def news(database: Database) -> list[str]:
    found = rows(database, OutboxMessage, kind="withdrawal_settled")
    return [row.payload["words"]["words"] for row in sorted(found, key=lambda row: row.id)]


def read(database: Database, reference: str) -> Withdrawal:
    [row] = rows(database, Withdrawal, reference=reference)
    return row


def cancelled(database: Database, call: Call, owner: User) -> Order:
    order = make(database, owner, parcels=[])
    call(orders.cancel_order, order.order_number, CancelOrder.model_validate(CANCEL))
    return order


def gone_back(database: Database, call: Call, owner: User) -> Order:
    order = make(database, owner)
    items = [return_item(0, quantity=2), return_item(1)]
    make_return(database, owner, order, *items, status=ReturnStatus.COMPLETE)
    return order


def lost(database: Database, call: Call, owner: User) -> Order:
    order = make(database, owner, parcels=[{"status": "shipped", "reference_number": "P-1"}])
    call(orders.move_shipment, "P-1", ShipmentStatus.LOST, actor=SHOP)
    call(orders.refund_shipment, "P-1", actor=SHOP)
    return order


def withdrawn(database: Database, call: Call, owner: User) -> Order:
    order = make(database, owner)
    said = {"name": "A", "order": order.order_number, "contact": "b@example.com"}
    call(service.state_withdrawal, StateWithdrawal.model_validate(said))
    return order


def elsewhere(database: Database, call: Call, owner: User) -> Order:
    order = make(database, owner, place={"country": "India"}, parcels=[])
    call(orders.cancel_order, order.order_number, CancelOrder.model_validate(CANCEL))
    return order


@pytest.mark.parametrize("gone", [cancelled, gone_back, lost, withdrawn, elsewhere])
@pytest.mark.parametrize("goods", ["all", "some", "in words"])
def test_of_which_nothing_is_left_is_settled_by_itself(
    database: Database, call: Call, owner: User, state: Any, gone: Any, goods: str
) -> None:
    order = gone(database, call, owner)
    said = {
        "some": {"withdraw_items": [{"sku": "SKU-0", "quantity": 1}]},
        "in words": {"goods": "the blue one"},
    }.get(goods, {})
    before = mark(database)
    reference = state(order.order_number, **said)
    row = read(database, reference)
    assert (row.status, row.outcome, row.is_carried_out) == ("settled", GONE, False)
    [shown] = [
        one
        for one in call(orders.list_withdrawals, order.order_number)
        if one.reference == reference
    ]
    assert (shown.state, shown.answer) == ("nothing_left", None)
    assert "war nichts mehr übrig" in news(database)[-1]
    [data] = [data for name, data in told(database, before) if name == "withdrawal.settled"]
    assert data["state"] == "nothing_left"


@pytest.mark.parametrize(
    ("end", "became"),
    [(ReturnStatus.REJECTED, "carried_out"), (ReturnStatus.COMPLETE, "nothing_left")],
)
def test_what_an_ordinary_return_holds_waits_for_its_end(
    database: Database,
    call: Call,
    owner: User,
    state: Any,
    clock: Any,
    end: ReturnStatus,
    became: str,
) -> None:
    """The shop may decline it; the withdrawal was stated in time all the same."""
    order = make(database, owner, shipping_amount=500, grand_total=30500)
    items = [return_item(0, quantity=2), return_item(1)]
    number = make_return(database, owner, order, *items).request_number
    reference = state(order.order_number)
    assert housekeeping.carry_out_withdrawals() == 0
    assert read(database, reference).status == "open"
    clock.advance(minutes=1)
    move_return(database, number, end)
    assert housekeeping.carry_out_withdrawals() == 1
    [shown] = call(orders.list_withdrawals, order.order_number)
    assert shown.state == became
    if became == "nothing_left":
        outcome = f"{GONE}; look whether its delivery is to be refunded"
        assert read(database, reference).outcome == outcome


def test_what_stays_with_its_customer_waits_for_people(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner)
    make_return(database, owner, order, return_item(1), status=ReturnStatus.COMPLETE)
    reference = state(order.order_number, goods="the blue one")
    assert housekeeping.carry_out_withdrawals() == 0
    assert read(database, reference).status == "open"


@pytest.mark.parametrize("kind", ["gifts", "renamed"])
def test_of_gifts_and_of_goods_that_are_called_otherwise_people_decide(
    database: Database, call: Any, owner: User, state: Any, clock: Any, kind: str
) -> None:
    free = {"free_quantity": 2, "line_total": 0} if kind == "gifts" else {}
    order = make(
        database,
        owner,
        lines=[make_line(0, **free)],
        parcels=[{"status": "shipped"}],
        at=clock.now,
    )
    reference = state(order.order_number, withdraw_items=[{"sku": "SKU-0", "quantity": 2}])
    if kind == "renamed":
        with database.session(writes=True) as db:
            [line] = rows(database, OrderLine, order_id=order.id)
            db.get_one(OrderLine, line.id).sku = "NEW-0"
            refresh_orders(db, [order.id], clock.now)
            db.commit()
    assert housekeeping.carry_out_withdrawals() == 0
    assert read(database, reference).status == "open"


def test_carried_out_is_told_in_the_language_of_the_statement_after_its_receipt(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner, parcels=[{"units": {"SKU-0": 1}}])
    state(order.order_number)
    [words] = news(database)
    assert words.startswith("Ihr Widerruf WDR-")
    assert "Storniert, da noch nicht versandt: 1 x Product 0, 1 x Product 1." in words
    assert "Zurückzusenden: 1 x Product 0." in words
    kinds = [row.kind for row in sorted(rows(database, OutboxMessage), key=lambda row: row.id)]
    mailed = [kind for kind in kinds if kind.startswith("withdrawal")]
    assert mailed == ["withdrawal_received", "withdrawal_settled"]
    assert kinds[0] == "withdrawal_received"


def test_staff_say_why_less_is_carried_out_than_was_stated(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner)
    reference = state(order.order_number, goods="", language="de")
    assert read(database, reference).is_carried_out
    late = state("my order of November", None)
    number = make(database, owner).order_number
    half = {"order_number": number, "withdraw_items": [{"sku": "SKU-0", "quantity": 1}]}

    def carry_out(**more: Any) -> None:
        wanted = MatchWithdrawal.model_validate(half | more)
        call(service.carry_out_for_shop, late, wanted, actor=SHOP)

    with pytest.raises(InvalidInput) as refused:
        carry_out()
    assert "1 x Product 0, 1 x Product 1" in refused.value.message
    assert refused.value.fields == {
        "answer": ["is needed where less is carried out than was stated"]
    }
    assert read(database, late).status == "open"
    carry_out(answer="Das andere ist Maßanfertigung.")
    row = read(database, late)
    assert row.not_carried_out == ["1 x Product 0", "1 x Product 1"]
    # Who stated it has proven nothing: they read the shop's word, and of no goods.
    assert "Product" not in news(database)[-1]
    assert "zum Teil ausgeführt" in news(database)[-1]
    assert "schreibt: Das andere ist Maßanfertigung." in news(database)[-1]


def test_what_was_left_out_of_it_is_on_the_page_and_in_the_mail(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner, parcels=[{"units": {"SKU-0": 1}, "status": "shipped"}])
    reference = state(order.order_number, withdraw_items=[{"sku": "SKU-0", "quantity": 2}])
    assert read(database, reference).status == "open"
    wanted = {
        "order_number": order.order_number,
        "withdraw_items": [{"sku": "SKU-0", "quantity": 1}],
        "answer": "Der andere ist verschickt.",
    }
    match = MatchWithdrawal.model_validate(wanted)
    call(service.carry_out_for_shop, reference, match, actor=SHOP)
    [shown] = call(orders.list_withdrawals, order.order_number)
    assert (shown.state, shown.not_carried_out) == ("carried_out", ["1 x Product 0"])
    assert shown.answer == "Der andere ist verschickt."
    assert "Nicht ausgeführt: 1 x Product 0." in news(database)[-1]


def test_settled_by_hand_is_told_and_no_more_than_a_mailbox_bears(
    database: Database, call: Call, state: Any, clock: Any
) -> None:
    outcome = SettleWithdrawal.model_validate({"outcome": "Internal", "answer": "Bitte melden."})
    stated = [state(f"order {count}", None) for count in range(NEWS.times + 1)]
    for reference in stated:
        call(service.settle_for_shop, reference, outcome, actor=SHOP)
    assert len(news(database)) == NEWS.times
    assert "Internal" not in news(database)[0]
    assert "schreibt: Bitte melden." in news(database)[0]
    clock.advance(hours=1, seconds=1)
    call(service.settle_for_shop, state("one more", None), outcome, actor=SHOP)
    assert len(news(database)) == NEWS.times + 1


def test_an_account_is_not_deleted_while_its_withdrawal_waits(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner)
    reference = state(order.order_number, goods="the blue one")
    [obstacle] = call(personal_data.read_deletion).obstacles
    assert (obstacle.code, obstacle.number) == ("open_withdrawal", reference)
    assert obstacle.order_number == order.order_number
    outcome = SettleWithdrawal.model_validate({"outcome": "Told"})
    call(service.settle_for_shop, reference, outcome, actor=SHOP)
    assert call(personal_data.read_deletion).can_be_deleted


def deliveries(database: Database) -> list[bool]:
    found = rows(database, OutboxMessage, kind="return_delivery", channel="email")
    in_turn = sorted(found, key=lambda row: row.id)
    return [row.payload["words"]["comes_back"] for row in in_turn]


def test_delivery_that_comes_back_later_or_no_longer_is_told(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(
        database,
        owner,
        parcels=[{"units": {"SKU-0": 2}}],
        shipping_amount=500,
        grand_total=30500,
    )
    state(order.order_number, withdraw_items=[{"sku": "SKU-0", "quantity": 2}])
    [request] = rows(database, OrderReturn)
    call(returns.approve_return, request.request_number, actor=SHOP)
    assert deliveries(database) == []
    state(order.order_number, withdraw_items=[{"sku": "SKU-1", "quantity": 1}])
    [message] = rows(database, OutboxMessage, kind="return_delivery", channel="email")
    words = message.payload["words"]
    assert (words["request_number"], words["amount"]) == (request.request_number, "₹5.00")
    for step in (returns.mark_return_shipped, returns.receive_return):
        call(step, request.request_number, actor=SHOP)
    refused = {"sku": "SKU-0", "refused": 1, "reason_code": "worn", "goods": "sent_back"}
    data = InspectReturn.model_validate({"return_items": [refused]})
    call(returns.inspect_return, request.request_number, data, actor=SHOP)
    assert deliveries(database) == [True, False]


def test_delivery_of_a_return_that_is_new_is_told_once(
    database: Database, call: Call, owner: User, state: Any
) -> None:
    order = make(database, owner, shipping_amount=500, grand_total=30500)
    state(order.order_number)
    assert deliveries(database) == []
    [request] = rows(database, OrderReturn)
    assert request.shipping_amount == 500
