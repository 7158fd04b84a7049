"""What finding an order takes and answers."""

from typing import Annotated

from pydantic import Field, StringConstraints

from account_portal.core.schemas import Input, Moment, OrderNumber, View

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class FindOrder(Input):
    """An order, and something that who placed it knows."""

    order_number: OrderNumber
    contact: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(
        description="E-mail address of the order, or the postcode it was billed or sent to."
    )


class OrderSearch(View):
    """What goes back with the code."""

    find_token: str
    otp: str | None = Field(default=None, description="Only on servers with debug OTPs.")


class ConfirmOrder(Input):
    """The code that was sent to the order's own contact."""

    find_token: Annotated[str, StringConstraints(min_length=20, max_length=200)]
    otp: Code


class FoundOrder(View):
    """What opens that one order for an hour."""

    order_token: str = Field(description="Send it as `Authorization: Bearer`.")
    order_number: str
    expires_at: Moment


class CancelFoundOrder(Input):
    """Why; the money goes back the way it was paid."""

    cancellation_reason: str = Field(min_length=1, max_length=500)
