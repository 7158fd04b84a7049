"""Which passwords are refused, and which texts are one password."""

import unicodedata

import pytest

from account_portal.auth.rules import WeakPassword, require_good_password
from account_portal.security.passwords import _context, hash_password, verify_password

TYPED = "Passwort-f\u00fcr-\u00e91"


def is_good(password: str, store: str = "Northwind Home") -> bool:
    try:
        require_good_password(
            password, email="jo@example.com", phone=None, store=store, field="password"
        )
    except WeakPassword:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "northwind1",
        "N0rthw1nd!",
        "Northwind2024",
        "NorthwindHome1",
        "northwindhome",
        "P@ssw0rd123",
        "Password2024!",
        "passwordpassword",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff11",
        "MyAccount1",
        "welcome2024",
        "Sunshine99!",
        "!Qwertyuiop12",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert not is_good(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "northwind sails past the lighthouse",
        "secret-garden-9-tango",
        "tr0ub4dor&3",
        TYPED,
    ],
)
def test_what_is_not_passes(password: str) -> None:
    assert is_good(password)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_one_password_in_all_its_forms(form: str) -> None:
    stored = hash_password(TYPED)
    assert verify_password(unicodedata.normalize(form, TYPED), stored) == (True, None)  # type: ignore[arg-type]


def test_a_hash_of_the_text_as_typed_still_fits_and_is_replaced() -> None:
    typed = unicodedata.normalize("NFD", TYPED)
    fits, newer = verify_password(typed, _context().hash(typed))
    assert fits
    assert newer
    assert verify_password(TYPED, newer) == (True, None)
    assert verify_password(TYPED + "x", newer) == (False, None)
