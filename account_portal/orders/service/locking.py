"""Orders and parcels that the shop names by their numbers, locked so that deeds are one by one."""

from sqlalchemy import bindparam, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.reading import PreparedSelect
from account_portal.models import Claim, Order, OrderReturn, Shipment

_ORDER = select(Order).where(col(Order.order_number) == bindparam("number")).with_for_update()
_SHIPMENT = (
    select(Shipment)
    .where(col(Shipment.reference_number) == bindparam("number"))
    .execution_options(populate_existing=True)
)
_NUMBER_OF_ORDER = PreparedSelect(
    select(col(Order.order_number))
    .join(Shipment, col(Shipment.order_id) == col(Order.id))
    .where(col(Shipment.reference_number) == bindparam("number"))
)


def lock_order(ctx: Context, order_number: str) -> Order:
    """An order of any customer, for the shop.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
    """
    ctx.require_shop()
    order: Order | None = ctx.db.execute(_ORDER, {"number": order_number}).scalar_one_or_none()
    if order is None:
        raise NotFound(f"There is no order {order_number}.")
    return order


def lock_order_of(ctx: Context, row: OrderReturn | Claim) -> Order:
    """The order of a return or a claim, which is read again as it stands once that is locked."""
    of_row = select(Order).where(col(Order.id) == row.order_id).with_for_update()
    order: Order = ctx.db.execute(of_row).scalar_one()
    ctx.db.refresh(row)
    return order


def lock_shipment(ctx: Context, reference_number: str) -> tuple[Order, Shipment]:
    """A parcel whose order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
    """
    ctx.require_shop()
    rows = ctx.read(_NUMBER_OF_ORDER, number=reference_number)
    if not rows:
        raise NotFound(f"There is no parcel {reference_number}.")
    order = lock_order(ctx, rows[0][0])
    shipment = ctx.db.execute(_SHIPMENT, {"number": reference_number}).scalar_one()
    return order, shipment
