"""An e-mail address that the shop tells later, of a customer it knew by phone or id only."""

from typing import Any

import pytest

from account_portal.auth.rules.contacts import parse_contact
from account_portal.auth.service.accounts import find_signer
from account_portal.models import Order, User
from tests.factories.records import rows
from tests.factories.shopify import export, head
from tests.merchant.shops import Shop, sold

PHONE = "+919876500001"
EMAIL = "asha@x.example"


def by_phone(number: str = "E-1", email: str | None = None, **values: Any) -> dict[str, Any]:
    return sold(number, **values) | {"customer_email": email, "customer_phone": PHONE}


def others(shop: Shop) -> list[Any]:
    """Users but for the owner that tests begin with."""
    return [row for row in rows(shop.database, User) if row.email != "owner@example.com"]


def test_the_customer_of_an_order_gets_the_address_it_tells_later(shop: Shop, acting: Any) -> None:
    shop.brings(by_phone())
    [before] = others(shop)
    for _ in range(2):
        assert shop.brings(by_phone(email=EMAIL)) == []
        [user] = others(shop)
        assert (user.id, user.email, user.phone) == (before.id, EMAIL, "9876500001")
        assert (user.is_email_verified, user.is_phone_verified) == (False, False)
    with acting() as ctx:
        signer = find_signer(ctx, parse_contact(EMAIL))
        assert signer is not None
        assert signer.id == user.id
    shop.brings(by_phone("E-2", EMAIL), by_phone("E-3"))
    assert {row.customer_id for row in rows(shop.database, Order)} == {user.customer_id}


def test_an_export_adds_an_address(shop: Shop, tmp_path: Any) -> None:
    for place, email in enumerate(("", EMAIL)):
        cells = head("#7001", Email=email, Phone=f"'{PHONE}")
        assert shop._take(export(tmp_path / f"{place}.csv", cells)) == []
    [user] = others(shop)
    assert (user.email, user.phone) == (EMAIL, "9876500001")


def test_an_order_with_a_strangers_phone_reads_nothing_of_theirs(shop: Shop) -> None:
    shop.brings(by_phone("E-1"), by_phone("E-2"))
    assert shop.brings(by_phone("E-2", EMAIL)) == []
    [user] = others(shop)
    assert (user.email, user.phone) == (None, "9876500001")
    assert shop.kept == [
        f"customer_email: other orders of the customer do not name it; {EMAIL} stays with the order"
    ]
    shop.brings(by_phone("E-1", EMAIL))  # now all of them do
    assert [row.email for row in others(shop)] == [EMAIL]


def test_who_proved_a_phone_adds_an_address_themselves(shop: Shop) -> None:
    shop.brings(by_phone())
    with shop.database.session(writes=True) as db:
        db.get_one(User, others(shop)[0].id).is_phone_verified = True
        db.commit()
    shop.brings(by_phone(email=EMAIL))
    assert [row.email for row in others(shop)] == [None]
    assert shop.kept[0].startswith("customer_email: the customer proved a phone here")
    assert shop.order("E-1").order_number == "E-1"


@pytest.mark.parametrize("first", [True, False])
def test_an_address_that_is_anothers_is_not_given_twice(shop: Shop, first: bool) -> None:
    records = [{"type": "customer", "email": EMAIL}, by_phone()]
    shop.brings(*(records if first else records[::-1]))
    assert shop.brings(by_phone(email=EMAIL)) == [(1, "order E-1 belongs to another customer")]
    assert sorted(str(row.email) for row in others(shop)) == ["None", EMAIL]


def test_a_customer_known_by_id_gets_the_address_an_order_tells(shop: Shop) -> None:
    shop.brings({"type": "customer", "external_id": "C9", "phone": PHONE}, by_phone())
    shop.brings(by_phone("E-2", EMAIL) | {"customer_id": "C9", "customer_phone": None})
    [user] = others(shop)
    assert (user.external_id, user.email, user.phone) == ("C9", EMAIL, "9876500001")


def test_a_customer_record_tells_an_address(shop: Shop) -> None:
    shop.brings(by_phone())
    shop.brings({"type": "customer", "phone": PHONE, "email": EMAIL})
    [user] = others(shop)
    assert (user.email, user.phone) == (EMAIL, "9876500001")
