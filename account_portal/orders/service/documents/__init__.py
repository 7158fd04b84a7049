"""Order documents: what lists and details are served from, written with the order."""

from account_portal.orders.service.documents.policy import apply_settings
from account_portal.orders.service.documents.refreshing import (
    BATCH,
    refresh_customer,
    refresh_due,
    refresh_orders,
    return_window,
    returnable_by_line,
)
from account_portal.orders.service.documents.storing import (
    forget_documents,
)

__all__ = [
    "BATCH",
    "apply_settings",
    "forget_documents",
    "refresh_customer",
    "refresh_due",
    "refresh_orders",
    "return_window",
    "returnable_by_line",
]
