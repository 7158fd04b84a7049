"""Payments by Stripe: its hosted Checkout takes them, its signed webhooks say what became of them.

Amounts travel in Stripe's own smallest units, which for a few currencies are not those of ISO 4217
(https://docs.stripe.com/currencies#special-cases).
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import index
from typing import Any, Literal

import stripe
from pydantic import ValidationError

from account_portal.core import money
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.tracing import span
from account_portal.gateways.payments import (
    PaymentReport,
    PaymentRequest,
    PaymentStart,
    RefundReport,
    RefundRequest,
    ReportNotUnderstood,
    ReportRefused,
)

log = logging.getLogger("account_portal.payments")

NAME = "STRIPE"
SESSION_LASTS = timedelta(hours=1)
"""How long a page of Checkout stays open. Stripe wants 30 minutes or more, counted from the try
that reaches it: a repeat within the other half hour still opens one."""
ANSWER_WITHIN = 20
"""Seconds."""
NUMBER = "portal_request_number"
"""Name, in Stripe's metadata, of our number of an attempt or a refund."""

_WITHOUT_DIGITS = frozenset(
    (
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)
_TWO_DIGITS = frozenset({"ISK", "UGX"})

_PAID = "checkout.session.completed", "checkout.session.async_payment_succeeded"
_NOT_PAID = "checkout.session.expired", "checkout.session.async_payment_failed"
_REFUNDS = "refund.created", "refund.updated", "refund.failed", "charge.refund.updated"

_OUTCOMES: dict[str, Literal["succeeded", "pending", "failed"]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}


class StripeGateway:
    """Takes money through Stripe Checkout and gives it back to the card or account it came from."""

    names = frozenset({NAME})
    pays_back = True

    def __init__(self, key: str, webhook_secret: str, api_base: str = "") -> None:
        self._secret = webhook_secret
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=ANSWER_WITHIN),
            max_network_retries=0,  # whoever asks tries again, and knows when
        )

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        del signature  # Stripe signs its own answers
        try:
            if not all(self._close(reference) for reference in request.replaces):
                raise GatewayUnavailable("An earlier payment for this order is being confirmed.")
            return self._open(request)
        except _Refused as error:
            raise GatewayUnavailable("This order cannot be paid online just now.") from error

    def _open(self, request: PaymentRequest) -> PaymentStart:
        expires_at = request.begun_at + SESSION_LASTS
        ours = {NUMBER: request.request_number, "order_number": request.order_number}
        parameters: Any = {
            "mode": "payment",
            "client_reference_id": request.request_number,
            "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": request.order_number},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": to_stripe(request.amount, request.currency),
                        "product_data": {"name": f"Order {request.order_number}"},
                    },
                }
            ],
            "success_url": request.success_url,
            "cancel_url": request.failure_url,
            "expires_at": int(expires_at.timestamp()),
        }
        if request.customer_email:
            parameters["customer_email"] = request.customer_email
        with _answered():
            session = self._client.v1.checkout.sessions.create(
                parameters, {"idempotency_key": f"payment-{request.request_number}"}
            )
        return PaymentStart(
            redirect_url=session.url or "",
            expires_at=datetime.fromtimestamp(session.expires_at, UTC),
            reference=session.id,
        )

    def close(self, reference: str) -> bool:
        try:
            return self._close(reference)
        except _Refused:  # Stripe knows no such attempt: there is nothing to pay
            return True

    def refund(self, request: RefundRequest) -> RefundReport:
        try:
            with _answered():
                if request.reference is not None:
                    return _refund_report(
                        self._client.v1.refunds.retrieve(request.reference).to_dict()
                    )
                # Stripe forgets keys after a day; what it did it knows for ever.
                if request.is_repeat and (found := self._find(request)) is not None:
                    return _refund_report(found)
                made = self._client.v1.refunds.create(
                    {
                        "payment_intent": request.payment_reference,
                        "amount": to_stripe(request.amount, request.currency),
                        "metadata": {NUMBER: request.request_number},
                    },
                    {"idempotency_key": f"refund-{request.request_number}"},
                )
                return _refund_report(made.to_dict())
        except _Refused as error:
            return RefundReport(
                reference="",
                payment_reference=request.payment_reference,
                amount=request.amount,
                currency=request.currency,
                outcome="failed",
                request_number=request.request_number,
                reason=str(error),
            )

    def read(self, body: bytes, headers: Mapping[str, str]) -> PaymentReport | RefundReport | None:
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(),
                headers.get("stripe-signature", ""),
                self._secret,
                stripe.Webhook.DEFAULT_TOLERANCE,
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise ReportRefused(str(error)) from None
        try:
            return _report(json.loads(body))
        except ValidationError as error:
            odd = ", ".join(str(one["loc"][0]) for one in error.errors())
            raise ReportNotUnderstood(f"nobody can keep its {odd}") from None
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise ReportNotUnderstood(f"{type(error).__name__}: {error}") from None

    def _close(self, reference: str) -> bool:
        with _answered():
            try:
                self._client.v1.checkout.sessions.expire(reference)
            except stripe.InvalidRequestError:  # it is over, one way or the other
                session = self._client.v1.checkout.sessions.retrieve(reference)
                return session.status != "complete"
        return True

    def _find(self, request: RefundRequest) -> dict[str, Any] | None:
        refunds = self._client.v1.refunds.list(
            {"payment_intent": request.payment_reference, "limit": 100}
        )
        ours = (one.to_dict() for one in refunds.auto_paging_iter())
        return next(
            (one for one in ours if (one["metadata"] or {}).get(NUMBER) == request.request_number),
            None,
        )


class _Refused(Exception):
    """Stripe understood, and will never do it."""


@contextmanager
def _answered() -> Iterator[None]:
    """Turn what the library raises into our own errors."""
    try:
        with span("payment gateway"):
            yield
    except stripe.InvalidRequestError as error:
        log.warning("Stripe refuses: %s", error.user_message or error)
        raise _Refused(error.user_message or str(error)) from error
    except stripe.AuthenticationError as error:
        log.error("Stripe takes no such key: check PORTAL_STRIPE_KEY")  # noqa: TRY400
        raise GatewayUnavailable from error
    except stripe.StripeError as error:
        log.warning("Stripe did not answer: %s", error.user_message or type(error).__name__)
        raise GatewayUnavailable from error


def _report(event: Any) -> PaymentReport | RefundReport | None:
    """What a signed message tells.

    Raises:
        LookupError, TypeError, AttributeError, ArithmeticError, ValueError: it has not the form
            that Stripe documents.
    """
    kind, thing = event["type"], event["data"]["object"]
    if kind in _REFUNDS:
        return _refund_report(thing) if thing.get("payment_intent") else None
    if kind not in _PAID + _NOT_PAID or not thing.get("client_reference_id"):
        return None
    if kind in _PAID and thing["payment_status"] != "paid":
        return None  # a bank takes days: another message follows
    currency = thing["currency"].upper()
    return PaymentReport(
        request_number=thing["client_reference_id"],
        succeeded=kind in _PAID,
        amount=from_stripe(thing["amount_total"], currency),
        currency=currency,
        reference=thing.get("payment_intent"),
        method=_method(thing.get("payment_method_types") or []),
    )


def _refund_report(refund: dict[str, Any]) -> RefundReport:
    currency = refund["currency"].upper()
    return RefundReport(
        reference=refund["id"],
        payment_reference=refund["payment_intent"],
        amount=from_stripe(refund["amount"], currency),
        currency=currency,
        outcome=_OUTCOMES.get(refund["status"], "pending"),
        request_number=(refund.get("metadata") or {}).get(NUMBER),
        reason=refund.get("failure_reason"),
    )


def _method(kinds: list[str]) -> str:
    """How it was paid, as far as a session says: where several ways were open, only by whom."""
    return "Card" if kinds == ["card"] else "Stripe"


def _digits(currency: str) -> int:
    if currency in _WITHOUT_DIGITS:
        return 0
    return 2 if currency in _TWO_DIGITS else money.exponent(currency)


def to_stripe(amount: int, currency: str) -> int:
    """Minor units as Stripe counts them.

    Raises:
        GatewayUnavailable: Stripe has no unit so small.
    """
    scaled = money.to_major(amount, currency).scaleb(_digits(currency))
    if scaled != scaled.to_integral_value():
        log.warning("Stripe cannot take %s of minor units of %s", amount, currency)
        raise GatewayUnavailable("This amount cannot be paid online in this currency.")
    return int(scaled)


def from_stripe(amount: int, currency: str) -> int:
    """Minor units of what Stripe counts."""
    return money.to_minor(Decimal(index(amount)).scaleb(-_digits(currency)), currency)
