"""Where things stand, as the shop's systems are told after a deed, and when it is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import Conflict, NotFound, Unprocessable
from account_portal.core.reading import PreparedSelect
from account_portal.core.schemas import View
from account_portal.merchant.schemas import (
    OfOrder,
    OrderState,
    PaymentState,
    PointsState,
    RefundState,
    ReturnState,
    ShipmentState,
)
from account_portal.models import LoyaltyAccount, Order, OrderReturn, Payment, Refund, Shipment

State = Callable[[Context, str], View]

_OF_ORDER = (col(Order.order_number), col(Order.status), col(Order.payment_status))
_ORDER = PreparedSelect(select(*_OF_ORDER).where(col(Order.order_number) == bindparam("number")))


def _part(owner: Any, key: Any, status: Any) -> PreparedSelect:
    statement = select(*_OF_ORDER, status).join(Order, col(Order.id) == owner)
    return PreparedSelect(statement.where(key == bindparam("number")))


_SHIPMENT = _part(col(Shipment.order_id), col(Shipment.reference_number), col(Shipment.status))
_PAYMENT = _part(col(Payment.order_id), col(Payment.request_number), col(Payment.payment_status))
_REFUND = _part(col(Refund.order_id), col(Refund.request_number), col(Refund.status))
_RETURN = _part(col(OrderReturn.order_id), col(OrderReturn.request_number), col(OrderReturn.status))


def _row(ctx: Context, read: PreparedSelect, number: str) -> tuple[OrderState, Any]:
    """The state of an order, and of its part if that was asked for."""
    ctx.db.flush()
    rows = ctx.read(read, number=number)
    if not rows:
        raise NotFound(f"There is no {number}.")
    order_number, status, payment_status, *own = rows[0]
    order = OrderState(order_number=order_number, status=status, payment_status=payment_status)
    return order, own[0] if own else None


def of_order(ctx: Context, order_number: str) -> OfOrder:
    """An order, by its number."""
    order, _ = _row(ctx, _ORDER, order_number)
    return OfOrder(order=order)


def of_shipment(ctx: Context, number: str) -> ShipmentState:
    """A parcel, by its reference number."""
    order, status = _row(ctx, _SHIPMENT, number)
    return ShipmentState(reference_number=number, status=status, order=order)


def of_payment(ctx: Context, number: str) -> PaymentState:
    """A payment, by its request number."""
    order, status = _row(ctx, _PAYMENT, number)
    return PaymentState(request_number=number, status=status, order=order)


def of_refund(ctx: Context, number: str) -> RefundState:
    """A refund, by its request number."""
    order, status = _row(ctx, _REFUND, number)
    return RefundState(request_number=number, status=status, order=order)


def of_return(ctx: Context, number: str) -> ReturnState:
    """A return request, by its number."""
    order, status = _row(ctx, _RETURN, number)
    return ReturnState(request_number=number, status=status, order=order)


def of_points(ctx: Context, customer_id: str) -> PointsState:
    """The points of a customer, by id."""
    balance = ctx.db.execute(
        select(col(LoyaltyAccount.earned) - col(LoyaltyAccount.redeemed)).where(
            col(LoyaltyAccount.customer_id) == customer_id
        )
    ).scalar_one_or_none()
    return PointsState(customer_id=customer_id, balance=money.to_points(balance or 0))


@contextmanager
def telling(ctx: Context, state: State, number: str) -> Iterator[None]:
    """Tell in a refusal where things stand, so that the caller can stop a parcel, say.

    What the refused deed began is undone first, so that its own changes are not told.
    """
    try:
        yield
    except (Conflict, Unprocessable) as error:
        if ctx.db.in_nested_transaction():
            raise  # of many deeds in one transaction: whoever undoes this one tells
        ctx.db.rollback()
        error.state = state_json(ctx, state, number)
        raise


def state_json(ctx: Context, state: State, number: str) -> dict[str, Any] | None:
    """A state as JSON; none: there is no such thing."""
    try:
        return state(ctx, number).model_dump(mode="json")
    except NotFound:
        return None
