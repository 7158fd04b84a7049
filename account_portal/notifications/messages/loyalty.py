"""News of loyalty points."""

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, CustomerMessage


class PointsLapsing(CustomerMessage):
    """Points are about to lapse."""

    kind = "points_lapsing"

    store: str
    points: str
    by: str

    @override
    def subject(self) -> str:
        return f"{self.points} points lapse on {self.by}"

    @override
    def text(self) -> str:
        return (
            f"{self.points} of your points at {self.store} lapse on {self.by}. Spend them before "
            "then."
        )

    @override
    def button(self) -> Button:
        return Button("See your points", routes.LOYALTY)
