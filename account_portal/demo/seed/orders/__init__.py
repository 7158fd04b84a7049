"""Turns planned orders into rows: lines, parcels with their way, payments, refunds, returns."""

from account_portal.demo.seed.orders.base import Written
from account_portal.demo.seed.orders.writer import OrderWriter

__all__ = ["OrderWriter", "Written"]
