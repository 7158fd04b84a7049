"""Routes of orders: the contract's, files of receipts and invoices, the demo gateway's page."""

from account_portal.orders.api.bill_files import bill_files
from account_portal.orders.api.contract import router
from account_portal.orders.api.gateway_page import gateway_page

__all__ = ["bill_files", "gateway_page", "router"]
