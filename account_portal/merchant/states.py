"""Where things stand, as the shop's systems are told after a deed, and when it is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel, col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import Conflict, NotFound, Unprocessable
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


def of_order(ctx: Context, order_number: str) -> OfOrder:
    """An order, by its number."""
    statement = select(*_OF_ORDER).where(col(Order.order_number) == order_number)
    row = ctx.db.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {order_number}.")
    return OfOrder(order=_order(row))


def _order(row: Any) -> OrderState:
    return OrderState(order_number=row[0], status=row[1], payment_status=row[2])


def _with_order(ctx: Context, model: type[SQLModel], key: Any, status: Any, number: str) -> Any:
    owner: Any = model.order_id  # type: ignore[attr-defined]
    row = ctx.db.execute(
        select(*_OF_ORDER, status).join(Order, col(Order.id) == owner).where(key == number)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def of_shipment(ctx: Context, number: str) -> ShipmentState:
    """A parcel, by its reference number."""
    row = _with_order(ctx, Shipment, col(Shipment.reference_number), col(Shipment.status), number)
    return ShipmentState(reference_number=number, status=row[3], order=_order(row))


def of_payment(ctx: Context, number: str) -> PaymentState:
    """A payment, by its request number."""
    key, status = col(Payment.request_number), col(Payment.payment_status)
    row = _with_order(ctx, Payment, key, status, number)
    return PaymentState(request_number=number, status=row[3], order=_order(row))


def of_refund(ctx: Context, number: str) -> RefundState:
    """A refund, by its request number."""
    row = _with_order(ctx, Refund, col(Refund.request_number), col(Refund.status), number)
    return RefundState(request_number=number, status=row[3], order=_order(row))


def of_return(ctx: Context, number: str) -> ReturnState:
    """A return request, by its number."""
    key, status = col(OrderReturn.request_number), col(OrderReturn.status)
    row = _with_order(ctx, OrderReturn, key, status, number)
    return ReturnState(request_number=number, status=row[3], order=_order(row))


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
