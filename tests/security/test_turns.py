"""Hashing takes turns, and gives up when the line is too long."""

from threading import BoundedSemaphore

import pytest

from account_portal.core.errors import GatewayUnavailable
from account_portal.security import passwords


@pytest.fixture
def one_turn(monkeypatch: pytest.MonkeyPatch) -> BoundedSemaphore:
    turns = BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_turns", turns)
    monkeypatch.setattr(passwords, "TURN_WITHIN", 0.01)
    return turns


def test_who_waits_too_long_for_a_turn_is_told_to_come_again(one_turn: BoundedSemaphore) -> None:
    stored = passwords.hash_password("a long passphrase")
    with one_turn:
        with pytest.raises(GatewayUnavailable):
            passwords.hash_password("a long passphrase")
        for known in (stored, None):
            with pytest.raises(GatewayUnavailable):
                passwords.verify_password("a long passphrase", known)
    assert passwords.verify_password("a long passphrase", stored)[0]


@pytest.mark.parametrize("stored", [None, "broken", "$argon2id$v=19$m=64,t=3,p=1$x$y"])
def test_a_turn_is_given_back_whatever_is_compared(
    one_turn: BoundedSemaphore, stored: str | None
) -> None:
    for password in ("right", "a\0b", "Å" * 5000):
        assert passwords.verify_password(password, stored) == (False, None)
    assert one_turn.acquire(blocking=False)
