"""Units that parcels and returns hold, asked for many orders at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select

from account_portal.core.bulk import table_of
from account_portal.core.reading import PreparedSelect, is_among, is_one_of, read_among
from account_portal.merchant.importing.batch import Batch
from account_portal.models import OrderReturn, ReturnItem, Shipment, ShipmentItem
from account_portal.orders.rules import ENDED, NEVER_CAME
from account_portal.states import ShipmentStatus

FREE_AGAIN = NEVER_CAME | {ShipmentStatus.CANCELLED}
"""Parcels that hold no units of the order any more."""

_ByOrder = dict[str, dict[str, int]]

_PARCELS, _ITEMS = table_of(Shipment), table_of(ShipmentItem)
_RETURNS, _RETURN_ITEMS = table_of(OrderReturn), table_of(ReturnItem)
_HAS_ENDED = is_one_of(_RETURNS.c.status, ENDED)


def holds_units() -> Any:
    """Whether a parcel holds what is in it: it is free again when it may be sent again."""
    return ~is_one_of(_PARCELS.c.status, FREE_AGAIN) | _ITEMS.c.written_off.is_not(None)


_UNITS_BY_ORDER = (
    PreparedSelect(
        select(_RETURNS.c.order_id, _RETURN_ITEMS.c.line_id, func.sum(_RETURN_ITEMS.c.quantity))
        .join(_RETURNS, _RETURNS.c.id == _RETURN_ITEMS.c.return_id)
        .where(is_among(_RETURNS.c.order_id), ~_HAS_ENDED)
        .group_by(_RETURNS.c.order_id, _RETURN_ITEMS.c.line_id)
    ),
    PreparedSelect(
        select(_PARCELS.c.order_id, _ITEMS.c.line_id, func.sum(_ITEMS.c.quantity))
        .join(_PARCELS, _PARCELS.c.id == _ITEMS.c.shipment_id)
        .where(is_among(_PARCELS.c.order_id), _PARCELS.c.status == ShipmentStatus.DELIVERED)
        .group_by(_PARCELS.c.order_id, _ITEMS.c.line_id)
    ),
)
_UNITS_BY_LINE = (
    PreparedSelect(
        select(_ITEMS.c.line_id, func.sum(_ITEMS.c.quantity))
        .join(_PARCELS, _PARCELS.c.id == _ITEMS.c.shipment_id)
        .where(is_among(_PARCELS.c.order_id), holds_units())
        .group_by(_ITEMS.c.line_id)
    ),
    PreparedSelect(
        select(
            _RETURN_ITEMS.c.line_id,
            func.sum(case((_HAS_ENDED, 0), else_=_RETURN_ITEMS.c.quantity)),
        )
        .join(_RETURNS, _RETURNS.c.id == _RETURN_ITEMS.c.return_id)
        .where(is_among(_RETURNS.c.order_id))
        .group_by(_RETURN_ITEMS.c.line_id)
    ),
)


def returned_and_delivered(batch: Batch, order_ids: Sequence[str]) -> tuple[_ByOrder, _ByOrder]:
    """Units by order and line that living returns hold, and that arrived."""
    found: list[_ByOrder] = []
    batch.db.flush()
    for read in _UNITS_BY_ORDER:
        units: _ByOrder = defaultdict(lambda: defaultdict(int))
        for order_id, line_id, count in read_among(batch.db, read, order_ids):
            units[order_id][line_id] = int(count)
        found.append(units)
    return found[0], found[1]


def are_returned(batch: Batch, order_id: str) -> bool:
    """Whether a living return holds units of an order."""
    returned, _ = returned_and_delivered(batch, [order_id])
    return bool(returned)


def units_held(batch: Batch, order_ids: list[str]) -> dict[str, int]:
    """Units by line that living parcels or returns hold: the larger. Lines of ended returns: 0."""
    held: dict[str, int] = {}
    if not order_ids:
        return held
    batch.db.flush()
    for read in _UNITS_BY_LINE:
        for line_id, units in read_among(batch.db, read, order_ids):
            held[line_id] = max(held.get(line_id, 0), int(units))
    return held
