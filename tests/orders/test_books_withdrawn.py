"""The books of an order hold while its customer withdraws from it, in parts or as a whole.

`BOOKS_EXAMPLES` and `BOOKS_STEPS` make the lives longer; `make fuzz` does.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.merchant.importing import run
from account_portal.models import Order, OrderReturn, User
from account_portal.orders import rules
from account_portal.orders.facts import charges_of, facts_of, is_given_back
from account_portal.orders.schemas import CancelItem
from account_portal.returns.service import delivery
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import MatchWithdrawal, StateWithdrawal
from account_portal.withdrawals.service import automatic
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.orders.lives import DEEDS, Life, Steps, begin_anew, lives_of
from tests.orders.told_lives import ToldLife, begin

CHARGES = 590


class Withdrawing(Life):
    """A life in which the contract is withdrawn from; the shop or time carries out what waits."""

    def _withdraw(self, place: int) -> None:
        reference, units = self._state(place)
        match = MatchWithdrawal(order_number=self.number, withdraw_items=units)
        self.shop(withdrawals.carry_out_for_shop, reference, match)

    def _state_only(self, place: int) -> None:
        self._state(place)

    def _carry_out_waiting(self, _place: int) -> None:
        waiting = self.shop(withdrawals.waiting_statements)
        done = [one for one in waiting if self._try_again(one)]
        left = self.shop(withdrawals.waiting_statements)
        assert set(left) == set(waiting) - set(done), "what was carried out waits still"
        assert not any(map(self._try_again, done)), "a withdrawal is carried out twice"
        for reference in left:
            try:
                match = MatchWithdrawal(order_number=self.number)
                self.shop(withdrawals.carry_out_for_shop, reference, match)
            except PortalError:
                continue
            raise AssertionError("what waits could be carried out")

    def _try_again(self, reference: str) -> bool:
        return bool(self.shop(withdrawals.try_again, reference))

    def _state(self, place: int) -> tuple[str, list[CancelItem]]:
        units = [{"sku": "SKU-0", "quantity": 1 + place % 2}]
        said = {"withdraw_items": units} if place < 4 else {}
        asked = {"name": "Asha Rao", "order": self.number, "contact": "a@example.com"}
        self._clock.advance(days=1)  # within a day the same statement is the same one
        data = StateWithdrawal.model_validate(asked | said)
        receipt = self.customer(withdrawals.state_withdrawal, data)
        return receipt.reference, [CancelItem.model_validate(one) for one in units if said]


class WithdrawnLife(Withdrawing):
    """One whose lines and charges stay what they were when it was ordered."""

    def check(self) -> None:
        super().check()
        with self.database.session(writes=False) as db:
            facts = facts_of(db, db.get_one(Order, self.id))
        living = [one for one in self.rows(OrderReturn) if one.status not in rules.ENDED]
        given = sum(one.shipping_amount for one in living)
        assert given in (0, charges_of(facts)), "delivery comes back in part, or twice"
        if given:
            assert is_given_back(facts), "delivery comes back, and goods stay"


class ToldWithdrawing(Withdrawing, ToldLife):
    """The same of an order that the shop tells of again, with other lines and totals."""


WAITING = ["state_only", "carry_out_waiting"]
lines = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 1), st.sampled_from([0, 333, 10000])),
    min_size=1,
    max_size=2,
)
paid = st.lists(st.sampled_from([0.25, 0.5, 1.0, 1.5]), max_size=2)
parcels = st.sampled_from([[], [{"units": {"SKU-0": 1}}], [{}], [{}]])
OFTEN = [*["withdraw"] * 6, *WAITING * 2, "return_step", "return_step", "cancel_items"]
steps = lives_of([*DEEDS, *OFTEN], 14)
BOUGHT: Any = ([(2, 0, 10000)], [1.0], 0, [{}])
ON_ITS_WAY: Any = (*BOUGHT[:3], [{"status": "shipped"}])
STATED = [("state_only", 4), ("carry_out_waiting", 0)]
PART: Any = ([(2, 0, 10000)], [1.0], 0, [{"units": {"SKU-0": 1}}])


# Hundreds of steps, each looked at from all sides; a long run takes what it takes.
@pytest.mark.timeout(0 if "BOOKS_EXAMPLES" in os.environ else 400)
@settings(
    max_examples=int(os.environ.get("BOOKS_EXAMPLES", "20")),
    derandomize="BOOKS_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(lines, paid, st.sampled_from([0, 100]), parcels, steps)
@example(*BOUGHT, [("withdraw", 4), ("return_step", 0), ("inspect", 1), ("correct", 2)])
@example(*BOUGHT, [("withdraw", 0), ("withdraw", 4), ("return_step", 0), ("cancel_return", 0)])
@example(*BOUGHT, [("withdraw", 0), ("return_step", 0), ("withdraw", 4), ("return_step", 0)])
@example(
    *BOUGHT[:2], 100, [{}], [("withdraw", 4), ("return_step", 0), ("inspect", 3), ("correct", 0)]
)
@example(*BOUGHT, [("goodwill", 5), ("withdraw", 4), ("return_step", 0), ("fail_refund", 1)])
@example([(2, 0, 10000)], [0.5], 0, [{}], [("withdraw", 4), ("return_step", 0), ("pay_again", 0)])
@example(*PART, [("withdraw", 4), ("return_step", 0), ("approve_refund", 0), ("inspect", 0)])
@example(*PART, [("withdraw", 0), ("return_step", 0), ("cancel_items", 0), ("inspect", 2)])
@example(*PART, [("withdraw", 0), ("return_step", 0), ("withdraw", 1), ("return_step", 1)])
@example(*ON_ITS_WAY, [*STATED, ("move", 2), ("carry_out_waiting", 0)])
@example(*ON_ITS_WAY, [("state_only", 1), ("state_only", 4), ("move", 2), ("carry_out_waiting", 0)])
def test_books_hold_after_every_step(
    database: Database,
    call: Any,
    clock: Any,
    counted: Steps,
    sold: list[tuple[int, int, int]],
    parts: list[float],
    points: int,
    sent: list[dict[str, Any]],
    life: list[tuple[str, int]],
) -> None:
    owner = begin_anew(database, clock)
    bought(database, call, owner, clock, sold, parts, points, sent).live(life, counted)


def bought(
    database: Database,
    call: Any,
    owner: User,
    clock: Any,
    sold: list[tuple[int, int, int]],
    parts: list[float],
    points: int,
    sent: list[dict[str, Any]],
) -> WithdrawnLife:
    made = [
        make_line(
            place,
            quantity=quantity,
            free_quantity=min(free, quantity),
            selling_price=price,
            line_total=price * (quantity - min(free, quantity)),
            tax_amount=0,
        )
        for place, (quantity, free, price) in enumerate(sold)
    ]
    total = sum(line["line_total"] for line in made) + CHARGES
    order = make_order(
        database,
        owner,
        lines=made,
        at=clock.now,
        place={"country": "Germany"},
        shipping_amount=CHARGES,
        grand_total=total,
        loyalty_point_redeemed=points,
        loyalty_amount=points,
        parcels=sent,
        payments=[{"amount": int((total - points) * part)} for part in parts],
    )
    if points:
        spend_points(database, owner, order)
    return WithdrawnLife(database, call, owner, clock, order)


WHOLE = [("withdraw", 4), ("return_step", 0)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("said", "name", "instead", "life"),
    [
        (
            "delivery comes back, and goods stay",
            "is_given_back",
            lambda _facts: True,
            [*WHOLE, ("inspect", 0)],
        ),
        (
            "delivery comes back in part, or twice",
            "charges_of",
            lambda facts: charges_of(facts) // 2,
            WHOLE,
        ),
    ],
)
def test_a_broken_rule_is_seen(
    database: Database,
    call: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    name: str,
    instead: Any,
    life: list[tuple[str, int]],
) -> None:
    def live() -> None:
        owner = begin_anew(database, clock)
        bought(database, call, owner, clock, *BOUGHT).live(life, Steps())

    live()
    monkeypatch.setattr(delivery, name, instead)
    with pytest.raises(AssertionError, match=said):
        live()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_waits_for_nothing_is_seen(
    database: Database, call: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def live() -> None:
        owner = begin_anew(database, clock)
        one = bought(database, call, owner, clock, *ON_ITS_WAY)
        one.live([*STATED, ("move", 2), ("carry_out_waiting", 0)], Steps())

    live()
    monkeypatch.setattr(automatic, "named_units", lambda _row: None)
    with pytest.raises(AssertionError, match="what waits could be carried out"):
        live()


LATER = ["tell_again", "tell_payment", "tell_payment_moved", "tell_refund", "tell_units"]


@pytest.mark.timeout(0 if "BOOKS_EXAMPLES" in os.environ else 400)
@settings(
    max_examples=int(os.environ.get("BOOKS_EXAMPLES", "6")),
    derandomize="BOOKS_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(lives_of([*LATER, *["withdraw"] * 3, "return_step", "inspect", "tell_line_dropped"], 10))
@example([("tell_delivery", 5), *WHOLE, ("tell_again", 0), ("tell_delivery", 0), ("inspect", 2)])
@example([("tell_delivery", 5), *WHOLE, ("tell_refund", 2), ("tell_units", 3), ("inspect", 0)])
def test_books_hold_while_the_shop_tells_of_it_again(
    database: Database,
    call: Any,
    clock: Any,
    counted: Steps,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    life: list[tuple[str, int]],
) -> None:
    monkeypatch.setattr(run, "utc_now", clock)
    owner = begin_anew(database, clock)
    told = (((1, 100), (2, 50), (1, 0)), [("success", 1.0)], {"status": "delivered"})
    one = begin(database, owner, call, clock, tmp_path / "told.ndjson", told, kind=ToldWithdrawing)
    assert one is not None
    one.live(life, counted)
