"""The page of one order."""

from account_portal.orders.pages.detail.page import (
    order_detail,
)

__all__ = [
    "order_detail",
]
