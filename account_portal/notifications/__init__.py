"""Messages to customers: queued in the transaction that causes them, delivered after it."""

from account_portal.notifications.delivery import (
    deliver_due,
    delivering,
    run_delivery_loop,
    wake,
)
from account_portal.notifications.messages.base import CodeMessage, CustomerMessage, DeviceLink
from account_portal.notifications.news import mark_changed, read_news
from account_portal.notifications.outbox import (
    channel_to,
    enqueue,
    enqueue_secret,
    list_fatal,
    send_again,
    sweep,
    waits_since,
)
from account_portal.notifications.unsubscribing import require_link, unsubscribe

__all__ = [
    "CodeMessage",
    "CustomerMessage",
    "DeviceLink",
    "channel_to",
    "deliver_due",
    "delivering",
    "enqueue",
    "enqueue_secret",
    "list_fatal",
    "mark_changed",
    "read_news",
    "require_link",
    "run_delivery_loop",
    "send_again",
    "sweep",
    "unsubscribe",
    "waits_since",
    "wake",
]
