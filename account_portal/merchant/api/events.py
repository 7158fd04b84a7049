"""The event log, and what sends it."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator, Field

from account_portal.api.deps import Ctx
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import EncodedView, Input, Ulid
from account_portal.events import CursorGone
from account_portal.merchant import lists
from account_portal.merchant.api.deps import Id, merchant_router
from account_portal.merchant.rows import DeliveriesQuery, SinceQuery
from account_portal.webhooks import service
from account_portal.webhooks.schemas import (
    ChangeWebhook,
    CreateWebhook,
    Delivery,
    EventList,
    RotateSecret,
    Webhook,
    WebhookWithSecret,
)

events = merchant_router("Events")
webhooks = merchant_router("Webhooks")

EVERYTHING = RotateSecret()
WebhookId = Annotated[Ulid, Path(description="Id of the endpoint.")]


def _is_wanted(value: object) -> object:
    """Take `?expand` for a yes."""
    return True if value == "" else value


class EventsQuery(Input):
    """Which events."""

    after: Ulid | None = Field(
        default=None, description="Id of the event to go on after, or the last `next_cursor`."
    )
    types: str = Field(
        default="", max_length=1000, description="Types with commas between; all without."
    )
    limit: int = Field(default=100, ge=1, le=1000, description="Most events of the answer.")
    expand: Annotated[bool, BeforeValidator(_is_wanted)] = Field(
        default=False,
        description=f"Bring what they are about along; at most {service.MOST_EXPANDED} then.",
    )


@events.expose(
    "GET",
    "/events",
    operation_id="list-events",
    summary="What happened, in order",
    message="Events fetched.",
    scope="events:read",
    raises=(CursorGone,),
)
def list_events(ctx: Ctx, query: Annotated[EventsQuery, Query()]) -> EncodedView[EventList]:
    """Oldest first. Nothing ever appears before what was read: go on after `next_cursor`."""
    return service.list_events(
        ctx,
        after=query.after,
        types=service.types_of(query.types),
        limit=min(query.limit, service.MOST_EXPANDED) if query.expand else query.limit,
        expanded=query.expand,
    )


@webhooks.expose(
    "GET",
    "/webhooks",
    operation_id="list-webhooks",
    summary="All endpoints",
    message="Webhooks fetched.",
    content="webhooks",
    scope="webhooks:read",
)
def list_webhooks(ctx: Ctx, query: Annotated[SinceQuery, Query()]) -> list[Webhook]:
    """Oldest first, without secrets."""
    return service.list_webhooks(ctx, query.updated_since)


@webhooks.expose(
    "POST",
    "/webhooks",
    operation_id="create-webhook",
    summary="Send events to an address",
    message="Webhook created.",
    scope="webhooks:write",
    raises=(service.TooManyWebhooks,),
    examples={"all": {"url": "https://erp.shop.example/portal", "types": ["*"]}},
)
def create_webhook(ctx: Ctx, data: CreateWebhook) -> WebhookWithSecret:
    """It is sent what happens from now on. The `secret` is shown this once."""
    return service.create_webhook(ctx, data)


@webhooks.expose(
    "GET",
    "/webhooks/{id}",
    operation_id="read-webhook",
    summary="One endpoint",
    message="Webhook fetched.",
    scope="webhooks:read",
    also=(404,),
)
def read_webhook(ctx: Ctx, id: WebhookId) -> Webhook:
    """Whether it works, and since when it does not."""
    return service.read_webhook(ctx, id)


@webhooks.expose(
    "PUT",
    "/webhooks/{id}",
    operation_id="change-webhook",
    summary="Change an endpoint",
    message="Webhook changed.",
    scope="webhooks:write",
    also=(404,),
    examples={"types": {"types": ["order.paid", "order.cancelled"]}},
)
def change_webhook(ctx: Ctx, id: WebhookId, data: ChangeWebhook) -> Webhook:
    """What is left out stays. What is on its way goes to the new address."""
    return service.change_webhook(ctx, id, data)


@webhooks.expose(
    "DELETE",
    "/webhooks/{id}",
    operation_id="delete-webhook",
    summary="Remove an endpoint",
    message="Webhook deleted.",
    scope="webhooks:write",
    also=(404,),
)
def delete_webhook(ctx: Ctx, id: WebhookId) -> None:
    """What is on its way to it goes with it."""
    service.delete_webhook(ctx, id)


@webhooks.expose(
    "POST",
    "/webhooks/{id}/test",
    operation_id="test-webhook",
    summary="Send a test to an endpoint now",
    message="Test sent.",
    scope="webhooks:write",
    also=(404,),
)
def test_webhook(ctx: Ctx, id: WebhookId) -> Delivery:
    """An event of type `webhook.test`, tried once; the answer tells what became of it."""
    return service.try_webhook(ctx, id)


@webhooks.expose(
    "POST",
    "/webhooks/{id}/rotate",
    operation_id="rotate-webhook",
    summary="Give an endpoint a new secret",
    message="Secret replaced.",
    scope="webhooks:write",
    also=(404,),
    examples={"a week": {"overlap_hours": 168}, "at once": {"overlap_hours": 0}},
)
def rotate_webhook(ctx: Ctx, id: WebhookId, data: RotateSecret = EVERYTHING) -> WebhookWithSecret:
    """For a day, or as long as said, the old secret signs too: receivers change over meanwhile."""
    return service.rotate_secret(ctx, id, overlap=data.overlap)


@webhooks.expose(
    "POST",
    "/webhooks/{id}/enable",
    operation_id="enable-webhook",
    summary="Send to a disabled endpoint again",
    message="Webhook enabled.",
    scope="webhooks:write",
    also=(404,),
)
def enable_webhook(ctx: Ctx, id: WebhookId) -> Webhook:
    """It is sent what it missed, as far as the event log is kept."""
    return service.enable_webhook(ctx, id)


@webhooks.expose(
    "GET",
    "/deliveries",
    operation_id="list-deliveries",
    summary="What became of events on their way",
    message="Deliveries fetched.",
    content="deliveries",
    scope="webhooks:read",
)
def list_deliveries(
    ctx: Ctx, query: Annotated[DeliveriesQuery, Query()]
) -> CursorPage[list[Delivery]]:
    """Newest first. `dead` ones were tried for three days, or killed five workers."""
    return lists.list_deliveries(ctx, query)


@webhooks.expose(
    "POST",
    "/deliveries/{id}/resend",
    operation_id="resend-delivery",
    summary="Send an event again",
    message="Delivery is due.",
    scope="webhooks:write",
    raises=(service.DeliveryUnderWay,),
    also=(404,),
)
def resend_delivery(ctx: Ctx, id: Id) -> Delivery:
    """The same body under the same `webhook-id`, whether it died or was delivered."""
    return service.resend_delivery(ctx, id)
