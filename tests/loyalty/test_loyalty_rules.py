"""Rules of points, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from account_portal.loyalty import rules

amounts = st.integers(0, 10**9)


@given(points=amounts, total=st.integers(1, 10**9), parts=st.lists(amounts, max_size=8))
def test_points_kept_only_shrink_and_end_at_nothing(
    points: int, total: int, parts: list[int]
) -> None:
    returned, kept = 0, points
    for part in parts:
        returned = min(total, returned + part)
        now_kept = rules.points_kept(points, total, returned)
        assert 0 <= now_kept <= kept
        kept = now_kept
    assert rules.points_kept(points, total, 0) == points
    assert rules.points_kept(points, total, total) == 0


@given(earned=st.integers(0, 10**7), total=st.integers(1, 10**9), returned=amounts)
def test_whole_points_stay_whole(earned: int, total: int, returned: int) -> None:
    kept = rules.points_kept(earned * 100, total, returned)
    assert kept % 100 == 0
    assert kept >= earned * 100 * max(0, total - returned) // total


@given(spent=st.integers(0, 10**7), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_spent_points_come_back_whole_and_once(spent: int, parts: list[int]) -> None:
    left, value = spent * 100, sum(parts)
    for part in parts:
        back = rules.points_given_back(left, part, value)
        assert 0 <= back <= left
        assert back % 100 == 0
        left, value = left - back, value - part
    assert left == 0


def test_fractions_of_an_import_are_neither_rounded_nor_lost() -> None:
    assert rules.points_kept(500_25, 1000, 0) == 500_25
    assert rules.points_given_back(500_25, 999, 1000) == 500_00
    assert rules.points_given_back(500_25, 1000, 1000) == 500_25


def test_an_order_that_cost_nothing_keeps_its_points() -> None:
    assert rules.points_kept(500, 0, 0) == 500


@given(wanted=amounts, balance=amounts)
def test_no_more_is_taken_than_is_there(wanted: int, balance: int) -> None:
    taken = rules.points_taken(wanted, balance)
    assert 0 <= taken <= balance
    assert taken in {wanted, balance}


@given(balance=amounts, waiting=st.integers(-(10**6), 10**9))
def test_redeemable_is_part_of_the_balance(balance: int, waiting: int) -> None:
    assert 0 <= rules.redeemable(balance, waiting) <= balance


TIERS = (("Bronze", 0), ("Silver", 1000), ("Gold", 5000))


@given(points=st.integers(0, 10**7))
def test_the_tier_is_the_highest_that_points_reach(points: int) -> None:
    tier = rules.standing(points, TIERS)
    assert tier.name is not None
    assert tier.begins_at <= points
    assert tier.next_begins_at is None or points < tier.next_begins_at
    percent = rules.percent_done(points, tier.begins_at, tier.next_begins_at)
    assert 0 <= percent <= 100
    assert (tier.next_name is None) == (tier.name == "Gold")


def test_below_the_first_tier_there_is_none() -> None:
    tier = rules.standing(9999, (("Silver", 100),))
    assert (tier.name, tier.next_name, tier.next_begins_at) == (None, "Silver", 10000)
    assert rules.percent_done(9999, tier.begins_at, tier.next_begins_at) == 99


def test_a_store_without_tiers_has_none() -> None:
    assert rules.standing(10**6, ()) == rules.Standing(None, 0, None, None)
