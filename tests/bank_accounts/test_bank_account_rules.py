"""What follows from a bank account and its state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.bank_accounts import rules


@given(st.from_regex(r"[A-Za-z0-9]{6,34}", fullmatch=True))
def test_a_mask_shows_the_last_four_characters_and_the_length(number: str) -> None:
    masked = rules.mask(number)
    assert len(masked) == len(number)
    assert masked[-4:] == number[-4:]
    assert set(masked[:-4]) == {"X"}


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({"account_name"}, True),
        ({"account_number"}, True),
        ({"ifsc_code", "is_default"}, True),
        ({"bank_name", "is_default"}, False),
        (set(), False),
    ],
)
def test_another_number_branch_or_holder_is_another_account(changed: set[str], again: bool) -> None:
    assert rules.needs_new_verification(changed) is again


def test_only_a_verified_account_takes_a_refund() -> None:
    found = {
        status: rules.is_verified(status)
        for status in ("unverified", "pending", "verified", "rejected")
    }
    assert [status for status, verified in found.items() if verified] == ["verified"]
