"""The books of an order hold after every step of any life: money, units, flags and guards.

`BOOKS_EXAMPLES` and `BOOKS_STEPS` make it longer; `make fuzz` does.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import col

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import (
    Order,
    OrderLine,
    ShipmentItem,
    User,
)
from account_portal.orders import rules
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import Policy
from account_portal.orders.service import set_policy
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.orders.lives import DEEDS, Life, Steps, begin_anew, lives_of

lines = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 2), st.sampled_from([0, 1, 333, 10000])),
    min_size=1,
    max_size=3,
)
payments = st.lists(
    st.tuples(
        st.sampled_from(["success", "failed", "pending", "refund_initiated"]),
        st.sampled_from([0.25, 0.5, 1.0, 1.5]),
    ),
    max_size=3,
)
parcels = st.sampled_from([[], [{"status": "shipped"}], [{}], [{}]])
"""How far the order came before its life is watched; `{}` is a parcel that arrived."""
steps = lives_of([*DEEDS, "cancel", "cancel_items", "cancel_items", "goodwill"], 14)


CLAIMED: Any = ([(2, 0, 10000)], [("success", 1.0)], 100, [{}], 0)
LATE: Any = ([(2, 0, 10000)], [("success", 1.0)], 0, [{"status": "shipped"}], 0)
"""Two units that arrived, or are on their way; the life follows."""
BACK = [("ask_return", 1), ("return_step", 0)]
"""Both go back, and the shop agreed."""


# Hundreds of steps, each looked at from all sides; a long run takes what it takes.
@pytest.mark.timeout(0 if "BOOKS_EXAMPLES" in os.environ else 400)
@settings(
    max_examples=int(os.environ.get("BOOKS_EXAMPLES", "40")),
    # The same lives each time but in a long run, which looks for new ones.
    derandomize="BOOKS_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(lines, payments, st.sampled_from([0, 100]), parcels, st.sampled_from([0, 0, 15]), steps)
# Claims: with returns beside them, of a parcel that is late, sent again and then cancelled.
@example(
    *CLAIMED, [("claim", 0), ("ask_return", 0), ("claim", 0), ("accept_claim", 0), ("claim", 0)]
)
@example(*CLAIMED, [("claim", 4), ("accept_claim", 6), ("ask_return", 0), ("claim", 0)])
@example(*CLAIMED, [("claim", 3), ("accept_claim", 1), ("cancel_replacement", 0), ("claim", 4)])
@example(*CLAIMED, [("claim", 0), ("accept_claim", 2), ("cancel_return", 0), ("claim", 4)])
@example(
    *LATE, [("days", 7), ("claim", 1), ("accept_claim", 0), ("refund_parcel", 0), ("resend", 0)]
)
@example(
    *LATE, [("days", 7), ("claim", 7), ("accept_claim", 1), ("refund_parcel", 0), ("claim", 1)]
)
# What is received is not all accepted: with points and a fee, once it was paid out, twice.
@example(*CLAIMED[:4], 15, [*BACK, ("inspect", 0), ("correct", 2), ("return_step", 3)])
@example(*CLAIMED[:4], 15, [*BACK, ("inspect", 4), ("ask_return", 0), ("correct", 2)])
@example(*CLAIMED[:4], 15, [*BACK, ("inspect", 1), ("correct", 0), ("correct", 1)])
@example(*CLAIMED[:4], 15, [*BACK, ("inspect", 6), ("claim", 0), ("correct", 1), ("correct", 2)])
@example(*CLAIMED[:4], 15, [*BACK, ("inspect", 0), ("return_step", 3), ("ask_return", 0)])
@example(
    *CLAIMED[:4], 15, [*BACK, ("inspect", 1), ("return_step", 3), ("ask_return", 0), ("claim", 0)]
)
@example(
    *CLAIMED[:4], 15, [*BACK, ("inspect", 4), ("ask_return", 1), ("return_step", 0), ("inspect", 2)]
)
@example(
    *CLAIMED[:4],
    15,
    [*BACK, ("approve_refund", 0), ("settle_refund", 0), ("inspect", 1), ("cancel_items", 0)],
)
@example(
    *CLAIMED[:4],
    15,
    [*BACK, ("fail_refund", 0), ("fail_refund", 1), ("inspect", 0), ("return_step", 3)],
)
@example(
    *CLAIMED[:4], 15, [*BACK, ("inspect", 6), ("ask_return", 0), ("return_step", 0), ("inspect", 1)]
)
@example(
    [(3, 0, 333)],
    [("success", 0.5)],
    0,
    [{}],
    15,
    [("ask_return", 1), ("return_step", 0), ("inspect", 1), ("pay_again", 0), ("settle", 1)],
)
@example(
    [(2, 0, 333)],
    [("success", 1.0)],
    0,
    [{}],
    0,
    [("ask_return", 7), ("return_step", 0), ("inspect", 1), ("return_step", 3)],
)
# What was not paid of cancelled items is not asked for again when the rest is cancelled, too.
@example([(4, 0, 10000)], [], 0, [], 0, [("cancel_items", 0), ("cancel_items", 0), ("cancel", 0)])
# Of a parcel of free units, money cannot be wished for.
@example(
    [(1, 1, 10000)],
    [("success", 1.0)],
    0,
    [{"status": "shipped"}],
    0,
    [("days", 7), ("claim", 1), ("claim", 3)],
)
# What the policy kept of cancelled items it keeps when the rest is cancelled, too.
@example([(2, 0, 333)], [("success", 1.0)], 0, [], 15, [("cancel_items", 0), ("cancel", 0)])
@example([(1, 0, 333)], [("success", 0.25)], 0, [], 15, [("cancel_items", 0)])
@example(*CLAIMED, [("ask_return", 0), ("return_step", 0), ("return_step", 1), ("return_step", 2)])
def test_books_hold_after_every_step(
    database: Database,
    call: Any,
    clock: Any,
    counted: Steps,
    sold: list[tuple[int, int, int]],
    paid: list[tuple[str, float]],
    points: int,
    sent: list[dict[str, Any]],
    per_cent: int,
    life: list[tuple[str, int]],
) -> None:
    owner = begin_anew(database, clock)
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
    total = sum(line["line_total"] for line in made)
    points = min(points, total)
    if per_cent:
        keeps = {"charge_per_cent": per_cent}, {"fee_per_cent": per_cent}
        rule = {"name": "all", "cancel": keeps[0], "returns": keeps[1]}
        call(set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
    order = make_order(
        database,
        owner,
        lines=made,
        at=clock.now,
        loyalty_point_redeemed=points,
        loyalty_amount=points,
        parcels=sent,
        payments=[
            {"payment_status": status, "amount": int((total - points) * part)}
            for status, part in paid
        ],
    )
    if points:
        spend_points(database, owner, order)
    one = Life(database, call, owner, clock, order)
    one.live(life, counted)


def test_constraints_of_the_test_itself(database: Database, owner: User) -> None:
    """A broken rule is seen: an order that keeps what it owes, a parcel of units never ordered."""
    order = make_order(database, owner, parcels=[{}])
    with database.session(writes=True) as db:
        db.get_one(Order, order.id).status = "cancelled"
        item = db.execute(select(ShipmentItem)).scalars().first()
        assert item is not None
        item.quantity = 99
        db.flush()
        facts = facts_of(db, db.get_one(Order, order.id))
        assert rules.account_of(facts.money()).owed_back == order.grand_total
        [line] = facts.line_units()
        assert line.sent > line.quantity
        assert db.execute(select(func.count(col(OrderLine.id)))).scalar_one() == 1
