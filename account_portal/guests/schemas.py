"""What finding an order takes and answers."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from account_portal.claims.schemas import ClaimableParcel
from account_portal.core.schemas import ABSENT, Input, Moment, OrderNumber, View
from account_portal.core.text import plain, without_number_sign
from account_portal.orders.schemas import (
    AftercareCard,
    CancelItem,
    Digest,
    OrderDetail,
    OrderPaymentStatus,
    Parcel,
    PriceBreakdown,
    ReturnUntil,
    ShownRefund,
    StatedWithdrawal,
)
from account_portal.states import ReturnResolution


def _number(typed: object) -> object:
    return without_number_sign(typed) if isinstance(typed, str) else typed


def _digits(typed: object) -> object:
    return "".join(plain(typed).split()) if isinstance(typed, str) else typed


class FindOrder(Input):
    """An order, and something that who placed it knows."""

    order_number: Annotated[OrderNumber, BeforeValidator(_number)]
    contact: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(
        description="E-mail address of its customer, or the postcode it was billed or sent to."
    )


class OrderSearch(View):
    """What goes back with the code."""

    find_token: str
    otp: str | None = Field(default=None, description="Only on servers with debug OTPs.")


class ConfirmOrder(Input):
    """The code that was sent to the order's customer."""

    find_token: Annotated[str, StringConstraints(min_length=20, max_length=200)]
    otp: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), BeforeValidator(_digits)]


class FoundOrder(View):
    """What opens that one order for an hour."""

    order_token: str = Field(description="Send it as `Authorization: Bearer`.")
    order_number: str
    expires_at: Moment


class FoundCancelChoice(Input):
    """What is cancelled; the money goes back the way it was paid."""

    cancel_items: list[CancelItem] = Field(
        default=ABSENT,
        min_length=1,
        max_length=100,
        description="Units to cancel while the rest goes on; left out, the whole order.",
    )


class CancelFoundOrder(FoundCancelChoice):
    """Why an order is cancelled; the money goes back the way it was paid."""

    cancellation_reason: str = Field(min_length=1, max_length=500)
    preview: Digest = ABSENT


class ChoosableLine(View):
    """A line of the order, and how many of its units a form offers."""

    sku: str
    product_id: str
    product_name: str
    product_image_url: str | None
    variant_name: str | None
    is_digital: bool = Field(description="It is downloaded: no parcel brings it.")
    counts: list[list[str]] = Field(description="Value and word of each number; empty: none.")
    chosen: str = Field(default="0", description="Of `counts`.")
    resolution: ReturnResolution = Field(description="What comes for units that go back.")
    reason: str = Field(description="Why none; `{date}` in it is the moment `closed`.")
    closed: Moment | None


class FoundPage(View):
    """All the page of the found order shows; nothing of the account it belongs to."""

    order: OrderDetail
    price: PriceBreakdown
    payment: OrderPaymentStatus
    is_waiting_for_money: bool = Field(description="What is unpaid is to be paid now.")
    checkout_link: str = Field(
        description="Where the shop takes the money; empty: nowhere, or it is paid in the account."
    )
    refunds: list[ShownRefund]
    to_cancel: list[ChoosableLine]
    to_return: list[ChoosableLine]
    to_report: list[ChoosableLine]
    missing_parcels: list[ClaimableParcel] = Field(description="That one can report as missing.")
    parcels: list[Parcel] = Field(description="The most urgent first.")
    is_digital: bool = Field(description="Nothing of it is sent: it is there once it is paid.")
    can_download: bool = Field(description="Such an order has files that are open.")
    returns: list[AftercareCard] = Field(description="What goes back, newest first.")
    claims: list[AftercareCard] = Field(description="What was reported, newest first.")
    withdrawals: list[StatedWithdrawal] = Field(
        description="Stated by who had proven the order; newest first."
    )
    return_until: ReturnUntil | None = Field(
        description="Of what can go back; of an order of which nothing can, when it was over."
    )
    return_note: str = Field(
        description="Why nothing can be returned; `{date}` in it is `return_until.last`."
    )
    is_closed: bool = Field(
        description="Its customer closed the account: nothing is done there by signing in."
    )
    withdraw_link: str = Field(description="Where the contract is withdrawn from; may be empty.")
    help_link: str = Field(description="Where one gets help with this order; may be empty.")
