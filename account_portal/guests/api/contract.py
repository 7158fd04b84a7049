"""Calls for people without an account, or who are not signed in to it."""

from typing import Any

from account_portal.api.deps import Ctx, DebugMode
from account_portal.api.router import ContractRouter
from account_portal.auth.rules import ChannelNotAvailable
from account_portal.core.errors import NotAuthenticated
from account_portal.core.schemas import EncodedView
from account_portal.guests import service
from account_portal.guests.schemas import (
    CancelFoundOrder,
    ConfirmOrder,
    FindOrder,
    FoundOrder,
    OrderSearch,
)
from account_portal.orders import rules as order_rules
from account_portal.orders.schemas import OrderDetail
from account_portal.returns import rules as return_rules
from account_portal.returns.schemas import CreateOrderReturn, OrderReturn
from account_portal.security import otp

router = ContractRouter(tag="Guests")

BY_TOKEN: dict[str, Any] = {"security": [{"bearerAuth": []}]}
"""The bearer token is an `order_token`, not a user's."""


@router.expose(
    "POST",
    "/find-order",
    operation_id="find-order",
    summary="Find an order without an account",
    message="If there is such an order, a code is on its way to its contact.",
    access="open",
    raises=(ChannelNotAvailable,),
    also=(429,),
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
    "POST",
    "/found-order/cancel",
    operation_id="cancel-found-order",
    summary="Cancel the order that was found",
    message="Order cancelled.",
    content="order",
    access="open",
    raises=(
        NotAuthenticated,
        order_rules.OrderNotCancellable,
        order_rules.OrderAlreadyCancelled,
    ),
    openapi_extra=BY_TOKEN,
)
def cancel_found_order(ctx: Ctx, data: CancelFoundOrder) -> EncodedView[OrderDetail]:
    """The money goes back the way it was paid. Needs an `order_token`."""
    return service.cancel_found_order(ctx, data)


@router.expose(
    "POST",
    "/found-order/return",
    operation_id="return-found-items",
    summary="Ask to send items of the found order back",
    message="Return requested.",
    content="return",
    access="open",
    raises=(
        NotAuthenticated,
        return_rules.OrderNotReturnable,
        return_rules.ItemNotDelivered,
        return_rules.ReturnWindowClosed,
        return_rules.QuantityNotReturnable,
        return_rules.ItemNotInOrder,
        return_rules.AddressNotFound,
    ),
    openapi_extra=BY_TOKEN,
)
def return_found_items(ctx: Ctx, data: CreateOrderReturn) -> OrderReturn:
    """Collected where the order went, or at an address spelt out. Needs an `order_token`."""
    return service.return_found_items(ctx, data)
