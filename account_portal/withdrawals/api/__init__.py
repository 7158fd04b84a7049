"""The pages of the withdrawal function."""

from account_portal.withdrawals.api.pages import pages

__all__ = ["pages"]
