"""What the first page shows."""

from pydantic import Field

from account_portal.addresses.schemas import CustomerAddress
from account_portal.core.schemas import Amount, View
from account_portal.loyalty.schemas import TierProgress
from account_portal.orders.schemas import OrderCard, OrderOnTheWay
from account_portal.reviews.schemas import CustomerReadyForReview


class Rewards(View):
    """Points, and the way to the next tier."""

    balance: Amount
    progress: TierProgress


class Task(View):
    """Something only the customer can do."""

    kind: str
    pays: str = Field(default="", description="The order that its action pays at once.")
    title: str
    detail: str
    path: str
    action: str


class Dashboard(View):
    """All of the first page. Each part is small, however long the history."""

    first_name: str
    on_the_way: list[OrderOnTheWay]
    more_on_the_way: int = Field(
        description="How many more of the latest orders have parcels on their way."
    )
    tasks: list[Task]
    latest: list[OrderCard]
    to_review: list[CustomerReadyForReview]
    rewards: Rewards | None
    shipping_address: CustomerAddress | None
    billing_address: CustomerAddress | None
