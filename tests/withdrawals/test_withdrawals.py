"""Withdrawing from a contract: received from anybody, carried out for whoever proves the order."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from account_portal.context import SHOP, Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound, TooManyAttempts
from account_portal.guests import service as guests
from account_portal.guests.schemas import ConfirmOrder, FindOrder
from account_portal.models import (
    CancelledItem,
    Order,
    OrderReturn,
    Refund,
    ReturnItem,
    Shipment,
    User,
    Withdrawal,
)
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, Policy
from account_portal.returns.rules import OrderNotReturnable
from account_portal.states import ShipmentStatus
from account_portal.withdrawals import rules, service
from account_portal.withdrawals.rules.words import BOUNDS, LEFT_OUT, harmless
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal, StateWithdrawal
from tests.conftest import Api
from tests.factories.auth import codes_sent, messages
from tests.factories.events import told, types_told
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

GERMANY, INDIA = {"country": "Germany"}, {"country": "India"}


@pytest.fixture
def delivered(database: Database, owner: User) -> Order:
    return make_order(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=2), make_line(1, sku="B")],
        place=GERMANY,
        status="delivered",
        parcels=[{}],
        customer_email="owner@example.com",
    )


def state(acting: Any, order: str, who: Any = None, **said: Any) -> Any:
    with acting(who) as ctx:
        asked = {"name": "Asha Rao", "order": order, "contact": "asha@example.com", **said}
        return service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))


def units(**counts: int) -> list[CancelItem]:
    return [CancelItem(sku=sku, quantity=count) for sku, count in counts.items()]


def key_of(acting: Any, database: Database, order: Order) -> str:
    with acting(None) as ctx:
        wanted = FindOrder(order_number=order.order_number, contact="owner@example.com")
        token = guests.find_order(ctx, wanted).find_token
    code = codes_sent(database)[-1][2]
    with acting(None) as ctx:
        return guests.confirm_order(ctx, ConfirmOrder(find_token=token, otp=code)).order_token


def state_with_key(database: Database, key: str, order: str, **said: Any) -> Any:
    asked = {"name": "Asha Rao", "order": order, "contact": "asha@example.com", **said}
    with enter(Caller(order_proof=key), writes=True, database=database) as ctx:
        return service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))


def nothing_moved(database: Database) -> bool:
    return not rows(database, OrderReturn) and not rows(database, Refund)


def test_who_proves_nothing_is_received_and_moves_nothing(
    database: Database, acting: Any, delivered: Order, stranger: User
) -> None:
    for who in (None, stranger):
        receipt = state(acting, delivered.order_number, who, goods=f"one mug, {who}")
        assert receipt.reference in receipt.receipt
        assert "one mug" in receipt.receipt
        assert "UTC" in receipt.receipt
        assert "Product" not in receipt.receipt  # nothing of the order is told
    assert nothing_moved(database)
    assert {row.status for row in rows(database, Withdrawal)} == {"open"}
    assert {row.customer_id for row in rows(database, Withdrawal)} == {None}
    sent = [row for row in messages(database) if row.kind == "withdrawal_received"]
    assert [row.recipient for row in sent] == ["asha@example.com"] * 2


def test_there_is_such_an_order_or_not_the_answer_is_one(
    acting: Any, delivered: Order, clock: Any
) -> None:
    here, nowhere = (state(acting, number) for number in (delivered.order_number, "NONE-1"))
    strip = [
        one.receipt.replace(one.reference, "").replace(number, "")
        for one, number in ((here, delivered.order_number), (nowhere, "NONE-1"))
    ]
    assert strip[0] == strip[1]


@pytest.mark.parametrize("by", ["session", "code"])
def test_who_proves_the_order_returns_at_once_without_a_fee(
    database: Database, acting: Any, owner: User, delivered: Order, by: str
) -> None:
    said = {"withdraw_items": [{"sku": "A", "quantity": 1}]}
    number = delivered.order_number
    if by == "session":
        receipt = state(acting, number, owner, **said)
    else:
        receipt = state_with_key(database, key_of(acting, database, delivered), number, **said)
    [row] = rows(database, Withdrawal)
    [request] = rows(database, OrderReturn)
    [item] = rows(database, ReturnItem)
    assert (row.status, row.outcome, row.is_proven) == ("settled", request.request_number, True)
    assert (item.quantity, item.fee) == (1, 0)
    assert receipt.reference in item.return_reason
    assert "1 x " in receipt.receipt


def test_a_key_of_another_order_proves_nothing(
    database: Database, acting: Any, owner: User, delivered: Order
) -> None:
    other = make_order(database, owner, customer_email="owner@example.com")
    state_with_key(database, key_of(acting, database, other), delivered.order_number)
    [row] = rows(database, Withdrawal)
    assert not row.is_proven
    assert nothing_moved(database)


def test_what_is_not_sent_is_cancelled(database: Database, acting: Any, owner: User) -> None:
    order = make_order(database, owner, place=GERMANY)
    state(acting, order.order_number, owner)
    [row] = rows(database, Withdrawal)
    assert row.status == "settled"
    assert rows(database, Order, id=order.id)[0].status == "cancelled"
    assert rows(database, Refund)


def test_what_is_on_its_way_waits_for_people(database: Database, acting: Any, owner: User) -> None:
    order = make_order(
        database, owner, status="shipped", parcels=[{"status": "shipped"}], place=GERMANY
    )
    state(acting, order.order_number, owner)
    [row] = rows(database, Withdrawal)
    assert (row.status, row.is_proven, row.order_number) == ("open", True, order.order_number)
    assert nothing_moved(database)


def test_words_of_the_customer_wait_for_people(
    database: Database, acting: Any, owner: User, delivered: Order
) -> None:
    state(acting, delivered.order_number, owner, goods="only the blue one")
    assert nothing_moved(database)


def test_exempt_goods_are_named_with_why(
    database: Database, acting: Any, owner: User, clock: Any
) -> None:
    policy = {
        "rules": [
            {
                "name": "Food",
                "applies_to": {"skus": ["B"]},
                "returns": {"never": "perishable"},
            }
        ]
    }
    with acting(SHOP) as ctx:
        orders.set_policy(ctx, Policy.model_validate(policy), source="api")
    order = make_order(
        database,
        owner,
        lines=[make_line(0, sku="A"), make_line(1, sku="B")],
        place=GERMANY,
        status="delivered",
        parcels=[{}],
        at=clock.now,
    )
    receipt = state(acting, order.order_number, owner, language="de")
    assert "schnell verderblich" in receipt.receipt
    [item] = rows(database, ReturnItem)  # the rest went back
    assert item.quantity == 2


def test_twins_are_one_withdrawal(
    database: Database, acting: Any, owner: User, delivered: Order
) -> None:
    threads = [
        Thread(target=lambda: state(acting, delivered.order_number, owner)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(database, Withdrawal)) == 1
    assert len(rows(database, OrderReturn)) == 1


def test_a_flood_fills_no_mailbox_and_refuses_nobody_lawful(
    database: Database, acting: Any, clock: Any
) -> None:
    mailed = [state(acting, f"NONE-{place}").is_mailed for place in range(8)]
    assert mailed == [True] * 5 + [False] * 3
    assert len(rows(database, Withdrawal)) == 8
    assert state(acting, "NONE-1", contact="else@example.com").is_mailed
    clock.advance(hours=1, seconds=1)
    assert state(acting, "NONE-99").is_mailed


def test_hundreds_from_one_network_are_refused(
    acting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = service.stating.STATEMENTS.__class__("withdrawals", times=3, seconds=3600)
    monkeypatch.setattr(service.stating, "STATEMENTS", few)
    for place in range(3):
        state(acting, f"NONE-{place}")
    with pytest.raises(TooManyAttempts):
        state(acting, "NONE-4")


def test_the_shop_is_told(database: Database, acting: Any, delivered: Order) -> None:
    receipt = state(acting, delivered.order_number)
    [data] = [data for kind, data in told(database) if kind == "withdrawal.received"]
    assert data == {
        "reference": receipt.reference,
        "customer_id": None,
        "order_number": None,
        "is_proven": False,
    }


def test_staff_match_it_once(
    database: Database, acting: Any, call: Any, owner: User, delivered: Order
) -> None:
    reference = state(acting, "the one of last week").reference
    wanted = MatchWithdrawal(
        order_number=delivered.order_number,
        withdraw_items=units(A=1, B=1),
        answer="The rest is made to order.",
    )
    for who in (owner, None):
        with pytest.raises(Forbidden), acting(who) as ctx:
            service.carry_out_for_shop(ctx, reference, wanted)
    with pytest.raises(NotFound):
        call(service.carry_out_for_shop, "WDR-NONE", wanted, actor=SHOP)
    nowhere = MatchWithdrawal(order_number="NONE-1")
    with pytest.raises(InvalidInput):
        call(service.carry_out_for_shop, reference, nowhere, actor=SHOP)
    too_many = MatchWithdrawal(order_number=delivered.order_number, withdraw_items=units(A=9))
    with pytest.raises(rules.NotCarriedOut):
        call(service.carry_out_for_shop, reference, too_many, actor=SHOP)
    assert nothing_moved(database)
    sam = Actor(kind="shop", name="sam@shop.example")
    call(service.carry_out_for_shop, reference, wanted, actor=sam)
    [row] = rows(database, Withdrawal)
    assert (row.status, row.settled_by) == ("settled", "sam@shop.example")
    assert row.customer_id == owner.customer_id
    assert [item.quantity for item in rows(database, ReturnItem)] == [1, 1]
    for deed, said in (
        (service.carry_out_for_shop, wanted),
        (service.settle_for_shop, SettleWithdrawal(outcome="again")),
    ):
        with pytest.raises(rules.AlreadySettled):
            call(deed, reference, said, actor=SHOP)


def test_goods_that_were_named_are_not_the_whole_contract(
    database: Database, acting: Any, call: Any, delivered: Order
) -> None:
    """As of a session that ended between the two steps: whoever named goods meant no others."""
    receipt = state(acting, delivered.order_number, withdraw_items=units(A=1))
    assert "1 x A" in receipt.receipt
    assert "whole" not in receipt.receipt
    whole = state(acting, delivered.order_number)
    assert whole.reference != receipt.reference
    assert "whole" in whole.receipt
    at_order = MatchWithdrawal(order_number=delivered.order_number)
    with pytest.raises(InvalidInput, match="names goods in words"):
        call(service.carry_out_for_shop, receipt.reference, at_order, actor=SHOP)
    assert nothing_moved(database)


def test_without_units_staff_carry_out_what_was_stated(
    database: Database, acting: Any, call: Any, owner: User
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0, sku="A"), make_line(1, sku="B")],
        place=GERMANY,
        status="shipped",
        parcels=[{"status": "shipped"}],
    )
    reference = state(acting, order.order_number, owner, withdraw_items=units(A=1)).reference
    assert rows(database, Withdrawal)[0].status == "open"
    [parcel] = rows(database, Shipment)
    call(orders.move_shipment, parcel.reference_number, ShipmentStatus.DELIVERED, actor=SHOP)
    at_order = MatchWithdrawal(order_number=order.order_number)
    call(service.carry_out_for_shop, reference, at_order, actor=SHOP)
    assert [item.quantity for item in rows(database, ReturnItem)] == [1]


def test_staff_settle_it_by_hand(database: Database, acting: Any, call: Any) -> None:
    reference = state(acting, "unknown").reference
    said = SettleWithdrawal(outcome="No such order; told by mail.")
    call(service.settle_for_shop, reference, said, actor=SHOP)
    assert rows(database, Withdrawal)[0].status == "settled"


def test_what_was_stated_never_changes(database: Database, acting: Any) -> None:
    state(acting, "unknown")
    with database.session(writes=True) as db:
        row = db.get_one(Withdrawal, rows(database, Withdrawal)[0].id)
        row.name = "Somebody else"
        with pytest.raises(ValueError, match="never changes"):
            db.flush()


def test_a_receipt_is_read_by_its_key_alone(
    database: Database, acting: Any, delivered: Order, clock: Any
) -> None:
    receipt = state(acting, delivered.order_number)
    with acting(None, writes=False) as ctx:
        assert service.read_receipt(ctx, receipt.receipt_key) == (
            receipt.reference,
            receipt.receipt,
        )
    order_key = key_of(acting, database, delivered)
    clock.advance(days=30, seconds=1)
    for key in (order_key, receipt.receipt_key, receipt.reference, ""):
        with pytest.raises(NotFound), acting(None, writes=False) as ctx:
            service.read_receipt(ctx, key)
    assert timedelta(days=30) == service.stating.RECEIPT_LIFE


def test_where_no_law_asks_for_it_nothing_gets_round_the_policy(
    database: Database, acting: Any, owner: User
) -> None:
    order = make_order(
        database, owner, status="delivered", parcels=[{}], place={"country": "India"}
    )
    state(acting, order.order_number, owner)
    [row] = rows(database, Withdrawal)
    assert (row.status, row.is_proven, row.order_number) == ("open", True, order.order_number)
    assert nothing_moved(database)


@pytest.mark.parametrize(("country", "is_linked"), [("Germany", True), ("India", False)])
def test_the_order_links_it_where_the_law_asks_for_it(
    database: Database, call: Any, owner: User, country: str, is_linked: bool
) -> None:
    order = make_order(database, owner, place={"country": country})
    page = call(orders.get_order_page, order.order_number)
    link = f"/withdraw?order={order.order_number}" if is_linked else ""
    assert page.withdraw_link == link


@pytest.mark.parametrize(
    ("ordered", "arrived", "is_linked"),
    [
        (700, None, True),
        (740, None, False),
        (400, 380, True),
        (400, 385, False),
        (30 * 365, 30 * 365, False),
        (30 * 365, 10, True),
    ],
)
def test_it_is_linked_as_long_as_it_can_matter(
    database: Database, call: Any, owner: User, ordered: int, arrived: int | None, is_linked: bool
) -> None:
    now = datetime.now(UTC)
    came = {} if arrived is None else {"delivered_date": now - timedelta(days=arrived)}
    order = make_order(
        database,
        owner,
        place={"country": "Germany"},
        at=now - timedelta(days=ordered),
        order_date=now - timedelta(days=ordered),
        parcels=[{"status": "delivered", **came}] if came else [],
    )
    assert bool(call(orders.get_order_page, order.order_number).withdraw_link) is is_linked


def test_a_longer_window_keeps_it_linked(
    database: Database, call: Any, acting: Any, owner: User
) -> None:
    came = datetime.now(UTC) - timedelta(days=500)
    parcels = [{"status": "delivered", "delivered_date": came}]
    order = make_order(database, owner, place={"country": "Germany"}, at=came, parcels=parcels)
    assert not call(orders.get_order_page, order.order_number).withdraw_link
    policy = {"rules": [{"name": "all", "returns": {"window_days": 800}}]}
    with acting(SHOP) as ctx:
        orders.set_policy(ctx, Policy.model_validate(policy), source="api")
    assert call(orders.get_order_page, order.order_number).withdraw_link


def test_half_of_a_withdrawal_is_never_done(
    database: Database, acting: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line arrived, the other is not sent; what fails last undoes what was done first."""
    order = make_order(
        database,
        owner,
        lines=[make_line(0, sku="A"), make_line(1, sku="B")],
        place=GERMANY,
        status="partially_delivered",
        parcels=[{"units": {"A": 2}}],
    )

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OrderNotReturnable

    with monkeypatch.context() as patched:
        patched.setattr(service.carrying_out.returns, "create_return", refuse)
        state(acting, order.order_number, owner)
    assert rows(database, Withdrawal)[0].status == "open"
    assert nothing_moved(database)
    assert rows(database, CancelledItem) == []
    assert "order.items_cancelled" not in types_told(database)
    assert [row.kind for row in messages(database)] == ["withdrawal_received"]
    state(acting, order.order_number, owner, name="Asha R. Rao")
    assert [row.quantity for row in rows(database, CancelledItem)] == [2]
    assert [row.quantity for row in rows(database, ReturnItem)] == [2]


def test_a_fault_of_ours_loses_no_statement(
    database: Database,
    acting: Any,
    owner: User,
    delivered: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service.carrying_out.returns, "create_return", fail)
    receipt = state(acting, delivered.order_number, owner)
    [row] = rows(database, Withdrawal)
    assert (row.reference, row.status) == (receipt.reference, "open")
    assert nothing_moved(database)
    assert [one.kind for one in messages(database)] == ["withdrawal_received"]


def test_what_belongs_to_nobody_is_removed_in_its_time(
    database: Database, acting: Any, call: Any, owner: User, delivered: Order, clock: Any
) -> None:
    state(acting, "unknown")
    state(acting, delivered.order_number, who=owner)
    clock.advance(days=1199)
    state(acting, "later")
    assert call(service.forget_unmatched, actor=SHOP) == 0
    clock.advance(days=2)
    assert call(service.forget_unmatched, actor=SHOP) == 1
    kept = {row.order_text for row in rows(database, Withdrawal)}
    assert kept == {delivered.order_number, "later"}


ADVERTISEMENT = "You won! Claim at https://evil.example/win or evil.example, mail win@evil.example"


@pytest.mark.parametrize("who", ["anybody", "a customer", "by the order's key"])
def test_what_strangers_type_is_no_advertisement_in_a_mailbox_of_somebody_else(
    database: Database, acting: Any, delivered: Order, owner: User, who: str
) -> None:
    number = delivered.order_number
    said = {"name": ADVERTISEMENT, "goods": ADVERTISEMENT * 20, "contact": "victim@example.com"}
    if who == "by the order's key":
        key = key_of(acting, database, delivered)
        receipt = state_with_key(database, key, number, **said)
    elif who == "a customer":
        receipt = state(acting, number, owner, **said)
    else:
        receipt = state(acting, ADVERTISEMENT, **said)
    assert ADVERTISEMENT in receipt.receipt  # the page and the file hold all of it
    for _ in range(2):  # and when it is repeated
        [*_, (channel, contact, text)] = mailed(database)
        assert (channel, contact) == ("email", "victim@example.com")
        assert "evil" not in text
        assert "win@" not in text
        assert len(text) < 1200
        assert receipt.reference in text
        assert f"/withdraw/receipt?key={receipt.receipt_key}" in text
        assert "Somebody typed this e-mail address" in text
        if who == "anybody":
            receipt = state(acting, ADVERTISEMENT, **said)


@pytest.mark.parametrize(
    "number",
    ["+449001234567", "0900 123 4567", "0900-1234567", "0900/1234567", "٠٩٠٠١٢٣٤٥٦٧", "②②②②②②②"],
)
def test_a_number_to_call_is_no_name_and_no_goods(
    database: Database, acting: Any, delivered: Order, number: str
) -> None:
    said = {"name": f"Your bank, call {number}", "goods": f"call {number} now"}
    receipt = state(acting, delivered.order_number, contact="victim@example.com", **said)
    [(_, _, text)] = mailed(database)
    assert f": Your bank, call {LEFT_OUT}\n" in text
    [goods] = [line for line in text.splitlines() if " call " in line and line.endswith(" now")]
    assert sum(sign.isnumeric() for sign in goods) < 8
    assert f"key={receipt.receipt_key}" in text


@pytest.mark.parametrize(
    "word",
    [f"evil{sign}com" for sign in "\ua4f8\ua78f\u0740\u0660\u06f0\u0307\u3164\u1427"],
)
def test_what_only_looks_like_a_dot_is_one(word: str) -> None:
    for field in BOUNDS:
        assert harmless(f"see {word}", field) == f"see {LEFT_OUT}"


@pytest.mark.parametrize(
    "name",
    [
        "Nguy\u1ec5n",
        "Ol\xfa\u0301",
        "नमस्ते",
        "山田コーヒー",
        "김철수",
        "محمد",
        "O\u02bcNeil",
        "สมชาย",
        "Łukasz-Jan",
    ],
)
def test_names_of_all_scripts_are_kept(name: str) -> None:
    assert harmless(name, "name") == name


def mailed(database: Database) -> list[tuple[str, str, str]]:
    return [
        (row.channel, row.recipient or "", str(row.payload["words"]["receipt"]))
        for row in messages(database)
        if row.kind == "withdrawal_received"
    ]


def test_the_receipt_by_mail_states_all_that_a_plain_statement_says(
    database: Database, acting: Any, delivered: Order
) -> None:
    receipt = state(acting, delivered.order_number, goods="2 x Mug (blue), size 1.5")
    [(_, _, text)] = mailed(database)
    assert text.startswith(receipt.receipt)
    assert "key=" not in text


def test_who_has_shown_their_mailbox_gets_the_receipt_word_by_word(
    database: Database, acting: Any, delivered: Order, owner: User
) -> None:
    words = f"Mug, see https://shop.example/mug\n{ADVERTISEMENT}"
    receipt = state(acting, delivered.order_number, owner, goods=words, contact=owner.email)
    assert mailed(database)[-1][2] == receipt.receipt
    key = key_of(acting, database, delivered)
    receipt = state_with_key(
        database, key, delivered.order_number, goods=words, contact="owner@example.com"
    )
    assert mailed(database)[-1][2] == receipt.receipt


def test_a_mailbox_that_was_replaced_is_not_shown_by_the_orders_key(
    database: Database, acting: Any, owner: User
) -> None:
    order = make_order(database, owner, customer_email="replaced@example.com")
    key = key_of(acting, database, order)
    for contact, is_own in (("owner@example.com", True), ("replaced@example.com", False)):
        said = {"goods": ADVERTISEMENT, "contact": contact}
        receipt = state_with_key(database, key, order.order_number, **said)
        assert (mailed(database)[-1][2] == receipt.receipt) == is_own


@pytest.mark.parametrize(("count", "status"), [(2**63 - 1, 200), (2**63, 400), (10**30, 400)])
def test_more_units_than_can_be_counted_are_no_crash(
    api: Api, database: Database, owner: User, count: int, status: int
) -> None:
    order = make_order(database, owner, lines=[make_line(0, sku="A")], place=GERMANY)
    asked = {"name": "Asha", "order": order.order_number, "contact": "a@example.com"}
    said = asked | {"withdraw_items": [{"sku": "A", "quantity": count}]}
    for who in (owner, None):
        assert api.post("/withdrawals", user=who, json=said).status_code == status
    assert {row.status for row in rows(database, Withdrawal)} == (
        {"open"} if status == 200 else set()
    )
