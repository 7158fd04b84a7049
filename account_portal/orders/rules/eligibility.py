"""What may be done with an order, and why not, in words for the customer."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from account_portal.core.errors import Conflict, PortalError, Unprocessable
from account_portal.orders.rules.money import MoneyFacts, OrderAccount, account_of
from account_portal.orders.rules.parcels import DELIVERED, IS_HERE, NOT_PACKED
from account_portal.orders.schemas.policies import CancelUntil
from account_portal.states import (
    OrderStatus,
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
NOT_SENT = ALWAYS_CANCELLABLE | CANCELLABLE_BEFORE_PACKING
ON_THE_WAY = frozenset(
    {
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.PARTIALLY_DELIVERED,
        OrderStatus.PARTIALLY_UNDELIVERED,
        OrderStatus.UNDELIVERED,
        OrderStatus.PARTIALLY_RETURN_TO_ORIGIN,
    }
)
"""States with parcels a customer waits for."""

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


class QuantityNotCancellable(Conflict):
    """More units than are in no packed parcel and the policy lets be cancelled."""

    code = "quantity_not_cancellable"
    message = "So many units can no longer be cancelled."


class PreviewOutdated(Conflict):
    """What would be done now differs from what the customer saw."""

    code = "preview_outdated"
    message = "Something changed since you looked. Please look again."


def require_preview(digest: str, seen: str | None) -> None:
    """Refuse a deed that would differ from the preview it goes by, if it goes by one.

    Raises:
        PreviewOutdated: it would.
    """
    if seen is not None and seen != digest:
        raise PreviewOutdated


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


def can_cancel(
    status: OrderStatus, shipments: Iterable[ShipmentStatus], until: CancelUntil
) -> bool:
    """Whether the customer may still cancel, where the policy lets them until then."""
    if until == "never":
        return False
    if status in ALWAYS_CANCELLABLE:
        return True
    if status in CANCELLABLE_BEFORE_PACKING and until == "packed":
        return all(shipment in NOT_PACKED for shipment in shipments)
    return False


def can_shop_cancel(status: OrderStatus, shipments: Iterable[ShipmentStatus]) -> bool:
    """Whether the shop may still cancel: nothing may have left the house."""
    is_over = status is OrderStatus.CANCELLED or status in DELIVERED
    return not is_over and all(shipment in IS_HERE for shipment in shipments)


def awaited(facts: MoneyFacts, account: OrderAccount | None = None) -> int:
    """What is to come before goods are sent, in minor units.

    It is unpaid, of an order that is not cancelled, and neither reserved nor due on delivery;
    `account` is that of the facts, where it is known already.
    """
    if facts.status is OrderStatus.CANCELLED:
        return 0
    if any(one.status is TransactionStatus.PENDING and one.collection for one in facts.attempts):
        return 0
    return (account or account_of(facts)).unpaid


def can_retry_payment(facts: MoneyFacts, now: datetime) -> bool:
    """Whether the customer may pay again: the flag shown and the guard enforced.

    Money is awaited, and the last attempt failed or is older than 15 minutes.
    """
    if awaited(facts) <= 0:
        return False
    last = max(facts.attempts, key=lambda attempt: attempt.created_at, default=None)
    if last is None:
        return True
    return last.status is not TransactionStatus.PENDING or now - last.created_at > RETRY_AFTER


def retry_available_at(facts: MoneyFacts) -> datetime | None:
    """When an attempt that is under way counts as given up; none: nobody waits for one."""
    if facts.status is OrderStatus.CANCELLED or account_of(facts).unpaid <= 0:
        return None
    last = max(facts.attempts, key=lambda attempt: attempt.created_at, default=None)
    if last is None or last.collection or last.status is not TransactionStatus.PENDING:
        return None
    return last.created_at + RETRY_AFTER


def require_payment_retry(facts: MoneyFacts, now: datetime) -> None:
    """Refuse what `can_retry_payment` denies.

    Raises:
        PaymentRetryNotAvailable: nothing to pay, or the last attempt may still succeed.
    """
    if not can_retry_payment(facts, now):
        raise PaymentRetryNotAvailable


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


_WHY_NOT_CANCELLABLE: Mapping[OrderStatus, str] = {
    OrderStatus.CANCELLED: "already_cancelled",
    OrderStatus.COMPLETE: "complete",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.PARTIALLY_DELIVERED: "partly_delivered",
    OrderStatus.UNDELIVERED: "sent",
    OrderStatus.PARTIALLY_UNDELIVERED: "sent",
    OrderStatus.RETURN_TO_ORIGIN: "sent",
    OrderStatus.PARTIALLY_RETURN_TO_ORIGIN: "sent",
    OrderStatus.PARTIALLY_SCHEDULED: "packed",
    OrderStatus.AWAITING_SHIPMENT: "packed",
}


def why_not_cancellable(
    status: OrderStatus, shipments: Iterable[ShipmentStatus], until: CancelUntil
) -> str | None:
    """The code of what `can_cancel` denies; none: it can be cancelled."""
    if can_cancel(status, shipments, until):
        return None
    can_be_asked = status in NOT_SENT
    if until == "never" and can_be_asked:
        return "never_cancelled"
    if can_be_asked and all(shipment in NOT_PACKED for shipment in shipments):
        return "being_sent"
    return _WHY_NOT_CANCELLABLE.get(status, "on_its_way")


DIGITAL = "digital"
"""Type of a product that is downloaded."""


def is_digital(product_types: Iterable[str], shipments: Iterable[ShipmentStatus]) -> bool:
    """Whether nothing is to be sent: it is there as soon as it is paid.

    Args:
        product_types: of the lines that were not cancelled whole.
        shipments: states of the order's parcels.
    """
    types = set(product_types)
    return types == {DIGITAL} and all(one == ShipmentStatus.CANCELLED for one in shipments)


def is_held_until_paid(
    status: OrderStatus, shipments: Iterable[ShipmentStatus], product_types: Iterable[str]
) -> bool:
    """Whether goods wait for the money: something is to be sent, and nothing was packed."""
    return (
        status in (OrderStatus.DRAFT, OrderStatus.CONFIRMED)
        and all(one is ShipmentStatus.CANCELLED for one in shipments)
        and any(one != DIGITAL for one in product_types)
    )


def money_note(facts: MoneyFacts, *, is_digital: bool = False) -> str:
    """What the states of order and payment do not say of the money; empty if there is nothing.

    Args:
        facts: what happened to it.
        is_digital: nothing of the order is sent: it is there once it is paid.
    """
    if facts.status is OrderStatus.CANCELLED:
        return ""
    account = account_of(facts)
    ways = {one.collection for one in facts.attempts if one.status is TransactionStatus.PENDING}
    if account.unpaid and "on_delivery" in ways and facts.status not in DELIVERED:
        return "You pay when your order is delivered."
    if account.unpaid and "authorized" in ways and is_digital:
        return "The amount is reserved. What you ordered is here once it is taken."
    if account.unpaid and "authorized" in ways:
        return (
            "The amount is reserved. It is taken when your order is sent."
            if facts.status in NOT_SENT
            else "The amount is reserved."
        )
    if account.arrived and account.gone == account.arrived:
        return "Your payment was refunded in full."
    if account.arrived and not account.left:
        return "Your payment is being refunded in full."
    return ""
