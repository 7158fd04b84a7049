"""Calls for people without an account, or who are not signed in to it."""

from typing import Any

from account_portal.addresses.rules import AddressNotFound
from account_portal.api.deps import Ctx, DebugMode
from account_portal.api.router import ContractRouter
from account_portal.auth.rules import ChannelNotAvailable
from account_portal.claims import rules as claim_rules
from account_portal.claims.schemas import Claim, CreateClaim
from account_portal.core.errors import NotAuthenticated
from account_portal.core.schemas import EncodedView
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
from account_portal.orders.schemas import CancelPreview, OrderDetail
from account_portal.returns import rules as return_rules
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
NOT_RETURNABLE = (
    NotAuthenticated,
    return_rules.OrderNotReturnable,
    return_rules.ReturnWindowClosed,
    return_rules.ItemNotInOrder,
    return_rules.ItemNotDelivered,
    return_rules.ItemNotReturnable,
    return_rules.ResolutionNotOffered,
    return_rules.QuantityNotReturnable,
)


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
    raises=(*NOT_RETURNABLE, AddressNotFound, order_rules.PreviewOutdated),
    openapi_extra=BY_TOKEN,
    examples={"refund": _RETURN},
)
def return_found_items(ctx: Ctx, data: CreateOrderReturn) -> OrderReturn:
    """Collected where the order went, or at an address spelt out. Needs an `order_token`."""
    return service.return_found_items(ctx, data)


@router.expose(
    "POST",
    "/found-order/claims",
    operation_id="claim-found-items",
    summary="Say that something is wrong with the found order",
    message="Claim received.",
    content="claim",
    access="open",
    idempotent=service.repeats_of,
    raises=(
        NotAuthenticated,
        claim_rules.OrderNotClaimable,
        claim_rules.ClaimWindowClosed,
        claim_rules.ParcelNotClaimable,
        return_rules.ItemNotInOrder,
        return_rules.ItemNotDelivered,
        claim_rules.QuantityNotClaimable,
        return_rules.ResolutionNotOffered,
    ),
    also=(404,),
    openapi_extra=BY_TOKEN,
    examples={"damaged": _CLAIM},
)
def claim_found_items(ctx: Ctx, data: CreateClaim) -> Claim:
    """The store decides, and writes to the order's contact. Needs an `order_token`."""
    return service.claim_found_items(ctx, data)
