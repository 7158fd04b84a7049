"""The window that states in stored documents were derived with."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from account_portal.core.bulk import table_of
from account_portal.core.settings import get_settings
from account_portal.models import Order, OrderDocument, OrderLine, OrderPolicy, Shipment
from account_portal.orders import rules
from account_portal.states import PaymentStatus

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def apply_settings(db: Session, now: datetime) -> None:
    """Mark the documents that another window was used for, so that readers derive them anew.

    Called when a process starts. Only the state depends on it, and only of orders that arrived
    within the longer of both windows; what may be done with an order is worked out at each read.
    """
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    days = get_settings().return_window_days
    # Several processes may be the first.
    first = dialect.insert(table_of(OrderPolicy)).values(id=1, return_window_days=days)
    db.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    policy = db.execute(
        select(OrderPolicy).where(col(OrderPolicy.id) == 1).with_for_update()
    ).scalar_one()
    if policy.return_window_days != days:
        mark_documents(db, now, max(policy.return_window_days, days))
    policy.return_window_days = days
    _mark_downloads(db)


def _mark_downloads(db: Session) -> None:
    """The same for paid orders that nothing of is sent, as earlier versions left them open."""
    line, parcel = table_of(OrderLine).c, table_of(Shipment).c
    digital = line.product_type == rules.DIGITAL
    open_orders = select(col(Order.id)).where(
        col(Order.payment_status) == PaymentStatus.SUCCESS,
        exists().where(line.order_id == col(Order.id), digital),
        ~exists().where(line.order_id == col(Order.id), ~digital),
        ~exists().where(parcel.order_id == col(Order.id)),
    )
    db.execute(
        update(OrderDocument)
        .where(
            col(OrderDocument.status).in_(_OPEN),
            col(OrderDocument.valid_until).is_(None),
            col(OrderDocument.order_id).in_(open_orders),
        )
        .values(valid_until=_LONG_AGO)
        .execution_options(synchronize_session=False)
    )


_OPEN = sorted(rules.GROUPS["open"] - rules.NOT_PLACED)


def mark_documents(db: Session, now: datetime, days: int) -> None:
    """Let documents of orders that arrived within so many days be derived anew before a read."""
    cutoff = now - timedelta(days=days)
    delivered = select(col(Order.id)).where(
        col(Order.status).in_(sorted(rules.DELIVERED)),
        or_(col(Order.delivered_at).is_(None), col(Order.delivered_at) > cutoff),
    )
    db.execute(
        update(OrderDocument)
        .where(col(OrderDocument.order_id).in_(delivered))
        .values(valid_until=_LONG_AGO)
        .execution_options(synchronize_session=False)
    )
