"""What waits in the database, counted when somebody asks for metrics."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlmodel import col

from account_portal.context import SHOP, enter
from account_portal.edge.measured import Measured
from account_portal.models import Event, OutboxMessage, Refund, WebhookDelivery
from account_portal.notifications.tries import FAILED, QUEUED, SENDING
from account_portal.states import DeliveryStatus, RefundStatus

_WAITING = (QUEUED, SENDING)
_DELIVERIES = (
    DeliveryStatus.WAITING,
    DeliveryStatus.DUE,
    DeliveryStatus.SENDING,
    DeliveryStatus.DEAD,
)


def measure_queues() -> Iterable[Measured]:
    """Messages, webhooks and refunds that wait or failed, and how far the event log is."""
    with enter(writes=False, actor=SHOP) as ctx:
        messages = ctx.db.execute(
            select(col(OutboxMessage.channel), col(OutboxMessage.status), func.count())
            .where(col(OutboxMessage.status).in_((*_WAITING, FAILED)))
            .group_by(col(OutboxMessage.channel), col(OutboxMessage.status))
        ).all()
        oldest = ctx.db.execute(
            select(col(OutboxMessage.channel), func.min(col(OutboxMessage.created_at)))
            .where(col(OutboxMessage.status).in_(_WAITING))
            .group_by(col(OutboxMessage.channel))
        ).all()
        deliveries = ctx.db.execute(
            select(col(WebhookDelivery.status), func.count())
            .where(col(WebhookDelivery.status).in_(_DELIVERIES))
            .group_by(col(WebhookDelivery.status))
        ).all()
        refunds = ctx.db.execute(
            select(col(Refund.status), func.count())
            .where(col(Refund.status).in_((RefundStatus.PENDING, RefundStatus.APPROVED)))
            .group_by(col(Refund.status))
        ).all()
        position = ctx.db.execute(select(func.max(col(Event.position)))).scalar_one()
        now = ctx.now
    return [
        Measured(
            "portal_messages",
            "Messages to customers that wait, are being sent, or were given up.",
            ("channel", "status"),
            {(channel, status): count for channel, status, count in messages},
        ),
        Measured(
            "portal_messages_oldest_seconds",
            "Age of the oldest message that was not sent yet.",
            ("channel",),
            {(channel,): (now - since).total_seconds() for channel, since in oldest},
        ),
        Measured(
            "portal_webhook_deliveries",
            "Deliveries of webhooks that wait, or were given up.",
            ("status",),
            {(status,): count for status, count in deliveries},
        ),
        Measured(
            "portal_refunds",
            "Refunds that wait for the shop (pending) or are on their way (approved).",
            ("status",),
            {(status,): count for status, count in refunds},
        ),
        Measured(
            "portal_events_position", "Position of the newest event.", (), {(): position or 0}
        ),
    ]
