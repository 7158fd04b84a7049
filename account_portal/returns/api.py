"""Routes of returns. Included before those of orders: `/orders/returns` is no order number."""

from typing import Annotated

from fastapi import Path

from account_portal.addresses.rules import AddressNotFound
from account_portal.api.deps import Ctx, OrderNumberPath, PageQuery
from account_portal.api.router import ContractRouter
from account_portal.core.pagination import Page
from account_portal.evidence.rules import EvidenceNotFound, EvidenceRequired
from account_portal.orders.rules import PreviewOutdated
from account_portal.returns import rules, service
from account_portal.returns.schemas import (
    ChangeOrderReturn,
    CreateOrderReturn,
    OrderReturn,
    PreviewOrderReturn,
    ReturnQuote,
    ReturnRequestNumber,
    TellReturnParcel,
)

router = ContractRouter(tag="Returns")

ReturnId = Annotated[ReturnRequestNumber, Path(description="`request_number` of the return.")]

_EXAMPLE = {
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


@router.expose(
    "GET",
    "/orders/returns",
    operation_id="list-all-order-returns",
    summary="List return requests of the caller",
    message="Your returns.",
    content="returns",
)
def list_returns(ctx: Ctx, page: PageQuery) -> Page[list[OrderReturn]]:
    """Newest first, over all orders."""
    return service.list_returns(ctx, page)


RETURN_REFUSALS = (
    rules.OrderNotReturnable,
    rules.ReturnWindowClosed,
    rules.ItemNotInOrder,
    rules.ItemNotDelivered,
    rules.ItemNotReturnable,
    rules.ResolutionNotOffered,
    rules.QuantityNotReturnable,
    EvidenceNotFound,
)


@router.expose(
    "POST",
    "/orders/{order_number}/return/preview",
    operation_id="preview-order-return",
    summary="Say what a return would give back",
    message="What this return would give back.",
    content="preview",
    raises=RETURN_REFUSALS,
    also=(404,),
    writes=False,
    examples={"refund": _EXAMPLE},
)
def preview_return(
    ctx: Ctx, order_number: OrderNumberPath, data: PreviewOrderReturn
) -> ReturnQuote:
    """Asks for nothing and changes nothing."""
    return service.quote_return(ctx, order_number, data.return_items)


@router.expose(
    "POST",
    "/orders/{order_number}/return",
    operation_id="create-order-return",
    summary="Ask to return items",
    message="Return requested.",
    content="order_return",
    raises=(*RETURN_REFUSALS, EvidenceRequired, PreviewOutdated, AddressNotFound),
    also=(404,),
    idempotent=True,
    examples={"refund": _EXAMPLE},
)
def create_return(ctx: Ctx, order_number: OrderNumberPath, data: CreateOrderReturn) -> OrderReturn:
    """The store approves before anything moves."""
    return service.create_return(ctx, order_number, data)


@router.expose(
    "GET",
    "/orders/{order_number}/return/{return_id}",
    operation_id="get-order-return-detail",
    summary="Read a return request",
    message="Your return.",
    content="order_return",
    also=(404,),
)
def get_return(ctx: Ctx, order_number: OrderNumberPath, return_id: ReturnId) -> OrderReturn:
    """Under another order number it is not found."""
    return service.get_return(ctx, order_number, return_id)


@router.expose(
    "POST",
    "/orders/{order_number}/return/{return_id}/change/preview",
    operation_id="preview-order-return-change",
    summary="Say what a changed return would give back",
    message="What this return would give back.",
    content="preview",
    raises=(*RETURN_REFUSALS, rules.ReturnNotChangeable),
    also=(404,),
    writes=False,
    examples={"refund": _EXAMPLE},
)
def preview_return_change(
    ctx: Ctx, order_number: OrderNumberPath, return_id: ReturnId, data: PreviewOrderReturn
) -> ReturnQuote:
    """Changes nothing."""
    return service.quote_change(ctx, order_number, return_id, data.return_items)


@router.expose(
    "POST",
    "/orders/{order_number}/return/{return_id}/change",
    operation_id="change-order-return",
    summary="Say anew what goes back",
    message="Return changed.",
    content="order_return",
    raises=(*RETURN_REFUSALS, EvidenceRequired, PreviewOutdated, rules.ReturnNotChangeable),
    also=(404,),
    idempotent=True,
    examples={"refund": _EXAMPLE},
)
def change_return(
    ctx: Ctx, order_number: OrderNumberPath, return_id: ReturnId, data: ChangeOrderReturn
) -> OrderReturn:
    """Until the store decides; the items named take the place of all that were."""
    return service.change_return(ctx, order_number, return_id, data)


@router.expose(
    "PUT",
    "/orders/{order_number}/return/{return_id}/parcel",
    operation_id="tell-order-return-parcel",
    summary="Name the parcel by which a return comes",
    message="Thank you. We look out for your parcel.",
    content="order_return",
    raises=(rules.ReturnNotUnderWay,),
    also=(404,),
    examples={"parcel": {"awb_no": "1490812345678", "courier_company_name": "Delhivery"}},
)
def tell_parcel(
    ctx: Ctx, order_number: OrderNumberPath, return_id: ReturnId, data: TellReturnParcel
) -> OrderReturn:
    """For who sends it themselves; can be said anew until the store has the parcel."""
    return service.tell_parcel(ctx, order_number, return_id, data)


@router.expose(
    "POST",
    "/orders/{order_number}/return/{return_id}/cancel",
    operation_id="cancel-order-return",
    summary="Withdraw a return request",
    message="Return cancelled.",
    content="order_return",
    raises=(rules.ReturnNotCancellable,),
    also=(404,),
    idempotent=True,
)
def cancel_return(ctx: Ctx, order_number: OrderNumberPath, return_id: ReturnId) -> OrderReturn:
    """Until goods, money or a replacement are on their way; nothing is refunded or replaced."""
    service.get_return(ctx, order_number, return_id)
    service.cancel_return(ctx, return_id)
    return service.get_return(ctx, order_number, return_id)
