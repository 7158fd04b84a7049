"""What the shop's systems do: each deed is one call of one service, and the state after it."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from account_portal.auth import service as auth
from account_portal.bank_accounts import service as bank_accounts
from account_portal.claims import service as claims
from account_portal.claims.schemas import AcceptClaim
from account_portal.context import Context
from account_portal.core.errors import InvalidInput, PortalError
from account_portal.core.schemas import View
from account_portal.evidence.schemas import EvidenceFile
from account_portal.loyalty import service as loyalty
from account_portal.merchant import lists, states, versions
from account_portal.merchant.rows import CustomerRow
from account_portal.merchant.schemas import (
    BankAccountState,
    CancelItems,
    ChangePoints,
    ClaimState,
    CreateRefund,
    CreateShipment,
    MoveOneShipment,
    MoveShipment,
    OfOrder,
    Outcome,
    PaymentState,
    PointsState,
    RefundState,
    RefundStates,
    RetryRefund,
    ReturnState,
    ReviewState,
    Settlement,
    SettleOne,
    ShipmentState,
)
from account_portal.merchant.states import telling
from account_portal.orders import service as orders
from account_portal.returns import service as returns
from account_portal.returns.schemas import InspectReturn, ShowFound
from account_portal.reviews import service as reviews

One = TypeVar("One", bound=MoveOneShipment | SettleOne)


def approve_order(ctx: Context, order_number: str) -> OfOrder:
    """Accept an order that waits for approval."""
    with telling(ctx, states.of_order, order_number):
        orders.approve_order(ctx, order_number)
    return states.of_order(ctx, order_number)


def cancel_order(ctx: Context, order_number: str, reason: str) -> OfOrder:
    """Cancel an order nothing of which was sent; what was paid is owed back."""
    with telling(ctx, states.of_order, order_number):
        orders.cancel_for_shop(ctx, order_number, reason)
    return states.of_order(ctx, order_number)


def cancel_items(ctx: Context, order_number: str, data: CancelItems) -> OfOrder:
    """Cancel units that are in no packed parcel; the order goes on with the rest."""
    with telling(ctx, states.of_order, order_number):
        orders.cancel_items_for_shop(ctx, order_number, data.items, data.reason)
    return states.of_order(ctx, order_number)


def create_shipment(ctx: Context, order_number: str, data: CreateShipment) -> ShipmentState:
    """Put units into a new parcel."""
    units: dict[str, int] = {}
    for item in data.items:
        units[item.sku] = units.get(item.sku, 0) + item.quantity
    with telling(ctx, states.of_order, order_number):
        number = orders.create_shipment(ctx, order_number, units or None)
    return states.of_shipment(ctx, number)


def move_shipment(ctx: Context, number: str, data: MoveShipment) -> ShipmentState:
    """Take a parcel a step further."""
    with telling(ctx, states.of_shipment, number):
        orders.move_shipment(
            ctx,
            number,
            data.status,
            place=data.place,
            text=data.text,
            courier=data.courier_company_name,
            awb_no=data.awb_no,
            tracking_url=data.tracking_url,
            eta=data.eta_delivery,
        )
    return states.of_shipment(ctx, number)


def resend_shipment(ctx: Context, number: str) -> ShipmentState:
    """Send what was in a parcel that was lost or came back again; answers the new parcel."""
    with telling(ctx, states.of_shipment, number):
        again = orders.resend_shipment(ctx, number)
    return states.of_shipment(ctx, again)


def refund_shipment(ctx: Context, number: str) -> RefundStates:
    """Refund what was in a parcel that was lost or came back."""
    with telling(ctx, states.of_shipment, number):
        made = orders.refund_shipment(ctx, number)
    return RefundStates(refunds=made, order=states.of_shipment(ctx, number).order)


def settle_payment(ctx: Context, number: str, data: Settlement) -> PaymentState:
    """Record what became of a payment."""
    succeeded = data.status == "success"
    with telling(ctx, states.of_payment, number):
        orders.settle_payment(ctx, number, succeeded=succeeded, reference=data.reference)
    return states.of_payment(ctx, number)


def create_refund(ctx: Context, order_number: str, data: CreateRefund) -> RefundState:
    """Promise money of an order back, out of goodwill."""
    with telling(ctx, states.of_order, order_number):
        number = orders.create_refund(ctx, order_number, data.amount, remarks=data.remarks)
    return states.of_refund(ctx, number)


def approve_refund(ctx: Context, number: str) -> RefundState:
    """Agree to a refund."""
    with telling(ctx, states.of_refund, number):
        orders.approve_refund(ctx, number)
    return states.of_refund(ctx, number)


def settle_refund(ctx: Context, number: str, data: Settlement) -> RefundState:
    """Record whether an approved refund arrived."""
    succeeded = data.status == "success"
    with telling(ctx, states.of_refund, number):
        orders.settle_refund(ctx, number, succeeded=succeeded, reference=data.reference)
    return states.of_refund(ctx, number)


def redirect_refund(ctx: Context, number: str, bank_account_id: str) -> RefundState:
    """Send a refund that waits to a verified bank account of the customer instead."""
    with telling(ctx, states.of_refund, number):
        orders.redirect_refund(ctx, number, bank_account_id)
    return states.of_refund(ctx, number)


def retry_refund(ctx: Context, number: str, data: RetryRefund) -> RefundState:
    """Try a refund that failed again; answers the refund that takes its place."""
    with telling(ctx, states.of_refund, number):
        again = orders.retry_refund(ctx, number, bank_account_id=data.bank_account_id)
    return states.of_refund(ctx, again)


def accept_claim(ctx: Context, number: str, data: AcceptClaim) -> ClaimState:
    """Agree to a claim."""
    with telling(ctx, states.of_claim, number):
        claims.accept_claim(ctx, number, data)
    return states.of_claim(ctx, number)


def reject_claim(ctx: Context, number: str, reason: str) -> ClaimState:
    """Decline a claim."""
    with telling(ctx, states.of_claim, number):
        claims.reject_claim(ctx, number, reason)
    return states.of_claim(ctx, number)


def step_return(ctx: Context, step: Callable[..., None], number: str, *args: str) -> ReturnState:
    """Take a return request a step further."""
    with telling(ctx, states.of_return, number):
        step(ctx, number, *args)
    return states.of_return(ctx, number)


def inspect_return(ctx: Context, number: str, data: InspectReturn) -> ReturnState:
    """Say what of a received return is accepted."""
    with telling(ctx, states.of_return, number):
        returns.inspect_return(ctx, number, data)
    return states.of_return(ctx, number)


def show_found(ctx: Context, number: str, data: ShowFound) -> list[EvidenceFile]:
    """Show what was found in a received return by photos or a video."""
    return returns.show_found(ctx, number, data)


def hide_found(ctx: Context, number: str, evidence_id: str) -> None:
    """Remove one of them."""
    returns.hide_found(ctx, number, evidence_id)


def correct_inspection(ctx: Context, number: str, data: InspectReturn) -> ReturnState:
    """Say anew what of a return is accepted."""
    with telling(ctx, states.of_return, number):
        returns.correct_inspection(ctx, number, data)
    return states.of_return(ctx, number)


def decide_review(ctx: Context, review_id: str, *, approved: bool) -> ReviewState:
    """Let others see a review, or not."""
    reviews.decide_review(ctx, review_id, approved=approved)
    return states.of_review(ctx, review_id)


def decide_bank_account(ctx: Context, account_id: str, *, verified: bool) -> BankAccountState:
    """Decide whether refunds may go to an account."""
    bank_accounts.decide_bank_account(ctx, account_id, verified=verified)
    return states.of_bank_account(ctx, account_id)


def change_points(ctx: Context, customer: str, data: ChangePoints) -> PointsState:
    """Give points to a customer, or let some lapse."""
    if not data.points:
        raise InvalidInput(points="must not be 0")
    change = loyalty.grant_points if data.points > 0 else loyalty.expire_points
    customer_id = lists.customer_id_of(ctx, customer)
    change(ctx, customer_id, abs(data.points), remarks=data.remarks)
    return states.of_points(ctx, customer_id)


def reactivate_customer(ctx: Context, customer: str) -> CustomerRow:
    """Open an account again that its customer closed."""
    customer_id = lists.customer_id_of(ctx, customer)
    auth.reactivate_customer(ctx, customer_id)
    return lists.get_customer(ctx, customer_id)


def guard(kind: str, *, creates: bool = False) -> Callable[[Context, str, Collection[str]], None]:
    """What a call that changes one of a kind does first if it names a version (`If-Match`)."""
    state = _STATES[kind]

    def require_version(ctx: Context, key: str, wanted: Collection[str]) -> None:
        with telling(ctx, state, key):
            versions.require(ctx, kind, key, wanted, creates=creates)

    return require_version


def _customer_state(ctx: Context, key: str) -> View:
    return lists.get_customer(ctx, key)


_STATES: dict[str, states.State] = {
    "order": states.of_order,
    "shipment": states.of_shipment,
    "payment": states.of_payment,
    "refund": states.of_refund,
    "return": states.of_return,
    "claim": states.of_claim,
    "review": states.of_review,
    "bank_account": states.of_bank_account,
    "customer": _customer_state,
}


def many(
    ctx: Context, deed: Callable[[Context, One], View], entries: Sequence[One], kind: str
) -> list[Outcome]:
    """Do the same to many things, in one transaction; one that is refused stops no other.

    They are taken in the order of their numbers, so that two such calls do not wait for each other.
    """
    outcomes: dict[int, Outcome] = {}
    for place in sorted(range(len(entries)), key=lambda place: _number_of(entries[place])):
        number = _number_of(entries[place])
        try:
            with ctx.db.begin_nested():
                if wanted := entries[place].version:
                    versions.require(ctx, kind, number, {wanted})
                done = deed(ctx, entries[place])
        except PortalError as error:
            outcomes[place] = Outcome(
                number=number,
                outcome="refused",
                code=error.code,
                reason=error.message,
                fields=error.fields or None,
                content=states.state_json(ctx, _STATES[kind], number),
            )
        else:
            outcomes[place] = Outcome(
                number=number, outcome="done", content=done.model_dump(mode="json")
            )
    return [outcomes[place] for place in range(len(entries))]


def _number_of(entry: MoveOneShipment | SettleOne) -> str:
    if isinstance(entry, MoveOneShipment):
        return entry.reference_number
    return entry.request_number


def move_shipments(ctx: Context, entries: Sequence[MoveOneShipment]) -> list[Outcome]:
    """Take many parcels a step further."""
    return many(
        ctx,
        lambda ctx, one: move_shipment(ctx, one.reference_number, one),
        entries,
        "shipment",
    )


def settle_payments(ctx: Context, entries: Sequence[SettleOne]) -> list[Outcome]:
    """Record what became of many payments."""
    return many(
        ctx,
        lambda ctx, one: settle_payment(ctx, one.request_number, one),
        entries,
        "payment",
    )


def settle_refunds(ctx: Context, entries: Sequence[SettleOne]) -> list[Outcome]:
    """Record of many approved refunds whether they arrived."""
    return many(
        ctx,
        lambda ctx, one: settle_refund(ctx, one.request_number, one),
        entries,
        "refund",
    )
