"""Pages of returns, one module each: the browser build splits its script by module."""

from account_portal.returns.pages.change import change_return
from account_portal.returns.pages.detail import return_detail
from account_portal.returns.pages.history import return_history
from account_portal.returns.pages.request import request_return

__all__ = ["change_return", "request_return", "return_detail", "return_history"]
