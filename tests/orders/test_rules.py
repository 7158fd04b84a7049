"""Rules of orders, as tables and properties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core import money
from account_portal.orders import rules
from account_portal.orders.schemas import Policy
from account_portal.states import OrderStatus as O
from account_portal.states import PaymentStatus as P
from account_portal.states import RefundStatus, ReturnStatus
from account_portal.states import ShipmentStatus as S
from account_portal.states import TransactionStatus as T

NOW = datetime(2026, 5, 1, tzinfo=UTC)
shipments = st.lists(st.sampled_from(S), max_size=6)


@pytest.mark.parametrize(
    ("parcels", "covers", "expected"),
    [
        ([], True, O.CONFIRMED),
        ([S.CANCELLED], True, O.CONFIRMED),
        ([S.UNSCHEDULED], True, O.CONFIRMED),
        ([S.SCHEDULED], True, O.AWAITING_SHIPMENT),
        ([S.SCHEDULED], False, O.PARTIALLY_SCHEDULED),
        ([S.SCHEDULED, S.UNSCHEDULED], True, O.PARTIALLY_SCHEDULED),
        ([S.SHIPPED, S.IN_TRANSIT], True, O.SHIPPED),
        ([S.SHIPPED, S.PACKED], True, O.PARTIALLY_SHIPPED),
        ([S.DELIVERED], False, O.PARTIALLY_DELIVERED),
        ([S.DELIVERED, S.SHIPPED], True, O.PARTIALLY_DELIVERED),
        ([S.DELIVERED, S.DELIVERED], True, O.DELIVERED),
        ([S.DELIVERED, S.CANCELLED], True, O.DELIVERED),
        ([S.UNDELIVERED], True, O.UNDELIVERED),
        ([S.UNDELIVERED, S.SHIPPED], True, O.PARTIALLY_UNDELIVERED),
        ([S.RETURN_TO_ORIGIN], True, O.RETURN_TO_ORIGIN),
        ([S.RETURN_TO_ORIGIN, S.SHIPPED], True, O.PARTIALLY_RETURN_TO_ORIGIN),
    ],
)
def test_the_state_follows_from_the_parcels(parcels: list[S], covers: bool, expected: O) -> None:
    assert rules.derive_status(O.CONFIRMED, parcels, covers_all_units=covers) is expected


@given(st.sampled_from(O), shipments, st.booleans())
def test_states_are_stable_and_final_ones_stay(current: O, parcels: list[S], covers: bool) -> None:
    once = rules.derive_status(current, parcels, covers_all_units=covers)
    assert rules.derive_status(once, parcels, covers_all_units=covers) is once
    if current is O.CANCELLED or not parcels:
        assert once is current


@given(st.sampled_from(O), shipments, st.sampled_from(rules.UNTIL))
def test_what_cannot_be_cancelled_has_words(status: O, parcels: list[S], until: Any) -> None:
    code = rules.why_not_cancellable(status, parcels, until)
    assert rules.can_cancel(status, parcels, until) == (code is None)
    assert code is None or rules.WORDS[code]


@given(st.sampled_from(S), st.sampled_from(S))
def test_parcels_never_move_out_of_an_end(now: S, to: S) -> None:
    if now in (S.DELIVERED, S.CANCELLED, S.LOST, S.RETURN_TO_ORIGIN) or now is to:
        assert not rules.can_move(now, to)


def money_facts(due: int, attempts: list[rules.Attempt], **values: Any) -> rules.MoneyFacts:
    return rules.MoneyFacts(
        **{
            "status": O.CONFIRMED,
            "stated": P.PENDING,
            "grand_total": due,
            "loyalty_amount": 0,
            "credit_used": 0,
            "attempts": attempts,
            "refunds": [],
            **values,
        }
    )


def attempt(amount: int, status: T, minutes_ago: int = 60) -> rules.Attempt:
    return rules.Attempt(amount, status, NOW - timedelta(minutes=minutes_ago))


@pytest.mark.parametrize(
    ("payable", "attempts", "status", "retry"),
    [
        (100, [], P.PENDING, True),
        (0, [], P.SUCCESS, False),
        (100, [attempt(100, T.SUCCESS)], P.SUCCESS, False),
        (100, [attempt(100, T.FAILED, 1)], P.FAILED, True),
        (100, [attempt(100, T.PENDING, 15)], P.PENDING, False),
        (100, [attempt(100, T.PENDING, 16)], P.PENDING, True),
        (100, [attempt(40, T.SUCCESS)], P.PARTIALLY_PAID, True),
        (100, [attempt(40, T.SUCCESS), attempt(60, T.FAILED, 1)], P.PARTIALLY_PAID, True),
        (100, [attempt(100, T.FAILED), attempt(100, T.PENDING, 1)], P.PENDING, False),
    ],
)
def test_how_far_an_order_is_paid(
    payable: int, attempts: list[rules.Attempt], status: P, retry: bool
) -> None:
    facts = money_facts(payable, attempts)
    assert rules.derive_payment_status(facts) is status
    assert rules.can_retry_payment(facts, NOW) is retry
    assert not rules.can_retry_payment(replace(facts, status=O.CANCELLED), NOW)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 5)), max_size=5),
    st.integers(0, 12),
    st.sampled_from(["delivery", "order"]),
)
def test_no_more_can_be_returned_than_arrived_and_is_free(
    arrived: list[tuple[int, int]], held: int, counted_from: str
) -> None:
    placed = NOW - timedelta(days=70)
    sale = rules.Sale("A", "a", "physical", None, frozenset(), Decimal(1), "INR", None, placed)
    goods = rules.Goods(
        paid_units=99,
        delivered_units=sum(units for _, units in arrived),
        arrivals=tuple(
            (str(number), NOW - timedelta(days=days), units)
            for number, (days, units) in enumerate(arrived)
        ),
        held_units=held,
        returned_units=0,
    )
    settings = rules.rule_of_settings(30, cancel_scheduled=True)
    policy = Policy.model_validate(
        {"rules": [{"name": "all", "returns": {"counted_from": counted_from}}]}
    )
    terms, kinder_terms = (
        rules.terms_of(rules.rank(one, settings), sale, NOW) for one in (policy.rules, ())
    )
    found = rules.kindest_return([terms], placed, goods, NOW)
    in_time = sum(units for days, units in arrived if days <= 30 and counted_from == "delivery")
    assert 0 <= found.units <= max(0, min(in_time, goods.delivered_units - held))
    assert (found.reason is None) == (found.units > 0)
    later = rules.kindest_return([terms], placed, goods, NOW + timedelta(days=9))
    assert later.units <= found.units
    kinder = rules.kindest_return([terms, kinder_terms], placed, goods, NOW)
    assert kinder.units >= found.units


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_splits_add_up_to_the_minor_unit(total: int, weights: list[int]) -> None:
    parts = money.split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - total * weight) <= whole


@pytest.mark.parametrize(
    ("status", "of_return", "has_successor", "stage"),
    [
        ("pending", None, False, "as_is"),
        ("pending", "approved", False, "follows"),
        ("approved", "shipped", False, "follows"),
        ("approved", "received", False, "follows"),
        ("approved", "complete", False, "as_is"),
        ("success", "received", False, "as_is"),
        ("failed", None, False, "as_is"),
        ("failed", "complete", True, "tried_again"),
        ("failed", "cancelled", False, "withdrawn"),
    ],
)
def test_no_money_is_promised_while_goods_travel(
    status: str, of_return: str | None, has_successor: bool, stage: str
) -> None:
    found = rules.refund_stage(
        RefundStatus(status),
        None if of_return is None else ReturnStatus(of_return),
        has_successor=has_successor,
    )
    assert found == stage
