"""Paying and refunding through Stripe: a server on this machine, signed messages, lost ones."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.gateways.stripe_payments import StripeGateway, from_stripe, to_stripe
from account_portal.merchant import lists
from account_portal.models import Payment, Refund, User
from account_portal.orders import service
from account_portal.orders.facts import money_of
from account_portal.orders.rules import account_of
from account_portal.orders.service.refunds import RefundNotMovable
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.payments.stripe_server import KEY, SECRET, Running, Stripe, sign

PAY = {"payment_gateway_params": {"payment_gateway": "STRIPE"}}


@dataclass
class Shop:
    """A shop that takes payments by Stripe, and its one unpaid order of ₹ 200."""

    stripe: Stripe
    api: Any
    owner: User
    database: Database
    call: Callable[..., Any]

    def pay(self) -> str:
        """Begin to pay; the number of the session that was opened at Stripe."""
        url = self.call(service.pay_again, "ORD-1").payment_info.redirect_url
        return str(url.rpartition("/")[2])

    def tell(self, message: tuple[bytes, str]) -> int:
        """Send what Stripe sends; the status of the answer."""
        return self.answer(message)[0]

    def answer(self, message: tuple[bytes, str]) -> tuple[int, str]:
        """Send what Stripe sends; status and code of the answer."""
        body, signature = message
        answer = self.api.client.post(
            "/payment-events", content=body, headers={"Stripe-Signature": signature}
        )
        return answer.status_code, answer.json().get("code", "")

    def shop(self, deed: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.call(deed, *args, actor=SHOP, **kwargs)

    def paid(self) -> str:
        """An order that is paid; what Stripe calls the payment."""
        session = self.pay()
        assert self.tell(self.stripe.pay(session)) == 200
        return str(self.stripe.sessions[session]["payment_intent"])

    def refund(self, amount: str = "50") -> str:
        number = str(self.shop(service.create_refund, "ORD-1", amount))
        self.shop(service.approve_refund, number)
        return number

    def work(self) -> None:
        while service.pay_back_next():
            pass

    def account(self) -> tuple[int, int, int]:
        """What is in the order's account, went back and is promised."""

        def read(ctx: Any) -> tuple[int, int, int]:
            from sqlalchemy import select

            from account_portal.models import Order

            order = ctx.db.execute(select(Order)).scalar_one()
            account = account_of(money_of(ctx.db, order))
            return account.arrived - account.gone, account.gone, account.promised

        return self.shop(read)

    def refunds(self) -> list[tuple[int, str]]:
        found = sorted(rows(self.database, Refund), key=lambda one: one.id)
        return [(one.refund_amount, one.status) for one in found]


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    with Running() as running:
        yield running


@pytest.fixture
def shop(
    stripe: Stripe,
    database: Database,
    set_settings: Any,
    owner: User,
    call: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> Shop:
    set_settings(
        PORTAL_DEMO="0",
        PORTAL_HTTP_LINKS="1",
        PORTAL_PAYMENTS="stripe",
        PORTAL_STRIPE_KEY=KEY,
        PORTAL_STRIPE_WEBHOOK_SECRET=SECRET,
        PORTAL_STRIPE_API_BASE=f"http://127.0.0.1:{stripe.port}",
    )
    make_order(database, owner, payments=[], order_number="ORD-1")
    return Shop(stripe, request.getfixturevalue("api"), owner, database, call)


def test_paying_again_opens_checkout_and_its_message_settles(shop: Shop) -> None:
    session = shop.pay()
    asked = shop.stripe.sessions[session]
    assert asked["amount_total"] == 20000
    assert asked["currency"] == "inr"
    assert asked["success_url"] == asked["cancel_url"] == "http://localhost:8000/orders/ORD-1"
    assert shop.pay() == session  # led back to the one that is open
    message = shop.stripe.pay(session)
    assert [shop.tell(message) for _ in range(3)] == [200] * 3
    assert shop.account() == (20000, 0, 0)
    assert shop.stripe.balance() == 20000
    (payment,) = rows(shop.database, Payment)
    assert payment.payment_reference_number == "pi_1"
    assert payment.payment_method == "Card"


def test_messages_in_any_order_end_the_same(shop: Shop) -> None:
    session = shop.pay()
    begun = shop.stripe.pay(session, later=True)
    arrived = shop.stripe.arrive(session)
    expired = shop.stripe.expire(session)
    for message in (expired, begun, arrived, expired, begun):
        assert shop.tell(message) == 200
    assert shop.account() == (20000, 0, 0)


def test_a_bank_that_bounces_leaves_the_order_to_be_paid(shop: Shop) -> None:
    session = shop.pay()
    assert shop.tell(shop.stripe.pay(session, later=True)) == 200
    assert [one.payment_status for one in rows(shop.database, Payment)] == ["pending"]
    assert shop.tell(shop.stripe.bounce(session)) == 200
    assert [one.payment_status for one in rows(shop.database, Payment)] == ["failed"]
    assert shop.tell(shop.stripe.pay(shop.pay())) == 200
    assert shop.account() == (20000, 0, 0)


def _with(body: bytes, field: str, value: Any) -> bytes:
    event = json.loads(body)
    event["data"]["object"][field] = value
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: (body, ""),
        lambda body: (body, "t=1,v1=00"),
        lambda body: (body, sign(body, secret="whsec_another")),
        lambda body: (body.replace(b"pi_1", b"pi_2"), sign(body)),
        lambda body: (body, sign(body, at=1_700_000_000)),
        lambda body: (b"\xff\xfe", sign(b"\xff\xfe")),
    ],
)
def test_a_forged_message_settles_nothing(
    shop: Shop, forge: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    body, _ = shop.stripe.pay(shop.pay())
    assert shop.answer(forge(body)) == (400, "signature_invalid")
    assert "that no gateway signed was refused" in caplog.text
    assert shop.account() == (0, 0, 0)


@pytest.mark.parametrize(
    "speak",
    [
        lambda body: (b"[]", sign(b"[]")),
        lambda body: (b"{}", sign(b"{}")),
        lambda body: (b"no json", sign(b"no json")),
        lambda body: (
            nonsense := body.replace(b'"currency": "inr"', b'"currency": "???"'),
            sign(nonsense),
        ),
        lambda body: (nonsense := body.replace(b"amount_total", b"amount_else"), sign(nonsense)),
        lambda body: (deep := b"[" * 100_000, sign(deep)),
        *(
            lambda body, field=field, value=value: (odd := _with(body, field, value), sign(odd))
            for field, values in {
                "amount_total": (1e400, -1, 1.5, 10**40, "x", None, [1]),
                "payment_intent": ("pi\0", "p" * 200, 7, {"id": "pi_1"}, "\ud800"),
            }.items()
            for value in values
        ),
        lambda body: (
            nonsense := body.replace(b'"currency": "inr"', b'"currency": 7'),
            sign(nonsense),
        ),
    ],
)
def test_nonsense_that_is_signed_is_called_nonsense(
    shop: Shop, speak: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    body, _ = shop.stripe.pay(shop.pay())
    assert shop.answer(speak(body)) == (400, "validation_failed")
    assert "that the payment gateway signed cannot be read" in caplog.text
    assert shop.account() == (0, 0, 0)


def test_messages_about_nothing_of_ours_are_taken_and_change_nothing(shop: Shop) -> None:
    session = dict(shop.stripe.sessions[shop.pay()])
    other = {**session, "client_reference_id": "another-system", "payment_status": "paid"}
    nobody = {**session, "client_reference_id": None, "payment_status": "paid"}
    dollars = {**session, "currency": "usd", "payment_status": "paid"}
    for thing in (other, nobody, dollars):
        assert shop.tell(shop.stripe.message("checkout.session.completed", thing)) == 200
    assert shop.tell(shop.stripe.message("customer.created", {"id": "cus_1"})) == 200
    refund = {"id": "re_9", "amount": 5, "currency": "inr", "payment_intent": "pi_9"}
    assert shop.tell(shop.stripe.message("refund.updated", {**refund, "status": "failed"})) == 200
    assert shop.tell((b" " * 300_000, "t=1,v1=00")) == 413
    assert shop.account() == (0, 0, 0)
    assert shop.refunds() == []


def test_without_stripe_nobody_is_listened_to(api: Any, set_settings: Any) -> None:
    set_settings(PORTAL_DEMO="0")
    assert api.client.post("/payment-events", content=b"{}").status_code == 404
    set_settings(PORTAL_DEMO="1")
    assert api.client.post("/payment-events", content=b"{}").status_code == 400


def test_stripe_that_is_down_ends_the_attempt(shop: Shop) -> None:
    shop.stripe.is_down = True
    answer = shop.api.post("/orders/ORD-1/retry-payment", user=shop.owner, json=PAY)
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    shop.stripe.is_down = False
    assert shop.tell(shop.stripe.pay(shop.pay())) == 200
    assert shop.account() == (20000, 0, 0)


def test_a_new_attempt_closes_the_one_given_up(shop: Shop, clock: Any) -> None:
    first = shop.pay()
    clock.advance(minutes=16)
    second = shop.pay()
    assert shop.stripe.sessions[first]["status"] == "expired"
    assert shop.stripe.sessions[second]["status"] == "open"


def test_an_attempt_being_paid_lets_no_other_begin(shop: Shop, clock: Any) -> None:
    paid = shop.stripe.pay(shop.pay())
    clock.advance(minutes=16)
    with pytest.raises(GatewayUnavailable, match="being confirmed"):
        shop.pay()
    assert shop.tell(paid) == 200
    assert shop.account() == (20000, 0, 0)


@pytest.mark.parametrize("is_known", [True, False])
def test_an_order_that_is_cancelled_can_be_paid_no_more(shop: Shop, is_known: bool) -> None:
    session = shop.stripe.sessions[shop.pay()]
    shop.shop(service.cancel_for_shop, "ORD-1", "Out of stock")
    shop.stripe.is_down = True
    with pytest.raises(GatewayUnavailable):
        service.close_next_attempt()
    shop.stripe.is_down = False
    if not is_known:
        shop.stripe.sessions.clear()
    assert service.close_next_attempt()
    assert session["status"] == ("expired" if is_known else "open")
    assert not service.close_next_attempt()


def test_what_was_paid_before_it_could_be_closed_goes_back(shop: Shop) -> None:
    message = shop.stripe.pay(shop.pay())
    shop.shop(service.cancel_for_shop, "ORD-1", "Out of stock")
    assert service.close_next_attempt()
    assert not service.close_next_attempt()
    assert shop.tell(message) == 200
    assert shop.refunds() == [(20000, "pending")]


def test_an_attempt_under_way_stays_open(shop: Shop) -> None:
    session = shop.pay()
    assert not service.close_next_attempt()
    assert shop.tell(shop.stripe.pay(session)) == 200
    assert not service.close_next_attempt()


def test_a_refund_goes_back_to_the_payment(shop: Shop) -> None:
    shop.paid()
    number = shop.refund("50")
    assert shop.account() == (20000, 0, 5000)
    with pytest.raises(RefundNotMovable):
        shop.shop(service.settle_refund, number, succeeded=True)
    assert shop.shop(lists.get_refund, number).by_gateway
    shop.work()
    assert shop.account() == (15000, 5000, 0)
    assert shop.stripe.balance() == 15000
    told = shop.stripe.message("refund.updated", shop.stripe.refunds["re_1"])
    assert shop.tell(told) == 200
    assert shop.account() == (15000, 5000, 0)


@pytest.mark.parametrize("keys_are_forgotten", [False, True])
def test_an_answer_that_is_lost_sends_no_money_twice(
    shop: Shop, clock: Any, keys_are_forgotten: bool
) -> None:
    shop.paid()
    shop.stripe.loses_answers = 1
    number = shop.refund("50")
    assert service.pay_back_next()
    assert shop.account() == (20000, 0, 5000)
    if keys_are_forgotten:
        shop.stripe.forget_keys()
    later = clock.now + timedelta(minutes=5)
    while service.pay_back_next(now=later):
        pass
    assert shop.account() == (15000, 5000, 0)
    assert shop.stripe.balance() == 15000
    keys = {
        key for method, path, key in shop.stripe.calls if (method, path) == ("POST", "/v1/refunds")
    }
    assert keys == {f"refund-{number}"}


def test_stripe_that_is_down_is_asked_again_later(shop: Shop, clock: Any) -> None:
    shop.paid()
    shop.refund("50")
    shop.stripe.is_down = True
    shop.work()
    shop.work()
    assert [one.tries for one in rows(shop.database, Refund)] == [1]
    shop.stripe.is_down = False
    while service.pay_back_next(now=clock.now + timedelta(minutes=2)):
        pass
    assert shop.account() == (15000, 5000, 0)


def test_a_refund_that_kills_its_worker_is_asked_for_later_and_later(
    shop: Shop, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.paid()
    shop.refund("50")
    deaths = 0

    def dies(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(StripeGateway, "refund", dies)
        for minute in range(0, 24 * 60, 2):
            try:
                service.pay_back_next(now=clock.now + timedelta(minutes=minute))
            except KeyboardInterrupt:
                deaths += 1
    assert deaths < 35
    while service.pay_back_next(now=clock.now + timedelta(hours=25)):
        pass
    assert shop.account() == (15000, 5000, 0)


def test_a_refund_that_a_bank_works_on_is_settled_by_its_message(shop: Shop) -> None:
    shop.paid()
    shop.stripe.refund_status = "pending"
    shop.refund("200")
    shop.work()
    assert shop.account() == (20000, 0, 20000)
    assert shop.tell(shop.stripe.tell_refund("re_1", "succeeded")) == 200
    assert shop.account() == (0, 20000, 0)
    assert shop.stripe.balance() == 0


def test_a_refund_whose_message_is_lost_is_asked_about(shop: Shop, clock: Any) -> None:
    shop.paid()
    shop.stripe.refund_status = "pending"
    shop.refund("200")
    shop.work()
    shop.stripe.refunds["re_1"]["status"] = "succeeded"
    while service.pay_back_next(now=clock.now + timedelta(hours=7)):
        pass
    assert shop.account() == (0, 20000, 0)
    assert len(shop.stripe.refunds) == 1


def test_a_refund_that_fails_later_is_owed_again(shop: Shop) -> None:
    shop.paid()
    shop.refund("50")
    shop.work()
    succeeded = shop.stripe.message("refund.updated", dict(shop.stripe.refunds["re_1"]))
    failed = shop.stripe.tell_refund("re_1", "failed", "lost_or_stolen_card")
    for message in (failed, succeeded, failed, succeeded):
        assert shop.tell(message) == 200
    assert shop.refunds() == [(5000, "failed"), (5000, "pending")]
    assert shop.account() == (20000, 0, 5000)
    assert shop.stripe.balance() == 20000
    failed_one, _again = sorted(rows(shop.database, Refund), key=lambda one: one.id)
    assert failed_one.gateway_error == "lost_or_stolen_card"


def test_a_refund_that_stripe_refuses_fails_with_its_reason(shop: Shop) -> None:
    paid = shop.paid()
    shop.refund("150")
    shop.stripe.payments[paid]["amount_received"] = 100  # as if a dispute had taken the rest
    shop.work()
    first, second = sorted(rows(shop.database, Refund), key=lambda one: one.id)
    assert (first.status, second.status) == ("failed", "pending")
    assert "greater than unrefunded" in first.gateway_error


def test_a_refund_made_at_stripe_is_recorded_once(shop: Shop) -> None:
    paid = shop.paid()
    message = shop.stripe.refund_by_hand(paid, 3000)
    again = shop.stripe.message("refund.updated", shop.stripe.refunds["re_1"])
    for one in (message, again, message):
        assert shop.tell(one) == 200
    assert shop.refunds() == [(3000, "success")]
    assert shop.account() == (17000, 3000, 0)
    assert shop.stripe.balance() == 17000


def test_a_refund_made_at_stripe_is_the_one_that_waits_for_the_same(shop: Shop) -> None:
    paid = shop.paid()
    shop.shop(service.create_refund, "ORD-1", "30")
    assert shop.tell(shop.stripe.refund_by_hand(paid, 3000)) == 200
    shop.work()
    assert shop.refunds() == [(3000, "success")]
    assert shop.stripe.balance() == 17000


def test_an_order_paid_in_two_parts_goes_back_to_both(
    shop: Shop, database: Database, owner: User
) -> None:
    for number, amount in (("pi_a", 12000), ("pi_b", 8000)):
        shop.stripe.payments[number] = {"amount_received": amount, "currency": "inr"}
    make_order(
        database,
        owner,
        order_number="ORD-2",
        payments=[
            {
                "request_number": f"PAY-{number}",
                "amount": amount,
                "payment_status": "success",
                "payment_gateway": "STRIPE",
                "payment_reference_number": number,
            }
            for number, amount in (("pi_a", 12000), ("pi_b", 8000))
        ],
    )
    shop.shop(service.cancel_for_shop, "ORD-2", "Out of stock")
    (refund,) = rows(database, Refund)
    assert refund.refund_amount == 20000
    shop.shop(service.approve_refund, refund.request_number)
    shop.work()
    assert sorted(shop.refunds()) == [(8000, "success"), (12000, "success")]
    assert shop.stripe.balance() == 0
    back = {one["payment_intent"]: one["amount"] for one in shop.stripe.refunds.values()}
    assert back == {"pi_a": 12000, "pi_b": 8000}


def test_what_stripe_did_not_take_stays_with_the_shop(
    shop: Shop, database: Database, owner: User
) -> None:
    make_order(database, owner, order_number="ORD-2")
    number = shop.shop(service.create_refund, "ORD-2", "10")
    shop.shop(service.approve_refund, number)
    shop.work()
    shop.shop(service.settle_refund, number, succeeded=True)
    assert shop.stripe.refunds == {}
    assert shop.refunds() == [(1000, "success")]


@pytest.mark.parametrize(
    ("currency", "minor", "stripes"),
    [
        ("INR", 12345, 12345),
        ("JPY", 500, 500),
        ("KWD", 12340, 12340),
        ("ISK", 500, 50000),
        ("UGX", 500, 50000),
        ("MGA", 50000, 500),
    ],
)
def test_amounts_travel_in_the_units_of_stripe(currency: str, minor: int, stripes: int) -> None:
    assert to_stripe(minor, currency) == stripes
    assert from_stripe(stripes, currency) == minor


def test_a_unit_that_stripe_has_not_is_refused() -> None:
    with pytest.raises(GatewayUnavailable):
        to_stripe(50001, "MGA")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_refunds_in_any_order_of_messages_agree(shop: Shop, order: tuple[int, ...]) -> None:
    paid = shop.paid()
    shop.stripe.refund_status = "pending"
    shop.refund("50")
    shop.refund("60")
    shop.work()
    shop.stripe.refund_by_hand(paid, 1000)
    messages = [
        shop.stripe.tell_refund("re_1", "succeeded"),
        shop.stripe.tell_refund("re_2", "failed", "declined"),
        shop.stripe.tell_refund("re_3", "succeeded"),
    ]
    for place in order:
        assert shop.tell(messages[place]) == 200
    left, gone, promised = shop.account()
    assert (left, gone, promised) == (14000, 6000, 6000)  # what failed is owed again
    assert left == shop.stripe.balance()
