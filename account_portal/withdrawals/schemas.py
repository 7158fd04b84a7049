"""What a withdrawal takes and answers."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from account_portal.core.schemas import (
    ABSENT,
    Email,
    Input,
    Line,
    Moment,
    OrderNumber,
    Ulid,
    View,
    seen_text,
)
from account_portal.orders.schemas import CancelItem
from account_portal.states import WithdrawalStatus

MOST_LINES = 1000
"""Of an order."""

Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class StateWithdrawal(Input):
    """What the law lets be asked: who, which contract, and where the receipt goes."""

    name: Line
    order: Line = Field(description="Order number, or what else names the contract.")
    contact: Email
    goods: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=2000),
        BeforeValidator(seen_text),
    ] = ""
    withdraw_items: list[CancelItem] = Field(default=ABSENT, min_length=1, max_length=MOST_LINES)
    """Units; of an order that is not open to the caller they are words of the statement."""
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")] = "en"


class WithdrawalReceipt(View):
    """Confirms that a statement was received; whether it holds is not said by it."""

    reference: str
    received_at: Moment
    receipt: str
    receipt_key: str
    is_mailed: bool


class CoveredLine(View):
    """A line of an order that is open to the caller, and whether the right covers it."""

    sku: str
    product_name: str
    units: int
    exempt: str = ""
    """Code of why the law exempts it; empty: it does not."""


class MatchWithdrawal(Input):
    """The order that a statement is about, as staff found it."""

    order_number: OrderNumber
    withdraw_items: list[CancelItem] = Field(
        default_factory=list,
        max_length=MOST_LINES,
        description="Units; none: what the statement names.",
    )
    answer: Answer = Field(
        default=ABSENT,
        description="What its customer reads of it; needed where less is carried out than was "
        "stated: why.",
    )


class SettleWithdrawal(Input):
    """What came of a statement, for the shop's own people."""

    outcome: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    answer: Answer = Field(default=ABSENT, description="What its customer reads of it.")


class WithdrawalRow(View):
    """A withdrawal, for the shop."""

    id: Ulid
    reference: str
    received_at: Moment
    name: str
    order_text: str
    contact: str
    items_text: str
    withdraw_items: list[CancelItem] = Field(description="The same for programs, as far as it was.")
    is_proven: bool
    status: WithdrawalStatus
    order_number: str | None
    outcome: str | None = Field(description="What came of it, for the shop's own people.")
    is_carried_out: bool
    not_carried_out: list[str] = Field(
        description="What of it was not carried out, though the rest was; in words."
    )
    nothing_left: bool = Field(
        description="All of it was cancelled, went back or was refunded before."
    )
    answer: str | None = Field(description="What its customer reads of it.")
    settled_by: str | None
