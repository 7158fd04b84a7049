"""What a stranger saves in an account with another's e-mail address is not there for its owner."""

from pathlib import Path

import pytest

from account_portal.auth import schemas, service
from account_portal.auth.rules import InvalidCredentials
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import Address, BankAccount, Order, Passkey, User, UserSession
from tests.factories.addresses import make_address
from tests.factories.passkeys import give_passkey
from tests.factories.records import bring_in, order, rows, write
from tests.factories.users import PASSWORD
from tests.orders.test_cancel_and_pay import make_account

OWNER = "asha@shop.example"
PHONE = {"country_code": "+91", "phone": "9876543210"}


def opened_by_a_stranger(database: Database, **contacts: str) -> User:
    data = schemas.RegisterWithEmailPassword.model_validate(
        {
            "email": OWNER,
            **contacts,
            "first_name": "Mallory",
            "password": PASSWORD,
            "confirm_password": PASSWORD,
        }
    )
    with enter(Caller(ip_address="192.0.2.1"), writes=False, database=database) as ctx:
        service.register_with_password(ctx, data)
    [user] = rows(database, User, email=OWNER)
    make_account(database, user)
    make_address(database, user)
    give_passkey(database, user)
    found: User = user
    return found


def test_orders_that_an_import_brings_are_not_the_strangers(
    database: Database, tmp_path: Path
) -> None:
    opened_by_a_stranger(database)
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", order()))
    assert faults == []
    [user] = rows(database, User, email=OWNER)
    assert (user.is_unproven, user.password_hash) == (False, None)
    assert all(session.revoked_at for session in rows(database, UserSession))
    assert rows(database, BankAccount) == rows(database, Address) == []
    assert rows(database, Passkey) == []
    login = schemas.LoginWithEmailPassword(email=OWNER, password=PASSWORD)
    with (
        pytest.raises(InvalidCredentials),
        enter(Caller(ip_address="192.0.2.2"), writes=False, database=database) as ctx,
    ):
        service.login_with_password(ctx, login)


def test_the_same_import_again_leaves_the_owner_alone(database: Database, tmp_path: Path) -> None:
    bring_in(database, write(tmp_path / "1.ndjson", order()))
    [user] = rows(database, User, email=OWNER)
    make_account(database, user)
    bring_in(database, write(tmp_path / "2.ndjson", order("A-1002")))
    assert len(rows(database, BankAccount)) == 1


@pytest.mark.parametrize("own_order", [False, True])
def test_the_strangers_phone_does_not_lead_to_what_an_import_brings(
    database: Database, tmp_path: Path, own_order: bool
) -> None:
    """It stood beside the owner's address; a code to it would let the stranger in again."""
    opened_by_a_stranger(database, **PHONE)
    theirs = order("A-1002", customer_email=None, customer_phone="+919876543210")
    told = [theirs, order()] if own_order else [order()]
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", *told))
    assert faults == []
    [user] = rows(database, User, email=OWNER)
    assert (user.country_code, user.phone) == (None, None)
    [bought] = rows(database, Order, order_number="A-1001")
    assert bought.customer_id == user.customer_id
    assert len(rows(database, User, phone=PHONE["phone"])) == own_order


def test_nor_does_the_strangers_address_beside_the_owners_phone(
    database: Database, tmp_path: Path
) -> None:
    opened_by_a_stranger(database, **PHONE)
    theirs = order(customer_email=None, customer_phone="+919876543210")
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", theirs))
    assert faults == []
    [user] = rows(database, User, phone=PHONE["phone"])
    assert (user.email, user.is_unproven) == (None, False)


def test_a_record_that_names_both_contacts_leaves_both(database: Database, tmp_path: Path) -> None:
    opened_by_a_stranger(database, **PHONE)
    record = {"type": "customer", "external_id": "7", "email": OWNER, "phone": "+919876543210"}
    bring_in(database, write(tmp_path / "1.ndjson", record))
    [user] = rows(database, User, email=OWNER)
    assert (user.phone, user.is_unproven) == (PHONE["phone"], False)


def test_the_same_digits_in_another_country_are_nobody_the_shop_speaks_of(
    database: Database, tmp_path: Path
) -> None:
    opened_by_a_stranger(database, country_code="+49", phone="9876543210")
    theirs = order(customer_email=None, customer_phone="+919876543210")
    bring_in(database, write(tmp_path / "1.ndjson", theirs))
    [user] = rows(database, User, email=OWNER)
    assert user.is_unproven
