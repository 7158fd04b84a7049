"""The settings that stored documents were derived with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from account_portal.core.bulk import table_of
from account_portal.core.settings import get_settings
from account_portal.models import Order, OrderDocument, OrderPolicy, Shipment
from account_portal.orders import rules
from account_portal.states import ShipmentStatus

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def apply_settings(db: Session, now: datetime) -> None:
    """Mark the documents that other settings were used for, so that readers derive them anew.

    Called when a process starts. Only what the change can touch is marked: orders with something
    that arrived within the longer of both return windows, and those that are scheduled.
    """
    settings = get_settings()
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    used = {
        "return_window_days": settings.return_window_days,
        "cancel_scheduled": settings.cancel_scheduled,
    }
    # Several processes may be the first.
    first = dialect.insert(table_of(OrderPolicy)).values(id=1, **used)
    db.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    policy = db.execute(
        select(OrderPolicy).where(col(OrderPolicy.id) == 1).with_for_update()
    ).scalar_one()
    if policy.cancel_scheduled != settings.cancel_scheduled:
        mark_documents(
            db, now, None, col(OrderDocument.status).in_(sorted(rules.CANCELLABLE_BEFORE_PACKING))
        )
    if policy.return_window_days != settings.return_window_days:
        mark_documents(db, now, max(policy.return_window_days, settings.return_window_days))
    policy.return_window_days = settings.return_window_days
    policy.cancel_scheduled = settings.cancel_scheduled


def mark_documents(db: Session, now: datetime, days: int | None, *others: Any) -> None:
    """Let documents be derived anew before they are read.

    Args:
        db: the session.
        now: the time.
        days: those of orders of which something arrived within so many days; None: no such.
        others: conditions for others.
    """
    stale = list(others)
    if days is not None:
        cutoff = now - timedelta(days=days)
        arrived = select(col(Shipment.order_id)).where(
            col(Shipment.status) == ShipmentStatus.DELIVERED,
            or_(col(Shipment.delivered_date).is_(None), col(Shipment.delivered_date) > cutoff),
        )
        delivered = select(col(Order.id)).where(
            col(Order.status).in_(sorted(rules.DELIVERED)),
            or_(col(Order.delivered_at).is_(None), col(Order.delivered_at) > cutoff),
        )
        stale += [
            col(OrderDocument.order_id).in_(arrived),
            col(OrderDocument.order_id).in_(delivered),
        ]
    db.execute(
        update(OrderDocument)
        .where(or_(*stale))
        .values(valid_until=_LONG_AGO)
        .execution_options(synchronize_session=False)
    )
