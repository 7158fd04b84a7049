"""What a deed would do, before it is done."""

from datetime import date
from hashlib import sha256
from typing import Literal, Self

from pydantic import Field

from account_portal.core.schemas import Amount, View


class Preview(View):
    """A preview names itself by what it says of which order, so that a deed can say which it is."""

    digest: str = Field(default="", description="Send it with the deed as `preview`.")

    def sealed(self, *of: str) -> Self:
        """With the digest of all it says, and of what: another order's may say the same.

        Args:
            *of: ids of the customer and of the order, what was done with it so far (`deeds_of`),
                and the id of the request that is to be changed.
        """
        said = "\n".join([type(self).__name__, *of, self.model_dump_json(exclude={"digest"})])
        return self.model_copy(update={"digest": sha256(said.encode()).hexdigest()[:32]})


LessReason = Literal["nothing_paid", "refunded_before"]
"""Why less comes back than goods cost, beside what the store keeps by its policy."""


class PreviewedLine(View):
    """Units of a line that a deed is about."""

    sku: str
    product_name: str
    quantity: int = Field(ge=1)
    amount: Amount = Field(description="What they cost, tax included.")


class RefundPreview(Preview):
    """What goods cost and how it comes back: the deed gives exactly this.

    What they cost, with `delivery`, less what is kept or replaced and less `less`, is `money`,
    `credit`, `points_amount` and `unpaid` together.
    """

    lines: list[PreviewedLine]
    goods: Amount = Field(description="What the lines cost, tax included.")
    delivery: Amount = Field(description="Delivery and other charges that come back with them.")
    less: Amount = Field(description="What does not come back, as `less_reason` says.")
    less_reason: LessReason | None = Field(
        description="`refunded_before`: `less` was; `nothing_paid`: the lines cost nothing."
    )
    money: Amount = Field(description="Comes back the way it was paid, or the way that was chosen.")
    credit: Amount = Field(description="Comes back as store credit.")
    points: Amount = Field(description="Loyalty points that come back.")
    points_amount: Amount = Field(description="What of the cost these points paid.")
    unpaid: Amount = Field(description="Was still to be paid, and is not asked for any more.")
    way: str = Field(description="Where the money goes, as in `to UPI`.")
    currency: str


class CancelPreview(RefundPreview):
    """What cancelling would do and give back."""

    charge: Amount = Field(description="What the store keeps by its policy.")
    expected_date: date | None = Field(description="By when the money should be there.")
