"""What whoever proved an order's contact may do: that one order, for an hour, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Actor, Context
from account_portal.core.errors import NotAuthenticated
from account_portal.core.schemas import EncodedView
from account_portal.guests import schemas
from account_portal.models import DeletedAccount, Order
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelOrder, OrderDetail
from account_portal.returns import service as returns
from account_portal.returns.rules import AddressNotFound
from account_portal.returns.schemas import CreateOrderReturn, OrderReturn, ReturnableItem
from account_portal.security import tokens
from account_portal.states import RefundMode

LIFE = timedelta(hours=1)
ORDER = "order"
"""Type of the token that opens one order."""


def order_token(ctx: Context, order: Order) -> tuple[str, datetime]:
    """A token that opens the order, and until when."""
    ends_at = ctx.now + LIFE
    claims = {
        "typ": ORDER,
        "order": order.id,
        "customer": order.customer_id,
        "iat": int(ctx.now.timestamp()),
        "exp": int(ends_at.timestamp()),
    }
    return tokens.sign(claims), ends_at


@contextmanager
def _acting(ctx: Context) -> Iterator[str]:
    """Act as the customer of the order that the caller's token opens; gives its number.

    Only services that take this number are called meanwhile.

    Raises:
        NotAuthenticated: no such token, it is over, or the order is nobody's any more.
    """
    try:
        claims = tokens.verify(ctx.caller.bearer or ctx.caller.order_proof or "", ctx.now)
    except tokens.TokenInvalid:
        raise NotAuthenticated("Find your order again to go on.") from None
    if claims.get("typ") != ORDER:
        raise NotAuthenticated("Find your order again to go on.")
    number = ctx.db.execute(
        select(col(Order.order_number))
        .outerjoin(DeletedAccount, col(DeletedAccount.customer_id) == col(Order.customer_id))
        .where(
            col(Order.id) == claims.get("order"),
            col(Order.customer_id) == claims.get("customer"),
            col(DeletedAccount.customer_id).is_(None),
        )
    ).scalar()
    if number is None:
        raise NotAuthenticated("Find your order again to go on.")
    before = ctx.actor
    ctx.actor = replace(Actor(), kind="customer", customer_id=str(claims["customer"]), user_id=None)
    try:
        yield str(number)
    finally:
        ctx.actor = before


def read_found_order(ctx: Context) -> EncodedView[OrderDetail]:
    """The order.

    Raises:
        NotAuthenticated: the token does not open one.
    """
    with _acting(ctx) as number:
        return orders.get_order(ctx, number)


def list_found_items(ctx: Context) -> list[ReturnableItem]:
    """What of the order can go back.

    Raises:
        NotAuthenticated: the token does not open one.
    """
    with _acting(ctx) as number:
        return returns.list_returnable_items(ctx, number)


def cancel_found_order(ctx: Context, data: schemas.CancelFoundOrder) -> EncodedView[OrderDetail]:
    """Cancel the order; the money goes back the way it was paid.

    Raises:
        NotAuthenticated: the token does not open one.
        OrderAlreadyCancelled, OrderNotCancellable: its state forbids it.
    """
    wanted = CancelOrder(
        cancellation_reason=data.cancellation_reason,
        refund_mode=RefundMode.ORIGINAL_PAYMENT_MODE,
    )
    with _acting(ctx) as number:
        return orders.cancel_order(ctx, number, wanted)


def return_found_items(ctx: Context, data: CreateOrderReturn) -> OrderReturn:
    """Ask to send items back; they are collected where the order went, or at an address given.

    Raises:
        NotAuthenticated: the token does not open one.
        and what `returns.service.create_return` raises. Saved addresses are the account's: as if
        there were none.
    """
    with _acting(ctx) as number:
        wanted = data.model_copy()
        if getattr(data.shipping_address, "id", None) is not None:
            raise AddressNotFound(shipping_address="is no address of yours")
        return returns.create_return(ctx, number, wanted)
