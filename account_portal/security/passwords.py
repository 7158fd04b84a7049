"""Password hashes: argon2id for our own, other shops' hashes verified and then replaced."""

from functools import lru_cache

from passlib.context import CryptContext

from account_portal.core.settings import get_settings


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


def hash_password(password: str) -> str:
    """An argon2id hash. Takes about 0.1 s on purpose: never call it while holding a write lock."""
    return _context().hash(password)


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password fits, and a newer hash to store when the old one is weaker.

    Without a stored hash it takes the same time and answers no, so that time tells nothing.
    """
    if stored is None or _context().identify(stored) is None:
        stored = None
    try:
        if stored is None:
            _context().verify(password, _nobodys_hash())
            return False, None
        return _context().verify_and_update(password, stored)
    except ValueError:  # a text no hash can be made of, or a hash that an export broke
        return False, None


def is_known_hash(stored: str) -> bool:
    """Whether an imported hash is of a kind that can be verified."""
    return _context().identify(stored) is not None
