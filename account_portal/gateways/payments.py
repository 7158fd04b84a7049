"""Payments: what a gateway is asked and tells, and the one of a demo, whose page moves no money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Protocol
from urllib.parse import urlencode

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass as checked

from account_portal.core import extensions
from account_portal.core.settings import Settings

ATTEMPT_LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a gateway is told of an attempt; `request_number` makes repeats harmless.

    Attributes:
        request_number: of the attempt.
        order_number: what is paid.
        amount: minor units of the currency (ISO 4217).
        currency: its code, such as ``INR``.
        customer_email: where a receipt may go.
        customer_phone: with its prefix.
        now: the moment of this try.
        begun_at: when the attempt was recorded; the same on each try.
        success_url: where the browser comes back to once it paid.
        failure_url: where it comes back to otherwise.
        replaces: the gateway's references of attempts that were given up: nobody may pay them
            any more.
    """

    request_number: str
    order_number: str
    amount: int
    currency: str
    customer_email: str | None
    customer_phone: str | None
    now: datetime
    begun_at: datetime
    success_url: str
    failure_url: str
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """Where the browser goes to pay, until when, and what the gateway calls the attempt."""

    redirect_url: str
    expires_at: datetime
    reference: str | None = None


_Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
_Word = Annotated[_Text, StringConstraints(max_length=100)]
_Way = Annotated[_Text, StringConstraints(max_length=60)]
_Minor = Annotated[int, Field(ge=0, lt=2**63)]


@checked(frozen=True, slots=True)
class PaymentReport:
    """A gateway's word on an attempt: what was paid, in minor units, or that it failed.

    Raises:
        ValueError: it says what cannot be kept.
    """

    request_number: _Word
    succeeded: bool
    amount: _Minor = 0
    currency: _Word = ""
    reference: _Word | None = None
    """What the gateway calls the payment: by this it is refunded."""
    method: _Way | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money that goes back to the payment it came by; `request_number` makes repeats harmless."""

    request_number: str
    payment_reference: str
    amount: int
    currency: str
    reference: str | None = None
    """What the gateway called this refund at an earlier try."""
    is_repeat: bool = False
    """Whether it was asked for before: it may be there already."""


@checked(frozen=True, slots=True)
class RefundReport:
    """A gateway's word on a refund.

    Raises:
        ValueError: it says what cannot be kept.
    """

    reference: _Word
    payment_reference: _Word
    amount: _Minor
    currency: _Word
    outcome: Literal["succeeded", "pending", "failed"]
    request_number: _Word | None = None
    """Ours; none: it was made at the gateway itself."""
    reason: _Text | None = None


class ReportRefused(Exception):
    """What claims to be a gateway's word is not signed by it."""


class ReportNotUnderstood(Exception):
    """A gateway's word, signed by it, says nothing that can be read."""


class PaymentGateway(Protocol):
    """Takes money, and gives it back where `pays_back` says so."""

    names: frozenset[str]
    """What callers may ask for as `payment_gateway`."""
    pays_back: bool
    """Whether refunds go through `refund`; else the shop moves the money and tells."""

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        """Open an attempt.

        Raises:
            GatewayUnavailable: nobody answered, or one of the attempts it replaces is being paid;
                nothing was opened.
        """
        ...

    def close(self, reference: str) -> bool:
        """Let nobody pay an attempt any more; closing it again changes nothing.

        Args:
            reference: what the gateway calls the attempt.

        Returns:
            Whether nobody has paid it either; what was paid is told by a message.

        Raises:
            GatewayUnavailable: nobody answered.
        """
        ...

    def refund(self, request: RefundRequest) -> RefundReport:
        """Send money back; asked again for the same number, it sends no more.

        A refund that the gateway refuses for good is reported as ``failed``.

        Raises:
            GatewayUnavailable: nobody answered, and nobody knows whether it was done.
        """
        ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> PaymentReport | RefundReport | None:
        """What a message of the gateway tells; None: nothing that concerns the portal.

        Args:
            body: as it came.
            headers: by their lower-case names.

        Raises:
            ReportRefused: it is not signed by the gateway, or is too old.
            ReportNotUnderstood: it is, and has not the form that the gateway documents.
        """
        ...


class DemoGateway:
    """Takes no money: its page, served by the portal itself, asks whether to pay or to fail."""

    names = frozenset({"TEST"})
    pays_back = False

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        query = urlencode({"signature": signature})
        return PaymentStart(
            redirect_url=f"{self._origin}/test-gateway/{request.request_number}?{query}",
            expires_at=request.now + ATTEMPT_LASTS,
        )

    def close(self, reference: str) -> bool:
        raise NotImplementedError(f"{reference}: attempts have no reference here")

    def refund(self, request: RefundRequest) -> RefundReport:
        raise NotImplementedError(f"{request.request_number}: no money came, none goes back")

    def read(self, body: bytes, headers: Mapping[str, str]) -> PaymentReport | RefundReport | None:
        raise ReportRefused(f"nobody sends such a thing: {len(body)} bytes, {len(headers)} headers")


def make_gateway(settings: Settings) -> PaymentGateway | None:
    """The gateway the settings ask for, if any: outside demo mode nobody marks an order paid."""
    if settings.payments == "stripe":
        from account_portal.gateways.stripe_payments import StripeGateway

        return StripeGateway(
            settings.stripe_key, settings.stripe_webhook_secret, settings.stripe_api_base
        )
    if settings.payments in extensions.names(extensions.PAYMENTS):
        make: Callable[[Settings], PaymentGateway] = extensions.load(
            extensions.PAYMENTS, settings.payments
        )
        return make(settings)
    return DemoGateway(settings.origin) if settings.demo else None
