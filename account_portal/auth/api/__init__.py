"""Sign-in over HTTP: calls of the contract, and forms of the pages."""

from account_portal.auth.api.codes import router as codes
from account_portal.auth.api.contract import router, users
from account_portal.auth.api.forms import forms
from account_portal.auth.api.passkeys import router as passkeys
from account_portal.auth.api.passkeys import well_known
from account_portal.auth.api.two_step import router as two_step

__all__ = ["codes", "forms", "passkeys", "router", "two_step", "users", "well_known"]
