"""Paying again with one key: twins, gateways that fail late, processes that die; one attempt."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import update

import account_portal.context as context_module
from account_portal.context import SHOP
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.gateways import get_gateways
from account_portal.gateways.payments import PaymentRequest, PaymentStart
from account_portal.models import IdempotencyRecord, Payment, User
from account_portal.orders import service
from account_portal.security import idempotency
from tests.factories.orders import make_order
from tests.factories.records import rows

PAY = {"payment_gateway_params": {"payment_gateway": "TEST"}}
KEY = {"Idempotency-Key": "one and the same"}
PROGRAM = Path(__file__).parent / "paying_process.py"
ROOT = Path(__file__).parents[2]
SOON = 20.0
"""Seconds after which a step that waits for another has failed."""


class Asked:
    """One question to the gateway: it hangs until the test answers it."""

    def __init__(self) -> None:
        self.has_come, self._may_go = Event(), Event()
        self._fails = False

    def answer(self, *, fails: bool = False) -> None:
        self._fails = fails
        self._may_go.set()

    def wait(self) -> None:
        self.has_come.set()
        assert self._may_go.wait(SOON)
        if self._fails:
            raise GatewayUnavailable


class Gateway:
    """A gateway whose answers come when, and as, the test says; by default at once."""

    names = frozenset({"TEST"})

    def __init__(self) -> None:
        self._real = get_gateways().payments
        self._hanging: list[Asked] = []
        self.numbers: list[str] = []

    def hang(self, times: int) -> list[Asked]:
        """Let so many of the next questions hang."""
        self._hanging = [Asked() for _ in range(times)]
        return list(self._hanging)

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        self.numbers.append(request.request_number)
        if self._hanging:
            self._hanging.pop(0).wait()
        return self._real.start(request, signature)


@pytest.fixture
def gateway(database: Database, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    assert database
    gateway = Gateway()
    monkeypatch.setattr(
        context_module, "get_gateways", lambda: replace(get_gateways(), payments=gateway)
    )
    # As in two processes: neither knows what the other runs.
    monkeypatch.setattr(idempotency, "alone", lambda *_mark: nullcontext())
    return gateway


@pytest.fixture
def pay(api: Any, database: Database, owner: User) -> Callable[..., Any]:
    """`pay()` sends the same request with the same key again."""
    order = make_order(database, owner, payments=[], order_number="ORD-1")
    api.token(owner)

    def send(key: str = KEY["Idempotency-Key"]) -> Any:
        path = f"/orders/{order.order_number}/retry-payment"
        return api.post(path, user=owner, json=PAY, headers={"Idempotency-Key": key})

    return send


@contextmanager
def twins(gateway: Gateway, pay: Callable[..., Any]) -> Iterator[list[tuple[Asked, Future[Any]]]]:
    """Two requests with one key, both waiting for the gateway, the first one first."""
    with ThreadPoolExecutor(2) as pool:
        both = []
        for asked in gateway.hang(2):
            both.append((asked, pool.submit(pay)))
            assert asked.has_come.wait(SOON)
        yield both


def test_twins_share_an_attempt(
    database: Database, gateway: Gateway, pay: Callable[..., Any]
) -> None:
    with twins(gateway, pay) as both:
        for asked, _ in reversed(both):
            asked.answer()
        answers = [future.result() for _, future in both]
    [payment] = rows(database, Payment)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text == pay().text
    assert set(gateway.numbers) == {payment.request_number}


def test_a_late_failure_does_not_undo_what_was_paid(
    database: Database, gateway: Gateway, pay: Callable[..., Any], call: Any
) -> None:
    with twins(gateway, pay) as ((first, paying), (late, repeating)):
        first.answer()
        assert paying.result().status_code == 200
        number = paying.result().json()["content"]["payment_info"]["transaction_id"]
        call(service.settle_payment, number, succeeded=True, actor=SHOP)
        late.answer(fails=True)
        assert (repeating.result().status_code, repeating.result().text) == (
            200,
            paying.result().text,
        )
    [payment] = rows(database, Payment)
    assert payment.payment_status == "success"
    assert call(service.get_payment_status, "ORD-1").amount_unpaid == 0


def test_a_late_failure_does_not_close_a_link_that_is_in_use(
    database: Database, gateway: Gateway, pay: Callable[..., Any]
) -> None:
    with twins(gateway, pay) as ((first, paying), (late, repeating)):
        first.answer()
        assert paying.result().status_code == 200
        late.answer(fails=True)
        assert repeating.result().text == paying.result().text
    assert [row.payment_status for row in rows(database, Payment)] == ["pending"]


def test_a_link_that_may_not_be_shown_is_told_to_the_shop(
    database: Database,
    gateway: Gateway,
    pay: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain = PaymentStart(redirect_url="http://pay.example.com/1", expires_at=None)
    monkeypatch.setattr(gateway, "start", lambda *_asked: plain)
    assert pay().status_code == 503
    [payment] = rows(database, Payment)
    assert (payment.payment_status, payment.redirect_url) == ("failed", None)
    assert f"payment {payment.request_number}: the gateway's link is not https" in caplog.text


def test_a_late_answer_opens_no_attempt_that_failed(
    database: Database, gateway: Gateway, pay: Callable[..., Any]
) -> None:
    with twins(gateway, pay) as ((first, paying), (late, repeating)):
        first.answer(fails=True)
        assert paying.result().status_code == 503
        late.answer()
        assert repeating.result().status_code == 503
    [payment] = rows(database, Payment)
    assert (payment.payment_status, payment.redirect_url) == ("failed", None)
    again = pay()
    assert again.status_code == 200
    states = {row.request_number: row.payment_status for row in rows(database, Payment)}
    assert sorted(states.values()) == ["failed", "pending"]
    shown = again.json()["content"]["payment_info"]
    assert states[shown["transaction_id"]] == "pending"
    assert shown["redirect_url"]


def test_a_late_answer_opens_no_order_that_was_cancelled(
    database: Database, gateway: Gateway, pay: Callable[..., Any], call: Any
) -> None:
    [asked] = gateway.hang(1)
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay)
        assert asked.has_come.wait(SOON)
        call(service.cancel_for_shop, "ORD-1", "Sold out", actor=SHOP)
        asked.answer()
        assert paying.result().status_code == 503
    assert [row.redirect_url for row in rows(database, Payment)] == [None]
    assert pay().json()["code"] == "payment_retry_not_available"


def process(url: str, token: str, folder: Path, *, dies: bool, twins: int) -> subprocess.Popen[str]:
    """Another process of the portal, which sends the same request to itself."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PORTAL_DATABASE_URL": url,
            "PAYING": json.dumps(
                {"token": token, "folder": str(folder), "dies": dies, "twins": twins, "key": KEY}
            ),
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_repeat_goes_on_where_a_killed_process_stopped(
    api: Any, database: Database, owner: User, pay: Callable[..., Any], tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    dead = process(url, api.token(owner), tmp_path, dies=True, twins=1)
    assert (dead.communicate(timeout=60)[0], dead.returncode) == ("", 9)
    [payment] = rows(database, Payment)
    [kept] = rows(database, IdempotencyRecord)
    assert (payment.payment_status, payment.redirect_url) == ("pending", None)
    assert (kept.answer, kept.attempt) == (None, payment.request_number)
    again = [pay(), pay()]
    assert [answer.status_code for answer in again] == [200, 200]
    assert again[0].text == again[1].text
    assert payment.request_number in again[0].text
    assert pay("another key").json()["content"] == again[0].json()["content"]
    assert len(rows(database, Payment)) == 1


def test_twins_in_two_processes_get_one_answer(
    api: Any, database: Database, owner: User, pay: Callable[..., Any], tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    token = api.token(owner)
    both = [process(url, token, tmp_path, dies=False, twins=2) for _ in range(2)]
    answers = [one.communicate(timeout=60)[0] for one in both]
    [payment] = rows(database, Payment)
    assert answers[0] == answers[1]
    assert answers[0].startswith("200 ")
    assert payment.request_number in answers[0]
    assert answers[0] == f"200 {pay().text}"


@pytest.mark.parametrize("since", ["cancelled", "another attempt"])
def test_a_repeat_does_not_go_on_with_what_is_not_asked_for_any_more(
    api: Any,
    database: Database,
    owner: User,
    pay: Callable[..., Any],
    tmp_path: Path,
    call: Any,
    since: str,
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    process(url, api.token(owner), tmp_path, dies=True, twins=1).communicate(timeout=60)
    if since == "cancelled":
        call(service.cancel_for_shop, "ORD-1", "Sold out", actor=SHOP)
    else:
        with database.session(writes=True) as db:
            db.execute(update(Payment).values(created_at=utc_now() - timedelta(minutes=16)))
            db.commit()
        other = pay("another key").json()["content"]
    if since == "cancelled":
        assert pay().json()["code"] == "payment_retry_not_available"
    else:
        assert pay().json()["content"] == other
    [first, *_] = sorted(rows(database, Payment), key=lambda row: row.created_at)
    assert first.redirect_url is None
