"""The page about one's own data."""

from account_portal.personal_data.pages.own_data import own_data

__all__ = ["own_data"]
