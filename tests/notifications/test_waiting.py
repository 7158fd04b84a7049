"""Nobody waits for somebody else's provider: channels go their own ways, codes go first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, text

from account_portal import notifications
from account_portal.context import NOBODY, enter
from account_portal.core.db import Database
from account_portal.gateways.message import DeliveryFailed, Message
from account_portal.models import OutboxMessage
from account_portal.notifications import CodeMessage, deliver_due, delivery, run_delivery_loop
from account_portal.notifications.messages.account import PasswordChanged
from tests.conftest import Clock
from tests.factories.auth import messages
from tests.mail_servers import silent_server

NEWS = PasswordChanged(store="Northwind")


def queue(database: Database, channel: Any, *recipients: str, code: bool = False) -> None:
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        for recipient in recipients:
            if code:
                words = CodeMessage(code="123456", purpose="sign in", store="N", minutes=10)
                notifications.enqueue_secret(ctx, words, channel=channel, recipient=recipient)
            else:
                notifications.enqueue(ctx, NEWS, to=(channel, recipient))


class Post:
    """Keeps what it is given; holds on to e-mail to some until it is let go."""

    def __init__(self, *held: str) -> None:
        self.sent: list[str] = []
        self.held = set(held)
        self.holds = Event()
        self.let_go = Event()
        self.arrived = Event()

    def send(self, message: Message) -> None:
        if message.recipient in self.held:
            self.holds.set()
            assert self.let_go.wait(30)
        self.sent.append(message.recipient)
        self.arrived.set()


@contextmanager
def delivering(database: Database, post: Any) -> Iterator[Callable[[], None]]:
    """Delivery threads, and how to end them."""
    stop = Event()
    loop = Thread(target=run_delivery_loop, args=(stop, database, post))
    loop.start()

    def end() -> None:
        stop.set()
        loop.join(20)
        assert not loop.is_alive()

    try:
        yield end
    finally:
        if isinstance(post, Post):
            post.let_go.set()
        end()


def test_a_mail_server_that_hangs_holds_up_no_sms(database: Database) -> None:
    post = Post("slow@example.com")
    queue(database, "email", "slow@example.com", "next@example.com")
    with delivering(database, post):
        assert post.holds.wait(10)
        queue(database, "sms", "+919845012345", code=True)
        assert post.arrived.wait(10)
        assert post.sent == ["+919845012345"]


def test_codes_go_before_all_news_that_wait(database: Database, clock: Clock) -> None:
    post = Post()
    queue(database, "email", *(f"news{number}@example.com" for number in range(30)))
    clock.advance(seconds=1)
    queue(database, "email", "code@example.com", code=True)
    assert deliver_due(database, post, clock.now) == 31
    assert post.sent[0] == "code@example.com"


def test_a_code_waits_for_one_message_at_most(database: Database) -> None:
    post = Post("news0@example.com")
    queue(database, "email", *(f"news{number}@example.com" for number in range(30)))
    with delivering(database, post):
        assert post.holds.wait(10)
        queue(database, "email", "code@example.com", code=True)
        post.let_go.set()
        while len(post.sent) < 31:
            assert post.arrived.wait(10)
            post.arrived.clear()
    assert post.sent[:2] == ["news0@example.com", "code@example.com"]


def test_a_code_that_lapsed_while_its_provider_failed_is_not_sent(
    database: Database, clock: Clock
) -> None:
    class Failing:
        def send(self, _message: Message) -> None:
            raise DeliveryFailed("the line is busy")

    queue(database, "email", "code@example.com", code=True)
    for _ in range(5):
        deliver_due(database, Failing(), clock.now)
        clock.advance(minutes=3)
    post = Post()
    deliver_due(database, post, clock.now)
    assert post.sent == []
    (row,) = messages(database)
    assert (row.status, row.payload) == ("dropped", {})


def test_a_stop_gives_back_what_hangs_and_has_taken_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STOP_SECONDS", 0.2)
    post = Post("slow@example.com")
    queue(database, "email", "slow@example.com", "next@example.com")
    with delivering(database, post) as end:
        assert post.holds.wait(10)
        end()
        held, untouched = messages(database)
        assert (held.status, held.attempts) == ("queued", 1)
        assert held.due_at - held.created_at < delivery.LEASE / 2
        assert (untouched.status, untouched.attempts) == ("queued", 0)
        other = Post()
        later = held.due_at
        assert deliver_due(database, other, later) == 2
        assert sorted(other.sent) == ["next@example.com", "slow@example.com"]
        post.let_go.set()
    assert {row.status for row in messages(database)} == {"sent"}


def test_a_stop_in_the_middle_sends_nothing_twice(database: Database) -> None:
    recipients = [f"news{number}@example.com" for number in range(40)]
    queue(database, "email", *recipients)
    post = Post()
    with delivering(database, post):
        assert post.arrived.wait(10)
    first = list(post.sent)
    deliver_due(database, post)
    assert sorted(post.sent) == sorted(recipients)
    assert post.sent[: len(first)] == first


def test_a_real_mail_server_that_hangs_delays_its_own_mail_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.core.mail_server import sender_of, server_of_url
    from account_portal.gateways import email
    from account_portal.gateways.messaging import Messenger

    monkeypatch.setattr(email, "ANSWERS_WITHIN", 0.3)
    post = Post()
    with silent_server() as port:
        server = server_of_url(f"smtp://127.0.0.1:{port}")
        mail = email.EmailSender(server, sender_of("shop@shop.example"))
        queue(database, "email", "asha@example.com", code=True)
        queue(database, "sms", "+919845012345", code=True)
        with delivering(database, Messenger({"email": mail, "sms": post})):
            assert post.arrived.wait(10)
            for _ in range(500):
                if messages(database)[0].last_error:
                    break
                Event().wait(0.02)
    mailed, texted = messages(database)
    assert (mailed.status, texted.status) == ("queued", "sent")
    assert "does not answer" in (mailed.last_error or "")


def test_what_waits_is_found_by_an_index_however_much_was_sent(
    database: Database, clock: Clock
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "outbox_messages" in statement and statement.startswith("SELECT"):
            asked.append((statement, values))

    with database.session(writes=True) as db:
        db.add_all(
            OutboxMessage(
                channel="email",
                recipient="a@example.com",
                kind="parcel",
                status="sent",
                due_at=clock.now,
                created_at=clock.now,
            )
            for _ in range(3000)
        )
        db.commit()
        if not database.is_sqlite:
            db.execute(text("ANALYZE outbox_messages"))
            db.commit()
    event.listen(database.writing_engine, "before_cursor_execute", note)
    deliver_due(database, Post(), clock.now)
    event.remove(database.writing_engine, "before_cursor_execute", note)
    statement, values = asked[0]
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.writing_engine.connect() as connection:
        plan = connection.exec_driver_sql(explain + statement, values).all()
    assert "ix_outbox_messages_waiting" in str(plan)
    assert "ix_outbox_messages_recipient" in str(plan) or not database.is_sqlite
