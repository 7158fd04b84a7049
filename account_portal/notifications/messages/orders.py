"""News of orders and their parcels."""

from datetime import timedelta
from typing import Literal

from typing_extensions import override

from account_portal import routes
from account_portal.core.links import shown_link
from account_portal.notifications.messages.base import Button, CustomerMessage, Item
from account_portal.notifications.messages.coming_back import ComingBack


class OrderNews(CustomerMessage):
    """News that leads to an order's page."""

    order_number: str
    store: str
    items: tuple[Item, ...] = ()

    @override
    def button(self) -> Button:
        return Button("View your order", routes.order(self.order_number))

    @override
    def listed(self) -> tuple[Item, ...]:
        return self.items


class OrderPlaced(OrderNews):
    """An order is confirmed: paid, or accepted by the store."""

    kind = "order_placed"

    total: str | None = None
    comes: Literal["parcel", "download", "digital"] = "parcel"
    """`download`: its files are on its page; `digital`: nothing is sent, and none is there yet."""

    @override
    def subject(self) -> str:
        return f"Your order {self.order_number} is confirmed"

    @override
    def text(self) -> str:
        follows = {
            "parcel": " You hear from us when it is sent.",
            "download": " It is ready to download on the order's page.",
            "digital": "",
        }[self.comes]
        return f"Thank you for your order {self.order_number} at {self.store}.{follows}"

    @override
    def facts(self) -> list[tuple[str, str]]:
        return [("Total", self.total)] if self.total else []


class OrderCancelled(ComingBack, OrderNews):
    """An order was cancelled."""

    kind = "order_cancelled"

    way: str = "the way you paid"
    by: str | None = None

    @override
    def subject(self) -> str:
        return f"Order {self.order_number} is cancelled"

    @override
    def text(self) -> str:
        by = f", expected by {self.by}" if self.by else ""
        money = self.coming_back(f"{self.way}{by}")
        return f"Your order {self.order_number} at {self.store} is cancelled.{money}"


class ItemsCancelled(ComingBack, OrderNews):
    """Items of an order were cancelled; the rest goes on, if it has not arrived."""

    kind = "items_cancelled"

    what: str
    goes_on: bool = True

    @override
    def subject(self) -> str:
        return f"Items of order {self.order_number} are cancelled"

    @override
    def text(self) -> str:
        return (
            f"Of your order {self.order_number} at {self.store} this is cancelled: {self.what}."
            f"{' The rest goes on.' if self.goes_on else ''}{self.coming_back()}"
        )


class DeliveryChanged(OrderNews):
    """The order goes elsewhere, or with other instructions; who did not ask for it should know."""

    kind = "delivery_changed"

    place: str

    @override
    def subject(self) -> str:
        return f"The delivery of order {self.order_number} was changed"

    @override
    def text(self) -> str:
        return (
            f"Your order {self.order_number} at {self.store} now goes to {self.place}. If you did "
            "not change this, please look at your order and change your password."
        )


class PaymentReceived(OrderNews):
    """A payment arrived."""

    kind = "payment_received"

    amount: str

    @override
    def subject(self) -> str:
        return f"Payment received for order {self.order_number}"

    @override
    def text(self) -> str:
        return f"{self.store} received your payment of {self.amount} for order {self.order_number}."


class PaymentFailed(OrderNews):
    """A payment that was begun did not arrive."""

    kind = "payment_failed"

    amount: str

    @override
    def subject(self) -> str:
        return f"Your payment for order {self.order_number} did not go through"

    @override
    def text(self) -> str:
        return (
            f"Your payment of {self.amount} for order {self.order_number} at {self.store} did not "
            "go through. No money was taken. You can pay again on the order's page."
        )

    @override
    def button(self) -> Button:
        return Button("Pay again", routes.order(self.order_number))


class OrderShipped(OrderNews):
    """A parcel was handed to the courier."""

    kind = "order_shipped"

    courier: str | None = None
    awb_no: str | None = None
    tracking_url: str | None = None
    promised: str | None = None

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

    @override
    def facts(self) -> list[tuple[str, str]]:
        named = {
            "Courier": self.courier,
            "Tracking number": self.awb_no,
            "Expected": self.promised,
        }
        return [(name, value) for name, value in named.items() if value]


class OutForDelivery(OrderNews):
    """A parcel comes today."""

    kind = "out_for_delivery"
    lapses_after = timedelta(days=1)

    @override
    def subject(self) -> str:
        return f"Arriving today: order {self.order_number}"

    @override
    def text(self) -> str:
        return (
            f"A parcel of your order {self.order_number} at {self.store} is out for delivery and "
            "comes today."
        )


class OrderDelivered(OrderNews):
    """A parcel arrived."""

    kind = "order_delivered"

    @override
    def subject(self) -> str:
        return f"Delivered: order {self.order_number}"

    @override
    def text(self) -> str:
        return f"A parcel of your order {self.order_number} at {self.store} was delivered."


class NotDelivered(OrderNews):
    """A parcel could not be handed over."""

    kind = "not_delivered"

    is_over: bool = False
    """Whether the courier tries no more."""

    @override
    def subject(self) -> str:
        return f"Order {self.order_number} could not be delivered"

    @override
    def text(self) -> str:
        what_now = (
            f"It goes back to {self.store}, who will get in touch with you."
            if self.is_over
            else "The courier will try again."
        )
        return (
            f"A parcel of your order {self.order_number} at {self.store} could not be delivered. "
            f"{what_now}"
        )


class ParcelLate(OrderNews):
    """A parcel did not come by the day it was promised for."""

    kind = "parcel_late"

    promised: str

    @override
    def subject(self) -> str:
        return f"Order {self.order_number} is late"

    @override
    def text(self) -> str:
        return (
            f"A parcel of your order {self.order_number} at {self.store} was to be there by "
            f"{self.promised} and is late. We are sorry. Its page shows where it is."
        )


class ParcelLost(OrderNews):
    """A parcel got lost on its way; its customer says whether they want it again, or the money."""

    kind = "parcel_lost"

    @override
    def subject(self) -> str:
        return f"A parcel of order {self.order_number} got lost"

    @override
    def text(self) -> str:
        return (
            f"A parcel of your order {self.order_number} at {self.store} got lost on its way. We "
            "are sorry. On the order's page you can tell us what you would like us to do."
        )


class OfWithdrawal(CustomerMessage):
    """About a withdrawal, in the customer's language; to the contact they named."""

    title: str
    language: str

    @override
    def subject(self) -> str:
        return self.title


class WithdrawalSettled(OfWithdrawal):
    """What came of a withdrawal."""

    kind = "withdrawal_settled"

    words: str

    @override
    def text(self) -> str:
        return self.words


class WithdrawalReceived(OfWithdrawal):
    """The receipt of a withdrawal."""

    kind = "withdrawal_received"

    receipt: str

    @override
    def text(self) -> str:
        return self.receipt
