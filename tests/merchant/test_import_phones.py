"""A phone number is a key of a customer where there is no e-mail address."""

from pathlib import Path
from typing import Any

import pytest

from account_portal.auth.rules.contacts import parse_contact
from account_portal.auth.service.accounts import find_signer
from account_portal.core.db import Database
from account_portal.models import Order, User
from tests.conftest import Acting, forget_singletons
from tests.factories.records import bring_in, contents, order, rows, write
from tests.factories.shopify import export, head

PHONE = ("+91", "9876500001")


def phone_order(number: str = "P-1001", phone: str = "+919876500001", **values: Any) -> Any:
    return order(number, customer_email=None, customer_phone=phone, **values)


def test_an_order_with_a_phone_makes_a_customer_who_signs_in_with_it(
    database: Database, tmp_path: Path, acting: Acting
) -> None:
    path = export(
        tmp_path / "1.csv",
        head(Email="", Phone="'+919876500001", Billing_Name="Asha Rao", Billing_City="Springfield"),
    )
    _, faults = bring_in(database, path)
    assert faults == []
    [user] = rows(database, User)
    assert (user.country_code, user.phone) == PHONE
    assert (user.email, user.is_phone_verified, user.first_name) == (None, False, "Asha")
    [found] = rows(database, Order)
    assert found.customer_id == user.customer_id
    with acting() as ctx:
        signer = find_signer(ctx, parse_contact("+91 98765 00001"))
        assert signer is not None
        assert signer.id == user.id
    before = contents(database)
    bring_in(database, path)
    assert contents(database) == before


@pytest.mark.parametrize(
    ("phone", "values", "expected"),
    [
        ("+91 98765 00001", {}, PHONE),
        ("0091 98765-00001", {"shipping_address": {"country": "India"}}, PHONE),
        ("098765 00001", {"billing_address": {"country": "IN"}}, PHONE),
        ("(617) 555-0110", {"shipping_address": {"country": "US"}}, ("+1", "6175550110")),
        ("98765 00001", {}, PHONE),
        ("+49 30 1234567", {"billing_address": {"country": "India"}}, ("+49", "301234567")),
    ],
)  # fmt: skip
def test_a_number_without_prefix_is_of_the_address_or_the_store(
    database: Database, tmp_path: Path, phone: str, values: Any, expected: tuple[str, str]
) -> None:
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", phone_order(phone=phone, **values)))
    assert faults == []
    [user] = rows(database, User)
    assert (user.country_code, user.phone) == expected


@pytest.mark.parametrize(
    ("code", "phone"),
    [("+44", "07911 123456"), ("44", "07911123456"), (None, "+44 (0)7911 123456"),
     ("+44", "\u0660\u0667\u0669\u0661\u0661\u0661\u0662\u0663\u0664\u0665\u0666")],
)  # fmt: skip
def test_an_imported_phone_is_the_one_sign_in_reads(
    database: Database, tmp_path: Path, acting: Acting, code: str | None, phone: str
) -> None:
    record = {"type": "customer", "external_id": "G1", "country_code": code, "phone": phone}
    assert bring_in(database, write(tmp_path / "1.ndjson", record))[1] == []
    with acting() as ctx:
        assert find_signer(ctx, parse_contact("+44 07911 123456")) is not None
    [user] = rows(database, User)
    assert (user.country_code, user.phone) == ("+44", "7911123456")


def test_a_store_of_another_country_guesses_no_prefix(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_CURRENCY", "USD")
    forget_singletons()
    _, faults = bring_in(
        database, write(tmp_path / "1.ndjson", phone_order(phone="617 555 0110", currency="USD"))
    )
    assert faults[0][1].startswith("customer_phone: is no phone number one can sign in with")


def test_all_orders_of_a_phone_are_one_customers(database: Database, tmp_path: Path) -> None:
    texts = ["+919876500001", "+91 98765 00001", "0091-9876500001"]
    address = {"country": "India"}
    orders = [
        phone_order(f"P-{place}", text, shipping_address=address)
        for place, text in enumerate(texts, start=100)
    ]
    bring_in(database, write(tmp_path / "1.ndjson", *orders[:2]))
    bring_in(database, write(tmp_path / "2.ndjson", orders[2]))
    assert len(rows(database, User)) == 1
    assert len({row.customer_id for row in rows(database, Order)}) == 1


CUSTOMER = {"type": "customer", "external_id": "C-9", "phone": "+91 9876500001"}


@pytest.mark.parametrize("customer", [CUSTOMER, CUSTOMER | {"email": "asha@shop.example"},
                                      {"type": "customer", "phone": "+919876500001"}])  # fmt: skip
@pytest.mark.parametrize("customer_first", [True, False])
def test_the_customers_file_and_the_orders_file_meet(
    database: Database, tmp_path: Path, customer: Any, customer_first: bool
) -> None:
    files = [write(tmp_path / "c.ndjson", customer), write(tmp_path / "o.ndjson", phone_order())]
    for path in files if customer_first else files[::-1]:
        assert bring_in(database, path)[1] == []
    [user] = rows(database, User)
    assert (user.external_id, user.email) == (customer.get("external_id"), customer.get("email"))
    assert rows(database, Order)[0].customer_id == user.customer_id


def test_who_has_another_id_is_not_meant_by_a_phone(database: Database, tmp_path: Path) -> None:
    other = phone_order() | {"customer_id": "C-10"}
    bring_in(database, write(tmp_path / "1.ndjson", CUSTOMER, other))
    users = {user.external_id: user for user in rows(database, User)}
    assert (users["C-9"].phone, users["C-10"].phone) == ("9876500001", None)
    assert rows(database, Order)[0].customer_id == users["C-10"].customer_id


def test_an_e_mail_address_names_the_customer_alone(database: Database, tmp_path: Path) -> None:
    both = order("P-1002", customer_phone="+919876500001")
    bring_in(database, write(tmp_path / "1.ndjson", phone_order(), both))
    assert len(rows(database, User)) == 2
