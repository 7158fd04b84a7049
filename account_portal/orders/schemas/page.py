"""What the pages of orders show beyond the contract."""

from typing import Literal

from pydantic import Field

from account_portal.core.schemas import (
    Amount,
    Moment,
    View,
)
from account_portal.orders.schemas.billing import BillKind
from account_portal.orders.schemas.orders import OrderDetail, OrderPaymentStatus
from account_portal.orders.schemas.parts import OrderRefund, OrderShipment, ShipmentEventView
from account_portal.states import (
    ClaimStatus,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    ShipmentStatus,
)


class Arrival(View):
    """When a parcel comes, in days of the place it goes to."""

    when: Literal["late", "today", "tomorrow", "on", "said"] = Field(
        description="`late`: it was due on `day`; `on`: on `day`; `said`: in the courier's words."
    )
    day: str = Field(description="A day in ISO 8601; with `said`, words.")


class OrderCard(View):
    """One order in the history page: what its card shows."""

    order_number: str
    order_date: Moment
    status: OrderStatus
    payment_status: PaymentStatus
    grand_total: Amount
    currency: str
    pictures: list[str | None]
    more_pictures: int
    summary: str = Field(description="First product, and how many more.")
    units: int
    arrival: Arrival | None = Field(default=None, description="Of the parcel to be expected first.")
    awaits_payment: bool = Field(
        default=False, description="Money is to come before goods are sent, or files are open."
    )
    can_download: bool = Field(
        default=False, description="Nothing of it is sent, and it has files that are open."
    )


class Parcel(OrderShipment):
    """A parcel with the steps of its way, latest first."""

    steps: list[ShipmentEventView]
    arrival: Arrival | None
    label: str = Field(description="Such as Parcel 1 of 2.")
    note: str = Field(description="Why it was cancelled; may be empty.")
    was_lost: bool = Field(
        description="It got lost before it was closed, as when it is sent again."
    )
    can_claim: bool = Field(description="One can report that it did not arrive.")


class StrayParcel(View):
    """A parcel that did not reach the customer. Nothing is refunded or sent again by itself."""

    label: str
    status: ShipmentStatus
    since: Moment | None = Field(description="None: nobody told when that was.")
    cause: str = Field(description="What the courier says; may be empty.")


class ShownRefund(OrderRefund):
    """A refund with what a customer has to know of it beyond its state."""

    stage: Literal["follows", "withdrawn", "tried_again", "as_is"] = Field(
        description="`follows`: once goods that go back are checked; `withdrawn`: with the return "
        "it was for; `tried_again`: it failed, and another took its place."
    )
    created_at: Moment | None = Field(description="None: an import did not tell when it began.")
    way: str = Field(description="Where the money goes, as in `to UPI`.")
    due: Arrival | None = Field(description="By when it should be there, of one under way.")
    working_days: int = Field(
        description="Within how many it comes, once goods that go back are checked; 0: at once."
    )


class StatedWithdrawal(View):
    """A withdrawal from the contract that the order's customer stated, and what came of it."""

    reference: str
    received_at: Moment
    goods: list[str] = Field(description="As they were stated; none: the whole order.")
    state: Literal["open", "carried_out", "nothing_left", "settled"] = Field(
        description="`open`: the store decides; `nothing_left`: all of it was cancelled, went back "
        "or was refunded before; `settled`: by hand, or it was refused."
    )
    not_carried_out: list[str] = Field(
        description="Goods that were stated and not carried out, though the rest was."
    )
    answer: str | None = Field(description="What the store says of the outcome.")


class AftercareCard(View):
    """A return or a claim of an order, as the order's page names it."""

    number: str
    status: ReturnStatus | ClaimStatus
    created_at: Moment
    summary: str = Field(description="First product, and how many more.")


class CancelLine(View):
    """A line of which units can be cancelled alone, and how many the customer chose."""

    sku: str
    product_name: str
    counts: list[list[str]] = Field(description="Quantities to choose from.")
    chosen: str


class PriceBreakdown(View):
    """Amounts that add up to the total of the same page, whatever the order's source."""

    items_amount: Amount
    promotion: Amount
    coupon: Amount
    tax: Amount = Field(description="Tax that prices don't include.")
    shipping: Amount
    handling: Amount
    surcharge: Amount = Field(description="What an imported order costs beyond its lines.")
    reduction: Amount = Field(description="What an imported order costs less than its lines.")
    total: Amount
    cancelled: Amount = Field(description="What items cost that were cancelled since.")
    cancel_charge: Amount = Field(description="What of it the shop keeps by its policy.")
    points: Amount = Field(description="Paid with points, less what came back of cancelled items.")
    credit: Amount = Field(description="Paid with store credit, less what came back of them.")
    received: Amount = Field(description="Money that arrived.")
    refunded: Amount = Field(description="Money of it that was paid back.")
    to_pay: Amount = Field(description="What is to be paid in money, as the account says.")


class ReturnUntil(View):
    """When the return windows of an order close; its items and parcels may differ."""

    first: Moment
    last: Moment


class OrderPage(View):
    """All an order's page shows."""

    order: OrderDetail
    arrival: Arrival | None = Field(description="Of the parcel to be expected first.")
    arrived: Moment | None = Field(
        description="When the last parcel of an order that is all there came; none: not known."
    )
    is_digital: bool = Field(description="Nothing of it is sent: it is there once it is paid.")
    can_download: bool = Field(description="Such an order has files that are open.")
    parcels: list[Parcel] = Field(description="The most urgent first.")
    stray_parcels: list[StrayParcel]
    payment_moments: dict[str, Moment] = Field(
        description="When each payment was made or tried, by its request number."
    )
    refunds: list[ShownRefund]
    returns: list[AftercareCard] = Field(description="Newest first.")
    claims: list[AftercareCard] = Field(description="Newest first.")
    withdrawals: list[StatedWithdrawal] = Field(
        description="Stated by who had proven the order; newest first."
    )
    missing_parcel: str = Field(
        description="The most urgent parcel that can be reported as missing; may be empty."
    )
    claim_note: str = Field(
        description="Why no problem can be reported any more; empty when one can, or was never to."
    )
    claims_closed: Moment | None = Field(description="When the time to report one was over.")
    refund_days: int = Field(description="Working days until money is back the way it was paid.")
    bank_refund_days: int = Field(description="Working days until it is at a bank account.")
    payment: OrderPaymentStatus
    is_waiting_for_money: bool = Field(
        description="The customer may pay what is unpaid now: here, or where the shop takes money."
    )
    is_held_until_paid: bool = Field(
        description="Nothing of it is in a parcel; the shop may still send it before it is paid."
    )
    are_files_held: bool = Field(description="It has files to download that open once it is paid.")
    checkout_link: str = Field(
        description="Where the shop takes the money itself; empty: nowhere, or it is paid here."
    )
    price: PriceBreakdown
    money_note: str = Field(description="What the states do not say of the money; may be empty.")
    cancel_note: str = Field(description="Why it cannot be cancelled; empty when it can.")
    can_cancel_items: bool = Field(description="Some units can be cancelled alone.")
    can_return: bool
    return_until: ReturnUntil | None = Field(
        description="Of what can go back; of an order of which nothing can, when it was over."
    )
    return_note: str = Field(description="Why nothing can be returned; empty when something can.")
    can_review: bool
    bills: list[BillKind] = Field(description="What there is to download: receipt, invoice.")
    store_email: str = Field(description="Where customers get help; may be empty.")
    withdraw_link: str = Field(description="Where the contract is withdrawn from; may be empty.")
    help_link: str = Field(description="Where they get help with this order; may be empty.")
    cart_link: str = Field(description="The shop's cart with its lines; may be empty.")
    product_links: dict[str, str] = Field(description="Pages of its products in the shop, by SKU.")
    payout_accounts: list[list[str]] = Field(
        description="Verified bank accounts to refund to, as id and label, while cancelling is "
        "possible."
    )


class UnpaidOrder(OrderCard):
    """An order whose money is awaited."""

    is_under_way: bool = Field(description="An attempt to pay may still succeed.")
    can_pay: bool = Field(description="It can be paid here now, or one goes on with that attempt.")


class LostParcel(View):
    """A parcel that got lost: its customer says whether they want it again, or their money."""

    order_number: str
    reference_number: str
    summary: str = Field(description="What was ordered.")


class OrderOnTheWay(OrderCard):
    """An order whose parcels are with the courier."""

    courier: str | None = Field(description="Who brings that parcel.")
    is_part: bool = Field(description="Other parcels of the order come later, or came before.")
