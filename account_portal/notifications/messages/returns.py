"""News of returns and refunds."""

from typing import Literal

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, CustomerMessage
from account_portal.notifications.messages.coming_back import ComingBack

Step = Literal[
    "created",
    "withdrawn",
    "changed",
    "approved",
    "told",
    "rejected",
    "shipped",
    "received",
    "inspected",
    "corrected",
    "complete",
    "cancelled",
]

_SUBJECTS: dict[Step, str] = {
    "created": "We got your return request {number}",
    "withdrawn": "Your return {number} follows from your withdrawal",
    "changed": "You changed your return request {number}",
    "approved": "Your return {number} is approved",
    "told": "You told us the parcel of your return {number}",
    "rejected": "Your return {number} was declined",
    "shipped": "Your return {number} is on its way to us",
    "received": "Your return {number} arrived",
    "inspected": "We checked your return {number}",
    "corrected": "We corrected what we found of your return {number}",
    "complete": "Your return {number} is complete",
    "cancelled": "Your return {number} is cancelled",
}
_TEXTS: dict[Step, str] = {
    "created": "{store} will look at your request {number} for order {order} and write to you.",
    "withdrawn": "What you have of order {order} and withdrew from goes back as return {number}. "
    "{store} will write to you how.",
    "changed": "{store} will look at your request {number} for order {order} as it is now, and "
    "write to you.",
    "approved": "Your return {number} for order {order} is approved. Keep the items ready.",
    "told": "{store} looks out for the parcel of your return {number} for order {order}.",
    "rejected": "{store} cannot take back what you asked for in {number} for order {order}.",
    "shipped": "The items of your return {number} for order {order} are on their way to {store}.",
    "received": "The items of your return {number} for order {order} arrived at {store}.",
    "inspected": "{store} checked the items of your return {number} for order {order}. Not "
    "all of it was accepted.",
    "corrected": "{store} looked at the items of your return {number} for order {order} again. "
    "What we wrote before was not right.",
    "complete": "Your return {number} for order {order} at {store} is complete.",
    "cancelled": "Your return {number} for order {order} at {store} is cancelled.",
}


_WHEN: dict[Step, str] = {
    "created": " If it is approved, and once the items are checked:",
    "withdrawn": " Once the items are there:",
    "changed": " If it is approved, and once the items are checked:",
    "approved": " Once we have checked them:",
    "inspected": " Once the return is complete:",
    "corrected": " Once the return is complete:",
}


class ReturnMoved(ComingBack, CustomerMessage):
    """A return request was made or took a step."""

    kind = "return_moved"

    step: Step
    request_number: str
    order_number: str
    store: str
    reason: str | None = None
    not_accepted: tuple[str, ...] = ()
    """Units that were not accepted or did not come, each in a sentence."""
    replacement_order_number: str | None = None
    parcel: str | None = None
    """The parcel that its customer sent: courier and tracking number."""
    fee: str | None = None
    """What the store keeps of the refund by its policy; of a return that lives."""
    delivery: str | None = None
    """What of the order's delivery comes back with the goods."""
    way: str = "the way you paid"

    @override
    def subject(self) -> str:
        return _SUBJECTS[self.step].format(number=self.request_number)

    @override
    def text(self) -> str:
        words = _TEXTS[self.step].format(
            number=self.request_number, order=self.order_number, store=self.store
        )
        for sentence in self.not_accepted:
            words += f" {sentence}"
        if back := self.coming_back(self.way):
            words += f"{_WHEN.get(self.step, '')}{back}"
        if self.delivery:
            words += f" {self.delivery} for delivery is refunded with the items."
        if self.fee:
            words += f" A restocking fee of {self.fee} is kept, as the store's policy says."
        if self.parcel:
            words += f" Its tracking number: {self.parcel}."
        if self.reason:
            words += f" Reason: {self.reason}"
        if self.replacement_order_number:
            words += f" The replacement comes with order {self.replacement_order_number}."
        return words

    @override
    def button(self) -> Button:
        return Button("View your return", routes.return_detail(self.request_number))

    @override
    def facts(self) -> list[tuple[str, str]]:
        facts = [("Return", self.request_number), ("Order", self.order_number)]
        return [*facts, ("Parcel", self.parcel)] if self.parcel else facts


class ReturnDelivery(CustomerMessage):
    """What delivery cost comes back with a return that was asked for before, or no longer does."""

    kind = "return_delivery"

    request_number: str
    order_number: str
    store: str
    amount: str
    comes_back: bool

    @override
    def subject(self) -> str:
        if self.comes_back:
            return f"Delivery is refunded with your return {self.request_number}"
        return f"Delivery is no longer refunded with your return {self.request_number}"

    @override
    def text(self) -> str:
        if self.comes_back:
            return (
                f"As all of your order {self.order_number} goes back, {self.store} refunds "
                f"{self.amount} for its delivery, too, with your return {self.request_number}."
            )
        return (
            f"Not all of your order {self.order_number} goes back any more, so {self.store} does "
            f"not refund {self.amount} for its delivery with your return {self.request_number}."
        )

    @override
    def button(self) -> Button:
        return Button("View your return", routes.return_detail(self.request_number))

    @override
    def facts(self) -> list[tuple[str, str]]:
        return [("Return", self.request_number), ("Order", self.order_number)]


class RefundSettled(CustomerMessage):
    """A refund arrived, or failed."""

    kind = "refund_settled"

    order_number: str
    store: str
    amount: str
    succeeded: bool
    way: str | None = None

    @override
    def subject(self) -> str:
        if self.succeeded:
            return f"Your refund for order {self.order_number} is done"
        return f"Your refund for order {self.order_number} did not go through"

    @override
    def text(self) -> str:
        way = f" {self.way}" if self.way else ""
        if self.succeeded:
            return f"{self.store} refunded {self.amount}{way} for order {self.order_number}."
        return (
            f"The refund of {self.amount}{way} for order {self.order_number} did not go through. "
            f"{self.store} will get in touch with you."
        )

    @override
    def button(self) -> Button:
        return Button("View your order", routes.order(self.order_number))

    @override
    def facts(self) -> list[tuple[str, str]]:
        return [("Amount", self.amount), ("Order", self.order_number)]
