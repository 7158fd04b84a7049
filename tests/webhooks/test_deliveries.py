"""Deliveries: signed, in order for each customer, tried for three days, and never lost."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner
from standardwebhooks import WebhookVerificationError

from account_portal.cli import main
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.core.places import ROOT
from account_portal.events import EventType
from account_portal.merchant import lists
from account_portal.merchant.rows import DeliveriesQuery
from account_portal.models import OutboxMessage, WebhookDelivery, WebhookEndpoint
from account_portal.webhooks import queue, service
from account_portal.webhooks.schemas import ChangeWebhook
from account_portal.webhooks.sending import Outcome
from account_portal.webhooks.worker import Worker, find_due, hand_on_all, send_due
from tests.conftest import Clock
from tests.factories.events import log_of
from tests.factories.orders import make_order
from tests.factories.records import bring_in, rows, write
from tests.webhooks.conftest import Happens, Makes, Works
from tests.webhooks.receiver import Received, Receiver, receiving


def as_shop(database: Database, service: Callable[..., Any], *args: Any, **options: Any) -> Any:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        return service(ctx, *args, **options)


def statuses(database: Database) -> list[str]:
    found = rows(database, WebhookDelivery)
    return [row.status for row in sorted(found, key=lambda row: (row.position, row.id))]


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_an_event_arrives_signed_and_as_the_list_tells_it(
    database: Database, receiver: Receiver, makes: Makes, works: Works, owner: Any
) -> None:
    endpoint = makes(receiver.url, types=["order.created"])
    order = make_order(database, owner)
    assert works() == 1
    [entry] = [one for one in log_of(database) if one.type == "order.created"]
    [received] = receiver.got
    assert received.id == entry.id
    assert received.headers["content-type"] == "application/json"
    assert received.verified_by(endpoint.secret)
    with pytest.raises(WebhookVerificationError):
        received.verified_by("whsec_" + "A" * 43 + "=")
    event = received.event
    assert {**event, "data": None} == {
        "id": entry.id,
        "type": "order.created",
        "created_at": event["timestamp"],
        "timestamp": event["timestamp"],
        "source": "system",
        "version": 1,
        "data": None,
    }
    assert event["timestamp"].endswith("Z")
    assert event["data"] == json.loads(entry.data)
    assert event["data"]["order_number"] == order.order_number
    assert works() == 0


def test_what_happened_before_the_endpoint_is_not_sent(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens
) -> None:
    happens("a")
    makes(receiver.url)
    assert works() == 0
    happens("b")
    works()
    assert [one["data"]["customer"] for one in receiver.events] == ["b"]


def test_endpoints_get_their_types_only(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens
) -> None:
    makes(receiver.url + "/paid", types=["order.paid", "order.cancelled"])
    makes(receiver.url + "/all", types=["*"])
    happens("a", kind=EventType.ORDER_UPDATED)
    happens("a", kind=EventType.ORDER_PAID)
    works()
    found = [(one.path.removeprefix("/hook"), one.event["type"]) for one in receiver.got]
    assert sorted(found) == [
        ("/all", "order.paid"),
        ("/all", "order.updated"),
        ("/paid", "order.paid"),
    ]


def test_history_that_an_import_brings_is_not_sent(
    database: Database, receiver: Receiver, makes: Makes, works: Works, tmp_path: Any
) -> None:
    makes(receiver.url)
    order = {
        "type": "order",
        "order_date": "2020-01-01T00:00:00Z",
        "customer_email": "c@x.example",
        "status": "complete",
        "lines": [{"sku": "S", "product_id": "P", "selling_price": 1, "quantity": 1}],
    }
    new = {"order_date": "2199-01-01T00:00:00Z", "status": "confirmed", "order_number": "NEW"}
    path = write(tmp_path / "a.ndjson", {**order, "order_number": "OLD"}, {**order, **new})
    assert bring_in(database, path)[1] == []
    works()
    assert [
        one["data"]["order_number"] for one in receiver.events if one["type"] == "order.created"
    ] == ["NEW"]


def test_with_expand_the_whole_object_comes_along(
    database: Database, receiver: Receiver, makes: Makes, works: Works, owner: Any
) -> None:
    makes(receiver.url, expand=True, types=["order.created"])
    order = make_order(database, owner)
    works()
    [event] = receiver.events
    assert event["object"]["order_number"] == order.order_number
    assert event["object"]["grand_total"] == 200
    assert event["object"]["order_items"][0]["sku"] == "SKU-0"


def test_events_of_a_customer_wait_for_the_first_those_of_others_do_not(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens, clock: Clock
) -> None:
    makes(receiver.url)
    receiver.answers = lambda one: 500 if one.event["data"]["customer"] == "a" else 200
    happens("a", "b", "a", "b", "a")
    works()
    found = [(one["data"]["customer"], one["data"]["number"]) for one in receiver.events]
    assert sorted(found) == [("a", 0), ("b", 1), ("b", 3)]
    assert found.index(("b", 1)) < found.index(("b", 3))
    receiver.got.clear()
    receiver.answers = lambda _: 200
    clock.advance(seconds=5)
    works()
    found = [(one["data"]["customer"], one["data"]["number"]) for one in receiver.events]
    assert found == [("a", 0), ("a", 2), ("a", 4)]


def test_it_is_tried_for_three_days_under_one_id_then_it_is_dead(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    endpoint = makes(receiver.url)
    receiver.answers = lambda _: 503
    happens("a", "a")
    began = clock.now
    works()
    for pause in queue.PAUSES:
        clock.advance(seconds=pause.total_seconds() - 1)
        assert works() == 0
        clock.advance(seconds=1)
        works()
    assert timedelta(days=3) <= clock.now - began <= timedelta(days=4)
    first, second = log_of(database)[-2:]
    tries = len(queue.PAUSES) + 1
    assert receiver.ids[:tries] == [first.id] * tries
    assert len({one.body for one in receiver.got if one.id == first.id}) == 1
    assert receiver.ids[tries:] == [second.id]
    assert statuses(database) == ["dead", "due"]
    found = as_shop(database, lists.list_deliveries, DeliveriesQuery(status=["dead"], limit=10))
    [dead] = found.rows
    assert (dead.event_id, dead.attempts, dead.response_status) == (first.id, tries, 503)
    assert dead.error == "answered 503: nogo"
    receiver.answers = lambda _: 200
    receiver.got.clear()
    assert endpoint.id == as_shop(database, service.resend_delivery, dead.id).webhook_id
    works()
    assert first.id in receiver.ids
    with pytest.raises(NotFound):
        as_shop(database, service.resend_delivery, "01HK153X000000000000000000")


def test_what_is_on_its_way_is_not_sent_again(
    database: Database, receiver: Receiver, makes: Makes, works: Works, happens: Happens
) -> None:
    makes(receiver.url)
    receiver.answers = lambda _: 500
    happens("a")
    works()
    [row] = rows(database, WebhookDelivery)
    with pytest.raises(service.DeliveryUnderWay):
        as_shop(database, service.resend_delivery, row.id)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_only_a_success_is_one_and_redirects_are_not_followed(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens, status: int
) -> None:
    with receiving() as other:
        makes(receiver.url)
        receiver.answers, receiver.location = lambda _: status, other.url
        happens("a")
        assert works() == 1
        assert other.got == []


def test_a_secret_is_replaced_while_both_sign(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    made = makes(receiver.url)
    rotated = as_shop(database, service.rotate_secret, made.id, overlap=timedelta(hours=24))
    assert rotated.secret != made.secret
    happens("a")
    works()
    assert receiver.got[0].verified_by(made.secret)
    assert receiver.got[0].verified_by(rotated.secret)
    clock.advance(hours=24, seconds=1)
    happens("b")
    works()
    assert receiver.got[1].verified_by(rotated.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verified_by(made.secret)
    at_once = as_shop(database, service.rotate_secret, made.id, overlap=timedelta(0))
    happens("c")
    works()
    assert len(receiver.got[2].headers["webhook-signature"].split()) == 1
    assert receiver.got[2].verified_by(at_once.secret)


def test_secrets_are_kept_unreadable(database: Database, private: None, makes: Makes) -> None:
    made = makes("http://127.0.0.1:9/hook")
    as_shop(database, service.rotate_secret, made.id, overlap=timedelta(hours=1))
    [row] = rows(database, WebhookEndpoint)
    assert "whsec_" not in row.secret + row.old_secret


def test_an_endpoint_that_fails_for_days_is_disabled_and_the_shop_is_told(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    made = makes(receiver.url)
    receiver.answers = lambda _: 500
    happens("a")
    works()
    for _ in range(5):
        clock.advance(days=1)
        happens("b")
        works()
    assert as_shop(database, service.read_webhook, made.id).status == "disabled"
    [message] = rows(database, OutboxMessage, kind="webhook_disabled")
    assert message.recipient == "help@example.com"
    assert made.url in message.payload["words"]["url"]
    receiver.got.clear()
    receiver.answers = lambda _: 200
    happens("c")
    assert works() == 0
    assert as_shop(database, service.enable_webhook, made.id).status == "enabled"
    clock.advance(days=1)
    works()
    assert "c" in [one["data"]["customer"] for one in receiver.events]


def test_an_endpoint_that_says_it_is_gone_is_disabled_at_once(
    database: Database, receiver: Receiver, makes: Makes, works: Works, happens: Happens
) -> None:
    made = makes(receiver.url)
    receiver.answers = lambda _: 410
    happens("a")
    works()
    found = as_shop(database, service.read_webhook, made.id)
    assert (found.status, found.disabled_reason) == (
        "disabled",
        "It answered that it is gone (410).",
    )


def test_after_an_absence_nothing_waits_for_its_next_try(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens, clock: Clock
) -> None:
    makes(receiver.url)
    receiver.answers = lambda _: 500
    happens("a")
    for _ in range(5):
        works()
        clock.advance(hours=3)
    works()
    receiver.answers = lambda _: 200
    receiver.got.clear()
    happens("b")
    works()
    assert [one["data"]["customer"] for one in receiver.events] == ["b", "a"]


def test_one_poisonous_event_is_not_tried_again_with_each_success(
    receiver: Receiver, makes: Makes, works: Works, happens: Happens, clock: Clock
) -> None:
    makes(receiver.url)
    receiver.answers = lambda one: 500 if one.event["data"]["customer"] == "a" else 200
    happens("a")
    works()
    for _ in range(4):
        happens("b")
        works()
        clock.advance(seconds=1)
    assert [one["data"]["customer"] for one in receiver.events].count("a") == 1


def test_a_worker_that_dies_has_lost_nothing(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    endpoint = makes(receiver.url)
    happens("a")
    receiver.answers = lambda _: 200
    hand_on_all(database, clock.now)
    assert as_shop(database, queue.take, endpoint.id) is not None  # and then it is gone
    assert works() == 0
    clock.advance(seconds=queue.LEASE.total_seconds())
    assert works() == 1
    assert statuses(database) == ["delivered"]


def test_who_comes_back_late_changes_nothing(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    endpoint = makes(receiver.url)
    happens("a")
    hand_on_all(database, clock.now)
    slow = as_shop(database, queue.take, endpoint.id)
    clock.advance(seconds=queue.LEASE.total_seconds())
    works()
    late = dict.fromkeys(slow.parcels, Outcome(succeeded=False, error="late"))
    as_shop(database, queue.settle, endpoint.id, slow.until, late)
    as_shop(database, queue.give_back, slow)
    [row] = rows(database, WebhookDelivery)
    assert (row.status, row.error, row.attempts) == ("delivered", None, 1)


def test_what_a_dead_worker_tried_is_no_failure_of_the_endpoint(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    endpoint = makes(receiver.url)
    receiver.answers = lambda _: 503
    happens("a")
    hand_on_all(database, clock.now)
    for _ in range(queue.MOST_DEATHS - 1):
        assert as_shop(database, queue.take, endpoint.id) is not None
        clock.advance(seconds=queue.LEASE.total_seconds())
    assert works() == 1
    [row] = rows(database, WebhookDelivery)
    assert (row.status, row.attempts) == ("due", 1)
    clock.advance(seconds=queue.PAUSES[0].total_seconds())
    assert works() == 1


def test_what_every_worker_dies_of_is_dead_after_five_and_kills_no_other(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    endpoint = makes(receiver.url)
    happens("poison", "poison", "b", "c")

    def dies_of_poison() -> bool:
        taken = as_shop(database, queue.take, endpoint.id)
        if taken is None:
            return False
        if not any('"poison"' in one.body and '"number":0' in one.body
                   for one in taken.parcels.values()):  # fmt: skip
            tried = dict.fromkeys(taken.parcels, Outcome(succeeded=True))
            as_shop(database, queue.settle, endpoint.id, taken.until, tried)
        return True

    hand_on_all(database, clock.now)
    for _ in range(queue.MOST_DEATHS):
        while dies_of_poison():
            pass
        assert "dead" not in statuses(database)
        clock.advance(seconds=queue.LEASE.total_seconds())
    assert statuses(database) == ["sending", "waiting", "delivered", "delivered"]
    works()
    assert statuses(database) == ["dead", "delivered", "delivered", "delivered"]
    assert [one["data"]["number"] for one in receiver.events] == [1]
    found = as_shop(database, lists.list_deliveries, DeliveriesQuery(status=["dead"], limit=10))
    [dead] = found.rows
    assert (dead.attempts, dead.error) == (0, queue.WORKERS_DIED)
    told = CliRunner().invoke(main, ["doctor"]).output
    assert f"wrong  Workers: workers died over what they sent, look at their log: {dead.id}" in told
    as_shop(database, service.resend_delivery, dead.id)
    assert works() == 1
    assert statuses(database) == ["delivered"] * 4


def test_a_worker_that_is_stopped_gives_back_what_it_has_not_finished(
    database: Database, receiver: Receiver, makes: Makes, happens: Happens
) -> None:
    go_on = Event()
    receiver.answers = lambda _: 204 if go_on.wait(20) else 500
    makes(receiver.url)
    happens("a", "b")
    worker = Worker(database)
    thread = Thread(target=worker.run)
    thread.start()
    assert within(20, lambda: len(receiver.got) == 2)
    assert statuses(database) == ["sending", "sending"]
    worker.stop()
    thread.join(20)
    go_on.set()
    assert statuses(database) == ["due", "due"]
    assert {row.attempts for row in rows(database, WebhookDelivery)} == {0}
    assert len(find_due(database)) == 1


def test_an_endpoint_that_is_removed_takes_its_deliveries_along(
    database: Database, receiver: Receiver, makes: Makes, works: Works, happens: Happens
) -> None:
    made = makes(receiver.url)
    receiver.answers = lambda _: 500
    happens("a")
    works()
    as_shop(database, service.delete_webhook, made.id)
    assert rows(database, WebhookDelivery) == rows(database, WebhookEndpoint) == []
    assert works() == 0


def test_what_is_under_way_goes_to_the_new_address(
    database: Database, receiver: Receiver, makes: Makes, works: Works, happens: Happens, clock: Any
) -> None:
    made = makes(receiver.url)
    receiver.answers = lambda one: 500 if one.path == "/hook" else 200
    happens("a")
    works()
    change = ChangeWebhook(url=receiver.url + "/new", types=["order.updated"])
    assert as_shop(database, service.change_webhook, made.id, change).types == ["order.updated"]
    clock.advance(seconds=5)
    works()
    assert [one.path for one in receiver.got] == ["/hook", "/hook/new"]


def test_a_test_tells_what_became_of_it(
    database: Database, receiver: Receiver, makes: Makes
) -> None:
    made = makes(receiver.url, types=["order.paid"])
    sent = as_shop(database, service.try_webhook, made.id)
    assert (sent.status, sent.response_status, sent.event_type) == (
        "delivered",
        204,
        "webhook.test",
    )
    [received] = receiver.got
    assert received.verified_by(made.secret)
    assert received.event["type"] == "webhook.test"
    receiver.answers = lambda _: 500
    failed = as_shop(database, service.try_webhook, made.id)
    assert (failed.status, failed.error) == ("dead", "answered 500: nogo")
    assert find_due(database) == []


def test_what_was_settled_long_ago_is_removed(
    database: Database,
    receiver: Receiver,
    makes: Makes,
    works: Works,
    happens: Happens,
    clock: Clock,
) -> None:
    makes(receiver.url)
    happens("a")
    works()
    assert as_shop(database, queue.sweep) == 0
    clock.advance(days=8)
    assert as_shop(database, queue.sweep) == 1
    assert rows(database, WebhookDelivery) == []


def test_a_hanging_endpoint_holds_up_no_other(
    database: Database, receiver: Receiver, makes: Makes, happens: Happens
) -> None:
    def hangs(one: Received) -> int:
        if one.path == "/hook/slow":
            time.sleep(3)
        return 200

    receiver.answers = hangs
    makes(receiver.url + "/slow")
    makes(receiver.url + "/quick")
    worker = Worker(database)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        began = time.monotonic()
        for number in range(3):
            happens(f"c{number}")
        quick = lambda: [one for one in receiver.got if one.path == "/hook/quick"]  # noqa: E731
        assert within(20, lambda: len(quick()) == 3)
        assert time.monotonic() - began < 3
    finally:
        worker.stop()
        thread.join()


MANY = 60


def test_many_workers_share_the_work_and_keep_the_order(
    database: Database, receiver: Receiver, makes: Makes, happens: Happens
) -> None:
    """Processes, of which one is killed again and again: everything arrives, in order."""
    makes(receiver.url)
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "PORTAL_WEBHOOKS_ALLOW_PRIVATE": "1",
        "WEBHOOKS_LEASE_SECONDS": "1",
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.webhooks.sending_process"]
        return subprocess.Popen(command, cwd=ROOT, env=environment)

    workers = [start(), start(), start()]
    try:
        for number in range(MANY):
            happens(f"c{number % 5}")
            if number % 20 == 10:
                workers[0].send_signal(signal.SIGKILL)
                workers[0].wait()
                workers[0] = start()
        expected = {one.id for one in log_of(database)}
        assert within(90, lambda: expected <= set(receiver.ids))
        assert within(20, lambda: set(statuses(database)) == {"delivered"})
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    order = {one.id: one.position for one in log_of(database)}
    for customer in {one.event["data"]["customer"] for one in receiver.got}:
        firsts = dict.fromkeys(
            one.id for one in receiver.got if one.event["data"]["customer"] == customer
        )
        positions = [order[one] for one in firsts]
        assert positions == sorted(positions)


def test_nothing_is_due_of_an_endpoint_that_is_not_there(database: Database) -> None:
    assert asyncio.run(send_due("01HK153X000000000000000000", database)) == 0
