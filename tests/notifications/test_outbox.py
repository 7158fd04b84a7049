"""Who is told what over which channel; and nothing without its cause."""

from typing import Any

import pytest

from account_portal import notifications
from account_portal.context import SHOP, Actor, Context
from account_portal.core.db import Database
from account_portal.core.errors import Conflict
from account_portal.models import NotificationPreference, OutboxMessage, User
from account_portal.notifications.messages import message_classes
from account_portal.notifications.messages.account import PasswordChanged
from account_portal.notifications.messages.base import CustomerMessage
from account_portal.notifications.outbox import MOST_BY_PHONE
from tests.conftest import Acting, Clock
from tests.factories.auth import change_user, messages
from tests.factories.users import make_user


class Parcel(CustomerMessage):
    """News that is worth sending."""

    kind = "parcel"
    number: str = "1001"


class Offer(CustomerMessage):
    """News that is worth less."""

    kind = "offer"
    category = "promotional"


def prefer(database: Database, user: User, **values: bool) -> None:
    with database.session(writes=True) as db:
        kept = db.get(NotificationPreference, user.id)
        assert kept is not None
        for name, value in values.items():
            setattr(kept, name, value)
        db.commit()


def send(ctx: Context, *args: Any, **kwargs: Any) -> None:
    notifications.enqueue(ctx, *args, **kwargs)


def queued(database: Database) -> list[tuple[str, str]]:
    return [(row.channel, row.recipient) for row in messages(database)]


def test_each_opted_in_channel_with_a_contact_gets_the_message(
    call: Any, owner: User, database: Database
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210")
    prefer(database, owner, transactional_sms=False, promotional_email=True)
    call(send, Parcel())
    assert queued(database) == [("email", "owner@example.com"), ("whatsapp", "+919876543210")]
    call(send, Offer())
    assert queued(database)[2:] == [("email", "owner@example.com")]


def test_without_a_phone_only_e_mail_is_left(call: Any, owner: User, database: Database) -> None:
    call(send, Parcel())
    assert queued(database) == [("email", "owner@example.com")]


def test_security_news_heed_no_opt_in(call: Any, owner: User, database: Database) -> None:
    prefer(database, owner, transactional_email=False)
    call(send, PasswordChanged(store="Northwind"))
    phone_only = make_user(database, email=None, country_code="+91", phone="9876543210")
    call(send, PasswordChanged(store="Northwind"), actor=phone_only)
    assert queued(database) == [("email", "owner@example.com"), ("sms", "+919876543210")]


def test_the_shop_tells_every_user_of_a_customer(
    acting: Acting, owner: User, stranger: User, database: Database
) -> None:
    make_user(database, email="partner@example.com", customer_id=owner.customer_id)
    with acting(SHOP) as ctx:
        send(ctx, Parcel(), customer_id=owner.customer_id)
    assert sorted(queued(database)) == [
        ("email", "owner@example.com"),
        ("email", "partner@example.com"),
    ]


def test_who_does_one_thing_after_the_other_costs_the_store_no_endless_texts(
    acting: Acting, call: Any, owner: User, database: Database, clock: Clock
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210")
    prefer(database, owner, transactional_whatsapp=False)

    def texts() -> int:
        return sum(channel == "sms" for channel, _ in queued(database))

    for _ in range(MOST_BY_PHONE + 5):
        call(send, Parcel())
    assert texts() == MOST_BY_PHONE
    assert len(queued(database)) == 2 * MOST_BY_PHONE + 5  # all of them by e-mail
    # What the store does, and what keeps the account safe, is told in any case.
    with acting(SHOP) as ctx:
        send(ctx, Parcel(), customer_id=owner.customer_id)
    call(send, PasswordChanged(store="Northwind"))
    assert texts() == MOST_BY_PHONE + 2
    clock.advance(days=1, seconds=1)
    call(send, Parcel())
    assert texts() == MOST_BY_PHONE + 3


def test_warnings_by_phone_are_counted_among_themselves(
    call: Any, owner: User, database: Database, clock: Clock
) -> None:
    """Who is in an account silences no warning by news, and makes no endless bill by warnings."""
    change_user(database, owner, country_code="+91", phone="9876543210")
    prefer(database, owner, transactional_whatsapp=False)

    def told(channel: str) -> int:
        return sum(way == channel for way, _ in queued(database))

    for _ in range(MOST_BY_PHONE):
        call(send, Parcel())
    for _ in range(MOST_BY_PHONE + 5):
        call(send, PasswordChanged(store="Northwind"))
    assert told("sms") == 2 * MOST_BY_PHONE
    assert told("email") == 2 * MOST_BY_PHONE + 5
    clock.advance(days=1, seconds=1)
    call(send, PasswordChanged(store="Northwind"))
    assert told("sms") == 2 * MOST_BY_PHONE + 1


def test_one_address_can_be_told_alone(acting: Acting, owner: User, database: Database) -> None:
    with acting(Actor()) as ctx:
        send(ctx, Parcel(), to=("email", "old@example.com"))
    assert queued(database) == [("email", "old@example.com")]


def test_what_is_rolled_back_tells_nobody(acting: Acting, owner: User, database: Database) -> None:
    def fail(ctx: Context) -> None:
        send(ctx, Parcel())
        raise Conflict

    with pytest.raises(Conflict), acting(owner) as ctx:
        fail(ctx)
    assert queued(database) == []


def test_every_message_of_the_product_has_words() -> None:
    kinds = message_classes()
    assert {"one_time_code", "password_changed", "contact_changed"} <= set(kinds)
    assert all(len(kind) <= 40 for kind in kinds)


def test_settled_messages_go_after_a_month(
    call: Any, owner: User, database: Database, clock: Clock
) -> None:
    call(send, Parcel())
    with database.session(writes=True) as db:
        row = db.get(OutboxMessage, messages(database)[0].id)
        assert row is not None
        row.status = "sent"
        db.commit()
    clock.advance(days=30)
    call(send, Parcel())
    clock.advance(days=1)
    call(notifications.sweep)
    clock.advance(days=60)
    call(notifications.sweep)
    assert [row.status for row in messages(database)] == ["queued"]
