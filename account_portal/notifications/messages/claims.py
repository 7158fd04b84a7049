"""News of claims."""

from typing import Literal

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, CustomerMessage
from account_portal.notifications.messages.coming_back import ComingBack

ClaimStep = Literal[
    "opened", "refunded", "replaced", "send_back", "rejected", "withdrawn", "arrived"
]

_SUBJECTS: dict[ClaimStep, str] = {
    "opened": "We got your report {number}",
    "refunded": "You get money back for {number}",
    "replaced": "You get a replacement for {number}",
    "send_back": "Please send us the items of {number}",
    "rejected": "Your report {number} was declined",
    "withdrawn": "Your report {number} is withdrawn",
    "arrived": "Did your parcel come? {number}",
}
_TEXTS: dict[ClaimStep, str] = {
    "opened": "You told {store} that something is wrong with order {order}. It looks into that "
    "and writes to you.",
    "refunded": "{store} refunds what was wrong with order {order}. You need not send anything "
    "back.",
    "replaced": "{store} replaces what was wrong with order {order}. You need not pay or send "
    "back anything.",
    "send_back": "{store} wants to look at what was wrong with order {order}, and has set up a "
    "return for it.",
    "rejected": "{store} cannot do what you asked for in {number} for order {order}.",
    "withdrawn": "You withdrew your report {number} for order {order} at {store}.",
    "arrived": "The courier says that the parcel of order {order} arrived which you told {store} "
    "was missing, so your report {number} is closed. If it is not with you, or something is wrong "
    "with it, please tell us.",
}
_OF_PARCELS: dict[ClaimStep, str] = {
    "opened": "You told {store} that a parcel of order {order} did not arrive. It looks into that "
    "and writes to you.",
    "refunded": "{store} refunds the parcel of order {order} that did not arrive.",
    "replaced": "{store} sends you again what was in the parcel of order {order} that did not "
    "arrive. You need not pay for it.",
}
"""What else is said where it is about a whole parcel: nothing of it is with the customer."""


class ClaimMoved(ComingBack, CustomerMessage):
    """A claim was opened, decided or withdrawn."""

    kind = "claim_moved"

    step: ClaimStep
    claim_number: str
    order_number: str
    store: str
    is_parcel: bool = False
    """Whether it is about a whole parcel that did not arrive."""
    answer: str | None = None
    way: str = "the way you paid"

    @override
    def subject(self) -> str:
        return _SUBJECTS[self.step].format(number=self.claim_number)

    @override
    def text(self) -> str:
        texts = {**_TEXTS, **_OF_PARCELS} if self.is_parcel else _TEXTS
        words = texts[self.step].format(
            number=self.claim_number,
            order=self.order_number,
            store=self.store,
        )
        words += self.coming_back(self.way)
        return f"{words} {self.answer}" if self.answer else words

    @override
    def button(self) -> Button:
        return Button("View your report", routes.claim_detail(self.claim_number))

    @override
    def facts(self) -> list[tuple[str, str]]:
        return [("Report", self.claim_number), ("Order", self.order_number)]
