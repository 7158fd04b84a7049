"""What an order record states as a whole: its states, and whether they can be true."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from account_portal.core.bulk import Row, Stored
from account_portal.core.errors import PortalError
from account_portal.core.money import exponent, to_major
from account_portal.merchant.importing.amounts import OrderAmounts, minor
from account_portal.merchant.importing.contents import fill_parcel, lines_to_fill
from account_portal.merchant.importing.records import OrderRecord, PaymentPart
from account_portal.orders import rules
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ShipmentStatus,
    TransactionStatus,
)

LACKS_PAYMENTS = "payment_status: partially_paid needs payments that say how much arrived"
LARGEST = 10**15
"""Minor units of an order: what a JSON number holds exactly, and the database with all sums."""


def fault_of_amounts(record: OrderRecord, amounts: OrderAmounts, currency: str) -> str | None:
    """Why the amounts of an order cannot be true, whether it is new or not."""
    if amounts.largest > LARGEST:
        return f"the order comes to more than {LARGEST} of its smallest unit"
    digits = exponent(currency)
    paid = minor(record.credit_balance_used, digits) + minor(record.loyalty_amount, digits)
    if paid > amounts.grand_total:
        return (
            "credit_balance_used and loyalty_amount are more than the order cost: "
            f"{record.credit_balance_used + record.loyalty_amount} of "
            f"{Decimal(amounts.grand_total).scaleb(-digits)}"
        )
    return None


def fault_of(
    record: OrderRecord, amounts: OrderAmounts, lines: Sequence[Row], currency: str
) -> str | None:
    """Why a new order cannot be true: units nobody ordered, more back than arrived."""
    units = lines_to_fill(lines)
    for parcel in record.parcels:
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
        arrived = rules.arrived_of(
            (minor(one.amount, digits), one.payment_status) for one in record.payments
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
    all_back = sum(
        minor(one.refund_amount, digits)
        for one in record.refunds
        if one.status != RefundStatus.FAILED
    )
    if all_back > max(amounts.grand_total, arrived + amounts.grand_total - due):
        return "refunds: more goes back than the order cost"
    if record.payment_status == PaymentStatus.PARTIALLY_PAID and not record.payments:
        return LACKS_PAYMENTS
    return None


def fault_of_lines(
    there: Iterable[Stored],
    wanted: Sequence[Row],
    held: Mapping[str, int],
    lost_free: Mapping[str, int],
) -> str | None:
    """Why lines cannot become what a record says: parcels, returns or claims hold more units.

    Args:
        there: the order's lines.
        wanted: what they would become.
        held: units by line id that parcels, returns or claims hold; a line that is named cannot go.
        lost_free: free units by line id in parcels that were refunded as they never came.
    """
    units = {row["sku"]: row["quantity"] for row in wanted}
    free = {row["sku"]: row["free_quantity"] for row in wanted}
    for line in there:
        sku, count = line["sku"], held.get(line["id"], 0)
        if sku not in units and line["id"] in held:
            return f"line {sku}: parcels, returns or claims have it here, and the record drops it"
        if count > units.get(sku, 0):
            return (
                f"line {sku}: parcels, returns or claims have {count} units here; "
                f"the record has {units[sku]}"
            )
        if (lost := lost_free.get(line["id"], 0)) > free.get(sku, 0):
            return f"line {sku}: a parcel with {lost} free units was refunded as lost"
    return None


STATED = "stated"
"""`collection` of the payment that stands for those an export left out."""


def stated_payment(record: OrderRecord, due: int, currency: str) -> PaymentPart:
    """The payment of an order that is paid, reserved or due at the door by its state alone.

    It goes when the shop tells its payments, and follows what the shop says of state and bill.
    """
    paid_at = record.payment_success_date or record.made_at
    if record.collection is not None and record.payment_status != PaymentStatus.SUCCESS:
        return PaymentPart.model_construct(
            request_number=f"{record.order_number}-recorded",
            amount=to_major(due, currency),
            payment_status=TransactionStatus.PENDING,
            payment_method="Recorded by the shop",
            collection=record.collection,
            created_at=record.made_at,
        )
    return PaymentPart.model_construct(
        request_number=f"{record.order_number}-recorded",
        amount=to_major(due, currency),
        payment_status=TransactionStatus.SUCCESS,
        payment_date=paid_at,
        payment_method="Recorded by the shop",
        collection=STATED,  # type: ignore[arg-type] # no record may say so
        created_at=paid_at,
    )


def states_of(record: OrderRecord) -> Row:
    """The states of a new order, as far as its record tells or leaves them to be guessed."""
    status = record.status
    if status is None:
        status = OrderStatus.CANCELLED if record.cancelled_at else OrderStatus.CONFIRMED
    parcels = {one.status for one in record.parcels} - {ShipmentStatus.CANCELLED}
    arrived = status in rules.DELIVERED or parcels == {ShipmentStatus.DELIVERED}
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


_GONE = frozenset(
    str(status)
    for status in set(ShipmentStatus) - rules.NOT_PACKED - rules.NEVER_CAME
    if status is not ShipmentStatus.PACKED
)
"""States of parcels that left the house, and did not come back or get lost."""
_NOT_PLACED = frozenset({OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL})


def why_not_state(now: str, wanted: str, parcels: Collection[str]) -> str | None:
    """Why an order cannot take the state that a record tells; none: it can.

    Args:
        now: the order's state.
        wanted: the state told.
        parcels: states of its parcels.
    """
    if wanted == now:
        return None
    if wanted == OrderStatus.CANCELLED:
        left = set(parcels) & _GONE
        return f"the order cannot be cancelled: a parcel of it is {min(left)}" if left else None
    if now in rules.FINAL or (wanted in _NOT_PLACED and now not in _NOT_PLACED):
        return f"the order is {now} here; it cannot become {wanted}"
    return None
