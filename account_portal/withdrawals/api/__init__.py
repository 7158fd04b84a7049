"""Routes of withdrawals: the contract's call, and the pages that need no script."""

from account_portal.withdrawals.api.contract import router
from account_portal.withdrawals.api.pages import pages

__all__ = ["pages", "router"]
