"""Sees at each commit of a service, in every test, that no order's kept facts are out of date.

Who changes a row that facts are read from has to refresh the order's document; forgetting it shows
only once somebody reads the order.
"""

from typing import Any

from sqlalchemy import event, select
from sqlmodel import Session, col

from account_portal.models import (
    CancelledItem,
    Claim,
    ClaimItem,
    Order,
    OrderDocument,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentItem,
)
from account_portal.orders.facts import keep_facts, load_facts

_PARENTS: dict[Any, tuple[Any, str]] = {
    ShipmentItem: (Shipment, "shipment_id"),
    ReturnItem: (OrderReturn, "return_id"),
    ClaimItem: (Claim, "claim_id"),
}
_OWN = (CancelledItem, Claim, OrderLine, OrderReturn, Payment, Refund, Shipment)
_TOUCHED = "orders whose facts were changed"


def _order_of(db: Session, row: Any) -> str | None:
    if isinstance(row, Order):
        return row.id
    if type(row) in _PARENTS:
        parent, name = _PARENTS[type(row)]
        found = db.get(parent, getattr(row, name))
        return found.order_id if found else None
    return row.order_id if isinstance(row, _OWN) else None


@event.listens_for(Session, "after_flush")
def _note(db: Session, _context: Any) -> None:
    if "actor" in db.info:
        rows = [*db.new, *db.deleted, *(row for row in db.dirty if db.is_modified(row))]
        db.info.setdefault(_TOUCHED, []).extend(rows)


@event.listens_for(Session, "before_commit")
def _check(db: Session) -> None:
    if "actor" not in db.info:
        return
    db.flush()
    ids = {found for row in db.info.pop(_TOUCHED, ()) if (found := _order_of(db, row))}
    for facts in load_facts(db, sorted(ids), ask_for_countries=True) if ids else ():
        kept = db.execute(
            select(col(OrderDocument.facts)).where(col(OrderDocument.order_id) == facts.order["id"])
        ).scalar()
        if kept is not None:
            assert kept == keep_facts(facts), "facts kept and facts read differ"
