"""Receipts and invoices as files."""

from account_portal.orders.service.billing.files import (
    BillPdf,
    bill_link,
    get_invoice,
    get_receipt,
    is_invoiced,
    open_bill,
)

__all__ = ["BillPdf", "bill_link", "get_invoice", "get_receipt", "is_invoiced", "open_bill"]
