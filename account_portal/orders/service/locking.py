"""Orders and parcels that the shop names by their numbers, locked so that deeds are one by one."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import Order, Shipment


def lock_order(ctx: Context, order_number: str) -> Order:
    """An order of any customer, for the shop.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
    """
    ctx.require_shop()
    statement = select(Order).where(col(Order.order_number) == order_number).with_for_update()
    order: Order | None = ctx.db.execute(statement).scalar_one_or_none()
    if order is None:
        raise NotFound(f"There is no order {order_number}.")
    return order


def lock_shipment(ctx: Context, reference_number: str) -> tuple[Order, Shipment]:
    """A parcel whose order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
    """
    ctx.require_shop()
    statement = (
        select(Order.order_number)  # type: ignore[call-overload]
        .join(Shipment, col(Shipment.order_id) == col(Order.id))
        .where(col(Shipment.reference_number) == reference_number)
    )
    order_number = ctx.db.execute(statement).scalar_one_or_none()
    if order_number is None:
        raise NotFound(f"There is no parcel {reference_number}.")
    order = lock_order(ctx, order_number)
    shipment = ctx.db.execute(
        select(Shipment)
        .where(col(Shipment.reference_number) == reference_number)
        .execution_options(populate_existing=True)
    ).scalar_one()
    return order, shipment
