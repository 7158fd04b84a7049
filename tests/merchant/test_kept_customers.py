"""What customers change here of themselves stays, whatever their shop's next export says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.core.db import Database
from account_portal.merchant.importing import run_import
from account_portal.models import Address, Order, Subscription, User
from tests.factories.records import contents, order, rows, write

Take = Callable[..., list[str]]
X2 = {
    "type": "customer",
    "external_id": "X2",
    "email": "c2@x.example",
    "first_name": "Old",
    "last_name": "Rao",
    "country_code": "+44",
    "phone": "07911 123456",
}
KEPT_ROAD = {"address_line1": "2 Kept Road", "city": "Pune", "pincode": "411001"}


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Take:
    """Imports records; answers what was kept and what was refused."""

    def do(*records: Any) -> list[str]:
        told: list[str] = []
        run_import(
            database,
            [write(tmp_path / "shop.ndjson", *records)],
            on_fault=lambda _file, _line, reason: told.append(f"refused: {reason}"),
            on_kept=lambda _file, _line, reason: told.append(reason),
        )
        return told

    return do


def change(database: Database, model: Any = User, **values: Any) -> None:
    """What the only customer changes here."""
    with database.session(writes=True) as db:
        row = db.execute(select(model)).scalars().one()
        for name, value in values.items():
            setattr(row, name, value)
        db.commit()


@pytest.mark.parametrize(
    ("here", "said", "told"),
    [
        (
            {"email": "new@x.example", "is_email_verified": True},
            {"email": "c2third@x.example"},
            "the e-mail address was changed here; it does not become c2third@x.example",
        ),
        (
            {"email": "new@x.example", "is_email_verified": True},
            {"email": "c2third@x.example", "is_email_verified": True},
            "the e-mail address was changed here; it does not become c2third@x.example",
        ),
        (
            {"phone": "7911999999", "is_phone_verified": True},
            {"phone": "07911 888888"},
            "the phone was changed here; it does not become 07911 888888",
        ),
        (
            {"first_name": "New"},
            {"first_name": "Third"},
            "the first name was changed here; it does not become Third",
        ),
        (
            {"last_name": None},
            {"last_name": "Third"},
            "the last name was changed here; it does not become Third",
        ),
    ],
)
def test_what_was_changed_here_is_not_overwritten(
    database: Database, take: Take, here: dict[str, Any], said: dict[str, Any], told: str
) -> None:
    take(X2)
    change(database, **here)
    assert take({**X2, **said, "customer_group_id": "G"}) == [told]
    [user] = rows(database, User)
    assert {name: getattr(user, name) for name in here} == here
    assert user.customer_group_id == "G"
    before = contents(database)
    assert take({**X2, **said, "customer_group_id": "G"}) == []
    assert contents(database) == before


def test_what_was_not_changed_here_follows_the_shop(database: Database, take: Take) -> None:
    take(X2)
    news = {"email": "c2third@x.example", "phone": "07911 888888", "first_name": "Third"}
    assert take({**X2, **news}) == []
    [user] = rows(database, User)
    assert (user.email, user.phone, user.first_name) == (
        "c2third@x.example",
        "7911888888",
        "Third",
    )


def test_what_the_customer_changed_to_may_be_said_by_the_shop(
    database: Database, take: Take
) -> None:
    take(X2)
    change(database, email="new@x.example", is_email_verified=True, first_name="New")
    assert take({**X2, "email": "new@x.example", "first_name": "New"}) == []
    [user] = rows(database, User)
    assert (user.email, user.is_email_verified) == ("new@x.example", True)


def test_the_shop_verifies_only_the_address_it_names(database: Database, take: Take) -> None:
    take(X2)
    change(database, email="new@x.example")
    assert take({**X2, "is_email_verified": True}) == []
    assert not rows(database, User)[0].is_email_verified


def test_an_order_finds_who_changed_the_address_here(database: Database, take: Take) -> None:
    take(X2)
    change(database, email="new@x.example", is_email_verified=True)
    assert take(order("A-1", customer_email="c2@x.example")) == []
    [user] = rows(database, User)
    assert rows(database, Order)[0].customer_id == user.customer_id
    take({**X2, "email": "c2third@x.example"})
    assert take(order("A-2", customer_email="c2third@x.example")) == []
    assert [row.email for row in rows(database, User)] == ["new@x.example"]
    assert {row.customer_id for row in rows(database, Order)} == {user.customer_id}


def test_an_order_is_as_good_as_a_record_of_the_customer(database: Database, take: Take) -> None:
    take(order("A-1", customer_email="c9@x.example"))
    change(database, email="new@x.example", is_email_verified=True)
    assert take(order("A-2", customer_email="c9@x.example")) == []
    assert take({"type": "customer", "external_id": "X9", "email": "c9@x.example"}) == []
    [user] = rows(database, User)
    assert (user.external_id, user.email) == ("X9", "new@x.example")


def test_an_address_given_up_here_may_be_somebody_elses(database: Database, take: Take) -> None:
    take(X2)
    change(database, email="new@x.example", is_email_verified=True)
    other = {"type": "customer", "external_id": "X5", "email": "c2@x.example"}
    assert take(other) == []
    assert take(order("A-1", customer_email="c2@x.example")) == []
    owner = rows(database, User, email="c2@x.example")[0]
    assert owner.external_id == "X5"
    assert rows(database, Order)[0].customer_id == owner.customer_id


def test_a_changed_address_does_not_come_back(database: Database, take: Take) -> None:
    customer = {**X2, "addresses": [KEPT_ROAD]}
    take(customer)
    change(database, Address, address_line1="3 New Road")
    told = take({**customer, "addresses": [{**KEPT_ROAD, "landmark": "Well"}]})
    reason = "2 Kept Road, 411001 Pune was changed or removed here; it does not come back"
    assert told == [f"addresses: {reason}"]
    assert [row.address_line1 for row in rows(database, Address)] == ["3 New Road"]
    assert take({**customer, "addresses": [{**KEPT_ROAD, "address_line1": "4 Road"}]}) == []
    assert len(rows(database, Address)) == 2


def test_of_an_address_only_the_shops_news_are_taken(database: Database, take: Take) -> None:
    customer = {**X2, "addresses": [{**KEPT_ROAD, "business_name": "A"}]}
    take(customer)
    change(database, Address, nickname="Home", business_name="B")
    news = {**KEPT_ROAD, "business_name": "C", "landmark": "Well"}
    assert take({**customer, "addresses": [news]}) == [
        "addresses: 2 Kept Road: business_name was changed here"
    ]
    [address] = rows(database, Address)
    assert (address.landmark, address.nickname, address.business_name) == ("Well", "Home", "B")


SUBSCRIPTION = {
    "type": "subscription",
    "subscription_number": "S-1",
    "customer_id": "X2",
    "product_id": "TEA",
    "shipping_address": KEPT_ROAD,
}


def test_a_subscription_goes_in_when_the_book_is_full(database: Database, take: Take) -> None:
    addresses = [{**KEPT_ROAD, "address_line1": f"{n} Road"} for n in range(50)]
    take({**X2, "addresses": addresses})
    full = "addresses: a book holds 50; 1 of these are left out"
    known = {**SUBSCRIPTION, "subscription_number": "S-2", "shipping_address": addresses[0]}
    assert take(SUBSCRIPTION, known) == [full]
    assert len(rows(database, Address)) == 50
    [first, second] = sorted(rows(database, Subscription), key=lambda row: row.subscription_number)
    assert (first.shipping_address_id, second.shipping_address_id is None) == (None, False)


def test_an_address_of_a_subscription_does_not_come_back(database: Database, take: Take) -> None:
    take(X2, SUBSCRIPTION)
    [before] = rows(database, Address)
    change(database, Address, address_line1="3 New Road")
    assert take({**SUBSCRIPTION, "status": "paused"}) == []
    [subscription] = rows(database, Subscription)
    assert (subscription.status, subscription.shipping_address_id) == ("paused", before.id)
    assert [row.address_line1 for row in rows(database, Address)] == ["3 New Road"]


def test_what_was_proven_here_stays_when_the_shop_speaks_first_later(
    database: Database, take: Take
) -> None:
    take(order("A-1", customer_id="X2", customer_email=None, customer_phone="+447911123456"))
    proven = {"phone": "7911999999", "is_phone_verified": True, "email": "new@x.example"}
    change(database, **proven, is_email_verified=True)
    assert take(X2) == [
        "the e-mail address was changed here; it does not become c2@x.example",
        "the phone was changed here; it does not become 07911 123456",
    ]
    [user] = rows(database, User)
    assert (user.email, user.phone, user.first_name) == ("new@x.example", "7911999999", "Old")
