"""News of reviews, and the question for one."""

from typing import ClassVar

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, Category, CustomerMessage


class ReviewDecided(CustomerMessage):
    """A review is shown to others, or will not be."""

    kind = "review_decided"

    store: str
    product: str
    approved: bool

    @override
    def subject(self) -> str:
        if self.approved:
            return f"Your review of {self.product} is published"
        return f"Your review of {self.product} was not published"

    @override
    def text(self) -> str:
        if self.approved:
            return f"Thank you: others at {self.store} can read your review of {self.product} now."
        return (
            f"Your review of {self.product} does not fit the rules of {self.store}, so others "
            "cannot read it. You can change it; then it is looked at anew."
        )

    @override
    def button(self) -> Button:
        return Button("See your reviews", routes.REVIEWS)


class ReviewWaiting(CustomerMessage):
    """What was bought could be reviewed; only to customers who like such messages."""

    kind = "review_waiting"
    category: ClassVar[Category] = "promotional"

    store: str
    product: str
    others: int = 0
    """How many more there are."""

    @override
    def subject(self) -> str:
        return f"How do you like {self.product}?"

    @override
    def text(self) -> str:
        more = f" and {self.others} more" if self.others else ""
        return (
            f"You bought {self.product}{more} at {self.store} a while ago. Tell others how you "
            "like it."
        )

    @override
    def button(self) -> Button:
        return Button("Write a review", routes.REVIEWS)
