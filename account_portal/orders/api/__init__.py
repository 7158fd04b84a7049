"""Routes of orders: the contract's, receipts and invoices as files, gateways' pages and events."""

from account_portal.orders.api.bill_files import bill_files
from account_portal.orders.api.contract import router
from account_portal.orders.api.gateway_page import gateway_page
from account_portal.orders.api.payment_events import payment_events

__all__ = ["bill_files", "gateway_page", "payment_events", "router"]
