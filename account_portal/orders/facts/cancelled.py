"""What items cost that were cancelled while their order goes on."""

from collections import defaultdict
from dataclasses import dataclass, field

from account_portal.orders import rules
from account_portal.orders.facts.order import OrderFacts
from account_portal.states import OrderStatus, RefundPurpose, RefundStatus


@dataclass(frozen=True, slots=True)
class CancelledWorth:
    """What cancelled items cost; minor units."""

    by_line: dict[str, int] = field(default_factory=dict)
    """Tax included, by line id."""
    charge: int = 0
    """What of it the shop keeps."""
    points: int = 0
    """What of it came back as points."""
    credit: int = 0
    """What of it came back as store credit."""

    @property
    def amount(self) -> int:
        """Of all lines."""
        return sum(self.by_line.values())


def cancelled_worth(facts: OrderFacts) -> CancelledWorth:
    """What cancelled items cost; nothing of an order that is cancelled whole."""
    if not facts.cancelled or OrderStatus(facts.order["status"]) is OrderStatus.CANCELLED:
        return CancelledWorth()
    by_line: dict[str, int] = defaultdict(int)
    for row in facts.cancelled:
        by_line[row["line_id"]] += row["amount"]
    back = [
        row
        for row in facts.refunds
        # A lost parcel's refunds have the same purpose, and name the parcel.
        if row["purpose"] == RefundPurpose.PARCEL
        and row["shipment_id"] is None
        and row["status"] != RefundStatus.FAILED
    ]
    return CancelledWorth(
        by_line=dict(by_line),
        charge=facts.charges_kept,
        points=sum(row["refund_amount"] for row in back if row["payment_mode"] == rules.POINTS),
        credit=sum(
            row["refund_amount"] for row in back if row["payment_method"] == rules.STORE_CREDIT
        ),
    )
