"""Receipts and invoices: what stands on them, and where their files are."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from account_portal.core.schemas import Moment, View

BillKind = Literal["receipt", "invoice"]


class BillFile(View):
    """Where a receipt or invoice can be fetched for a few minutes, by whoever has the address."""

    number: str = Field(description="Of the invoice; of a receipt, that of its order.")
    issued_at: Moment
    file_name: str
    url: str = Field(description="Address of the PDF, relative to the portal.")
    expires_at: Moment = Field(description="When the address ends; ask for another then.")


class BillLine(View):
    """One line of goods."""

    name: str
    detail: str
    quantity: int
    price: Decimal = Field(description="Per unit, as it was shown.")
    total: Decimal = Field(description="What the line cost after discounts, tax included.")


class BillSum(View):
    """A named amount; negative when it lowers the sum."""

    label: str
    amount: Decimal


class BillTax(View):
    """What of the total is one tax at one rate."""

    label: str
    net: Decimal
    tax: Decimal


class Bill(View):
    """All that stands on a receipt or an invoice. Amounts are major units of its currency."""

    kind: BillKind
    number: str
    issued_at: datetime
    order_number: str
    ordered_at: datetime
    currency: str
    seller: list[str] = Field(description="Name, then the lines of the address.")
    seller_tax_number: str
    buyer: list[str]
    buyer_tax_number: str
    delivered_to: list[str] = Field(description="Empty where it is the buyer's own address.")
    lines: list[BillLine]
    sums: list[BillSum] = Field(description="What the total is made of; they add up to it.")
    total: Decimal
    taxes: list[BillTax] = Field(description="Taxes within the total.")
    means: list[BillSum] = Field(description="Points and store credit, and what is left to pay.")
    payments: list[BillSum] = Field(description="What arrived, and what went back, by date.")
    kept: Decimal = Field(description="What arrived less what went back.")
    note: str
