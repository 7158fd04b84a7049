"""Registering tells who has an account and hashes for long: counted before either is done."""

from typing import Any

import pytest

from account_portal.auth import schemas, service
from account_portal.auth.service import passwords
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import User
from account_portal.security.rate_limit import Limit
from tests.conftest import Clock
from tests.factories.users import PASSWORD


@pytest.fixture
def register(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Registers an address; answers the error's code, and how many hashes were made."""
    hashed: list[str] = []

    def counted(text: str) -> str:
        hashed.append(text)
        return "hash"

    few = Limit("register-address", times=3, seconds=3600)
    monkeypatch.setattr(passwords, "PER_ADDRESS_REGISTRATIONS", few)
    monkeypatch.setattr(passwords, "hash_password", counted)

    def run(email: str, **fields: str) -> tuple[str, int]:
        values = {"password": PASSWORD, "confirm_password": PASSWORD, "email": email, **fields}
        data = schemas.RegisterWithEmailPassword.model_validate(values)
        try:
            with enter(Caller(ip_address="192.0.2.9"), writes=False, database=database) as ctx:
                service.register_with_password(ctx, data)
        except PortalError as error:
            return error.code, len(hashed)
        return "ok", len(hashed)

    return run


def test_refusals_count_too_and_hash_nothing(register: Any, owner: User) -> None:
    assert [register(owner.email) for _ in range(3)] == [("email_taken", 0)] * 3
    assert register(owner.email) == ("too_many_requests", 0)
    assert register("new@example.com") == ("too_many_requests", 0)


def test_bad_passwords_count_too(register: Any) -> None:
    weak = {"password": "password1", "confirm_password": "password1"}
    assert [register("new@example.com", **weak)[0] for _ in range(3)] == ["weak_password"] * 3
    assert register("new@example.com") == ("too_many_requests", 0)


def test_within_the_limit_accounts_are_made(register: Any) -> None:
    assert [register(f"new{n}@example.com")[0] for n in range(4)] == ["ok"] * 3 + [
        "too_many_requests"
    ]
