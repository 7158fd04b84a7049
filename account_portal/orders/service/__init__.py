"""What can be done with orders; the only place that decides."""

from account_portal.orders.service.documents import refresh_due, refresh_orders
from account_portal.orders.service.reading import (
    get_order,
    get_payment_status,
    list_order_years,
    list_orders,
    list_payments,
    list_refunds,
    list_shipment_events,
    list_shipments,
    refunds_by_return,
    search_orders,
)

__all__ = [
    "get_order",
    "get_payment_status",
    "list_order_years",
    "list_orders",
    "list_payments",
    "list_refunds",
    "list_shipment_events",
    "list_shipments",
    "refresh_due",
    "refresh_orders",
    "refunds_by_return",
    "search_orders",
]
