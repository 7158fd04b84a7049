"""Orders and parcels that the shop names by their numbers, locked so that deeds are one by one."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.reading import PreparedSelect
from account_portal.models import Claim, Order, OrderReturn, Shipment

_ORDER = select(Order).where(col(Order.order_number) == bindparam("number")).with_for_update()


class Parcel(NamedTuple):
    """A parcel as it stands while its order is locked."""

    id: str
    status: str
    courier_company_name: str | None
    awb_no: str | None
    tracking_url: str | None
    eta_delivery: str | None
    packed_at: datetime | None
    shipped_date: datetime | None
    delivered_date: datetime | None


class OrderOfParcel(NamedTuple):
    """The order that a parcel is locked with."""

    id: str
    order_number: str
    customer_id: str


_OF_NUMBER = col(Shipment.reference_number) == bindparam("number")
_ORDER_OF_PARCEL = PreparedSelect(
    select(*(getattr(Order, name) for name in OrderOfParcel._fields))
    .where(col(Order.id) == select(col(Shipment.order_id)).where(_OF_NUMBER).scalar_subquery())
    .with_for_update()
)
_PARCEL = PreparedSelect(
    select(*(getattr(Shipment, name) for name in Parcel._fields)).where(_OF_NUMBER)
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


def lock_parcel(ctx: Context, reference_number: str) -> tuple[OrderOfParcel, Parcel]:
    """A parcel whose order is locked; the parcel is read after that, as it stands then.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
    """
    ctx.require_shop()
    ctx.db.flush()
    orders = ctx.read(_ORDER_OF_PARCEL, number=reference_number)
    if not orders:
        raise NotFound(f"There is no parcel {reference_number}.")
    [parcel] = ctx.read(_PARCEL, number=reference_number)
    return OrderOfParcel(*orders[0]), Parcel(*parcel)


def lock_shipment(ctx: Context, reference_number: str) -> tuple[Order, Shipment]:
    """The same as rows of the session.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such parcel.
    """
    order, parcel = lock_parcel(ctx, reference_number)
    return (
        ctx.db.get_one(Order, order.id, populate_existing=True),
        ctx.db.get_one(Shipment, parcel.id, populate_existing=True),
    )
