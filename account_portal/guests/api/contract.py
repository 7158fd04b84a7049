"""Calls for people without an account, or who are not signed in to it."""

from typing import Any

from account_portal.addresses.rules import AddressNotFound
from account_portal.api.deps import Ctx, DebugMode
from account_portal.api.router import ContractRouter
from account_portal.auth.rules import ChannelNotAvailable
from account_portal.claims.api import CLAIM_REFUSALS
from account_portal.claims.schemas import Claim, ClaimQuote, CreateClaim, PreviewClaim
from account_portal.core.errors import NotAuthenticated
from account_portal.core.schemas import EncodedView
from account_portal.evidence.api import UPLOAD_LIMIT, EvidenceId
from account_portal.evidence.rules import EvidenceRequired, TooMuchEvidence
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.guests import service
from account_portal.guests.schemas import (
    CancelFoundOrder,
    ConfirmOrder,
    FindOrder,
    FoundCancelChoice,
    FoundOrder,
    OrderSearch,
)
from account_portal.orders import rules as order_rules
from account_portal.orders.schemas import CancelPreview, OrderDetail, StatedWithdrawal
from account_portal.returns.api import RETURN_REFUSALS
from account_portal.returns.schemas import (
    CreateOrderReturn,
    OrderReturn,
    PreviewOrderReturn,
    ReturnQuote,
)
from account_portal.security import otp

router = ContractRouter(tag="Guests")

BY_TOKEN: dict[str, Any] = {"security": [{"bearerAuth": []}]}
"""The bearer token is an `order_token`, not a user's."""
_ITEMS = [{"sku": "MUG-IND-01", "quantity": 1}]
_RETURN = {
    "return_items": [
        {
            "product_id": "01HZX3T5V9K2M4N6P8Q0R2S4T6",
            "sku": "TSHIRT-M-BLUE",
            "quantity": 1,
            "resolution": "refund",
            "return_reason": "Too small",
        }
    ]
}
_CLAIM = {
    "wish": "refund",
    "claim_items": [{"sku": "MUG-RED", "quantity": 1, "problem": "damaged"}],
}
NOT_CANCELLABLE = (
    NotAuthenticated,
    order_rules.OrderNotCancellable,
    order_rules.OrderAlreadyCancelled,
    order_rules.QuantityNotCancellable,
    order_rules.UnknownSku,
)
NOT_RETURNABLE = (NotAuthenticated, *RETURN_REFUSALS)
NOT_CLAIMABLE = (NotAuthenticated, *CLAIM_REFUSALS)


@router.expose(
    "POST",
    "/find-order",
    operation_id="find-order",
    summary="Find an order without an account",
    message="If there is such an order, a code is on its way to its contact.",
    access="open",
    raises=(ChannelNotAvailable,),
    also=(429,),
    examples={"email": {"order_number": "ORD-2026-000123", "contact": "asha@example.com"}},
)
def find_order(ctx: Ctx, data: FindOrder, x_debug_mode: DebugMode = False) -> OrderSearch:
    """Orders that exist and orders that don't get the same answer."""
    return service.find_order(ctx, data, debug=x_debug_mode)


@router.expose(
    "POST",
    "/find-order/confirm",
    operation_id="confirm-found-order",
    summary="Open the order with its code",
    message="Found.",
    access="open",
    raises=(otp.OtpInvalid, otp.OtpExpired, otp.OtpNotFound),
    also=(429,),
    examples={
        "code": {"find_token": "pVx0N2m7Qf1cR8uYt3kZ_9aLbWs5HdGe", "otp": "123456"},
    },
)
def confirm_order(ctx: Ctx, data: ConfirmOrder) -> FoundOrder:
    """The token opens that one order for an hour."""
    return service.confirm_order(ctx, data)


@router.expose(
    "GET",
    "/found-order",
    operation_id="get-found-order",
    summary="Read the order that was found",
    message="Order.",
    content="order",
    access="open",
    raises=(NotAuthenticated,),
    openapi_extra=BY_TOKEN,
)
def read_found_order(ctx: Ctx) -> EncodedView[OrderDetail]:
    """As its customer sees it. Needs an `order_token`."""
    return service.read_found_order(ctx)


@router.expose(
    "GET",
    "/found-order/withdrawals",
    operation_id="list-found-order-withdrawals",
    summary="List the withdrawals from the contract of the found order",
    message="Withdrawals from this order.",
    content="withdrawals",
    access="open",
    raises=(NotAuthenticated,),
    openapi_extra=BY_TOKEN,
)
def list_found_withdrawals(ctx: Ctx) -> list[StatedWithdrawal]:
    """As `list-order-withdrawals`. Needs an `order_token`."""
    return service.list_found_withdrawals(ctx)


@router.expose(
    "DELETE",
    "/found-order",
    operation_id="leave-found-order",
    summary="End the token of the order that was found",
    message="Closed.",
    access="open",
    raises=(NotAuthenticated,),
    openapi_extra=BY_TOKEN,
)
def leave_order(ctx: Ctx) -> None:
    """Needs an `order_token`, which opens nothing afterwards."""
    service.leave_order(ctx)


@router.expose(
    "POST",
    "/found-order/cancel/preview",
    operation_id="preview-cancel-found-order",
    summary="Say what cancelling the found order would do",
    message="What cancelling would do.",
    content="preview",
    access="open",
    writes=False,
    raises=NOT_CANCELLABLE,
    openapi_extra=BY_TOKEN,
    examples={"items": {"cancel_items": _ITEMS}},
)
def preview_cancel(ctx: Ctx, data: FoundCancelChoice) -> CancelPreview:
    """Changes nothing. Needs an `order_token`."""
    return service.preview_found_cancel(ctx, data)


@router.expose(
    "POST",
    "/found-order/cancel",
    operation_id="cancel-found-order",
    summary="Cancel the order that was found, or items of it",
    message="Order cancelled.",
    content="order",
    access="open",
    idempotent=service.repeats_of,
    raises=(*NOT_CANCELLABLE, order_rules.PreviewOutdated),
    openapi_extra=BY_TOKEN,
    examples={
        "items": {"cancellation_reason": "One is enough", "cancel_items": _ITEMS},
    },
)
def cancel_found_order(ctx: Ctx, data: CancelFoundOrder) -> EncodedView[OrderDetail]:
    """The money goes back the way it was paid. Needs an `order_token`."""
    return service.cancel_found_order(ctx, data)


@router.expose(
    "POST",
    "/found-order/return/preview",
    operation_id="preview-return-found-items",
    summary="Say what a return of the found order would give back",
    message="What this return would give back.",
    content="preview",
    access="open",
    writes=False,
    raises=NOT_RETURNABLE,
    openapi_extra=BY_TOKEN,
    examples={"refund": _RETURN},
)
def preview_return(ctx: Ctx, data: PreviewOrderReturn) -> ReturnQuote:
    """Changes nothing. Needs an `order_token`."""
    return service.preview_found_return(ctx, data)


@router.expose(
    "POST",
    "/found-order/return",
    operation_id="return-found-items",
    summary="Ask to send items of the found order back",
    message="Return requested.",
    content="order_return",
    access="open",
    idempotent=service.repeats_of,
    raises=(*NOT_RETURNABLE, EvidenceRequired, AddressNotFound, order_rules.PreviewOutdated),
    openapi_extra=BY_TOKEN,
    examples={"refund": _RETURN},
)
def return_found_items(ctx: Ctx, data: CreateOrderReturn) -> OrderReturn:
    """Collected where the order went, or at an address spelt out. Needs an `order_token`."""
    return service.return_found_items(ctx, data)


@router.expose(
    "POST",
    "/found-order/claims/preview",
    operation_id="preview-claim-found-items",
    summary="Say what a claim about the found order would ask for",
    message="What this claim would ask for.",
    content="preview",
    access="open",
    writes=False,
    raises=NOT_CLAIMABLE,
    also=(404,),
    openapi_extra=BY_TOKEN,
    examples={"damaged": _CLAIM},
)
def preview_claim(ctx: Ctx, data: PreviewClaim) -> ClaimQuote:
    """Changes nothing. Needs an `order_token`."""
    return service.quote_found_claim(ctx, data)


@router.expose(
    "POST",
    "/found-order/claims",
    operation_id="claim-found-items",
    summary="Say that something is wrong with the found order",
    message="Claim received.",
    content="claim",
    access="open",
    idempotent=service.repeats_of,
    raises=(*NOT_CLAIMABLE, EvidenceRequired, order_rules.PreviewOutdated),
    also=(404,),
    openapi_extra=BY_TOKEN,
    examples={"damaged": _CLAIM},
)
def claim_found_items(ctx: Ctx, data: CreateClaim) -> Claim:
    """The store decides, and writes to the order's contact. Needs an `order_token`."""
    return service.claim_found_items(ctx, data)


@router.expose(
    "POST",
    "/found-order/evidence",
    operation_id="add-found-evidence",
    summary="Add photos or a video of items of the found order",
    message="Added.",
    content="evidence",
    access="open",
    idempotent=service.repeats_of,
    raises=(NotAuthenticated, TooMuchEvidence),
    also=(413, 415),
    writes=False,
    form=True,
    body_limit=UPLOAD_LIMIT,
    openapi_extra=BY_TOKEN,
)
def add_evidence(ctx: Ctx, data: AddEvidence) -> list[EvidenceFile]:
    """For a return or claim of it, which names their ids. Needs an `order_token`."""
    return service.add_found_evidence(ctx, data)


@router.expose(
    "DELETE",
    "/found-order/evidence/{evidence_id}",
    operation_id="delete-found-evidence",
    summary="Remove a photo or video of the found order",
    message="Removed.",
    access="open",
    raises=(NotAuthenticated,),
    also=(404,),
    openapi_extra=BY_TOKEN,
)
def delete_evidence(ctx: Ctx, evidence_id: EvidenceId) -> None:
    """One that a request names stays. Needs an `order_token`."""
    service.delete_found_evidence(ctx, evidence_id)
