"""Pages on which an order is found without an account."""

from account_portal.guests.pages.find import find_order
from account_portal.guests.pages.found import found_order

__all__ = ["find_order", "found_order"]
