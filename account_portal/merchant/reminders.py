"""Messages that time brings: late parcels, reviews that wait, points about to lapse.

Each is sent once: a row of `reminders` is kept with it in one transaction, however many workers
there are and whenever one of them dies.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, exists, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from account_portal.addresses.rules import zone_of_store
from account_portal.context import SHOP, Caller, Context, enter
from account_portal.core import money
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.written import written_day
from account_portal.events import SYSTEM, act_as
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    LoyaltyAccount,
    Order,
    OrderDocument,
    OrderLine,
    Purchase,
    Reminder,
    Review,
    Shipment,
)
from account_portal.notifications import enqueue
from account_portal.notifications.messages.loyalty import PointsLapsing
from account_portal.notifications.messages.orders import ParcelLate
from account_portal.notifications.messages.reviews import ReviewWaiting
from account_portal.orders import service as orders

AT_ONCE = 200
"""Rows looked at in one round; what is left waits for the next."""
LATE_FOR = timedelta(days=14)
"""A parcel that was due longer ago is no news: somebody asked long since."""
ASKED_WITHIN = timedelta(days=14)
"""An order that could have been asked about longer ago is not asked about any more."""
LAPSE_TOLD = timedelta(days=30)
"""So long before points lapse their owner is told."""
KEPT = timedelta(days=400)

_REVIEWED = exists().where(
    col(Review.customer_id) == col(Purchase.customer_id),
    col(Review.product_id) == col(Purchase.product_id),
)


def send_reminders(database: Database | None = None, now: datetime | None = None) -> int:
    """Send what is due, and let points lapse whose owners were told; returns how many did."""
    now = now or utc_now()
    with enter(Caller(now=now), writes=False, actor=SHOP, database=database) as ctx:
        due: list[tuple[Callable[[Context, Any], bool], Any]] = [
            *((_tell_late, one) for one in _late_parcels(ctx)),
            *((_ask_for_review, one) for one in _unreviewed_orders(ctx)),
            *((_tell_lapse, one) for one in _lapsing_points(ctx)),
            *((_lapse, one) for one in _lapsed_points(ctx)),
        ]
    count = 0
    for act, about in due:
        with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
            act_as(ctx.db, SYSTEM)
            count += act(ctx, about)
    return count


def sweep_reminders(ctx: Context) -> None:
    """Forget what was sent so long ago that nothing would be sent again."""
    ctx.db.execute(delete(Reminder).where(col(Reminder.sent_at) < ctx.now - KEPT))


def _is_first(ctx: Context, key: str, *, since: datetime | None = None) -> bool:
    """Whether nobody sent this yet, or not `since`; from now on somebody did.

    Whoever asks at the same time waits for this transaction, and is told no if it commits.
    """
    insert = sqlite.insert if ctx.db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Reminder).values(key=key, sent_at=ctx.now)
    if since is None:
        statement = statement.on_conflict_do_nothing()
    else:
        statement = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"sent_at": ctx.now},
            where=col(Reminder.sent_at) <= since,
        )
    made = ctx.db.execute(statement.returning(col(Reminder.key)))
    return made.first() is not None


def _not_sent(kind: str, key: Any) -> ColumnElement[bool]:
    return ~exists().where(col(Reminder.key) == literal(f"{kind}:") + key)


def _late_parcels(ctx: Context) -> Iterator[tuple[str, str]]:
    """Parcels somebody waits for whose day has passed where they go to, and that day."""
    if not ctx.settings.tell_late_parcels:
        return
    # Days in ISO 8601 sort as text; a courier's own words begin with no digit.
    first = (ctx.now - LATE_FOR).date().isoformat()
    last = (ctx.now + timedelta(days=1)).date().isoformat()
    rows = ctx.db.execute(
        select(
            col(Shipment.id),
            col(Shipment.status),
            col(Shipment.eta_delivery),
            col(Shipment.modified_at),
            col(OrderDocument.detail),
        )
        .join(OrderDocument, col(OrderDocument.order_id) == col(Shipment.order_id))
        .where(
            col(Shipment.eta_delivery) >= first,
            col(Shipment.eta_delivery) < last,
            col(Shipment.delivered_date).is_(None),
            _not_sent("late", col(Shipment.id)),
        )
        .order_by(col(Shipment.eta_delivery), col(Shipment.id))
        .execution_options(yield_per=AT_ONCE)
    )
    count = 0
    for row in rows:
        if count == AT_ONCE:  # of those that are late: others must not hide them
            return
        parcel = {
            "status": row.status,
            "eta_delivery": row.eta_delivery,
            "modified_at": row.modified_at.isoformat(),
        }
        zone = orders.zone_of_delivery(orjson.loads(row.detail))
        arrival = orders.arrival_of(parcel, zone, ctx.now)
        if arrival is not None and arrival.when == "late":
            count += 1
            yield row.id, orders.written_arrival(ctx, arrival)


def _tell_late(ctx: Context, late: tuple[str, str]) -> bool:
    shipment_id, promised = late
    if not _is_first(ctx, f"late:{shipment_id}"):
        return False
    shipment = ctx.db.get_one(Shipment, shipment_id)
    order = ctx.db.get_one(Order, shipment.order_id)
    news = ParcelLate(
        order_number=order.order_number,
        store=ctx.settings.store_name,
        items=orders.items_of_parcel(ctx, shipment_id),
        promised=promised,
    )
    enqueue(ctx, news, customer_id=order.customer_id)
    return True


def _unreviewed_orders(ctx: Context) -> Iterator[str]:
    """Orders that arrived so many days ago, of which something can be reviewed and is not."""
    days = ctx.settings.ask_for_review_days
    if not days:
        return
    until = ctx.now - timedelta(days=days)
    waiting = exists().where(col(Purchase.order_id) == col(Order.id), ~_REVIEWED)
    rows = ctx.db.execute(
        select(col(Order.id))
        .where(
            col(Order.delivered_at) > until - ASKED_WITHIN,
            col(Order.delivered_at) <= until,
            _not_sent("review", col(Order.id)),
            waiting,
        )
        .order_by(col(Order.delivered_at), col(Order.id))
        .limit(AT_ONCE)
    ).scalars()
    yield from rows


def _ask_for_review(ctx: Context, order_id: str) -> bool:
    if not _is_first(ctx, f"review:{order_id}"):
        return False
    found = ctx.db.execute(
        select(col(Purchase.product_name), col(Purchase.customer_id))
        .join(
            OrderLine,
            (col(OrderLine.order_id) == col(Purchase.order_id))
            & (col(OrderLine.product_id) == col(Purchase.product_id)),
        )
        .where(col(Purchase.order_id) == order_id, ~_REVIEWED)
        .order_by(col(OrderLine.position))
        .limit(AT_ONCE)
    ).all()
    if not found:
        return False
    question = ReviewWaiting(
        store=ctx.settings.store_name, product=found[0].product_name, others=len(found) - 1
    )
    enqueue(ctx, question, customer_id=found[0].customer_id)
    return True


def _lapsing_points(ctx: Context) -> Iterator[str]:
    """Owners of points that lapse in a month, who were not told since the points last moved."""
    yield from _owners(ctx, ctx.now + LAPSE_TOLD, ~_told_since_they_moved())


def _lapsed_points(ctx: Context) -> Iterator[str]:
    """Owners of points that lapse now: they were told a month ago, and nothing moved since."""
    told = _told_since_they_moved(col(Reminder.sent_at) <= ctx.now - LAPSE_TOLD)
    yield from _owners(ctx, ctx.now, told)


def _told_since_they_moved(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        col(Reminder.key) == literal("points:") + col(LoyaltyAccount.customer_id),
        col(Reminder.sent_at) > col(LoyaltyAccount.modified_at),
        *conditions,
    )


def _owners(ctx: Context, lapse_by: datetime, told: ColumnElement[bool]) -> Iterator[str]:
    """Owners of points that lapse by then."""
    days = ctx.settings.points_lapse_days
    if not days or not ctx.settings.loyalty:
        return
    statement = (
        select(col(LoyaltyAccount.customer_id))
        .where(
            col(LoyaltyAccount.modified_at) <= lapse_by - timedelta(days=days),
            col(LoyaltyAccount.earned) - col(LoyaltyAccount.redeemed) >= money.POINT_SCALE,
            told,
        )
        .order_by(col(LoyaltyAccount.modified_at), col(LoyaltyAccount.customer_id))
        .limit(AT_ONCE)
    )
    yield from ctx.db.execute(statement).scalars()


def _tell_lapse(ctx: Context, customer_id: str) -> bool:
    account = ctx.db.get_one(LoyaltyAccount, customer_id)
    if not _is_first(ctx, f"points:{customer_id}", since=account.modified_at):
        return False
    lapses = account.modified_at + timedelta(days=ctx.settings.points_lapse_days)
    day = max(lapses, ctx.now + LAPSE_TOLD).astimezone(zone_of_store(ctx.settings)).date()
    told = PointsLapsing(
        store=ctx.settings.store_name,
        points=f"{int(money.to_points(account.earned - account.redeemed)):,}",
        by=written_day(day, ctx.settings.store_country),
    )
    enqueue(ctx, told, customer_id=customer_id)
    return True


def _lapse(ctx: Context, customer_id: str) -> bool:
    account = ctx.db.get_one(LoyaltyAccount, customer_id, with_for_update=True)
    if account.modified_at > ctx.now - timedelta(days=ctx.settings.points_lapse_days):
        return False  # they moved meanwhile, or another worker was quicker
    points = money.to_points(account.earned - account.redeemed)
    return loyalty.expire_points(ctx, customer_id, points) is not None
