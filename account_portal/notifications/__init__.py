"""Messages to customers: queued in the transaction that causes them, delivered after it."""

from account_portal.notifications.delivery import (
    deliver_due,
    delivering,
    run_delivery_loop,
    wake,
)
from account_portal.notifications.messages.base import CodeMessage, CustomerMessage
from account_portal.notifications.news import has_news, read_news
from account_portal.notifications.outbox import enqueue, enqueue_code, sweep

__all__ = [
    "CodeMessage",
    "CustomerMessage",
    "deliver_due",
    "delivering",
    "enqueue",
    "enqueue_code",
    "has_news",
    "read_news",
    "run_delivery_loop",
    "sweep",
    "wake",
]
