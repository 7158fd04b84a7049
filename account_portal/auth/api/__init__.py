"""Sign-in over HTTP: calls of the contract, and forms of the pages."""

from account_portal.auth.api.codes import router as codes
from account_portal.auth.api.contract import router, users
from account_portal.auth.api.forms import forms

__all__ = ["codes", "forms", "router", "users"]
