"""Whose contact opens an order: the customer's present one, and nobody else's."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.guests.service.contacts import contacts_of, emails_of
from account_portal.models import AddressCopy, Order, User
from account_portal.security import otp
from tests.conftest import Api
from tests.doors import assert_refused
from tests.factories.auth import change_user, codes_sent
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.guests.test_find_order import confirm, find

OLD, NEW, POSTCODE = "old@example.com", "new@example.com", "560001"


@pytest.fixture
def prepared(database: Database) -> User:
    """A customer as an import makes them: nothing is proven yet."""
    return make_user(database, email=OLD, is_email_verified=False, password=None)


@pytest.fixture
def placed(database: Database, prepared: User) -> Order:
    return make_order(database, prepared, customer_email=OLD)


def sent_to(acting: Any, database: Database, order: Order, typed: str) -> list[tuple[str, str]]:
    """Where the code goes that somebody asks for."""
    before = len(codes_sent(database))
    find(acting, order.order_number, typed)
    return [(channel, to) for channel, to, _ in codes_sent(database)[before:]]


def opened(acting: Any, database: Database, order: Order, typed: str = OLD) -> str:
    token = find(acting, order.order_number, typed)
    return str(confirm(acting, token, codes_sent(database)[-1][2]).order_token)


def change_email(api: Api, database: Database, user: User) -> None:
    asked = {"email": NEW, "channel": "email", "otp_action": "update-email"}
    made = api.post("/auth/generate-otp", json=asked, user=user)
    token = made.json()["content"]["otp_token"]
    said = {"otp_token": token, "otp": codes_sent(database)[-1][2], "otp_action": "update-email"}
    done = api.post("/auth/verify-otp", json=said, user=user)
    assert done.status_code == 200, done.text


def test_a_mailbox_that_was_replaced_opens_nothing(
    api: Api, database: Database, acting: Any, prepared: User, placed: Order
) -> None:
    assert sent_to(acting, database, placed, OLD) == [("email", OLD)]
    change_email(api, database, prepared)
    later = make_order(database, prepared, customer_email=OLD)
    with database.session(writes=True) as db:
        address = db.get(AddressCopy, later.billing_address_id)
        assert address is not None
        address.email = OLD
        db.commit()
    for typed, to in ((POSTCODE, [("email", NEW)]), (NEW, [("email", NEW)]), (OLD, [])):
        assert sent_to(acting, database, later, typed) == to
        if typed != OLD:  # which was asked by just now
            assert sent_to(acting, database, placed, typed) == to


def test_asking_by_it_does_as_much_as_asking_by_a_strangers(
    database: Database, acting: Any, prepared: User, placed: Order, statements: list[str]
) -> None:
    change_user(database, prepared, email=NEW, is_email_verified=True)
    told = []
    for typed in (NEW, OLD, "stranger@example.com"):
        statements.clear()
        find(acting, placed.order_number, typed)
        told.append([text.split(" ")[0:3] for text in statements])
    assert told[0] == told[1] == told[2]
    assert [to for _, to, _ in codes_sent(database)] == [NEW]


def test_a_change_of_contact_ends_keys_and_codes(
    api: Api, database: Database, acting: Any, prepared: User, placed: Order
) -> None:
    key = opened(acting, database, placed)
    assert api.get("/found-order", token=key).status_code == 200
    waiting = find(acting, placed.order_number, POSTCODE)
    code = codes_sent(database)[-1][2]
    change_email(api, database, prepared)
    for method, path, body in (
        ("GET", "/found-order", None),
        ("POST", "/found-order/cancel", {"cancellation_reason": "x"}),
        ("DELETE", "/found-order", None),
    ):
        assert_refused(api.request(method, path, json=body, token=key), 401, "unauthorized")
    with pytest.raises(otp.OtpExpired):
        confirm(acting, waiting, code)


ENDS: dict[str, Callable[[Any, Any, User], Any]] = {
    "other devices": lambda call, _, user: call(auth.end_other_sessions, actor=user),
    "by the shop": lambda call, _, user: call(auth.sign_out_customer, user.email, actor=SHOP),
    "everybody": lambda call, *_: call(auth.sign_out_everybody, actor=SHOP),
    "two steps": lambda call, ground, user: (
        change_user(ground, user, two_step_at=user.created_at),
        call(auth.turn_two_step_off_for, user.email, actor=SHOP),
    ),
    "closed": lambda call, _, user: call(auth.deactivate_user, actor=user),
}


@pytest.mark.parametrize("way", ENDS)
def test_what_ends_all_sessions_ends_keys(
    api: Api, database: Database, acting: Any, call: Any, prepared: User, placed: Order, way: str
) -> None:
    stranger = make_user(database, email="other@example.com")
    theirs = make_order(database, stranger)
    key = opened(acting, database, placed)
    other = opened(acting, database, theirs, "other@example.com")
    waiting = find(acting, placed.order_number, POSTCODE)
    code = codes_sent(database)[-1][2]
    ENDS[way](call, database, prepared)
    assert_refused(api.get("/found-order", token=key), 401, "unauthorized")
    with pytest.raises(otp.OtpExpired):
        confirm(acting, waiting, code)
    assert api.get("/found-order", token=other).status_code == (401 if way == "everybody" else 200)


def test_what_is_asked_for_afterwards_opens_it(
    api: Api, database: Database, acting: Any, call: Any, prepared: User, placed: Order
) -> None:
    call(auth.sign_out_everybody, actor=SHOP)
    call(auth.end_other_sessions, actor=prepared)
    assert api.get("/found-order", token=opened(acting, database, placed)).status_code == 200


def correct(database: Database, order: Order, **values: Any) -> None:
    """As an import does."""
    with database.session(writes=True) as db:
        for name, value in values.items():
            setattr(db.get_one(Order, order.id), name, value)
        db.commit()


def test_a_contact_that_the_shop_corrects_opens_nothing_more(
    api: Api, database: Database, acting: Any, prepared: User, placed: Order
) -> None:
    change_user(database, prepared, email=None)
    key = opened(acting, database, placed)
    waiting = find(acting, placed.order_number, POSTCODE)
    code = codes_sent(database)[-1][2]
    correct(database, placed, customer_email=NEW)
    assert_refused(api.get("/found-order", token=key), 401, "unauthorized")
    with pytest.raises(otp.OtpExpired):
        confirm(acting, waiting, code)
    assert sent_to(acting, database, placed, NEW) == [("email", NEW)]


def test_who_gets_a_gift_gets_no_code(database: Database, acting: Any) -> None:
    buyer = make_user(
        database, email=None, is_email_verified=False, country_code="+49", phone="3012345"
    )
    giftee = {"email": "giftee@example.com", "phone": "+4930999999", "pincode": "80331"}
    order = make_order(database, buyer, place=giftee, customer_phone="+49301234567")
    correct(database, order, billing_address_id=None)
    assert sent_to(acting, database, order, "80331") == [("sms", "+49301234567")]
    assert sent_to(acting, database, order, "giftee@example.com") == []


def test_an_order_without_a_contact_of_its_customer_is_opened_by_nobody(
    database: Database, acting: Any
) -> None:
    buyer = make_user(database, email=None, is_email_verified=False)
    giftee = {"email": "giftee@example.com", "phone": "+4930999999"}
    order = make_order(database, buyer, place=giftee, customer_phone="3012345")
    assert sent_to(acting, database, order, POSTCODE) == []


def test_a_store_that_sends_no_sms_reaches_who_proved_a_phone_by_mail(
    database: Database, acting: Any, set_settings: Any
) -> None:
    buyer = make_user(
        database,
        email=OLD,
        is_email_verified=False,
        country_code="+49",
        phone="301234567",
        is_phone_verified=True,
    )
    order = make_order(database, buyer, customer_email=OLD)
    assert sent_to(acting, database, order, OLD) == [("sms", "+49301234567")]
    set_settings(PORTAL_DEMO="0", PORTAL_SMTP_HOST="mail.example.com", PORTAL_MAIL_FROM="a@b.cc")
    assert sent_to(acting, database, order, POSTCODE) == [("email", OLD)]


NOBODY = {
    "customer_email": None,
    "customer_phone": None,
    "billing_email": None,
    "user_email": None,
    "user_phone": None,
    "is_email_verified": False,
    "is_phone_verified": False,
    "former_contacts": None,
}
BOTH = {"customer_email": OLD, "customer_phone": "+4930111111"}
ACCOUNT = {"user_email": NEW, "user_phone": "+4930222222"}


@pytest.mark.parametrize(
    ("known", "contacts"),
    [
        ({}, []),
        (BOTH, [OLD, "+4930111111"]),
        (BOTH | ACCOUNT, [OLD, "+4930111111", NEW, "+4930222222"]),
        (BOTH | ACCOUNT | {"former_contacts": [OLD]}, ["+4930111111", NEW, "+4930222222"]),
        (BOTH | ACCOUNT | {"former_contacts": ["+4930111111"]}, [OLD, NEW, "+4930222222"]),
        (BOTH | ACCOUNT | {"is_email_verified": True}, [NEW, "+4930111111", "+4930222222"]),
        (BOTH | ACCOUNT | {"is_phone_verified": True}, ["+4930222222", OLD, NEW]),
        (
            BOTH | ACCOUNT | {"is_email_verified": True, "is_phone_verified": True},
            [NEW, "+4930222222"],
        ),
        ({"customer_phone": "30111111"} | ACCOUNT, [NEW, "+4930222222"]),
    ],
)
def test_the_best_contact_comes_first(known: dict[str, Any], contacts: list[str]) -> None:
    assert [to for _, to in contacts_of(SimpleNamespace(**NOBODY | known))] == contacts


def test_an_order_is_known_by_the_mailbox_it_was_billed_to_until_another_is_proven() -> None:
    known = NOBODY | BOTH | ACCOUNT | {"billing_email": "bill@example.com"}
    assert emails_of(SimpleNamespace(**known)) == [OLD, NEW, "bill@example.com"]
    assert emails_of(SimpleNamespace(**known | {"is_email_verified": True})) == [NEW]
    former = {"former_contacts": [OLD, "bill@example.com"]}
    assert emails_of(SimpleNamespace(**known | former)) == [NEW]
