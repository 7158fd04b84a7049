"""A phone number that a customer does not get is told, with the place and what stood there."""

from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.merchant.importing import run_import
from account_portal.models import Address, User
from tests.factories.records import rows, write
from tests.merchant.systems import Systems

NONE = "is no phone number one can sign in with; write it with its prefix, as in +49 30 1234567"


def told(database: Database, path: Path) -> list[tuple[int, str]]:
    """What an import says on the error output, by line."""
    said: list[tuple[int, str]] = []

    def tell(_source: str, line: int, reason: str) -> None:
        said.append((line, reason))

    run_import(database, [path], on_fault=tell, on_kept=tell)
    return said


def customer(number: int, **values: Any) -> dict[str, Any]:
    email = f"c{number}@shop.example"
    return {"type": "customer", "external_id": f"C-{number}", "email": email, **values}


@pytest.mark.parametrize("phone", ["12", "none", "+91 12345", "9876500001 / 9876500002",
                                   "0000000000000000", "+999 1234567"])  # fmt: skip
def test_what_is_no_phone_number_is_told(database: Database, tmp_path: Path, phone: str) -> None:
    file = write(tmp_path / "1.ndjson", customer(1), customer(2, phone=phone, first_name="Asha"))
    assert told(database, file) == [(2, f"phone: {phone!r} {NONE}; it is left out")]
    users = {user.external_id: (user.first_name, user.phone) for user in rows(database, User)}
    assert users == {"C-1": (None, None), "C-2": ("Asha", None)}
    assert told(database, file) == [], "it was said before"


def test_another_customers_phone_is_told(database: Database, tmp_path: Path) -> None:
    phone = "+91 98765 00001"
    file = write(tmp_path / "1.ndjson", customer(1, phone=phone), customer(2, phone=phone))
    assert told(database, file) == [(2, f"phone: '{phone}' is another customer's; it is left out")]
    assert sorted(str(user.phone) for user in rows(database, User)) == ["9876500001", "None"]


def test_a_good_phone_that_becomes_none_stays(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "1.ndjson"
    assert told(database, write(file, customer(1, phone="+919876500001"))) == []
    [(line, reason)] = told(database, write(file, customer(1, phone="n/a")))
    assert (line, reason) == (1, f"phone: 'n/a' {NONE}; it is left out")
    assert [user.phone for user in rows(database, User)] == ["9876500001"]
    assert told(database, write(file, customer(1, phone="n/a", first_name="Asha"))) == []


def test_an_export_is_told_by_its_column(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    names = "Customer ID,First Name,Last Name,Email,Total Spent,Phone,Default Address Phone"
    file.write_text(f"{names}\n1,A,B,a@x.example,0,'12,\n2,C,D,c@x.example,0,,n/a\n", "utf-8")
    column = "Phone or Default Address Phone"
    assert told(database, file) == [
        (2, f"{column}: '12' {NONE}; it is left out"),
        (3, f"{column}: 'n/a' {NONE}; it is left out"),
    ]


def test_it_is_told_over_http(systems: Systems) -> None:
    answer = systems.put("/customers/C-1", json={"email": "a@shop.example", "phone": "12"})
    outcome = answer.json()["content"]
    assert outcome["outcome"] == "kept"
    assert outcome["reason"] == f"phone: '12' {NONE}; it is left out"


def test_a_phone_of_an_address_is_whole_or_left_out(database: Database, tmp_path: Path) -> None:
    two = "9876500001 / 9876500002"
    at_home = {"address_line1": "1 Road", "city": "Pune", "pincode": "411001", "country": "India"}
    at_work = {**at_home, "address_line1": "2 Road", "phone": "+91 98765 00001"}
    book = [{**at_home, "phone": two}, at_work]
    file = write(tmp_path / "1.ndjson", customer(1, addresses=book))
    assert told(database, file) == [
        (1, f"addresses: 1 Road: '{two}' is no phone number; it is left out")
    ]
    phones = {one.address_line1: one.phone for one in rows(database, Address)}
    assert phones == {"1 Road": "", "2 Road": "9876500001"}
    assert told(database, write(file, customer(1, addresses=book, first_name="Asha"))) == []
