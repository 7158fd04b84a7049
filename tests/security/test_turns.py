"""Slow work takes turns; few wait for one, and who would be too many is told to come again."""

from queue import Queue
from threading import Thread

import pytest

from account_portal.api.router import serving
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.turns import Turns
from account_portal.gateways import pictures
from account_portal.gateways.file_checks import CHECKING
from account_portal.security import passwords
from tests.factories.pictures import make_picture

SIZES = [pictures.PictureSize("small", 96)]


@pytest.fixture
def one_turn(monkeypatch: pytest.MonkeyPatch) -> Turns:
    turns = Turns(at_once=1, waiting=1, within=0.01)
    monkeypatch.setattr(passwords, "TURNS", turns)
    monkeypatch.setattr(pictures, "DECODING", turns)
    return turns


def test_who_waits_too_long_for_a_turn_is_told_to_come_again(one_turn: Turns) -> None:
    stored = passwords.hash_password("a long passphrase")
    picture = make_picture()
    with one_turn.take():
        with pytest.raises(GatewayUnavailable):
            passwords.hash_password("a long passphrase")
        for known in (stored, None):
            with pytest.raises(GatewayUnavailable):
                passwords.verify_password("a long passphrase", known)
        with pytest.raises(GatewayUnavailable):
            pictures.make_pictures(picture, SIZES)
    assert passwords.verify_password("a long passphrase", stored)[0]
    assert pictures.make_pictures(picture, SIZES)


@pytest.mark.parametrize("stored", [None, "broken", "$argon2id$v=19$m=64,t=3,p=1$x$y"])
def test_a_turn_is_given_back_whatever_is_compared(one_turn: Turns, stored: str | None) -> None:
    for password in ("right", "a\0b", "Å" * 5000):
        assert passwords.verify_password(password, stored) == (False, None)
    with one_turn.take():
        pass


def test_a_turn_is_given_back_whatever_is_decoded(one_turn: Turns) -> None:
    for content in (make_picture()[:200], b"\xff\xd8\xff" + b"\0" * 99, b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(pictures.PictureUnreadable):
            pictures.make_pictures(content, SIZES)
    with one_turn.take():
        pass


def test_of_a_crowd_some_wait_and_the_others_are_refused_at_once() -> None:
    turns = Turns(at_once=1, waiting=2, within=60)
    refused, done = Queue[bool](), Queue[bool]()

    def come() -> None:
        try:
            with turns.take():
                done.put(True)
        except GatewayUnavailable:
            refused.put(True)

    crowd = [Thread(target=come) for _ in range(10)]
    with turns.take():
        for one in crowd:
            one.start()
        for _ in range(8):
            refused.get(timeout=30)
        assert done.empty()
    for one in crowd:
        one.join()
    assert (done.qsize(), refused.qsize()) == (2, 0)


@pytest.mark.parametrize("turns", [passwords.TURNS, pictures.DECODING, CHECKING])
def test_those_who_wait_leave_threads_to_others(turns: Turns) -> None:
    assert turns.most < serving.THREADS * 3 / 4
