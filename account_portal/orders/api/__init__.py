"""Routes of orders: the contract's, the page of the demo's gateway, what a real gateway tells."""

from account_portal.orders.api.contract import router
from account_portal.orders.api.gateway_page import gateway_page
from account_portal.orders.api.payment_events import payment_events

__all__ = ["gateway_page", "payment_events", "router"]
