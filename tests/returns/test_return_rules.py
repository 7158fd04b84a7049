"""Rules of returns: money that adds up however it is cut."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.orders.rules import Means, Reason, split_refund
from account_portal.returns import rules
from account_portal.returns.rules import LineState, Worth
from account_portal.states import ReturnStatus

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)


def line(**values: object) -> LineState:
    defaults: dict[str, object] = {
        "paid_units": 3,
        "line_total": 1000,
        "tax_amount": 153,
        "delivered_units": 3,
        "returnable_units": 3,
        "closes_at": datetime(2026, 5, 20, tzinfo=UTC),
    }
    return LineState(**{**defaults, **values})  # type: ignore[arg-type]


@st.composite
def lines_and_cuts(draw: st.DrawFn) -> tuple[int, int, int, list[int]]:
    units = draw(st.integers(1, 30))
    total = draw(st.integers(0, 10**7))
    tax = draw(st.integers(0, total))
    cuts: list[int] = []
    while sum(cuts) < units:
        cuts.append(draw(st.integers(1, units - sum(cuts))))
    return units, total, tax, cuts


@given(case=lines_and_cuts(), cancelled=st.data())
def test_a_line_returned_bit_by_bit_is_worth_its_total(
    case: tuple[int, int, int, list[int]], cancelled: st.DataObject
) -> None:
    """Also when requests made in between are cancelled again."""
    units, total, tax, cuts = case
    held: list[tuple[int, Worth]] = []

    def state() -> LineState:
        return line(
            paid_units=units,
            line_total=total,
            tax_amount=tax,
            held_units=sum(count for count, _ in held),
            held_total=sum(worth.total for _, worth in held),
            held_tax=sum(worth.tax for _, worth in held),
        )

    for cut in cuts:
        held.append((cut, rules.worth(state(), cut)))
        if cancelled.draw(st.booleans()):
            index = cancelled.draw(st.integers(0, len(held) - 1))
            count, _ = held.pop(index)
            held.append((count, rules.worth(state(), count)))
        for _, worth in held:
            assert 0 <= worth.tax <= worth.total <= total
    assert sum(worth.total for _, worth in held) == total
    assert sum(worth.tax for _, worth in held) == tax


@given(case=lines_and_cuts())
def test_the_same_line_twice_in_one_request_is_worth_as_much_as_once(
    case: tuple[int, int, int, list[int]],
) -> None:
    units, total, tax, cuts = case
    state = line(paid_units=units, line_total=total, tax_amount=tax)
    counted, taken = 0, Worth(0, 0)
    for cut in cuts:
        part = rules.worth(state, cut, after=counted, taken=taken)
        counted, taken = counted + cut, Worth(taken.total + part.total, taken.tax + part.tax)
    assert taken == rules.worth(state, units) == Worth(total, tax)


@given(case=lines_and_cuts(), held=st.data())
def test_a_unit_is_never_worth_more_than_was_paid_for_it(
    case: tuple[int, int, int, list[int]], held: st.DataObject
) -> None:
    """Whatever other requests say they hold: a return that was noted elsewhere may say nothing."""
    units, total, tax, _ = case
    wanted = held.draw(st.integers(1, units))
    state = line(
        paid_units=units,
        line_total=total,
        tax_amount=tax,
        held_units=held.draw(st.integers(0, units - wanted)),
        held_total=held.draw(st.integers(0, 2 * total)),
        held_tax=held.draw(st.integers(0, 2 * tax)),
    )
    worth = rules.worth(state, wanted)
    assert 0 <= worth.tax <= worth.total
    assert worth.total < wanted * total / units + wanted


def test_what_others_hold_for_nothing_is_not_given_to_the_last_unit() -> None:
    state = line(line_total=269_700, tax_amount=28_896, held_units=2)
    assert rules.worth(state, 1) == Worth(89_900, 9_632)


amounts = st.integers(0, 10**7)


@given(means=st.builds(Means, amounts, amounts, amounts), values=st.lists(amounts, max_size=8))
def test_what_goes_back_never_exceeds_what_was_given(means: Means, values: list[int]) -> None:
    left = means
    for value in values:
        back = split_refund(value, left)
        assert back.total == min(value, left.total)
        left = Means(left.money - back.money, left.points - back.points, left.credit - back.credit)
        assert min(left.money, left.points, left.credit) >= 0
    rest = split_refund(left.total, left)
    assert rest == left


def test_goods_paid_in_three_ways_go_back_in_proportion() -> None:
    assert split_refund(500, Means(600, 300, 100)) == Means(300, 150, 50)
    assert split_refund(1, Means(1, 1, 1)) == Means(1, 0, 0)
    assert split_refund(0, Means(5, 0, 0)) == Means(0, 0, 0)


@pytest.mark.parametrize(
    ("state", "units", "error"),
    [
        (line(), 3, None),
        (line(), 4, rules.QuantityNotReturnable),
        (line(delivered_units=0, returnable_units=0), 1, rules.ItemNotDelivered),
        (line(reason=Reason("window_closed"), returnable_units=0), 1, rules.ReturnWindowClosed),
        (line(returnable_units=1), 2, rules.QuantityNotReturnable),
        (line(held_units=3, returnable_units=0), 1, rules.QuantityNotReturnable),
        (line(paid_units=0, returnable_units=0), 1, rules.QuantityNotReturnable),
        (line(reason=Reason("final_sale"), returnable_units=0), 1, rules.ItemNotReturnable),
    ],
)
def test_which_units_can_go_back(
    state: LineState, units: int, error: type[Exception] | None
) -> None:
    if error is None:
        rules.require_returnable(state, units, "Teapot")
    else:
        with pytest.raises(error):
            rules.require_returnable(state, units, "Teapot")


def test_units_in_a_return_are_told_of() -> None:
    assert rules.held_note(3, line()) == ""
    assert rules.held_note(3, line(held_units=3, returnable_units=0)) == ""
    two, one = line(held_units=2, returnable_units=1), line(held_units=1, returnable_units=2)
    assert rules.held_note(3, two) == "1 of 3 can go back, 2 are already in a return."
    assert rules.held_note(3, one) == "2 of 3 can go back, 1 is already in a return."


def test_a_request_goes_forward_only() -> None:
    steps = {(now, to) for now in ReturnStatus for to in ReturnStatus if rules.can_move(now, to)}
    assert steps == {
        (ReturnStatus.CREATED, ReturnStatus.APPROVED),
        (ReturnStatus.CREATED, ReturnStatus.REJECTED),
        (ReturnStatus.CREATED, ReturnStatus.CANCELLED),
        (ReturnStatus.APPROVED, ReturnStatus.SHIPPED),
        (ReturnStatus.APPROVED, ReturnStatus.CANCELLED),
        (ReturnStatus.SHIPPED, ReturnStatus.RECEIVED),
        (ReturnStatus.RECEIVED, ReturnStatus.COMPLETE),
    }
    with pytest.raises(rules.ReturnNotMovable):
        rules.require_movable(ReturnStatus.COMPLETE, ReturnStatus.CREATED)
