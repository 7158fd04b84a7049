"""Refunds at a Stripe that others made, which knows no Checkout (see `stripe_server`)."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import stripe

from account_portal.gateways.payments import RefundReport, RefundRequest
from account_portal.gateways.stripe_payments import StripeGateway
from tests.payments.stripe_server import KEY, SECRET
from tests.portal_server import free_port


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def payment(url: str) -> str:
    """A payment of ₹ 200 by card; what Stripe calls it."""
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    for _ in range(300):
        try:
            way = client.v1.payment_methods.create({"type": "card", "card": card})
            break
        except stripe.APIConnectionError:
            time.sleep(0.1)
    paid = client.v1.payment_intents.create(
        {"amount": 20000, "currency": "inr", "payment_method": way.id, "confirm": True}
    )
    assert paid.status == "succeeded"
    return paid.id


def test_a_refund_goes_back_and_is_found_again(url: str, payment: str) -> None:
    gateway = StripeGateway(KEY, SECRET, url)
    asked = RefundRequest("RFD-1", payment, 5000, "INR")
    made = gateway.refund(asked)
    assert made == RefundReport(
        reference=made.reference,
        payment_reference=payment,
        amount=5000,
        currency="INR",
        outcome="succeeded",
        request_number="RFD-1",
    )
    again = RefundRequest("RFD-1", payment, 5000, "INR", is_repeat=True)
    named = RefundRequest("RFD-1", payment, 5000, "INR", reference=made.reference)
    assert gateway.refund(again) == gateway.refund(named) == made
    other = gateway.refund(RefundRequest("RFD-2", payment, 5000, "INR", is_repeat=True))
    assert other.reference != made.reference


def test_what_stripe_does_not_know_fails_for_good(url: str, payment: str) -> None:
    assert payment
    asked = RefundRequest("RFD-3", "pi_nobody_knows", 100, "INR")
    told = StripeGateway(KEY, SECRET, url).refund(asked)
    assert told.outcome == "failed"
    assert told.reason
