"""News of orders."""

from typing_extensions import override

from account_portal.core.links import shown_link
from account_portal.notifications.messages.base import CustomerMessage


class OrderCancelled(CustomerMessage):
    """An order was cancelled."""

    kind = "order_cancelled"

    order_number: str
    store: str
    refund: str | None = None
    way: str = "the way you paid"
    by: str | None = None

    @override
    def subject(self) -> str:
        return f"Order {self.order_number} is cancelled"

    @override
    def text(self) -> str:
        by = f", expected by {self.by}" if self.by else ""
        money = f" {self.refund} comes back {self.way}{by}." if self.refund else ""
        return f"Your order {self.order_number} at {self.store} is cancelled.{money}"


class PaymentReceived(CustomerMessage):
    """A payment arrived."""

    kind = "payment_received"

    order_number: str
    store: str
    amount: str

    @override
    def subject(self) -> str:
        return f"Payment received for order {self.order_number}"

    @override
    def text(self) -> str:
        return f"{self.store} received your payment of {self.amount} for {self.order_number}."


class OrderShipped(CustomerMessage):
    """A parcel was handed to the courier."""

    kind = "order_shipped"

    order_number: str
    store: str
    courier: str | None = None
    awb_no: str | None = None
    tracking_url: str | None = None

    @override
    def subject(self) -> str:
        return f"Your order {self.order_number} is on its way"

    @override
    def text(self) -> str:
        carrier = f" with {self.courier}" if self.courier else ""
        number = f" ({self.awb_no})" if self.awb_no else ""
        where = shown_link(self.tracking_url)
        link = f" Follow it: {where}" if where else ""
        return (
            f"A parcel of your order {self.order_number} at {self.store} is on its way"
            f"{carrier}{number}.{link}"
        )


class OrderDelivered(CustomerMessage):
    """A parcel arrived."""

    kind = "order_delivered"

    order_number: str
    store: str

    @override
    def subject(self) -> str:
        return f"Delivered: order {self.order_number}"

    @override
    def text(self) -> str:
        return f"A parcel of your order {self.order_number} at {self.store} was delivered."
