"""A provider that is away for days makes no message be given up that still makes sense."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal import notifications
from account_portal.context import NOBODY, enter
from account_portal.core.db import Database
from account_portal.gateways.message import DeliveryFailed, Message
from account_portal.models import OutboxMessage, User
from account_portal.notifications import CodeMessage, deliver_due, delivery, tries
from account_portal.notifications.messages.account import PasswordChanged
from account_portal.notifications.messages.orders import OrderDelivered, OutForDelivery
from tests.conftest import Clock, empty
from tests.factories.auth import messages

NEWS = PasswordChanged(store="Northwind")
BAD = "+910000000000"
"""A number that its provider takes nothing for, and does not say why."""


class Provider:
    """Takes what comes while it is there."""

    def __init__(self) -> None:
        self.is_away = False
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.is_away or message.recipient == BAD:
            raise DeliveryFailed("it does not answer")
        self.sent.append(message)


def queue(database: Database, channel: Any, *recipients: str) -> None:
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        for recipient in recipients:
            notifications.enqueue(ctx, NEWS, to=(channel, recipient))


def pass_time(database: Database, clock: Clock, provider: Provider, **parts: float) -> None:
    """Let workers work for so long: each try is made when it is due."""
    end = clock.now + timedelta(**parts)
    while True:
        deliver_due(database, provider, clock.now)
        waiting = [row.due_at for row in messages(database) if row.status == "queued"]
        due = min((at for at in waiting if at > clock.now), default=end)
        if due >= end:
            clock.now = end
            return
        clock.now = due


@pytest.mark.parametrize("hours", [0.1, 0.4, 3, 24, 70])
def test_an_outage_loses_no_news_and_is_over_when_one_goes_out(
    database: Database, clock: Clock, hours: float
) -> None:
    provider = Provider()
    provider.is_away = True
    queue(database, "email", *(f"{name}@example.com" for name in "abcabc"))
    pass_time(database, clock, provider, hours=hours)
    assert {row.status for row in messages(database)} == {"queued"}
    provider.is_away = False
    queue(database, "email", "new@example.com")
    # The first that goes out makes all due, as long as they waited.
    pass_time(database, clock, provider, seconds=1 if hours > 0.3 else 300)
    assert {row.status for row in messages(database)} == {"sent"}
    first = {name: row.id for name, row in zip("abc", messages(database), strict=False)}
    for name, message_id in first.items():
        mails = [one.id for one in provider.sent if one.recipient == f"{name}@example.com"]
        assert len(mails) == 2
        assert mails[0] == message_id


def test_what_waits_is_tried_each_hour_for_three_days(database: Database, clock: Clock) -> None:
    provider, began = Provider(), clock.now
    provider.is_away = True
    queue(database, "email", "a@example.com")
    tries = []
    while messages(database)[0].status == "queued":
        tries.append(clock.now)
        deliver_due(database, provider, clock.now)
        clock.now = messages(database)[0].due_at
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert max(pauses) == timedelta(hours=1)
    assert timedelta(days=3) <= tries[-1] - began < timedelta(days=3, hours=2)
    (given_up,) = messages(database)
    assert (given_up.status, given_up.last_error) == ("failed", "it does not answer")


def test_one_that_fails_while_others_go_out_is_given_up_soon(
    database: Database, clock: Clock
) -> None:
    provider, began = Provider(), clock.now
    queue(database, "sms", BAD)
    while messages(database)[0].status == "queued":
        assert clock.now - began < timedelta(hours=2)
        deliver_due(database, provider, clock.now)
        clock.advance(seconds=30)
        queue(database, "sms", "+919845012345")
    assert messages(database)[0].failures == tries.MOST_FAILURES


def test_what_goes_out_over_another_channel_says_nothing(database: Database, clock: Clock) -> None:
    class OnlyTexts(Provider):
        def send(self, message: Message) -> None:
            self.is_away = message.channel == "email"
            super().send(message)

    provider = OnlyTexts()
    queue(database, "email", "a@example.com")
    for _ in range(40):
        queue(database, "sms", "+919845012345")
        pass_time(database, clock, provider, minutes=10)
    mail = messages(database)[0]
    assert (mail.status, mail.failures) == ("queued", 0)


def test_a_worker_that_dies_in_an_outage_costs_no_message(database: Database, clock: Clock) -> None:
    class Dying(Provider):
        def send(self, message: Message) -> None:
            raise KeyboardInterrupt

    provider = Provider()
    provider.is_away = True
    queue(database, "email", "a@example.com")
    pass_time(database, clock, provider, hours=10)
    clock.now = messages(database)[0].due_at
    with pytest.raises(KeyboardInterrupt):
        deliver_due(database, Dying(), clock.now)
    clock.advance(seconds=delivery.LEASE.total_seconds())
    provider.is_away = False
    deliver_due(database, provider, clock.now)
    assert [row.status for row in messages(database)] == ["sent"]


def test_what_is_not_true_any_more_is_not_sent(
    database: Database, owner: User, clock: Clock
) -> None:
    provider = Provider()
    provider.is_away = True
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        for news in (OutForDelivery, OrderDelivered):
            words = news(order_number="NW-1", store="Northwind")
            notifications.enqueue(ctx, words, customer_id=owner.customer_id)
    pass_time(database, clock, provider, hours=25)
    provider.is_away = False
    pass_time(database, clock, provider, hours=1)
    assert [message.kind for message in provider.sent] == ["order_delivered"]
    assert [row.status for row in messages(database)] == ["dropped", "sent"]


@given(
    steps=st.lists(
        st.tuples(
            st.booleans(), st.sampled_from([1, 15, 60, 300]), st.sampled_from(["a", "b", "code"])
        ),
        max_size=12,
    )
)
def test_whenever_it_is_away_all_news_arrive_and_codes_in_time(
    database: Database, clock: Clock, steps: list[tuple[bool, int, str]]
) -> None:
    empty(database)
    provider = Provider()
    for is_away, minutes, what in steps:
        provider.is_away = is_away
        if what == "code":
            with enter(writes=True, actor=NOBODY, database=database) as ctx:
                words = CodeMessage(code="123456", purpose="sign in", store="N", minutes=10)
                notifications.enqueue_secret(ctx, words, channel="email", recipient="c@example.com")
        else:
            queue(database, "email", f"{what}@example.com")
        pass_time(database, clock, provider, minutes=minutes)
    provider.is_away = False
    pass_time(database, clock, provider, hours=1)
    pass_time(database, clock, provider, hours=1)
    assert {row.status for row in messages(database) if row.kind == NEWS.kind} <= {"sent"}
    for row in messages(database):
        if row.kind == CodeMessage.kind and row.sent_at is not None:
            assert row.sent_at < row.created_at + timedelta(minutes=10)
        assert isinstance(row, OutboxMessage)
