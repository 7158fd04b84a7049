"""The account area of a storefront: pages, widget and API over one service layer."""

__version__ = "0.1.0"
