"""Routes of orders: the contract's, and the page of the demo's gateway."""

from account_portal.orders.api.contract import router
from account_portal.orders.api.gateway_page import gateway_page

__all__ = ["gateway_page", "router"]
