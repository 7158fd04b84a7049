"""What stands on receipts and invoices, and when there are any. Amounts are minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from account_portal.core import money
from account_portal.core.errors import Conflict, NotFound
from account_portal.orders.rules.parcels import DELIVERED
from account_portal.states import OrderStatus, PaymentStatus

Row = Mapping[str, Any]
_NOTHING: Mapping[str, int] = MappingProxyType({})

_SENT = DELIVERED | {
    OrderStatus.PARTIALLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.PARTIALLY_DELIVERED,
}


class ReceiptNotAvailable(Conflict):
    """Nothing was paid, so there is nothing to confirm."""

    code = "receipt_not_available"
    message = "There is a receipt once a payment for this order has arrived."


class InvoiceNotAvailable(Conflict):
    """The goods were not sent, or not paid in full."""

    code = "invoice_not_available"
    message = "There is an invoice once this order is paid and sent."


class InvoicesNotEnabled(NotFound):
    """The store issues its invoices elsewhere."""

    code = "invoices_not_enabled"
    message = "This store sends its invoices another way."


def can_have_receipt(status: str, payment_status: str, arrived: int) -> bool:
    """Whether there is something to confirm; points and store credit pay an order too."""
    is_paid = payment_status == PaymentStatus.SUCCESS and status != OrderStatus.CANCELLED
    return arrived > 0 or is_paid


def can_be_invoiced(status: str, payment_status: str, total: int) -> bool:
    """Whether an invoice may be issued: of goods that were sent, and paid in full."""
    return status in _SENT and payment_status == PaymentStatus.SUCCESS and total > 0


def series_year(day: date, first_month: int) -> str:
    """The year of a day's invoice numbers: `2026`, or `2627` where it begins in another month.

    Args:
        day: of the invoice.
        first_month: in which numbers begin anew.
    """
    if first_month == 1:
        return f"{day.year:04d}"
    begun = day.year if day.month >= first_month else day.year - 1
    return f"{begun % 100:02d}{(begun + 1) % 100:02d}"


def invoice_number(prefix: str, year: str, sequence: int) -> str:
    """Such as `NW-2026-000123`; sixteen characters at most, as tax offices ask for."""
    return f"{prefix}-{year}-{sequence:06d}"


@dataclass(frozen=True, slots=True)
class Part:
    """A named amount; negative when it lowers the sum."""

    label: str
    amount: int


def parts_of_total(
    order: Row, lines: Sequence[Row], *, cancelled: int = 0, charge: int = 0
) -> list[Part]:
    """What the total of an order is made of. They add up to it, whatever the order's source.

    Items that were `cancelled` since are taken off it, and what the policy charged is added.
    """
    items = sum(line["line_total"] for line in lines)
    parts = [
        Part("Items", items),
        Part("Delivery", order["shipping_amount"] + order["shipping_tax_amount"]),
        Part(
            "Handling",
            order["handling_charge_excluding_tax"] + order["handling_charge_tax_amount"],
        ),
    ]
    rest = order["grand_total"] - sum(part.amount for part in parts)
    parts.append(Part("Other charges" if rest > 0 else "Other savings", rest))
    parts += [Part("Cancelled items", -cancelled), Part("Cancellation charge", charge)]
    return [part for part in parts if part.amount or part.label == "Items"]


@dataclass(frozen=True, slots=True)
class TaxPart:
    """What of a total is one tax at one rate; the rate in hundredths of a per cent."""

    name: str
    rate: int
    net: int
    tax: int


def taxes_of(
    order: Row, lines: Sequence[Row], cancelled: Mapping[str, int] = _NOTHING
) -> list[TaxPart]:
    """Taxes within the total by name and rate; they add up to the order's tax.

    Less those of items that were `cancelled`: what they cost, by line id.

    Lines and order may tell of different taxes in history that was imported: the rest is told
    without a rate.
    """
    found: dict[tuple[str, int], list[int]] = {}

    def count(name: str, rate: int, gross: int, tax: int) -> None:
        if tax:
            sums = found.setdefault((name, rate), [0, 0])
            sums[0] += gross - tax
            sums[1] += tax

    name = next((line["tax_type"] for line in lines if line["tax_type"]), "Tax")
    for line in lines:
        total, tax = line["line_total"], line["tax_amount"]
        if cancelled and (gone := cancelled.get(line["id"], 0)):
            tax -= money.split(tax, [gone, max(0, total - gone)])[0]
            total -= gone
        count(line["tax_type"] or name, line["tax_rate"], total, tax)
    shipping_tax, handling_tax = order["shipping_tax_amount"], order["handling_charge_tax_amount"]
    shipping = order["shipping_amount"] + shipping_tax
    count(name, order["shipping_tax_rate"], shipping, shipping_tax)
    handling = order["handling_charge_excluding_tax"] + handling_tax
    count(name, 0, handling, handling_tax)
    rest = order["item_total_tax"] - sum(line["tax_amount"] for line in lines)
    parts = [TaxPart(*key, net, tax) for key, (net, tax) in sorted(found.items())]
    return [*parts, TaxPart(name, 0, 0, rest)] if rest else parts
