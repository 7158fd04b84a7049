"""News of one recipient arrive in the order they happened, whatever the provider did meanwhile."""

from collections import defaultdict
from threading import Event, Thread
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from account_portal import notifications
from account_portal.context import NOBODY, enter
from account_portal.core.db import Database
from account_portal.gateways.message import DeliveryFailed, DeliveryRefused, Message
from account_portal.models import OutboxMessage
from account_portal.notifications import CodeMessage, deliver_due, tries
from account_portal.notifications.messages.account import PasswordChanged
from tests.conftest import Clock, empty
from tests.factories.auth import messages

ASHA, BEN = "asha@example.com", "ben@example.com"


def queue(database: Database, channel: Any, recipient: str, *, code: bool = False) -> None:
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        if code:
            words = CodeMessage(code="123456", purpose="sign in", store="N", minutes=10)
            notifications.enqueue_secret(ctx, words, channel=channel, recipient=recipient)
        else:
            news = PasswordChanged(store="Northwind")
            notifications.enqueue(ctx, news, to=(channel, recipient))


class Post:
    """Sends codes; the tries to send news end as told beforehand, and then well."""

    def __init__(self, outcomes: list[type[DeliveryFailed] | None]) -> None:
        self.sent: list[Message] = []
        self.outcomes = outcomes

    def send(self, message: Message) -> None:
        fails = message.kind == PasswordChanged.kind and self.outcomes and self.outcomes.pop(0)
        if fails:
            raise fails("not now")
        self.sent.append(message)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([ASHA, BEN]), st.sampled_from(["email", "sms", "code"])),
        st.sampled_from([0, 9, 10, 20, 300]),
    ),
    max_size=20,
)
OUTCOMES = st.lists(st.sampled_from([None, DeliveryFailed, DeliveryRefused]), max_size=20)


@given(steps=STEPS, outcomes=OUTCOMES)
def test_news_keep_their_order_and_codes_wait_for_none(
    database: Database, clock: Clock, steps: list[Any], outcomes: list[Any]
) -> None:
    empty(database)
    post = Post(outcomes)
    for step in steps:
        if isinstance(step, tuple):
            recipient, what = step
            channel = "email" if what == "code" else what
            queue(database, channel, recipient, code=what == "code")
            continue
        clock.advance(seconds=step)
        deliver_due(database, post, clock.now)
        codes = [row.status for row in messages(database) if row.kind == CodeMessage.kind]
        assert set(codes) <= {"sent", "dropped"}
    while any(row.status == "queued" for row in messages(database)):
        clock.advance(hours=1)
        deliver_due(database, post, clock.now)
    arrived, wanted = defaultdict(list), defaultdict(list)
    for message in post.sent:
        arrived[message.recipient, message.channel, message.kind].append(message.id)
    for row in messages(database):
        if row.status == "sent":
            wanted[row.recipient, row.channel, row.kind].append(row.id)
    assert arrived == wanted


def test_what_can_never_be_sent_holds_up_the_next_until_it_is_given_up(
    database: Database, clock: Clock
) -> None:
    queue(database, "email", ASHA)
    (poisoned,) = messages(database)
    with database.session(writes=True) as db:
        db.get_one(OutboxMessage, poisoned.id).kind = "of_a_newer_version"
        db.commit()
    queue(database, "email", ASHA)
    queue(database, "email", BEN)
    post, began = Post([]), clock.now
    deliver_due(database, post, clock.now)
    assert [message.recipient for message in post.sent] == [BEN]
    for _ in range(tries.MOST_FAILURES - 1):
        assert len(post.sent) == 1
        clock.now = messages(database)[0].due_at
        deliver_due(database, post, clock.now)
    assert [message.recipient for message in post.sent] == [BEN, ASHA]
    assert (clock.now - began).total_seconds() < 22 * 60


def test_what_another_process_is_sending_holds_up_the_next(
    database: Database, clock: Clock
) -> None:
    for recipient in (ASHA, ASHA, BEN):
        queue(database, "email", recipient)
    holds, let_go = Event(), Event()

    class Slow(Post):
        def send(self, message: Message) -> None:
            if not holds.is_set():
                holds.set()
                assert let_go.wait(30)
            super().send(message)

    post = Slow([])
    other = Thread(target=deliver_due, args=(database, post, clock.now))
    other.start()
    assert holds.wait(10)
    assert deliver_due(database, post, clock.now) == 1
    assert [message.recipient for message in post.sent] == [BEN]
    let_go.set()
    other.join(20)
    assert [message.recipient for message in post.sent] == [BEN, ASHA, ASHA]
    assert [row.status for row in messages(database)] == ["sent"] * 3
