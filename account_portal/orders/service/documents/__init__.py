"""Order documents: what lists and details are served from, written with the order."""

from account_portal.orders.service.documents.clock import (
    apply_moment,
    return_window,
)
from account_portal.orders.service.documents.refreshing import (
    BATCH,
    refresh_due,
    refresh_orders,
)
from account_portal.orders.service.documents.storing import (
    forget_documents,
)

__all__ = [
    "BATCH",
    "apply_moment",
    "forget_documents",
    "refresh_due",
    "refresh_orders",
    "return_window",
]
