"""Payments: in demo mode a gateway whose hosted page a browser can open and pay or fail on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from account_portal.core.settings import Settings

ATTEMPT_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a gateway is told of an attempt; `request_number` makes repeats harmless."""

    request_number: str
    order_number: str
    amount: int
    currency: str
    customer_email: str | None
    customer_phone: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """Where the browser goes to pay, and until when."""

    redirect_url: str
    expires_at: datetime


class PaymentGateway(Protocol):
    """Takes money."""

    names: frozenset[str]
    """What callers may ask for as `payment_gateway`."""

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        """Open an attempt.

        Raises:
            GatewayUnavailable: nobody answered; nothing was opened.
        """
        ...


class DemoGateway:
    """Takes no money: its page, served by the portal itself, asks whether to pay or to fail."""

    names = frozenset({"TEST"})

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        query = urlencode({"signature": signature})
        return PaymentStart(
            redirect_url=f"{self._origin}/test-gateway/{request.request_number}?{query}",
            expires_at=request.now + ATTEMPT_LASTS,
        )


def make_gateway(settings: Settings) -> PaymentGateway | None:
    """The gateway the settings ask for, if any: outside demo mode nobody marks an order paid."""
    return DemoGateway(settings.origin) if settings.demo else None
