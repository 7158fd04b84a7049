"""What is stated again is the same withdrawal for who may know of the first, for nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import Order, User, Withdrawal
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.conftest import Api
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.withdrawals.test_withdrawals import GERMANY, key_of, state, state_with_key

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def placed(database: Database, owner: User) -> Order:
    """On its way: a withdrawal waits for the shop."""
    return make_order(
        database,
        owner,
        place=GERMANY,
        status="shipped",
        parcels=[{"status": "shipped"}],
        customer_email="owner@example.com",
    )


def state_from(database: Database, address: str | None, order: str, **said: Any) -> Any:
    asked = {"name": "Asha Rao", "order": order, "contact": "asha@example.com", **said}
    with enter(Caller(ip_address=address), writes=True, database=database) as ctx:
        return service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))


def test_a_press_twice_is_one_withdrawal(database: Database, clock: Any) -> None:
    first = state_from(database, HOME, "NONE-1")
    clock.advance(minutes=9)
    again = state_from(database, HOME, "NONE-1")
    assert (again.reference, again.received_at) == (first.reference, first.received_at)
    clock.advance(minutes=2)
    assert state_from(database, HOME, "NONE-1").reference != first.reference


@pytest.mark.parametrize("address", [ELSEWHERE, None])
def test_who_repeats_anothers_words_learns_nothing_of_theirs(
    database: Database, clock: Any, address: str | None
) -> None:
    first = state_from(database, HOME, "NONE-1", goods="red shoes")
    clock.advance(minutes=1)
    other = state_from(database, address, "NONE-1", goods="red shoes")
    assert other.received_at == first.received_at + timedelta(minutes=1)
    assert first.reference not in other.receipt
    assert f"{first.received_at:%H:%M:%S}" not in other.receipt
    assert len({row.reference for row in rows(database, Withdrawal)}) == 2
    with enter(Caller(), writes=False, database=database) as ctx:
        reference, _ = service.read_receipt(ctx, other.receipt_key)
    assert reference == other.reference


def test_callers_from_nowhere_are_nobody_in_common(database: Database, clock: Any) -> None:
    references = {state_from(database, None, "NONE-1").reference for _ in range(2)}
    assert len(references) == 2


def test_a_customer_and_the_key_of_the_order_find_their_statement_for_a_day(
    database: Database, acting: Any, owner: User, placed: Order, clock: Any
) -> None:
    number, key = placed.order_number, key_of(acting, database, placed)
    first = state(acting, number, owner).reference
    clock.advance(minutes=50)
    assert state_with_key(database, key, number).reference == first
    clock.advance(hours=23)
    assert state(acting, number, owner).reference == first
    clock.advance(hours=1)
    assert state(acting, number, owner).reference != first


def test_a_customer_finds_what_they_stated_of_an_order_that_is_not_known_to_be_theirs(
    acting: Any, owner: User, stranger: User, clock: Any
) -> None:
    first = state(acting, "the blue one", owner).reference
    clock.advance(hours=23)
    assert state(acting, "the blue one", owner).reference == first
    for who in (stranger, None):
        assert state(acting, "the blue one", who).reference != first


def test_strangers_and_the_owner_state_each_their_own(
    database: Database, acting: Any, owner: User, stranger: User, placed: Order
) -> None:
    number = placed.order_number
    callers = (owner, stranger, None)
    references = [state(acting, number, who).reference for who in callers]
    assert len(set(references)) == 3
    assert [row.is_proven for row in rows(database, Withdrawal)] == [True, False, False]


def test_a_mailbox_gets_five_receipts_whoever_repeats_them(database: Database, clock: Any) -> None:
    sent = [state_from(database, f"192.0.2.{one}", "NONE-1").is_mailed for one in range(1, 8)]
    assert sent == [True] * 5 + [False] * 2


@pytest.mark.parametrize("typed", ["{}", "#{}", " {} "])
def test_the_number_is_read_as_by_find_my_order(
    database: Database, acting: Any, owner: User, placed: Order, typed: str
) -> None:
    number = typed.format(placed.order_number.lower())
    assert number.strip() != placed.order_number
    with acting(owner, writes=False) as ctx:
        assert service.open_order(ctx, number)
    key = key_of(acting, database, placed)
    for receipt in (state(acting, number, owner), state_with_key(database, key, number, name="A")):
        [row] = rows(database, Withdrawal, reference=receipt.reference)
        assert (row.is_proven, row.order_number) == (True, placed.order_number)
        assert row.order_text == number.strip()  # as it was stated
    assert not rows(database, Withdrawal, reference=state(acting, number).reference)[0].is_proven


@pytest.mark.parametrize("number", ["\x00", "NW-1\x00", "%00"])
def test_no_number_is_a_crash(api: Api, number: str) -> None:
    assert api.client.get("/withdraw", params={"order": number}).status_code == 200


def test_spellings_of_one_mailbox_get_no_more(database: Database, clock: Any) -> None:
    names = ["asha.rao", "a.sharao", "as.harao", "asharao", *(f"asharao+{one}" for one in range(4))]
    sent = [
        state_from(database, HOME, "NONE-1", contact=f"{name}@example.com").is_mailed
        for name in names
    ]
    assert sent == [True] * 5 + [False] * 3
    # Received as they were stated, all of them.
    assert len({row.contact for row in rows(database, Withdrawal)}) == 8
