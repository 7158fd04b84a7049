"""Deliveries: made of events, taken by one worker at a time, settled; in order for each customer.

Of the events of one customer that wait for one endpoint only the first is due. What follows becomes
due when that one is settled, so that no worker could send it too early.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, delete, exists, or_, select, update
from sqlmodel import Session, col

from account_portal import events
from account_portal.context import Context
from account_portal.core import bulk
from account_portal.core.ids import new_id
from account_portal.models import WebhookDelivery, WebhookEndpoint
from account_portal.notifications import channel_to, enqueue
from account_portal.notifications.messages.shop import WebhookDisabled
from account_portal.security import tokens
from account_portal.states import DeliveryStatus
from account_portal.webhooks.expanding import expand
from account_portal.webhooks.schemas import ALL
from account_portal.webhooks.sending import Outcome, Parcel

log = logging.getLogger("account_portal.webhooks")

HANDED_ON_AT_ONCE = 200
TAKEN_AT_ONCE = 50
"""Ten at a time, each of which may take 15 seconds, are done with before the lease is over."""
LEASE = timedelta(minutes=2)
"""How long a worker may take over what it took; then another one tries it."""
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800, 86_400)
)
"""Between the tries: eleven of them, over three days."""
MOST_DEATHS = 5
"""Workers that may die over a delivery, one after the other, before it is dead too."""
WORKERS_DIED = f"{MOST_DEATHS} workers died, one after the other, while they sent it."
DISABLED_AFTER = timedelta(days=5)
"""How long an endpoint may fail, without one success, before nothing is sent to it any more."""
RECOVERED_AFTER = timedelta(minutes=10)
"""After an absence this long a success makes all due at once, rather than at its next try."""
KEPT = timedelta(days=7)
DEAD_KEPT = timedelta(days=30)
SWEPT_AT_ONCE = 1000

_TABLE = bulk.table_of(WebhookDelivery).c


class Taken(NamedTuple):
    """Deliveries that this worker has to try now, and by which secrets they are signed."""

    url: str
    keys: list[str]
    until: datetime
    """End of the lease. Who takes them later has another, so it tells whose try it was."""
    parcels: dict[str, Parcel]
    """By id of the delivery."""


def body_of(entry: events.Entry, whole: bytes | None = None) -> str:
    """An event as it is sent: as the list of events tells it, and when, as Standard Webhooks says.

    Args:
        entry: the event.
        whole: JSON of what it is about, if that is sent along.
    """
    body = events.shown(entry, whole) | {"timestamp": entry.created_at}
    return orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()


def _types_of(endpoint: WebhookEndpoint) -> Collection[str]:
    return () if endpoint.types == ALL else endpoint.types.split()


def has_endpoints(db: Session) -> bool:
    """Whether anything is to be sent to anybody."""
    statement = select(col(WebhookEndpoint.id)).where(col(WebhookEndpoint.disabled_at).is_(None))
    return db.execute(statement.limit(1)).first() is not None


def endpoints_behind(db: Session) -> list[str]:
    """Endpoints that events wait for."""
    last = events.last_position(db)
    statement = select(col(WebhookEndpoint.id)).where(
        col(WebhookEndpoint.disabled_at).is_(None), col(WebhookEndpoint.position) < last
    )
    return list(db.execute(statement).scalars())


def hand_on(ctx: Context, endpoint_id: str) -> bool:
    """Make deliveries of the next events for an endpoint; whether more may wait."""
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id)
    endpoint = ctx.db.execute(statement.with_for_update(skip_locked=True)).scalar_one_or_none()
    if endpoint is None or endpoint.disabled_at is not None:
        return False
    last = events.last_position(ctx.db)
    found = events.read_after(
        ctx.db, endpoint.position, types=_types_of(endpoint), limit=HANDED_ON_AT_ONCE
    )
    is_full = len(found) == HANDED_ON_AT_ONCE
    endpoint.position = found[-1].position if is_full else max(last, endpoint.position)
    news = [entry for entry in found if entry.source != events.HISTORY]
    objects = expand(ctx, news, endpoint.scopes.split()) if endpoint.expand else {}
    busy = _busy(ctx.db, endpoint_id, {entry.customer_id for entry in news} - {None})
    rows = []
    for entry in news:
        is_first = entry.customer_id not in busy
        if entry.customer_id is not None:
            busy.add(entry.customer_id)
        rows.append(
            {
                "id": new_id(),
                "endpoint_id": endpoint_id,
                "event_id": entry.id,
                "event_type": entry.type,
                "customer_id": entry.customer_id,
                "position": entry.position,
                "body": body_of(entry, objects.get(entry.id)),
                "status": str(DeliveryStatus.DUE if is_first else DeliveryStatus.WAITING),
                "attempts": 0,
                "deaths": 0,
                "due_at": ctx.now if is_first else None,
                "created_at": ctx.now,
                "modified_at": ctx.now,
            }
        )
    bulk.insert(ctx.db, WebhookDelivery, rows)
    return is_full


def _busy(db: Session, endpoint_id: str, customer_ids: Collection[str | None]) -> set[str | None]:
    """Those of the customers who have something on its way already."""
    statement = (
        select(_TABLE.customer_id)
        .where(
            _TABLE.endpoint_id == endpoint_id,
            _TABLE.settled_at.is_(None),
            _TABLE.customer_id.in_(customer_ids),
        )
        .distinct()
    )
    return set(db.execute(statement).scalars())


def endpoints_due(db: Session, now: datetime) -> list[str]:
    """Endpoints that something is to be sent to now."""
    due = exists().where(_TABLE.endpoint_id == col(WebhookEndpoint.id), _TABLE.due_at <= now)
    statement = select(col(WebhookEndpoint.id)).where(
        col(WebhookEndpoint.disabled_at).is_(None), due
    )
    return list(db.execute(statement).scalars())


def take(ctx: Context, endpoint_id: str) -> Taken | None:
    """Take some due deliveries of an endpoint; nobody else does until the lease is over.

    One whose worker died is taken alone from then on, so that no other is blamed for its deaths.
    """
    endpoint = ctx.db.get(WebhookEndpoint, endpoint_id)
    if endpoint is None or endpoint.disabled_at is not None:
        return None
    _note_deaths(ctx, endpoint_id)
    statement = (
        select(WebhookDelivery)
        .where(
            col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.due_at) <= ctx.now
        )
        .order_by(col(WebhookDelivery.due_at), col(WebhookDelivery.position))
        .limit(TAKEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(ctx.db.execute(statement).scalars())
    if not found:
        return None
    found = found[:1] if found[0].deaths else [row for row in found if not row.deaths]
    until = ctx.now + LEASE
    for row in found:
        row.status, row.due_at = DeliveryStatus.SENDING, until
    parcels = {row.id: Parcel(row.event_id, row.body) for row in found}
    return Taken(endpoint.url, keys_of(endpoint, ctx.now), until, parcels)


def _note_deaths(ctx: Context, endpoint_id: str) -> None:
    """Count the workers that died over a delivery, and end what too many have died over."""
    statement = select(WebhookDelivery).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id,
        col(WebhookDelivery.status) == DeliveryStatus.SENDING,
        col(WebhookDelivery.due_at) <= ctx.now,
    )
    if ctx.db.execute(statement.limit(1)).first() is None:
        return
    # As in `settle`: what is handed on meanwhile would wait for one that is dead already.
    ctx.db.get_one(WebhookEndpoint, endpoint_id, with_for_update=True)
    fatal = []
    for row in ctx.db.execute(statement.with_for_update(skip_locked=True)).scalars():
        row.deaths += 1
        if row.deaths < MOST_DEATHS:
            row.status = DeliveryStatus.DUE
            continue
        row.error = WORKERS_DIED
        close(row, DeliveryStatus.DEAD, ctx.now)
        fatal.append(row)
        log.error("webhook delivery %s is given up: %s", row.id, WORKERS_DIED)
    ctx.db.flush()
    _go_on(ctx, endpoint_id, {row.customer_id for row in fatal if row.customer_id})


def give_back(ctx: Context, taken: Taken) -> None:
    """Let others try at once what this worker took and will not finish, as it is stopped."""
    ctx.db.execute(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.id).in_(taken.parcels),
            col(WebhookDelivery.status) == DeliveryStatus.SENDING,
            col(WebhookDelivery.due_at) == taken.until,
        )
        .values(status=DeliveryStatus.DUE, due_at=ctx.now)
        .execution_options(synchronize_session=False)
    )


def keys_of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign: the newest first, and the one it replaces while both count."""
    keys = [endpoint.secret]
    if (
        endpoint.old_secret
        and endpoint.old_secret_until is not None
        and endpoint.old_secret_until > now
    ):
        keys.append(endpoint.old_secret)
    return [tokens.decrypt(key) for key in keys]


def settle(ctx: Context, endpoint_id: str, until: datetime, tried: Mapping[str, Outcome]) -> None:
    """Record what became of tries; then what waited behind them is due.

    A try counts here, once it has an outcome: that of a worker that died says nothing about the
    endpoint, and makes it wait no longer.

    Args:
        ctx: a writing call.
        endpoint_id: where they were sent to.
        until: end of the lease under which they were tried.
        tried: outcomes by id of the delivery.
    """
    endpoint = ctx.db.execute(
        select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id).with_for_update()
    ).scalar_one_or_none()
    if endpoint is None:
        return  # removed meanwhile, with its deliveries
    statement = select(WebhookDelivery).where(col(WebhookDelivery.id).in_(tried)).with_for_update()
    done: list[WebhookDelivery] = []
    outcomes = []
    for row in ctx.db.execute(statement).scalars():
        if row.status != DeliveryStatus.SENDING or row.due_at != until:
            continue  # our lease was over, and another worker has taken it
        outcome = tried[row.id]
        outcomes.append(outcome)
        row.attempts += 1
        row.deaths = 0
        row.response_status, row.error = outcome.status, outcome.error
        if outcome.succeeded:
            close(row, DeliveryStatus.DELIVERED, ctx.now)
        elif row.attempts > len(PAUSES):
            close(row, DeliveryStatus.DEAD, ctx.now)
        else:
            row.status, row.due_at = DeliveryStatus.DUE, ctx.now + PAUSES[row.attempts - 1]
        if row.settled_at is not None:
            done.append(row)
    ctx.db.flush()
    _go_on(ctx, endpoint_id, {row.customer_id for row in done if row.customer_id})
    if outcomes:
        _note_health(ctx, endpoint, outcomes)


def close(row: WebhookDelivery, status: DeliveryStatus, now: datetime) -> None:
    """End a delivery."""
    row.status, row.settled_at, row.due_at = status, now, None


def _go_on(ctx: Context, endpoint_id: str, customer_ids: Collection[str]) -> None:
    """Make the next delivery of each customer due whose last one is settled."""
    statement = (
        select(_TABLE.id, _TABLE.customer_id, _TABLE.status)
        .where(
            _TABLE.endpoint_id == endpoint_id,
            _TABLE.customer_id == bindparam("customer_id"),
            _TABLE.settled_at.is_(None),
        )
        .order_by(_TABLE.position)
    )
    for customer_id in sorted(set(customer_ids) & _busy(ctx.db, endpoint_id, customer_ids)):
        active = or_(_TABLE.status == DeliveryStatus.DUE, _TABLE.status == DeliveryStatus.SENDING)
        of_customer = statement.params(customer_id=customer_id)
        if ctx.db.execute(of_customer.where(active).limit(1)).first() is not None:
            continue  # one that was sent again by hand is on its way
        following = ctx.db.execute(of_customer.limit(1)).first()
        if following is not None:
            ctx.db.execute(
                update(WebhookDelivery)
                .where(col(WebhookDelivery.id) == following.id)
                .values(status=DeliveryStatus.DUE, due_at=ctx.now)
                .execution_options(synchronize_session=False)
            )


def _note_health(ctx: Context, endpoint: WebhookEndpoint, outcomes: Sequence[Outcome]) -> None:
    if any(outcome.succeeded for outcome in outcomes):
        since, endpoint.failing_since = endpoint.failing_since, None
        if since is not None and ctx.now - since >= RECOVERED_AFTER:
            ctx.db.execute(
                update(WebhookDelivery)
                .where(
                    col(WebhookDelivery.endpoint_id) == endpoint.id,
                    col(WebhookDelivery.status) == DeliveryStatus.DUE,
                )
                .values(due_at=ctx.now)
                .execution_options(synchronize_session=False)
            )
        return
    last = outcomes[-1].error or "no success"
    endpoint.failing_since = endpoint.failing_since or ctx.now
    if any(outcome.is_gone for outcome in outcomes):
        _disable(ctx, endpoint, "It answered that it is gone (410).")
    elif ctx.now - endpoint.failing_since >= DISABLED_AFTER and endpoint.disabled_at is None:
        days = DISABLED_AFTER.days
        _disable(ctx, endpoint, f"It has failed for {days} days, lastly: {last}"[:300])


def _disable(ctx: Context, endpoint: WebhookEndpoint, reason: str) -> None:
    endpoint.disabled_at, endpoint.disabled_reason = ctx.now, reason
    endpoint.modified_at = ctx.now
    log.warning("webhook endpoint %s was disabled: %s", endpoint.id, reason)
    if ctx.settings.store_email and channel_to(ctx, "email"):
        message = WebhookDisabled(url=endpoint.url[:300], reason=reason, endpoint_id=endpoint.id)
        enqueue(ctx, message, to=("email", ctx.settings.store_email))


def list_fatal(db: Session) -> list[str]:
    """Some deliveries that were given up because workers died over them, newest first."""
    statement = select(_TABLE.id).where(
        _TABLE.status == DeliveryStatus.DEAD, _TABLE.deaths >= MOST_DEATHS
    )
    return list(db.execute(statement.order_by(_TABLE.id.desc()).limit(5)).scalars())


def sweep(ctx: Context) -> int:
    """Remove deliveries that were settled long ago; returns how many of one batch."""
    statement = (
        select(_TABLE.id)
        .where(
            or_(
                (_TABLE.status == DeliveryStatus.DELIVERED) & (_TABLE.settled_at < ctx.now - KEPT),
                _TABLE.settled_at < ctx.now - DEAD_KEPT,
            ),
            _TABLE.settled_at < ctx.now - KEPT,
        )
        .limit(SWEPT_AT_ONCE)
    )
    gone = list(ctx.db.execute(statement).scalars())
    ctx.db.execute(delete(WebhookDelivery).where(col(WebhookDelivery.id).in_(gone)))
    return len(gone)
