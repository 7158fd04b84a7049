"""Paying at the counter: the customer is shown a slip, and the till tells when it was paid."""

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
    ReportRefused,
)

SLIP_LASTS = timedelta(days=1)


class CounterGateway:
    """Opens slips. The till settles them by `POST /payments/{request_number}/settle`."""

    names = frozenset({"COUNTER"})
    pays_back = False  # money goes back over the counter, and the till tells

    def __init__(self, slip_url: str) -> None:
        self._slip_url = slip_url

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        """The address of a slip: the same one for every repeat of an attempt."""
        slip = {
            "number": request.request_number,
            "amount": request.amount,  # in minor units: paise, cents
            "currency": request.currency,
            "signature": signature,
        }
        return PaymentStart(f"{self._slip_url}?{urlencode(slip)}", request.now + SLIP_LASTS)

    def refund(self, request: RefundRequest) -> RefundReport:
        """Never asked, as `pays_back` says."""
        raise NotImplementedError(request.request_number)

    def read(self, body: bytes, headers: Mapping[str, str]) -> PaymentReport | RefundReport | None:
        """What is sent to `/payment-events`: nothing is, from a counter."""
        raise ReportRefused("a counter sends nothing")


def make(settings: Settings) -> PaymentGateway:
    """Called once a process, when `PORTAL_PAYMENTS=counter`."""
    # Settings of a package are its own variables: the portal refuses PORTAL_ ones it does not know.
    return CounterGateway(os.environ.get("COUNTER_SLIP_URL", f"{settings.origin}/counter"))
