"""Pages of orders, one module each: the browser build splits its script by module."""

from account_portal.orders.pages.detail import order_detail
from account_portal.orders.pages.history import order_history

__all__ = ["order_detail", "order_history"]
