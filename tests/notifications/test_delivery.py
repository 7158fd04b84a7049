"""Delivery: after the commit, at least once, by several at a time, and never in a hurry."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from account_portal import notifications
from account_portal.context import NOBODY, enter
from account_portal.core.db import Database
from account_portal.gateways.messaging import DeliveryFailed, Message, OutboxFolder
from account_portal.models import OutboxMessage
from account_portal.notifications import (
    CodeMessage,
    deliver_due,
    delivering,
    delivery,
    run_delivery_loop,
    tries,
    wake,
)
from account_portal.notifications.messages.account import PasswordChanged
from tests.conftest import Clock
from tests.factories.auth import messages


class Mailbox:
    """A messenger that keeps what it is given, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.sent: list[Message] = []
        self.failures = failures

    def send(self, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise DeliveryFailed("the line is busy")
        self.sent.append(message)


Queue = Callable[..., None]


@pytest.fixture
def queue(database: Database, clock: Clock) -> Queue:
    def run(count: int = 1) -> None:
        with enter(writes=True, actor=NOBODY, database=database) as ctx:
            for number in range(count):
                recipient = f"user{number}@example.com"
                words = PasswordChanged(store="Northwind")
                notifications.enqueue(ctx, words, to=("email", recipient))

    return run


@pytest.fixture
def queue_code(database: Database, clock: Clock) -> Queue:
    def run(recipient: str | None = "asha@example.com") -> None:
        with enter(writes=True, actor=NOBODY, database=database) as ctx:
            words = CodeMessage(code="123456", purpose="sign in", store="Northwind", minutes=10)
            notifications.enqueue_secret(ctx, words, channel="email", recipient=recipient)

    return run


def statuses(database: Database) -> list[str]:
    return [row.status for row in messages(database)]


def test_what_is_queued_is_delivered_once(queue: Queue, database: Database, clock: Clock) -> None:
    mailbox = Mailbox()
    queue(3)
    assert deliver_due(database, mailbox, clock.now) == 3
    assert deliver_due(database, mailbox, clock.now) == 0
    assert [message.recipient for message in mailbox.sent] == [
        f"user{number}@example.com" for number in range(3)
    ]
    assert mailbox.sent[0].kind == "password_changed"
    assert "Northwind" in mailbox.sent[0].subject
    assert "password" in mailbox.sent[0].text
    assert statuses(database) == ["sent"] * 3
    assert messages(database)[0].sent_at == clock.now


def test_failures_are_tried_again_later_and_later(
    queue: Queue, database: Database, clock: Clock
) -> None:
    mailbox = Mailbox(failures=3)
    queue()
    waits = []
    while not mailbox.sent:
        deliver_due(database, mailbox, clock.now)
        row = messages(database)[0]
        if row.status == "queued":
            assert row.last_error == "the line is busy"
            waits.append((row.due_at - clock.now).total_seconds())
            assert deliver_due(database, mailbox, clock.now) == 0
            clock.advance(seconds=waits[-1])
    assert waits == [10, 20, 40]
    assert statuses(database) == ["sent"]


def test_one_message_that_breaks_holds_up_no_other(
    queue: Queue, database: Database, clock: Clock
) -> None:
    queue(3)
    with database.session(writes=True) as db:
        row = db.get(OutboxMessage, messages(database)[1].id)
        assert row is not None
        row.kind = "of_a_newer_version"
        db.commit()
    mailbox = Mailbox()
    deliver_due(database, mailbox, clock.now)
    assert len(mailbox.sent) == 2
    assert statuses(database) == ["sent", "queued", "sent"]


def test_several_at_once_deliver_each_message_once(
    queue: Queue, database: Database, clock: Clock
) -> None:
    queue(60)
    mailbox = Mailbox()
    barrier = Barrier(4)

    def work(_number: int) -> None:
        barrier.wait()
        while deliver_due(database, mailbox, clock.now):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    recipients = [message.recipient for message in mailbox.sent]
    assert len(recipients) == len(set(recipients)) == 60
    assert set(statuses(database)) == {"sent"}


class Dying:
    """A process that ends while it sends."""

    def send(self, _message: Message) -> None:
        raise KeyboardInterrupt


def test_what_a_dead_process_claimed_goes_to_another_one(
    queue: Queue, database: Database, clock: Clock
) -> None:
    queue()
    with pytest.raises(KeyboardInterrupt):
        deliver_due(database, Dying(), clock.now)
    mailbox = Mailbox()
    assert deliver_due(database, mailbox, clock.now) == 0
    clock.advance(minutes=5)
    assert deliver_due(database, mailbox, clock.now) == 1
    assert len(mailbox.sent) == 1


def test_what_every_process_dies_of_is_given_up(
    queue: Queue, database: Database, clock: Clock
) -> None:
    queue()
    for _ in range(tries.MOST_FAILURES):
        with pytest.raises(KeyboardInterrupt):
            deliver_due(database, Dying(), clock.now)
        clock.advance(minutes=5)
    queue()
    mailbox = Mailbox()
    assert deliver_due(database, mailbox, clock.now) == 1
    assert [(one.status, one.last_error) for one in messages(database)] == [
        ("failed", delivery.SENDER_DIED),
        ("sent", None),
    ]
    with database.session(writes=False) as db:
        assert notifications.list_fatal(db) == [messages(database)[0].id]


def test_no_transaction_is_open_while_a_message_is_sent(
    queue: Queue, database: Database, clock: Clock
) -> None:
    queue()

    class Writing(Mailbox):
        def send(self, message: Message) -> None:
            if not self.sent:
                queue()  # would wait for ever if the delivery held the lock
            super().send(message)

    assert deliver_due(database, Writing(), clock.now) == 2


def test_codes_are_forgotten_once_they_are_sent(
    queue_code: Queue, database: Database, clock: Clock
) -> None:
    queue_code()
    mailbox = Mailbox()
    deliver_due(database, mailbox, clock.now)
    assert mailbox.sent[0].subject == "123456 is your code for Northwind"
    assert "10 minutes" in mailbox.sent[0].text
    assert messages(database)[0].payload == {}


def test_codes_that_came_too_late_are_not_sent(
    queue_code: Queue, database: Database, clock: Clock
) -> None:
    queue_code()
    clock.advance(minutes=10)
    mailbox = Mailbox()
    deliver_due(database, mailbox, clock.now)
    assert mailbox.sent == []
    assert (statuses(database), messages(database)[0].payload) == (["dropped"], {})


def test_codes_for_nobody_go_nowhere(queue_code: Queue, database: Database, clock: Clock) -> None:
    queue_code(recipient=None)
    mailbox = Mailbox()
    assert deliver_due(database, mailbox, clock.now) == 1
    assert mailbox.sent == []
    assert statuses(database) == ["dropped"]


def test_loop_delivers_what_is_queued_while_it_runs(
    queue: Queue, database: Database, tmp_path: Any
) -> None:
    delivered = Event()

    class Ringing(OutboxFolder):
        def send(self, message: Message) -> None:
            super().send(message)
            delivered.set()

    stop = Event()
    messenger = Ringing(tmp_path / "mail", echo=False)
    loop = Thread(target=run_delivery_loop, args=(stop, database, messenger))
    loop.start()
    try:
        queue()
        assert delivered.wait(10)
    finally:
        stop.set()
        wake()
        loop.join(10)
    assert not loop.is_alive()
    assert len(list((tmp_path / "mail").iterdir())) == 1


class Away(Database):
    """A database that is gone when it is asked first."""

    def __init__(self, database: Database) -> None:
        vars(self).update(vars(database))
        self.was_asked = Event()

    def session(self, *, writes: bool) -> Any:
        if not self.was_asked.is_set():
            self.was_asked.set()
            raise ConnectionError("the database restarts")
        return super().session(writes=writes)


def test_loop_outlives_a_database_that_restarts(queue: Queue, database: Database) -> None:
    queue()
    away = Away(database)
    mailbox = Mailbox()
    stop = Event()
    loop = Thread(target=run_delivery_loop, args=(stop, away, mailbox))
    loop.start()
    assert away.was_asked.wait(10)
    for _ in range(200):
        wake()
        if "sent" in statuses(database):
            break
        stop.wait(0.02)
    stop.set()
    wake()
    loop.join(10)
    assert not loop.is_alive()
    assert len(mailbox.sent) == 1


def test_a_server_delivers_from_its_start_to_its_end(
    queue: Queue, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = Event()
    mailbox = Mailbox()

    def send(message: Message) -> None:
        mailbox.sent.append(message)
        delivered.set()

    monkeypatch.setattr(OutboxFolder, "send", lambda _folder, message: send(message))

    async def serve() -> None:
        async with delivering():
            await asyncio.to_thread(queue)
            assert await asyncio.to_thread(delivered.wait, 10)

    asyncio.run(serve())
    assert statuses(database) == ["sent"]
    assert "delivery" not in {thread.name for thread in threading.enumerate()}
