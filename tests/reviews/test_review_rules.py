"""Rules of reviews, without a database."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from account_portal.reviews import rules
from account_portal.states import ReviewStatus


@given(halves=st.integers(2, 10))
def test_half_stars_and_back(halves: int) -> None:
    assert rules.half_stars(rules.stars(halves)) == halves


@given(ratings=st.lists(st.integers(2, 10), max_size=50))
def test_the_average_lies_between_the_ratings(ratings: list[int]) -> None:
    mean = rules.average(sum(ratings), len(ratings))
    if not ratings:
        assert mean == 0
    else:
        assert rules.stars(min(ratings)) <= mean <= rules.stars(max(ratings))


def test_the_average_is_rounded_half_up() -> None:
    assert rules.average(10 + 9 + 9, 3) == Decimal("4.67")
    assert rules.average(2 * 400 + 1, 200) == Decimal("2.00")
    assert rules.average(2 * 200 + 2, 100) == Decimal("2.01")


def test_only_a_rejected_review_may_be_written_again() -> None:
    allowed = {state for state in [None, *ReviewStatus] if rules.may_write(state)}
    assert allowed == {None, ReviewStatus.REJECTED}
