"""The books of an order hold while the shop tells of it again, changed, late and out of order.

`BOOKS_EXAMPLES` and `BOOKS_STEPS` make the lives longer; `make fuzz` does.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from account_portal.core.db import Database
from account_portal.merchant.importing import run
from tests.orders.lives import DEEDS, Steps, begin_anew, lives_of
from tests.orders.told_lives import PAYMENTS, begin

prices = st.sampled_from([0, 1, 3.33, 100])
sold = st.tuples(
    st.tuples(st.integers(1, 3), prices),
    st.tuples(st.integers(1, 3), prices),
    st.tuples(st.integers(0, 3), st.integers(0, 2)),
)
"""Two lines of one sku, and units, free ones among them, of another (none: no such line)."""
payments = st.lists(
    st.tuples(st.sampled_from(PAYMENTS), st.sampled_from([0.25, 0.5, 1, 1.5])), max_size=2
)
told = [
    "tell_again",
    "tell_payment",
    "tell_payment",
    "tell_late_payment",
    "tell_payment_moved",
    "tell_payment_less",
    "tell_refund",
    "tell_refund",
    "tell_refund_moved",
    "tell_refund_of_points",
    "tell_parcel",
    "tell_parcel",
    "tell_parcel_moved",
    "tell_lines_turned",
    "tell_units",
    "tell_line_dropped",
    "tell_state",
    "tell_cancelled",
    "tell_points",
]
steps = lives_of([*told, *DEEDS], 14)


GIFT = ((1, 0), (1, 0), (1, 1))
"""Two lines of one sku, and a unit of another that is free."""


# Hundreds of steps, each looked at from all sides; a long run takes what it takes.
@pytest.mark.timeout(0 if "BOOKS_EXAMPLES" in os.environ else 400)
@settings(
    max_examples=int(os.environ.get("BOOKS_EXAMPLES", "12")),
    # The same lives each time but in a long run, which looks for new ones.
    derandomize="BOOKS_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    sold,
    payments,
    st.sampled_from([None, {"status": "shipped"}, {"status": "delivered"}, {"status": "lost"}]),
    steps,
)
# Lives that once broke the books.
@example(GIFT, [], {"status": "lost"}, [("tell_units", 2), ("resend", 0)])
@example(GIFT, [], {"status": "shipped"}, [("tell_units", 2)])
@example(GIFT, [], None, [("tell_line_dropped", 0), ("tell_lines_turned", 0)])
@example(GIFT, [], {"status": "lost"}, [("refund_parcel", 0)])
@example(GIFT, [], {"status": "lost"}, [("tell_parcel", 0), ("refund_parcel", 0)])
@example(
    GIFT, [], {"status": "lost"}, [("tell_again", 0), ("tell_cancelled", 0), ("refund_parcel", 0)]
)
@example(
    ((3, 0), (3, 7), (0, 0)),
    [("success", 0.25), ("success", 0.25)],
    {"status": "shipped"},
    [("tell_payment", 3), ("days", 2), ("tell_late_payment", 0)],
)
@example(
    ((1, 0), (2, 7), (0, 0)),
    [],
    {"status": "delivered"},
    [
        ("tell_cancelled", 0),
        ("tell_line_dropped", 0),
        ("tell_parcel_moved", 0),
        ("tell_units", 0),
    ],
)
@example(
    ((1, 0), (1, 7), (0, 0)),
    [],
    {"status": "delivered"},
    [("tell_again", 0), ("claim", 0), ("tell_parcel_moved", 0)],
)
@example(
    ((1, 0), (1, 7), (0, 0)),
    [],
    {"status": "delivered"},
    [("tell_lines_turned", 0), ("claim", 0), ("ask_return", 0)],
)
@example(
    ((1, 0), (1, 7), (0, 0)),
    [("pending", 0.25), ("refund_initiated", 0.25)],
    None,
    [("tell_refund", 3), ("tell_refund_moved", 0)],
)
@example(
    ((2, 0), (2, 7), (0, 0)),
    [],
    {"status": "delivered"},
    [("goodwill", 0), ("tell_refund", 2), ("tell_payment", 0)],
)
@example(
    ((1, 0), (1, 7), (3, 1)), [], {"status": "lost"}, [("refund_parcel", 0), ("tell_units", 2)]
)
@example(
    ((1, 0), (1, 7), (0, 0)),
    [("success", 1.5)],
    None,
    [("tell_again", 0), ("tell_refund", 2), ("fail_refund", 0)],
)
@example(
    ((1, 0), (1, 7), (3, 1)),
    [],
    {"status": "lost"},
    [("tell_lines_turned", 0), ("tell_units", 6), ("tell_parcel_moved", 0)],
)
@example(((2, 0), (2, 7), (0, 0)), [], None, [("tell_state", 2), ("claim", 0), ("tell_parcel", 1)])
@example(
    ((2, 100), (1, 0), (3, 0)),
    [("authorized", 0.25), ("success", 1.5)],
    None,
    [
        ("tell_late_payment", 6),
        ("tell_parcel", 5),
        ("refund_parcel", 0),
        ("tell_refund", 5),
        ("tell_payment_less", 3),
    ],
)
def test_books_hold_after_every_word_of_the_shop(
    database: Database,
    call: Any,
    clock: Any,
    counted: Steps,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    lines: Any,
    paid: list[tuple[str, float]],
    sent: dict[str, Any] | None,
    life: list[tuple[str, int]],
) -> None:
    monkeypatch.setattr(run, "utc_now", clock)
    owner = begin_anew(database, clock)
    one = begin(database, owner, call, clock, tmp_path / "told.ndjson", (lines, paid, sent))
    assume(one)
    assert one is not None
    note(repr(one.record))
    one.live(life, counted)
