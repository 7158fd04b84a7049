"""The form that asks for a return, in three steps."""

from account_portal.returns.pages.request.page import (
    request_return,
)

__all__ = [
    "request_return",
]
