"""Where things stand, as the shop's systems are told after a deed, and when it is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money, versions
from account_portal.core.errors import Conflict, NotFound, PreconditionFailed, Unprocessable
from account_portal.core.reading import PreparedSelect
from account_portal.core.schemas import View
from account_portal.merchant import rows
from account_portal.merchant.claim_rows import ClaimRow
from account_portal.merchant.return_rows import ReturnRow
from account_portal.merchant.schemas import (
    BankAccountState,
    ClaimState,
    OfOrder,
    OrderState,
    PaymentState,
    PointsState,
    RefundState,
    ReturnState,
    ReviewState,
    ShipmentState,
)
from account_portal.models import (
    BankAccount,
    Claim,
    LoyaltyAccount,
    Order,
    OrderDocument,
    OrderReturn,
    Payment,
    Refund,
    Review,
    Shipment,
)
from account_portal.orders import service as orders

State = Callable[[Context, str], View]

_OF_ORDER = (
    col(Order.order_number),
    col(Order.status),
    col(Order.payment_status),
    col(OrderDocument.changed_at),
)
_DOCUMENT = col(OrderDocument.order_id) == col(Order.id)
_ORDER = PreparedSelect(
    select(*_OF_ORDER)
    .join(OrderDocument, _DOCUMENT)
    .where(col(Order.order_number) == bindparam("number"))
)


def _part(model: Any, view: Any, key: Any, status: Any) -> PreparedSelect:
    statement = (
        select(*_OF_ORDER, status, *versions.columns_of(model, view))
        .join(Order, col(Order.id) == model.order_id)
        .join(OrderDocument, _DOCUMENT)
    )
    return PreparedSelect(statement.where(key == bindparam("number")))


_SHIPMENT = _part(Shipment, rows.ShipmentRow, col(Shipment.reference_number), col(Shipment.status))
_PAYMENT = _part(Payment, rows.PaymentRow, col(Payment.request_number), col(Payment.payment_status))
_REFUND = _part(Refund, rows.RefundRow, col(Refund.request_number), col(Refund.status))
_RETURN = _part(OrderReturn, ReturnRow, col(OrderReturn.request_number), col(OrderReturn.status))


_CLAIM = _part(Claim, ClaimRow, col(Claim.claim_number), col(Claim.status))


def _row(ctx: Context, read: PreparedSelect, number: str) -> tuple[OrderState, list[Any]]:
    """The state of an order; of its part, if that was asked for, status and columns of version."""
    ctx.db.flush()
    found = ctx.read(read, number=number)
    if not found:
        raise NotFound(f"There is no {number}.")
    order_number, status, payment_status, changed_at, *own = found[0]
    order = OrderState(
        order_number=order_number,
        status=status,
        payment_status=payment_status,
        version=versions.of_moment(changed_at),
    )
    return order, own


def _of_part(ctx: Context, read: PreparedSelect, number: str) -> dict[str, Any]:
    order, (status, *values) = _row(ctx, read, number)
    return {"status": status, "version": versions.of_values(values), "order": order}


def of_order(ctx: Context, order_number: str) -> OfOrder:
    """An order, by its number."""
    order, _ = _row(ctx, _ORDER, order_number)
    return OfOrder(order=order)


def of_shipment(ctx: Context, number: str) -> ShipmentState:
    """A parcel, by its reference number."""
    return ShipmentState(reference_number=number, **_of_part(ctx, _SHIPMENT, number))


def of_payment(ctx: Context, number: str) -> PaymentState:
    """A payment, by its request number."""
    return PaymentState(request_number=number, **_of_part(ctx, _PAYMENT, number))


def of_refund(ctx: Context, number: str) -> RefundState:
    """A refund, by its request number."""
    shown = _of_part(ctx, _REFUND, number)
    of_number = select(Refund).where(col(Refund.request_number) == number)
    refund = ctx.db.execute(of_number).scalar_one()
    by_gateway = orders.is_sent_by_gateway(ctx, refund)
    return RefundState(request_number=number, by_gateway=by_gateway, **shown)


def of_return(ctx: Context, number: str) -> ReturnState:
    """A return request, by its number."""
    return ReturnState(request_number=number, **_of_part(ctx, _RETURN, number))


def of_claim(ctx: Context, number: str) -> ClaimState:
    """A claim, by its number."""
    return ClaimState(claim_number=number, **_of_part(ctx, _CLAIM, number))


def of_review(ctx: Context, review_id: str) -> ReviewState:
    """A review, by its id."""
    row = _own_row(ctx, Review, review_id)
    return ReviewState(
        id=review_id, status=row.status, version=versions.of_row(row, rows.ReviewRow)
    )


def of_bank_account(ctx: Context, account_id: str) -> BankAccountState:
    """A bank account, by its id."""
    row = _own_row(ctx, BankAccount, account_id)
    return BankAccountState(
        id=account_id,
        verification_status=row.verification_status,
        version=versions.of_row(row, rows.BankAccountRow),
    )


def _own_row(ctx: Context, model: Any, row_id: str) -> Any:
    ctx.db.flush()
    row = ctx.db.execute(select(model).where(model.id == row_id)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no {row_id}.")
    return row


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
    except (Conflict, PreconditionFailed, Unprocessable) as error:
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
