"""Order documents: what lists and details are served from, written with the order."""

from account_portal.orders.service.documents.allowed import whole_detail, whole_details
from account_portal.orders.service.documents.policy import apply_settings, mark_documents
from account_portal.orders.service.documents.refreshing import (
    BATCH,
    refresh_customer,
    refresh_due,
    refresh_orders,
)
from account_portal.orders.service.documents.storing import (
    forget_documents,
)

__all__ = [
    "BATCH",
    "apply_settings",
    "forget_documents",
    "mark_documents",
    "refresh_customer",
    "refresh_due",
    "refresh_orders",
    "whole_detail",
    "whole_details",
]
