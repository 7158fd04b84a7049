"""Endpoints, deliveries and the list of events: what the shop's systems and commands can do."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import delete, func, select
from sqlmodel import col

from account_portal import events
from account_portal.context import SHOP, Context, enter
from account_portal.core.clock import utc_now
from account_portal.core.errors import Conflict, GatewayUnavailable, InvalidInput, NotFound
from account_portal.core.ids import new_id
from account_portal.core.schemas import EncodedView
from account_portal.models import WebhookDelivery, WebhookEndpoint
from account_portal.security import tokens
from account_portal.states import DeliveryStatus
from account_portal.webhooks import queue
from account_portal.webhooks.addresses import AddressRefused, fault_of_url, require_sendable
from account_portal.webhooks.expanding import expand, require_shown
from account_portal.webhooks.schemas import (
    ALL,
    ChangeWebhook,
    CreateWebhook,
    Delivery,
    EventList,
    Webhook,
    WebhookWithSecret,
)
from account_portal.webhooks.sending import Parcel, new_secret
from account_portal.webhooks.sinks import deliver, fault_of_sink, is_sink

MOST_ENDPOINTS = 50
MOST_EXPANDED = 100
TEST = "webhook.test"
_EVENTS = TypeAdapter(EventList)


class TooManyWebhooks(Conflict):
    """The shop has as many endpoints as can be."""

    code = "too_many_webhooks"
    message = f"There are {MOST_ENDPOINTS} endpoints already."


class DeliveryUnderWay(Conflict):
    """It is on its way already."""

    code = "delivery_under_way"
    message = "This delivery is on its way already."


def list_events(
    ctx: Context, *, after: str | None, types: list[str], limit: int, expanded: bool
) -> EncodedView[EventList]:
    """Events in the order of the log, oldest first.

    Raises:
        CursorGone: `after` is kept no more.
        InsufficientScope: the caller may not read what would come along.
    """
    if expanded:
        require_shown(ctx.actor.scopes, types)
    with suppress(GatewayUnavailable):  # busy: what has its place is told, the rest next time
        _place_some()
    position = events.position_of(ctx.db, after) if after else 0
    newest = events.last_id(ctx.db)
    found = events.read_after(ctx.db, position, types=types, limit=limit + 1)
    has_more, found = len(found) > limit, found[:limit]
    objects = expand(ctx, found, ctx.actor.scopes) if expanded else {}
    answer: dict[str, Any] = {
        "events": [events.shown(one, objects.get(one.id)) for one in found],
        # Up to the newest, not up to the last of these types: else it would grow too old.
        "next_cursor": found[-1].id if has_more else newest or after,
        "has_more": has_more,
    }
    return EncodedView(_EVENTS, orjson.dumps(answer, option=orjson.OPT_UTC_Z))


def _place_some() -> None:
    """Give what waits its place, in a transaction of its own: the caller's only reads."""
    with enter(writes=False, actor=SHOP) as ctx:
        is_waiting = events.has_waiting(ctx.db)
    if is_waiting:
        with enter(writes=True, actor=SHOP) as ctx:
            events.place_waiting(ctx)


def _require_url(url: str) -> None:
    fault = fault_of_sink(url) if is_sink(url) else fault_of_url(url)
    if fault is None and not is_sink(url):
        try:
            require_sendable(url)
        except AddressRefused as error:
            fault = f"cannot be sent to: {error}"
    if fault is not None:
        raise InvalidInput(url=fault)


def _view(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        **endpoint.model_dump(),
        "types": endpoint.types.split(),
        "status": "enabled" if endpoint.disabled_at is None else "disabled",
    }


def _endpoint(ctx: Context, webhook_id: str) -> WebhookEndpoint:
    """An endpoint, locked.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == webhook_id)
    found = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return found


def create_webhook(ctx: Context, data: CreateWebhook) -> WebhookWithSecret:
    """A new endpoint; it is sent what happens from now on. Its secret is shown this once.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: nothing can be sent to the address.
        TooManyWebhooks: there are as many as can be.
        InsufficientScope: it would be sent more than the caller may read.
    """
    ctx.require_shop()
    if data.expand:
        require_shown(ctx.actor.scopes, _types(" ".join(data.types)))
    _require_url(data.url)  # before the transaction begins: it asks the resolver
    if ctx.db.execute(select(func.count(col(WebhookEndpoint.id)))).scalar_one() >= MOST_ENDPOINTS:
        raise TooManyWebhooks
    while events.place_waiting(ctx):
        pass  # what is committed happened before
    secret = new_secret()
    endpoint = WebhookEndpoint(
        url=data.url,
        types=" ".join(data.types),
        description=data.description,
        expand=data.expand,
        scopes=_scopes(ctx),
        version=data.version,
        secret=tokens.encrypt(secret),
        position=events.last_position(ctx.db),
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(endpoint)
    ctx.db.flush()
    return WebhookWithSecret.model_validate({**_view(endpoint), "secret": secret})


def _scopes(ctx: Context) -> str:
    return " ".join(sorted(ctx.actor.scopes))


def _types(text: str) -> list[str]:
    """Types as an endpoint keeps them; none are all."""
    return [] if text == ALL else text.split()


def list_webhooks(ctx: Context, updated_since: datetime | None = None) -> list[Webhook]:
    """All endpoints, oldest first, or those that were changed at a moment or later; few are."""
    ctx.require_shop()
    statement = select(WebhookEndpoint).order_by(col(WebhookEndpoint.id)).limit(MOST_ENDPOINTS)
    if updated_since is not None:
        statement = statement.where(col(WebhookEndpoint.modified_at) >= updated_since)
    return [Webhook.model_validate(_view(row)) for row in ctx.db.execute(statement).scalars()]


def read_webhook(ctx: Context, webhook_id: str) -> Webhook:
    """One endpoint.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    found = ctx.db.get(WebhookEndpoint, webhook_id)
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return Webhook.model_validate(_view(found))


def change_webhook(ctx: Context, webhook_id: str, data: ChangeWebhook) -> Webhook:
    """Change what was sent of an endpoint; what is on its way goes to the new address.

    Raises:
        NotFound: there is none.
        InvalidInput: nothing can be sent to the address.
        InsufficientScope: it is, or would be, sent more than the caller may read.
    """
    ctx.require_shop()
    sent = data.sent()
    if "url" in sent:
        _require_url(sent["url"])
    if "types" in sent:
        sent["types"] = " ".join(sent["types"])
    endpoint = _endpoint(ctx, webhook_id)
    # Another address would be sent what is on its way.
    if endpoint.expand:
        require_shown(ctx.actor.scopes, _types(endpoint.types))
    endpoint.sqlmodel_update({**sent, "scopes": _scopes(ctx), "modified_at": ctx.now})
    if endpoint.expand:
        require_shown(ctx.actor.scopes, _types(endpoint.types))
    return Webhook.model_validate(_view(endpoint))


def delete_webhook(ctx: Context, webhook_id: str) -> None:
    """Remove an endpoint, and what is on its way to it.

    Raises:
        NotFound: there is none.
    """
    endpoint = _endpoint(ctx, webhook_id)
    ctx.db.execute(delete(WebhookDelivery).where(col(WebhookDelivery.endpoint_id) == webhook_id))
    ctx.db.delete(endpoint)


def enable_webhook(ctx: Context, webhook_id: str) -> Webhook:
    """Send to an endpoint again, beginning with what it missed; changes nothing if it is enabled.

    Raises:
        NotFound: there is none.
    """
    endpoint = _endpoint(ctx, webhook_id)
    if endpoint.disabled_at is not None:
        endpoint.disabled_at = endpoint.disabled_reason = endpoint.failing_since = None
        endpoint.modified_at = ctx.now
    return Webhook.model_validate(_view(endpoint))


def rotate_secret(ctx: Context, webhook_id: str, *, overlap: timedelta) -> WebhookWithSecret:
    """Give an endpoint a new secret; for a while the old one signs too.

    Raises:
        NotFound: there is none.
    """
    endpoint = _endpoint(ctx, webhook_id)
    secret = new_secret()
    keeps = overlap > timedelta(0)
    endpoint.old_secret = endpoint.secret if keeps else None
    endpoint.old_secret_until = ctx.now + overlap if keeps else None
    endpoint.secret, endpoint.modified_at = tokens.encrypt(secret), ctx.now
    return WebhookWithSecret.model_validate({**_view(endpoint), "secret": secret})


def try_webhook(ctx: Context, webhook_id: str) -> Delivery:
    """Send a test to an endpoint now, and tell what became of it. It is tried once.

    Raises:
        NotFound: there is none.
    """
    endpoint = _endpoint(ctx, webhook_id)
    entry = events.Entry(
        events.last_position(ctx.db), new_id(), TEST, None, "shop", ctx.now, '{"test":true}'
    )
    row = WebhookDelivery(
        endpoint_id=webhook_id,
        event_id=entry.id,
        event_type=TEST,
        position=entry.position,
        body=queue.body_of(entry),
        status=DeliveryStatus.SENDING,
        attempts=1,
        due_at=ctx.now + queue.LEASE,
        created_at=ctx.now,
    )
    ctx.db.add(row)
    url, keys = endpoint.url, queue.keys_of(endpoint, ctx.now)
    ctx.checkpoint()  # nothing is locked while the endpoint takes its time
    [outcome] = asyncio.run(deliver(url, keys, [Parcel(entry.id, row.body)], utc_now()))
    _endpoint(ctx, webhook_id)
    found = ctx.db.get_one(WebhookDelivery, row.id, with_for_update=True)
    found.response_status, found.error = outcome.status, outcome.error
    status = DeliveryStatus.DELIVERED if outcome.succeeded else DeliveryStatus.DEAD
    queue.close(found, status, utc_now())
    return show_delivery(found)


def show_delivery(row: WebhookDelivery) -> Delivery:
    """A delivery as the shop sees it."""
    return Delivery.model_validate(
        {
            **row.model_dump(),
            "webhook_id": row.endpoint_id,
            "next_attempt_at": row.due_at,
            "updated_at": row.modified_at,
        }
    )


def resend_delivery(ctx: Context, delivery_id: str) -> Delivery:
    """Send a settled delivery again, dead or not: the same body under the same id.

    It does not wait for others of its customer, and is tried as often as a new one.

    Raises:
        NotFound: there is none.
        DeliveryUnderWay: it is not settled.
    """
    ctx.require_shop()
    there = ctx.db.get(WebhookDelivery, delivery_id)
    if there is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    _endpoint(ctx, there.endpoint_id)
    row = ctx.db.get_one(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if row.settled_at is None:
        raise DeliveryUnderWay
    row.status, row.attempts, row.deaths = DeliveryStatus.DUE, 0, 0
    row.due_at, row.settled_at = ctx.now, None
    ctx.after_commit.append(events.tell_listeners)
    return show_delivery(row)


def types_of(text: str) -> list[str]:
    """Types written with commas between; `*` and nothing are all.

    Raises:
        InvalidInput: one of them is no type.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name != ALL and name not in set(events.EventType):
            raise InvalidInput(types=f"{name[:40]} is no type of event")
    return [] if ALL in names else sorted(set(names))
