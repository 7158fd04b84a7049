"""Routes of finding an order: the contract's, and the forms of the pages."""

from account_portal.guests.api.contract import router
from account_portal.guests.api.forms import forms

__all__ = ["forms", "router"]
