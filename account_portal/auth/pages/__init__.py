"""Pages of sign-in, one module each: the build splits the script by module."""

from account_portal.auth.pages.again import sign_in_again
from account_portal.auth.pages.confirm import confirm_its_you
from account_portal.auth.pages.forgot import forgot_password
from account_portal.auth.pages.login import login
from account_portal.auth.pages.register import register
from account_portal.auth.pages.security import security

__all__ = ["confirm_its_you", "forgot_password", "login", "register", "security", "sign_in_again"]
