"""A pretended storefront on another origin: plain pages that show the widget and the vouching."""

from account_portal.demo.storefront.server import storefront

__all__ = ["storefront"]
