"""Events on their way to endpoints."""

from typing import Any

from sqlmodel import col

from account_portal.context import Context
from account_portal.core.pagination import CursorPage
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.lists.people import rows_by_id
from account_portal.merchant.rows import DeliveriesQuery
from account_portal.models import WebhookDelivery
from account_portal.webhooks.schemas import Delivery
from account_portal.webhooks.service import show_delivery

_DELIVERIES = Keys(
    col(WebhookDelivery.id), col(WebhookDelivery.status), col(WebhookDelivery.modified_at)
)


def list_deliveries(ctx: Context, query: DeliveriesQuery) -> CursorPage[list[Delivery]]:
    """Deliveries to one endpoint, or to all."""
    ctx.require_shop()
    where: list[Any] = []
    if query.webhook_id is not None:
        where = [col(WebhookDelivery.endpoint_id) == query.webhook_id]
    ids, cursor = find_page(ctx, _DELIVERIES, query, statuses=query.status, where=where)
    return CursorPage(rows_by_id(ctx, WebhookDelivery, ids, show_delivery), cursor)
