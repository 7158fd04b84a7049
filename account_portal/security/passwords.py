"""Password hashes: argon2id for our own, other shops' hashes verified and then replaced."""

import os
import unicodedata
from functools import lru_cache

from passlib.context import CryptContext

from account_portal.core.settings import get_settings
from account_portal.core.turns import Turns

TURNS = Turns(at_once=max(1, (os.cpu_count() or 2) // 2), waiting=24, within=5)
"""At most half the processors of a process hash at a time, so that strangers who send passwords
slow each other down and nobody else; each hash takes its memory only while it has its turn."""


@lru_cache(maxsize=1)
def _context() -> CryptContext:
    return CryptContext(
        schemes=["argon2", "bcrypt", "pbkdf2_sha256", "pbkdf2_sha512", "phpass"],
        default="argon2",
        deprecated="auto",
        argon2__type="ID",
        argon2__memory_cost=get_settings().password_memory_kib,
        argon2__time_cost=3,
        argon2__parallelism=1,
    )


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def normal(password: str) -> str:
    """One form of what looks the same (NFKC): keyboards differ in how they send an accent."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """An argon2id hash. Takes about 0.1 s on purpose: never call it while holding a write lock."""
    with TURNS.take():
        return _context().hash(normal(password))


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password fits, and a newer hash to store when the old one is weaker.

    A hash from before passwords were brought to one form, or of another shop, may be of the text as
    it was typed: then that is tried too, and the hash to store is one of the normal form.

    Without a stored hash it takes the same time and answers no, so that time tells nothing.
    """
    if stored is None or _context().identify(stored) is None:
        stored = None
    compared = stored or _nobodys_hash()
    try:
        with TURNS.take():
            fits, stronger = _context().verify_and_update(normal(password), compared)
            as_typed = not fits and normal(password) != password
            as_typed = as_typed and _context().verify(password, compared)
    except ValueError:  # a text no hash can be made of, or a hash that an export broke
        return False, None
    if stored is None:
        return False, None
    return (True, hash_password(password)) if as_typed else (fits, stronger)


def is_known_hash(stored: str) -> bool:
    """Whether an imported hash is of a kind that can be verified."""
    return _context().identify(stored) is not None
