"""What an order record states as a whole: its states, and whether they can be true."""

from collections.abc import Sequence

from account_portal.core.bulk import Row
from account_portal.core.errors import PortalError
from account_portal.core.money import exponent, to_major
from account_portal.merchant.importing.amounts import OrderAmounts, minor
from account_portal.merchant.importing.contents import fill_parcel, lines_to_fill
from account_portal.merchant.importing.records import OrderRecord, PaymentPart
from account_portal.models.states import OrderStatus, PaymentStatus, RefundStatus
from account_portal.orders import rules


def fault_of(
    record: OrderRecord, amounts: OrderAmounts, lines: Sequence[Row], currency: str
) -> str | None:
    """Why a new order cannot be true: units nobody ordered, more back than arrived."""
    units = lines_to_fill(lines)
    for parcel in record.shipments:
        try:
            fill_parcel(units, parcel)
        except PortalError as error:
            return f"shipment {parcel.reference_number}: {error.message}"
    digits = exponent(currency)
    due = rules.net_payable(
        amounts.grand_total,
        minor(record.loyalty_amount, digits),
        minor(record.credit_balance_used, digits),
    )
    if record.payments:
        arrived = sum(
            minor(one.amount, digits)
            for one in record.payments
            if one.payment_status in rules.ARRIVED
        )
    else:
        arrived = due if states_of(record)["payment_status"] == PaymentStatus.SUCCESS else 0
    back = sum(
        minor(one.refund_amount, digits)
        for one in record.refunds
        if one.status != RefundStatus.FAILED
        and one.payment_mode != rules.POINTS
        and one.payment_method != rules.STORE_CREDIT
    )
    if back > arrived:
        return "refunds: more goes back than was paid"
    if record.payment_status == PaymentStatus.PARTIALLY_PAID and not record.payments:
        return "payment_status: partially_paid needs payments that say how much arrived"
    return None


def stated_payment(record: OrderRecord, due: int, currency: str) -> list[PaymentPart]:
    """The payment of an order that is paid by its state alone, as the shop's word for it."""
    if record.payments or states_of(record)["payment_status"] != PaymentStatus.SUCCESS or not due:
        return []
    paid_at = record.payment_success_date or record.made_at
    return [
        PaymentPart(
            request_number=f"{record.order_number}-recorded",
            amount=to_major(due, currency),
            payment_date=paid_at,
            payment_method="Recorded by the shop",
            created_at=paid_at,
        )
    ]


def states_of(record: OrderRecord) -> Row:
    """The states of a new order, as far as its record tells or leaves them to be guessed."""
    status = record.status
    if status is None:
        status = OrderStatus.CANCELLED if record.cancelled_at else OrderStatus.CONFIRMED
    arrived = status in rules.DELIVERED
    payment = record.payment_status
    if payment is None:
        payment = PaymentStatus.SUCCESS if arrived else PaymentStatus.PENDING
    return {
        "status": str(status),
        "payment_status": str(payment),
        "payment_success_date": record.payment_success_date,
        # An order that is sent, whatever else its export says, was not cancelled.
        "cancelled_at": record.cancelled_at if status == OrderStatus.CANCELLED else None,
        "delivered_at": record.delivered_at,
    }
