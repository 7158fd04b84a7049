"""How the orders of the demo are written down: who bought what, and how far it got.

Moments are days before the reference day, so that the demo looks current whenever it is made.
"""

from dataclasses import dataclass, field

from account_portal.states import (
    ClaimProblem,
    ClaimResolution,
    ClaimStatus,
    OrderStatus,
    RefundMode,
    RefundStatus,
    ReturnResolution,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)


@dataclass(frozen=True, slots=True)
class Item:
    """Units of one thing; `free` of them cost nothing."""

    sku: str
    quantity: int = 1
    free: int = 0
    on_subscription: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """One shipment: its state, when that was reached, and its share of the order.

    `units` is quantity by sku; left out, everything. `promised` is the promised day.
    """

    status: ShipmentStatus
    reached: float
    promised: float | None = None
    units: dict[str, int] | None = None
    courier: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to pay `percent` of what is due, so many hours after the order."""

    status: TransactionStatus = TransactionStatus.SUCCESS
    method: str = "upi"
    percent: int = 100
    hours_later: float = 0.05


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund outside a return; `amount` left out: all that was paid."""

    status: RefundStatus
    asked: float
    paid: float | None = None
    amount: int | None = None
    mode: str = RefundMode.ORIGINAL_PAYMENT_MODE
    account: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """A return request: units by sku, and the day of each step it went through."""

    status: ReturnStatus
    units: dict[str, int]
    reason: str
    created: float
    approved: float | None = None
    rejected: float | None = None
    rejection_reason: str | None = None
    shipped: float | None = None
    received: float | None = None
    completed: float | None = None
    cancelled: float | None = None
    resolution: ReturnResolution = ReturnResolution.REFUND
    refund: RefundStatus | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A claim: units of one line, what is wrong with them, and what was answered."""

    sku: str
    units: int
    problem: ClaimProblem
    details: str
    created: float
    wish: ReturnResolution = ReturnResolution.REFUND
    status: ClaimStatus = ClaimStatus.OPEN
    decided: float | None = None
    resolution: ClaimResolution | None = None
    answer: str | None = None
    replacement: str | None = None


PAID_BY_UPI = (Attempt(),)
PAID_BY_CARD = (Attempt(method="card"),)


@dataclass(frozen=True, slots=True)
class Planned:
    """One order; `name` gives its ids."""

    name: str
    placed: float
    items: tuple[Item, ...]
    status: OrderStatus = OrderStatus.CONFIRMED
    parcels: tuple[Parcel, ...] = ()
    payments: tuple[Attempt, ...] = PAID_BY_UPI
    refunds: tuple[GivenBack, ...] = ()
    returns: tuple[Back, ...] = ()
    promotion: tuple[str, int] | None = None
    coupon: tuple[str, int] | None = None
    points: int = 0
    credit: int = 0
    address: str = "home"
    billing: str = "work"
    cash_on_delivery: bool = False
    note: str | None = None
    cancelled: float | None = None
    cancellation_reason: str | None = None
    feedback: str | None = None
    replaces: tuple[str, int] | None = None
    claims: tuple[Wrong, ...] = ()
    replaces_claim: tuple[str, int] | None = None
    extra: dict[str, str] = field(default_factory=dict)
