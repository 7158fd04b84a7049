"""A contact that was replaced opens no order, however it is asked for."""

from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from account_portal.auth.rules import MOST_FORMER
from account_portal.core.db import Database
from account_portal.merchant.importing import customers
from account_portal.models import Order, User
from tests.conftest import Api
from tests.factories.auth import change_user
from tests.factories.records import bring_in, rows, write
from tests.factories.records import order as order_record
from tests.guests.test_whose_order import NEW, OLD, POSTCODE, change_email, opened, sent_to

OTHER = "other@example.com"


@pytest.fixture
def placed(database: Database, tmp_path: Path) -> Order:
    """As a shop sends it: nobody has signed in yet."""
    told = {"customer_id": "C-1", "customer_email": OLD, "billing_address": ADDRESS}
    shop_says(database, tmp_path, order_record(**told))
    [order] = rows(database, Order)
    return order


ADDRESS = {
    "first_name": "Asha",
    "last_name": "Rao",
    "address_line1": "12 MG Road",
    "city": "Bengaluru",
    "state": "Karnataka",
    "pincode": POSTCODE,
    "country": "India",
    "email": OLD,
}


def shop_says(database: Database, folder: Path, *records: dict[str, Any]) -> None:
    _, faults = bring_in(database, write(folder / "records.ndjson", *records))
    assert not faults


def is_now(email: str, **values: Any) -> dict[str, Any]:
    return {"type": "customer", "external_id": "C-1", "email": email, **values}


def test_codes_go_to_the_mailbox_that_the_shop_names_now(
    database: Database, acting: Any, placed: Order, tmp_path: Path
) -> None:
    shop_says(database, tmp_path, is_now(NEW))
    for typed, to in ((NEW, [("email", NEW)]), (POSTCODE, [("email", NEW)]), (OLD, [])):
        assert sent_to(acting, database, placed, typed) == to


def test_what_it_opened_is_closed(
    api: Api, database: Database, acting: Any, placed: Order, tmp_path: Path
) -> None:
    key = opened(acting, database, placed)
    assert api.get("/found-order", token=key).status_code == 200
    shop_says(database, tmp_path, is_now(NEW))
    assert api.get("/found-order", token=key).status_code == 401


def test_the_shop_may_take_it_back(
    database: Database, acting: Any, placed: Order, tmp_path: Path
) -> None:
    shop_says(database, tmp_path, is_now(NEW))
    shop_says(database, tmp_path, is_now(OTHER))
    [user] = rows(database, User)
    assert user.former_contacts == [OLD, NEW]
    shop_says(database, tmp_path, is_now(OLD))
    [user] = rows(database, User)
    assert user.former_contacts == [NEW, OTHER]
    assert sent_to(acting, database, placed, OLD) == [("email", OLD)]


@pytest.mark.parametrize(
    "first",
    [
        "+491711234567",
        "+49 171 1234567",
        "+49-171-1234567",
        "+49 (0)171 1234567",
        "+49 171 1234567 ext. 5",
    ],
)
def test_a_phone_that_was_replaced_gets_no_code(
    database: Database, acting: Any, tmp_path: Path, clock: Any, first: str
) -> None:
    second = "+491717654321"
    order = order_record(
        customer_id="C-1", customer_email=None, customer_phone=first, billing_address=ADDRESS
    )
    shop_says(database, tmp_path, order)
    [placed] = rows(database, Order)
    assert sent_to(acting, database, placed, POSTCODE) == [("sms", first)]
    phone = {"country_code": "+49", "phone": second.removeprefix("+49")}
    shop_says(database, tmp_path, {"type": "customer", "external_id": "C-1", **phone})
    clock.advance(minutes=1)
    assert sent_to(acting, database, placed, POSTCODE) == [("sms", second)]


def test_what_the_shop_says_is_not_proven_by_what_is_proven_meanwhile(
    api: Api,
    database: Database,
    placed: Order,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The customer proves an address between the reading and the writing of an import.

    Whoever proves one waits for the import, and what that said is a former contact then.
    """
    [user] = rows(database, User)
    compared, proving = customers.difference, []

    def and_meanwhile(there: Any, wanted: Any) -> Any:
        found = compared(there, wanted)
        if not proving:
            proving.append(Thread(target=change_email, args=(api, database, user)))
            proving[0].start()
            proving[0].join(1)
            assert proving[0].is_alive()
        return found

    monkeypatch.setattr(customers, "difference", and_meanwhile)
    shop_says(database, tmp_path, is_now(OTHER))
    proving[0].join()
    [after] = rows(database, User)
    assert (after.email, after.is_email_verified) == (NEW, True)
    assert after.former_contacts == [OLD, OTHER]


def test_what_the_customer_gave_up_stays_closed_whatever_the_shop_says_later(
    api: Api, database: Database, acting: Any, placed: Order, tmp_path: Path
) -> None:
    [user] = rows(database, User)
    change_email(api, database, user)  # to NEW
    for said in (NEW, OTHER):  # the shop catches up, then says something else
        shop_says(database, tmp_path, is_now(said))
    [user] = rows(database, User)
    assert (user.email, user.is_email_verified) == (OTHER, False)
    assert sent_to(acting, database, placed, OLD) == []
    assert sent_to(acting, database, placed, POSTCODE) == [("email", OTHER)]


@pytest.mark.parametrize(
    ("count", "to"), [(MOST_FORMER - 1, [("email", OLD)]), (MOST_FORMER, [])], ids=["most", "all"]
)
def test_where_more_were_replaced_than_are_remembered_any_may_have_been(
    database: Database, acting: Any, placed: Order, count: int, to: Any
) -> None:
    [user] = rows(database, User)
    former = [f"{number}@example.com" for number in range(count)]
    change_user(database, user, email=None, former_contacts=former)
    assert sent_to(acting, database, placed, POSTCODE) == to
