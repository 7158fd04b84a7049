"""What was done with an order so far: a preview is of what comes next."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from account_portal.models import CancelledItem, Claim, Order, OrderReturn


def deeds_of(db: Session, order: Order) -> str:
    """A word that changes with each cancel, return and claim of an order, whoever makes it.

    What comes next may look the same: one unit of four is cancelled, then another. Whoever saw the
    first preview has not agreed to the second deed.
    """
    counts = (
        select(func.count()).select_from(model).where(col(model.order_id) == order.id)
        for model in (CancelledItem, OrderReturn, Claim)
    )
    found = db.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return " ".join(map(str, found))
