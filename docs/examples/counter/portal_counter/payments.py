"""Paying at the counter: the customer is shown a slip, and the till tells when it was paid."""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from account_portal.core.settings import Settings
from account_portal.gateways.payments import (
    PaymentGateway,
    PaymentReport,
    PaymentRequest,
    PaymentStart,
    RefundReport,
    RefundRequest,
    ReportNotUnderstood,
    ReportRefused,
)

SLIP_LASTS = timedelta(days=1)


class CounterGateway:
    """Opens slips; the till tells by a signed message when one was paid."""

    names = frozenset({"COUNTER"})
    pays_back = False  # money goes back over the counter, and the shop tells

    def __init__(self, slip_url: str, secret: str) -> None:
        self._slip_url = slip_url
        self._secret = secret.encode()

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        """The address of a slip: the same one for every repeat of an attempt."""
        slip = {
            "number": request.request_number,
            "amount": request.amount,  # in minor units: paise, cents
            "currency": request.currency,
            "signature": signature,
        }
        return PaymentStart(f"{self._slip_url}?{urlencode(slip)}", request.now + SLIP_LASTS)

    def close(self, reference: str) -> bool:
        """Never asked: slips have no reference of their own."""
        raise NotImplementedError(reference)

    def refund(self, request: RefundRequest) -> RefundReport:
        """Never asked, as `pays_back` says."""
        raise NotImplementedError(request.request_number)

    def read(self, body: bytes, headers: Mapping[str, str]) -> PaymentReport | RefundReport | None:
        """The till's word, as it comes to `/payment-events`."""
        signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not self._secret or not hmac.compare_digest(
            signature.encode(), headers.get("counter-signature", "").encode()
        ):
            raise ReportRefused("it is not signed by the till")
        try:
            told = json.loads(body)
            return PaymentReport(
                request_number=told["number"],
                succeeded=told["paid"],
                amount=told["amount"],
                currency=told["currency"],
            )
        except (ValueError, LookupError, TypeError) as error:
            raise ReportNotUnderstood(f"{type(error).__name__}: {error}") from None


def make(settings: Settings) -> PaymentGateway:
    """Called once a process, when `PORTAL_PAYMENTS=counter`."""
    # Settings of a package are its own variables: the portal refuses PORTAL_ ones it does not know.
    slip_url = os.environ.get("COUNTER_SLIP_URL", f"{settings.origin}/counter")
    return CounterGateway(slip_url, os.environ.get("COUNTER_SECRET", ""))
