"""The columns of Shopify's exports by fields of records: faults name what stands in the file."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pydantic

from account_portal.core.validation import to_fields

_ADDRESS = {
    "first_name": "Name",
    "last_name": "Name",
    "business_name": "Company",
    "address_line1": "Address1",
    "address_line2": "Address2",
    "city": "City",
    "pincode": "Zip",
    "state": "Province",
    "country": "Country",
    "phone": "Phone",
}


def _address(field: str, prefix: str) -> dict[str, str]:
    return {f"{field}.{name}": prefix + column for name, column in _ADDRESS.items()}


ORDERS: Mapping[str, str] = {
    "order_number": "Name",
    "external_id": "Id",
    "order_date": "Created at",
    "cancelled_at": "Cancelled at",
    "customer_email": "Email",
    "customer_phone": "Phone",
    "customer_note": "Notes",
    "currency": "Currency",
    "coupon_code": "Discount Code",
    "discount_amount": "Subtotal",
    "shipping_amount": "Shipping",
    "shipping_tax_amount": "Taxes",
    "item_total_tax": "Taxes",
    "grand_total": "Total",
    "lines": "Lineitem quantity",
    "lines.sku": "Lineitem sku",
    "lines.product_name": "Lineitem name",
    "lines.quantity": "Lineitem quantity",
    "lines.selling_price": "Lineitem price",
    "lines.listing_price": "Lineitem compare at price",
    "lines.promotion_discount_amount": "Lineitem discount",
    "payments.amount": "Total",
    "payments.payment_date": "Paid at",
    "payments.payment_method": "Payment Method",
    "payments.payment_reference_number": "Payment Reference",
    "payments.created_at": "Created at",
    "refunds.refund_amount": "Refunded Amount",
    "refunds.payment_method": "Payment Method",
    "refunds.created_at": "Created at",
    "fulfilment.fulfilled_at": "Fulfilled at",
    "fulfilment.courier_company_name": "Shipping Method",
    **_address("billing_address", "Billing "),
    **_address("shipping_address", "Shipping "),
}
CUSTOMERS: Mapping[str, str] = {
    "external_id": "Customer ID",
    "email": "Email",
    "phone": "Phone or Default Address Phone",
    "first_name": "First Name",
    "last_name": "Last Name",
    **_address("addresses", "Default Address "),
}


def describe(
    error: pydantic.ValidationError, columns: Mapping[str, str]
) -> tuple[dict[str, list[str]], str]:
    """What is wrong with a record: reasons by field, and all of them in one sentence.

    Args:
        error: what pydantic found.
        columns: the column of each field, where the record was made from a row of cells; the
            sentence then names column and cell.
    """
    fields = to_fields(error.errors(include_url=False, include_input=False))
    told: dict[str, None] = {}
    for fault in error.errors(include_url=False):
        [(name, [reason])] = to_fields([fault]).items()
        column = columns.get(".".join(part for part in name.split(".") if not part.isdigit()))
        if column is not None:
            reason = f"{column}: {_cell(fault['input'])}{reason}"
        elif name != "_":
            reason = f"{name}: {reason}"
        told[reason] = None
    return fields, "; ".join(told)


def _cell(value: Any) -> str:
    """What stood in the cell, if it was kept as it was."""
    return f"{str(value)!r} " if isinstance(value, str | int | Decimal) and value != "" else ""
