"""Every state of the contract has a word, an icon and a colour."""

from enum import StrEnum

import pytest

from account_portal import states
from account_portal.ui.components.progress import ORDER_STEPS, ORDER_TRACK
from account_portal.ui.components.status import STATUSES, TONES, status_badge
from account_portal.ui.icons import PATHS

KINDS: dict[str, type[StrEnum]] = {
    "order": states.OrderStatus,
    "shipment": states.ShipmentStatus,
    "payment": states.TransactionStatus,
    "refund": states.RefundStatus,
    "return": states.ReturnStatus,
    "claim": states.ClaimStatus,
    "review": states.ReviewStatus,
    "bank_account": states.VerificationStatus,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_told(kind: str) -> None:
    assert set(STATUSES[kind]) == {state.value for state in KINDS[kind]}


def test_the_payment_of_an_order_is_told_like_a_transaction() -> None:
    assert {state.value for state in states.PaymentStatus} <= set(STATUSES["payment"])


@pytest.mark.parametrize("kind", STATUSES)
def test_words_are_the_customers(kind: str) -> None:
    for word, icon, tone in STATUSES[kind].values():
        assert word[0].isupper()
        assert "_" not in word
        assert len(word) <= 26
        assert icon in PATHS
        assert tone in TONES


def test_every_state_of_an_order_has_a_place_on_its_way() -> None:
    assert set(ORDER_TRACK) == {state.value for state in states.OrderStatus}
    assert all(0 <= step < len(ORDER_STEPS) for step, _ in ORDER_TRACK.values())
    assert ORDER_TRACK["delivered"] == (len(ORDER_STEPS) - 1, "done")


def test_a_badge_carries_only_the_state_it_shows() -> None:
    drawn = str(status_badge("order", "shipped"))
    assert "On its way" in drawn
    assert "Cancelled" not in drawn


def test_a_badge_of_a_state_var_carries_all() -> None:
    import reflex as rx

    drawn = str(status_badge("return", rx.Var("status", _var_type=str)))
    assert all(word in drawn for word, _, _ in STATUSES["return"].values())
