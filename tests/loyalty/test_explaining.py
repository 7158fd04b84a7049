"""What the rewards page explains: sums that add up, the year, what points and credit are worth."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.db import Database
from account_portal.core.errors import NotAuthenticated
from account_portal.loyalty import rules, service
from account_portal.loyalty.pages import rewards
from account_portal.loyalty.service.explaining import SHOWN_CREDIT
from account_portal.loyalty.state import RewardsState
from account_portal.models import CreditActivity, User
from account_portal.states import ActivityType
from tests.conftest import Clock, Set
from tests.factories.loyalty import make_activity
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.open_pages import OpenPage

Call = Callable[..., Any]
CAUSES = ["order", "bonus", "cart", "order_cancelled", "order_returned", "expiry", "adjustment"]
MOVES = st.lists(
    st.tuples(st.sampled_from(list(ActivityType)), st.sampled_from(CAUSES), st.integers(1, 5000)),
    max_size=12,
)


@given(moves=MOVES)
def test_what_a_balance_is_made_of_adds_up_to_it(
    acting: Any, database: Database, moves: list[Any]
) -> None:
    member = make_user(database, password=None)
    for kind, cause, points in moves:
        make_activity(database, member, activity_type=kind, activity=cause, loyalty_point=points)
    with acting(member) as ctx:
        sums = service.get_point_sums(ctx)
        balance = service.get_loyalty(ctx).loyalty_point_balance
        year = service.list_months_of_points(ctx)
    made_of = sums.earned + sums.given_back - sums.spent - sums.taken_back - sums.lapsed
    assert made_of == sums.balance == balance
    assert sum(one.earned - one.spent - one.lapsed for one in year) == balance
    assert len(year) == 12


def test_months_are_those_of_the_stores_country(
    call: Call, database: Database, owner: User, clock: Clock, set_settings: Set
) -> None:
    set_settings(PORTAL_STORE_COUNTRY="JP")
    clock.now = datetime(2026, 11, 28, tzinfo=UTC)
    for at, points in (
        (datetime(2025, 11, 30, 14, 59, tzinfo=UTC), 100),  # still November in Tokyo
        (datetime(2025, 11, 30, 15, 0, tzinfo=UTC), 20000),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), 1000),
    ):
        make_activity(database, owner, at=at, loyalty_point=points)
    spent = {"activity_type": ActivityType.REDEEMED}
    make_activity(database, owner, at=clock.now, loyalty_point=5000, **spent)
    make_activity(database, owner, at=clock.now, loyalty_point=700, activity="expiry", **spent)
    year = call(service.list_months_of_points)
    assert [year[0].month, year[-1].month] == [date(2025, 12, 1), date(2026, 11, 1)]
    assert (year[0].earned, year[0].earned_height) == (200, 100)
    last = year[-1]
    assert (last.earned, last.spent, last.lapsed) == (10, 50, 7)
    assert (last.earned_height, last.spent_height, last.lapsed_height) == (5, 25, 3)


@pytest.mark.parametrize(
    ("day", "first"), [("2026-12-31", "2026-01-01"), ("2027-01-01", "2026-02-01")]
)
def test_the_last_twelve_months(day: str, first: str) -> None:
    months = rules.last_months(date.fromisoformat(day))
    assert (months[0], len(months)) == (date.fromisoformat(first), 12)


@pytest.mark.parametrize(
    ("points", "value", "digits", "minor"),
    [(100, "1", 2, 100), (12345, "0.01", 2, 123), (199, "0.5", 0, 0), (30000, "0.25", 3, 75000)],
)
def test_no_more_is_promised_than_points_are_worth(
    points: int, value: str, digits: int, minor: int
) -> None:
    assert rules.worth(points, Decimal(value), digits) == minor


@given(moves=st.lists(st.integers(-1000, 1000), min_size=1, max_size=30))
def test_a_balance_of_credit_never_was_below_zero(moves: list[int]) -> None:
    so_far = list(accumulate(moves))
    expected = -min(0, *so_far) if len(so_far) > 1 else -min(0, so_far[0])
    for move in moves:
        expected += move
        assert expected >= 0
    assert rules.credit_balance(sum(moves), min(so_far)) == expected


def give(database: Database, owner: User, at: datetime, amount: int, **values: Any) -> None:
    row = {"cause": "gift_card", "currency": "INR", **values}
    with database.session(writes=True) as db:
        db.add(CreditActivity(customer_id=owner.customer_id, amount=amount, created_at=at, **row))
        db.commit()


def test_credit_that_was_used_has_a_balance_and_a_history(
    call: Call, database: Database, owner: User, stranger: User, clock: Clock
) -> None:
    days = [clock.now - timedelta(days=back) for back in (9, 6, 3)]
    first = make_order(database, owner, credit_balance_used=5000, order_date=days[0])
    give(database, owner, days[1], 8000)
    second = make_order(database, owner, credit_balance_used=2000, order_date=days[2])
    give(database, owner, days[2], 700, currency="EUR")
    make_order(database, stranger, credit_balance_used=100)
    make_order(database, owner)
    euros, rupees = call(service.list_store_credit)
    assert (euros.currency, euros.balance, euros.before) == ("EUR", 7, 0)
    assert (rupees.currency, rupees.balance, rupees.before) == ("INR", 60, 50)
    assert [(one.amount, one.cause, one.reference_number) for one in rupees.movements] == [
        (-20, "order", second.order_number),
        (80, "gift_card", None),
        (-50, "order", first.order_number),
    ]


def test_what_is_shown_of_credit_adds_up(
    call: Call, database: Database, owner: User, clock: Clock
) -> None:
    for back in range(SHOWN_CREDIT + 5):
        give(database, owner, clock.now - timedelta(days=back), 100)
    (credit,) = call(service.list_store_credit)
    assert len(credit.movements) == SHOWN_CREDIT
    shown = sum(one.amount for one in credit.movements)
    assert (credit.balance, shown + credit.before) == (SHOWN_CREDIT + 5, credit.balance)


def test_the_page_tells_worth_benefits_year_and_credit(
    database: Database, owner: User, set_settings: Set
) -> None:
    set_settings(
        PORTAL_LOYALTY_POINT_VALUE="0.25",
        PORTAL_LOYALTY_TIERS="Start:0,Silver:1000",
        PORTAL_LOYALTY_BENEFITS='{"Silver": ["Free delivery"]}',
    )
    order = make_order(database, owner, credit_balance_used=5000)
    page = OpenPage(database, RewardsState, owner, "/loyalty")
    page.run("load")
    assert (page.months, page.sums.worth) == ([], 0)
    make_activity(database, owner, loyalty_point=10_000)
    page.run("load")
    assert (page.sums.worth, page.sums.point_value) == (25, Decimal("0.25"))
    assert (page.tier.benefits, page.tier.next_benefits) == ([], ["Free delivery"])
    assert page.months[-1].earned == 100
    assert page.credit[0].balance == 0
    assert page.credit_links == {order.order_number: f"/orders/{order.order_number}"}


@pytest.mark.parametrize(
    "read", [service.get_point_sums, service.list_months_of_points, service.list_store_credit]
)
def test_nobody_reads_them(acting: Any, read: Call) -> None:
    with pytest.raises(NotAuthenticated), acting() as ctx:
        read(ctx)


def test_what_the_balance_is_worth_stands_before_how_much_of_it_can_be_spent() -> None:
    """After it, it read as what the spendable points are worth."""
    drawn = str(rewards())
    assert drawn.index('"Worth "') < drawn.index('"You can spend "')
