"""Sign-in over HTTP: calls of the contract, and forms of the pages."""

from account_portal.auth.api.contract import router, users
from account_portal.auth.api.forms import forms

__all__ = ["forms", "router", "users"]
