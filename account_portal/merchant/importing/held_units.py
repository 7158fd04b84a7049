"""Units that parcels, returns and claims hold, asked for many orders at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select, union_all

from account_portal.core.bulk import table_of
from account_portal.core.reading import PreparedSelect, is_among, is_one_of, read_among
from account_portal.merchant.importing.batch import Batch
from account_portal.models import Claim, ClaimItem, OrderReturn, ReturnItem, Shipment, ShipmentItem
from account_portal.orders.rules import ENDED, LIVING_CLAIMS, NEVER_CAME
from account_portal.states import ShipmentStatus

FREE_AGAIN = NEVER_CAME | {ShipmentStatus.CANCELLED}
"""Parcels that hold no units of the order any more."""

_ByOrder = dict[str, dict[str, int]]

_PARCELS, _ITEMS = table_of(Shipment), table_of(ShipmentItem)
_RETURNS, _RETURN_ITEMS = table_of(OrderReturn), table_of(ReturnItem)
_CLAIMS, _CLAIM_ITEMS = table_of(Claim), table_of(ClaimItem)


def holds_units() -> Any:
    """Whether a parcel holds what is in it: it is free again when it may be sent again."""
    return ~is_one_of(_PARCELS.c.status, FREE_AGAIN) | _ITEMS.c.written_off.is_not(None)


_ASKED_FOR = union_all(
    select(
        _RETURNS.c.order_id,
        _RETURN_ITEMS.c.line_id,
        # What did not come is no more in the return.
        func.coalesce(
            _RETURN_ITEMS.c.accepted_quantity + _RETURN_ITEMS.c.refused_quantity,
            _RETURN_ITEMS.c.quantity,
        ).label("quantity"),
        is_one_of(_RETURNS.c.status, ENDED).label("has_ended"),
    )
    .join(_RETURN_ITEMS, _RETURN_ITEMS.c.return_id == _RETURNS.c.id)
    .where(is_among(_RETURNS.c.order_id)),
    # A parcel that did not come holds its units itself, and a return those a claim became.
    select(
        _CLAIMS.c.order_id,
        _CLAIM_ITEMS.c.line_id,
        _CLAIM_ITEMS.c.quantity,
        ~is_one_of(_CLAIMS.c.status, LIVING_CLAIMS),
    )
    .join(_CLAIM_ITEMS, _CLAIM_ITEMS.c.claim_id == _CLAIMS.c.id)
    .where(
        is_among(_CLAIMS.c.order_id),
        _CLAIMS.c.shipment_id.is_(None),
        _CLAIMS.c.return_id.is_(None),
    ),
).subquery("asked_for")
"""Units that returns and claims are of."""

_UNITS_BY_ORDER = (
    PreparedSelect(
        select(_ASKED_FOR.c.order_id, _ASKED_FOR.c.line_id, func.sum(_ASKED_FOR.c.quantity))
        .where(~_ASKED_FOR.c.has_ended)
        .group_by(_ASKED_FOR.c.order_id, _ASKED_FOR.c.line_id)
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
            _ASKED_FOR.c.line_id,
            func.sum(case((_ASKED_FOR.c.has_ended, 0), else_=_ASKED_FOR.c.quantity)),
        ).group_by(_ASKED_FOR.c.line_id)
    ),
)


_LOST_FREE = PreparedSelect(
    select(_ITEMS.c.line_id, func.sum(_ITEMS.c.free_quantity))
    .join(_PARCELS, _PARCELS.c.id == _ITEMS.c.shipment_id)
    .where(is_among(_PARCELS.c.order_id), _ITEMS.c.written_off.is_not(None))
    .group_by(_ITEMS.c.line_id)
)


def returned_and_delivered(batch: Batch, order_ids: Sequence[str]) -> tuple[_ByOrder, _ByOrder]:
    """Units by order and line that living returns and claims hold, and that arrived."""
    found: list[_ByOrder] = []
    batch.db.flush()
    for read in _UNITS_BY_ORDER:
        units: _ByOrder = defaultdict(lambda: defaultdict(int))
        for order_id, line_id, count in read_among(batch.db, read, order_ids):
            units[order_id][line_id] = int(count)
        found.append(units)
    return found[0], found[1]


def has_requests(batch: Batch, order_id: str) -> bool:
    """Whether a living return or claim holds units of an order."""
    returned, _ = returned_and_delivered(batch, [order_id])
    return bool(returned)


def units_held(batch: Batch, order_ids: list[str]) -> dict[str, int]:
    """Units by line that living parcels hold, or returns and claims: the larger; 0: ended ones."""
    held: dict[str, int] = {}
    if not order_ids:
        return held
    batch.db.flush()
    for read in _UNITS_BY_LINE:
        for line_id, units in read_among(batch.db, read, order_ids):
            held[line_id] = max(held.get(line_id, 0), int(units))
    return held


def lost_free_units(batch: Batch, order_ids: list[str]) -> dict[str, int]:
    """Free units by line in parcels that were refunded as they never came."""
    found = read_among(batch.db, _LOST_FREE, order_ids) if order_ids else ()
    return {line_id: int(units) for line_id, units in found}
