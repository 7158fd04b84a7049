"""Rules of orders: pure, no database, no clock. Amounts are minor units."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from account_portal.core.errors import Conflict, PortalError, Unprocessable
from account_portal.models.states import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)

RETRY_AFTER = timedelta(minutes=15)

ALWAYS_CANCELLABLE = frozenset(
    {OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL, OrderStatus.CONFIRMED}
)
CANCELLABLE_BEFORE_PACKING = frozenset(
    {OrderStatus.PARTIALLY_SCHEDULED, OrderStatus.AWAITING_SHIPMENT}
)
FINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.COMPLETE})
DELIVERED = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETE})
"""States whose goods arrived, all of them: what may be reviewed."""

ON_THE_WAY = frozenset(
    {
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.PARTIALLY_DELIVERED,
        OrderStatus.PARTIALLY_UNDELIVERED,
        OrderStatus.UNDELIVERED,
    }
)
"""States with parcels a customer waits for."""

NOT_PACKED = frozenset(
    {
        ShipmentStatus.UNSCHEDULED,
        ShipmentStatus.SCHEDULE_REQUESTED,
        ShipmentStatus.SCHEDULED,
        ShipmentStatus.CANCELLED,
    }
)

# What the page's chips mean.
GROUPS: Mapping[str, frozenset[OrderStatus]] = {
    "delivered": DELIVERED,
    "cancelled": frozenset({OrderStatus.CANCELLED}),
    "open": frozenset(OrderStatus) - DELIVERED - {OrderStatus.CANCELLED},
}


class OrderNotCancellable(Conflict):
    """The order is too far on its way."""

    code = "order_not_cancellable"
    message = "This order can no longer be cancelled."


class OrderAlreadyCancelled(Conflict):
    """Somebody cancelled it before."""

    code = "order_already_cancelled"
    message = "This order is cancelled already."


class BankAccountRequired(PortalError):
    """A bank transfer needs an account."""

    status = 400
    code = "bank_account_required"
    message = "Choose the bank account the money should go to."


class BankAccountNotFound(Unprocessable):
    """No such account of this customer."""

    code = "bank_account_not_found"
    message = "This bank account is not one of yours."


class BankAccountNotVerified(Unprocessable):
    """The store has not verified the account."""

    code = "bank_account_not_verified"
    message = "This bank account is not verified yet."


class PaymentRetryNotAvailable(Conflict):
    """Nothing to pay, or the last attempt may still succeed."""

    code = "payment_retry_not_available"
    message = "This order cannot be paid again right now."


class PaymentGatewayNotEnabled(Unprocessable):
    """The store takes no payments through it."""

    code = "payment_gateway_not_enabled"
    message = "This way to pay is not available here."


class ShipmentNotMovable(Conflict):
    """A parcel can't go from where it is to there."""

    code = "shipment_not_movable"
    message = "This parcel cannot take that step now."


# Forward, steps may be left out; couriers don't report them all.
_FORWARD = (
    ShipmentStatus.UNSCHEDULED,
    ShipmentStatus.SCHEDULE_REQUESTED,
    ShipmentStatus.SCHEDULED,
    ShipmentStatus.PACKED,
    ShipmentStatus.SHIPPED,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.OUT_FOR_DELIVERY,
    ShipmentStatus.DELIVERED,
)
_ON_ITS_WAY = frozenset(
    {ShipmentStatus.SHIPPED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY}
)
_SIDEWAYS: Mapping[ShipmentStatus, frozenset[ShipmentStatus]] = {
    ShipmentStatus.OUT_FOR_DELIVERY: frozenset(
        {ShipmentStatus.DELIVERY_ATTEMPTED, ShipmentStatus.UNDELIVERED}
    ),
    ShipmentStatus.DELIVERY_ATTEMPTED: frozenset(
        {
            ShipmentStatus.OUT_FOR_DELIVERY,
            ShipmentStatus.UNDELIVERED,
            ShipmentStatus.RETURN_TO_ORIGIN,
            ShipmentStatus.DELIVERED,
        }
    ),
    ShipmentStatus.UNDELIVERED: frozenset(
        {
            ShipmentStatus.IN_TRANSIT,
            ShipmentStatus.OUT_FOR_DELIVERY,
            ShipmentStatus.RETURN_TO_ORIGIN,
            ShipmentStatus.DELIVERED,
        }
    ),
}


def can_move(now: ShipmentStatus, to: ShipmentStatus) -> bool:
    """Whether a parcel may go from one state to another."""
    if to is ShipmentStatus.CANCELLED:
        return now in NOT_PACKED - {ShipmentStatus.CANCELLED} or now is ShipmentStatus.PACKED
    if to in (ShipmentStatus.LOST, ShipmentStatus.RETURN_TO_ORIGIN) and now in _ON_ITS_WAY:
        return True
    if now in _FORWARD and to in _FORWARD:
        return _FORWARD.index(to) > _FORWARD.index(now)
    return to in _SIDEWAYS.get(now, frozenset())


_STAGE: Mapping[ShipmentStatus, str] = {
    ShipmentStatus.UNSCHEDULED: "confirmed",
    ShipmentStatus.SCHEDULE_REQUESTED: "confirmed",
    ShipmentStatus.SCHEDULED: "scheduled",
    ShipmentStatus.PACKED: "scheduled",
    ShipmentStatus.SHIPPED: "shipped",
    ShipmentStatus.IN_TRANSIT: "shipped",
    ShipmentStatus.OUT_FOR_DELIVERY: "shipped",
    ShipmentStatus.DELIVERY_ATTEMPTED: "shipped",
    ShipmentStatus.UNDELIVERED: "undelivered",
    ShipmentStatus.LOST: "undelivered",
    ShipmentStatus.RETURN_TO_ORIGIN: "return_to_origin",
    ShipmentStatus.DELIVERED: "delivered",
}
_WHOLE = {
    "confirmed": OrderStatus.CONFIRMED,
    "scheduled": OrderStatus.AWAITING_SHIPMENT,
    "shipped": OrderStatus.SHIPPED,
    "undelivered": OrderStatus.UNDELIVERED,
    "return_to_origin": OrderStatus.RETURN_TO_ORIGIN,
    "delivered": OrderStatus.DELIVERED,
}
# When parcels differ, the one that tells most names the order.
_PARTIAL = (
    ("delivered", OrderStatus.PARTIALLY_DELIVERED),
    ("return_to_origin", OrderStatus.PARTIALLY_RETURN_TO_ORIGIN),
    ("undelivered", OrderStatus.PARTIALLY_UNDELIVERED),
    ("shipped", OrderStatus.PARTIALLY_SHIPPED),
    ("scheduled", OrderStatus.PARTIALLY_SCHEDULED),
)


def derive_status(
    current: OrderStatus, shipments: Collection[ShipmentStatus], *, covers_all_units: bool
) -> OrderStatus:
    """The state that follows from the parcels that are not cancelled.

    Units in no parcel yet count as one more parcel that is not scheduled. Without parcels the order
    stays as it is.
    """
    if current in FINAL:
        return current
    stages = {_STAGE[status] for status in shipments if status is not ShipmentStatus.CANCELLED}
    if not stages:
        return current
    if not covers_all_units:
        stages.add("confirmed")
    if len(stages) == 1:
        return _WHOLE[stages.pop()]
    return next(status for stage, status in _PARTIAL if stage in stages)


def can_cancel(
    status: OrderStatus, shipments: Iterable[ShipmentStatus], *, store_allows_scheduled: bool
) -> bool:
    """Whether the customer may still cancel: the flag shown and the guard enforced."""
    if status in ALWAYS_CANCELLABLE:
        return True
    if status in CANCELLABLE_BEFORE_PACKING and store_allows_scheduled:
        return all(shipment in NOT_PACKED for shipment in shipments)
    return False


def require_cancellable(
    status: OrderStatus, shipments: Iterable[ShipmentStatus], *, store_allows_scheduled: bool
) -> None:
    """Refuse what `can_cancel` denies.

    Raises:
        OrderAlreadyCancelled: it is cancelled.
        OrderNotCancellable: it is too far on its way.
    """
    if status is OrderStatus.CANCELLED:
        raise OrderAlreadyCancelled
    if not can_cancel(status, shipments, store_allows_scheduled=store_allows_scheduled):
        raise OrderNotCancellable


def net_payable(grand_total: int, loyalty_amount: int, credit_used: int) -> int:
    """What is to be paid in money: the grand total less points and credit used, never below 0."""
    return max(0, grand_total - loyalty_amount - credit_used)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One payment, as far as the rules care."""

    amount: int
    status: TransactionStatus
    created_at: datetime


PAID = frozenset({TransactionStatus.SUCCESS, TransactionStatus.PARTIALLY_PAID})


def amount_paid(attempts: Iterable[Attempt]) -> int:
    """Money that arrived."""
    return sum(attempt.amount for attempt in attempts if attempt.status in PAID)


def derive_payment_status(payable: int, attempts: Collection[Attempt]) -> PaymentStatus:
    """How far an order is paid; `attempts` oldest first."""
    paid = amount_paid(attempts)
    if paid >= payable:
        return PaymentStatus.SUCCESS
    if paid > 0:
        return PaymentStatus.PARTIALLY_PAID
    last = max(attempts, key=lambda attempt: attempt.created_at, default=None)
    if last is not None and last.status is TransactionStatus.FAILED:
        return PaymentStatus.FAILED
    return PaymentStatus.PENDING


def can_retry_payment(
    status: OrderStatus, payable: int, attempts: Collection[Attempt], now: datetime
) -> bool:
    """Not cancelled, something unpaid, and the last attempt failed or is older than 15 minutes."""
    if status is OrderStatus.CANCELLED or amount_paid(attempts) >= payable:
        return False
    last = max(attempts, key=lambda attempt: attempt.created_at, default=None)
    if last is None:
        return True
    return last.status is TransactionStatus.FAILED or now - last.created_at > RETRY_AFTER


def require_payment_retry(
    status: OrderStatus, payable: int, attempts: Collection[Attempt], now: datetime
) -> None:
    """Refuse what `can_retry_payment` denies.

    Raises:
        PaymentRetryNotAvailable: nothing to pay, or the last attempt may still succeed.
    """
    if not can_retry_payment(status, payable, attempts, now):
        raise PaymentRetryNotAvailable


@dataclass(frozen=True, slots=True)
class DeliveredParcel:
    """What arrived when: paid units by sku (free ones are never refunded)."""

    reference_number: str
    delivered_at: datetime
    units: Mapping[str, int]


def window_end(delivered_at: datetime, window: timedelta) -> datetime:
    """Until when what arrived then can be returned."""
    return delivered_at + window


def returnable_units(
    parcels: Iterable[DeliveredParcel],
    remaining: Mapping[str, int],
    window: timedelta,
    now: datetime,
) -> dict[str, int]:
    """Units by sku that could be put into a new return request now.

    At most the units of parcels whose window is open, and at most `remaining`: delivered units that
    no other request holds.
    """
    open_units: dict[str, int] = {}
    for parcel in parcels:
        if now <= window_end(parcel.delivered_at, window):
            for sku, units in parcel.units.items():
                open_units[sku] = open_units.get(sku, 0) + units
    return {sku: min(units, remaining.get(sku, 0)) for sku, units in open_units.items()}


_GOODS_TO_CHECK = frozenset({ReturnStatus.APPROVED, ReturnStatus.SHIPPED, ReturnStatus.RECEIVED})


def refund_stage(
    status: RefundStatus, of_return: ReturnStatus | None, *, has_successor: bool
) -> Literal["follows", "withdrawn", "tried_again", "as_is"]:
    """What a customer has to know of a refund beyond its state.

    Args:
        status: of the refund.
        of_return: state of the return it is for, if it is for one.
        has_successor: whether a later one of the same order or return did not fail.
    """
    if status is RefundStatus.FAILED:
        if of_return is ReturnStatus.CANCELLED:
            return "withdrawn"
        return "tried_again" if has_successor else "as_is"
    # The shop may agree to it before; nobody is promised money while the goods still travel.
    is_paid = status is RefundStatus.SUCCESS
    return "follows" if of_return in _GOODS_TO_CHECK and not is_paid else "as_is"


_WAS_SENT = "This order was sent, so it can't be cancelled any more."
_WHY_NOT_CANCELLABLE: Mapping[OrderStatus, str] = {
    OrderStatus.CANCELLED: "This order is cancelled.",
    OrderStatus.COMPLETE: "This order is complete.",
    OrderStatus.DELIVERED: "This order has arrived. You can return items instead.",
    OrderStatus.PARTIALLY_DELIVERED: "A part of this order has arrived. You can return its items.",
    OrderStatus.UNDELIVERED: _WAS_SENT,
    OrderStatus.PARTIALLY_UNDELIVERED: _WAS_SENT,
    OrderStatus.RETURN_TO_ORIGIN: _WAS_SENT,
    OrderStatus.PARTIALLY_RETURN_TO_ORIGIN: _WAS_SENT,
    OrderStatus.PARTIALLY_SCHEDULED: "This order is packed already.",
    OrderStatus.AWAITING_SHIPMENT: "This order is packed already.",
}


def why_not_cancellable(status: OrderStatus) -> str:
    """A sentence for the customer, for an order that `can_cancel` denies."""
    return _WHY_NOT_CANCELLABLE.get(
        status, "This order is on its way. You can return items once they arrive."
    )


def why_not_returnable(ends: Collection[datetime], now: datetime) -> str:
    """A sentence for the customer; `ends` are the ends of the return windows of what arrived."""
    if not ends:
        return "Items can be returned once they arrive."
    if max(ends) < now:
        return "Returns closed on {date}."
    return "All items that can be returned are in a return already."
