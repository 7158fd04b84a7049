"""Deeds on orders and their parcels."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from account_portal.api.deps import Ctx, OrderNumberPath
from account_portal.core.errors import Conflict, Unprocessable
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import EncodedView
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import ReferenceNumber, merchant_router
from account_portal.merchant.rows import (
    CustomerExpanded,
    OneOrder,
    OrderExpanded,
    OrderRow,
    OrdersQuery,
    ShipmentRow,
    ShipmentsQuery,
)
from account_portal.merchant.schemas import (
    MOST_AT_ONCE,
    CancelItems,
    CreateRefund,
    CreateShipment,
    MoveOneShipment,
    MoveShipment,
    OfOrder,
    Outcome,
    Reason,
    RefundState,
    RefundStates,
    ShipmentState,
)
from account_portal.orders import rules
from account_portal.orders.service.refunds import RefundNotMovable, RefundTooHigh

router = merchant_router("Orders")

EVERYTHING = CreateShipment()
OF_ORDER, OF_SHIPMENT = deeds.guard("order"), deeds.guard("shipment")
Moves = Annotated[list[MoveOneShipment], Field(min_length=1, max_length=MOST_AT_ONCE)]


@router.expose(
    "POST",
    "/orders/{order_number}/approve",
    operation_id="approve-order",
    guard=OF_ORDER,
    summary="Accept an order that waits for approval",
    message="Order approved.",
    scope="orders:write",
    raises=(Conflict,),
    also=(404,),
    idempotent=True,
)
def approve_order(ctx: Ctx, order_number: OrderNumberPath) -> OfOrder:
    """A draft, or one that awaits approval, becomes `confirmed`."""
    return deeds.approve_order(ctx, order_number)


@router.expose(
    "POST",
    "/orders/{order_number}/cancel",
    operation_id="cancel-order",
    guard=OF_ORDER,
    summary="Cancel an order",
    message="Order cancelled.",
    scope="orders:write",
    raises=(rules.OrderNotCancellable, rules.OrderAlreadyCancelled),
    also=(404,),
    idempotent=True,
    examples={"cancel": {"reason": "Out of stock"}},
)
def cancel_order(ctx: Ctx, order_number: OrderNumberPath, data: Reason) -> OfOrder:
    """Nothing of it may have left the house. What was paid is owed back: a refund appears."""
    return deeds.cancel_order(ctx, order_number, data.reason)


@router.expose(
    "POST",
    "/orders/{order_number}/cancel-items",
    operation_id="cancel-order-items",
    guard=OF_ORDER,
    summary="Cancel units while the rest goes on",
    message="Items cancelled.",
    scope="orders:write",
    raises=(rules.OrderAlreadyCancelled, rules.QuantityNotCancellable, rules.UnknownSku),
    also=(404,),
    idempotent=True,
    examples={"one": {"items": [{"sku": "MUG-IND-01", "quantity": 1}], "reason": "Out of stock"}},
)
def cancel_items(ctx: Ctx, order_number: OrderNumberPath, data: CancelItems) -> OfOrder:
    """Units that are in no packed parcel. What was paid for them is owed back: refunds appear."""
    return deeds.cancel_items(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/refund",
    operation_id="refund-order",
    guard=OF_ORDER,
    summary="Promise money back out of goodwill",
    message="Refund made.",
    scope="refunds:write",
    raises=(RefundTooHigh,),
    also=(404,),
    idempotent=True,
    examples={"goodwill": {"amount": 49.5, "remarks": "Sorry for the delay"}},
)
def refund_order(ctx: Ctx, order_number: OrderNumberPath, data: CreateRefund) -> RefundState:
    """At most what arrived and is promised to nobody.

    Refunds of cancelled orders and of returns appear by themselves.
    """
    return deeds.create_refund(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/shipments",
    operation_id="create-shipment",
    guard=OF_ORDER,
    summary="Put units into a new parcel",
    message="Parcel made.",
    scope="orders:write",
    raises=(Conflict, Unprocessable, rules.UnknownSku, rules.TooManyUnits),
    also=(404,),
    idempotent=True,
    examples={"everything": {}, "some": {"items": [{"sku": "MUG-IND-01", "quantity": 1}]}},
)
def create_shipment(
    ctx: Ctx, order_number: OrderNumberPath, data: CreateShipment = EVERYTHING
) -> ShipmentState:
    """Without `items`, all units that are in no parcel yet."""
    return deeds.create_shipment(ctx, order_number, data)


@router.expose(
    "POST",
    "/shipment-moves",
    operation_id="move-shipments",
    summary="Take many parcels a step further",
    message="Parcels moved.",
    content="outcomes",
    scope="orders:write",
    idempotent=True,
    examples={"move": [{"reference_number": "SHP-30771", "status": "delivered"}]},
)
def move_shipments(ctx: Ctx, data: Moves) -> list[Outcome]:
    """Answers for each parcel, in the order they were sent; one that is refused stops no other."""
    return deeds.move_shipments(ctx, data)


@router.expose(
    "POST",
    "/shipments/{reference_number}/move",
    operation_id="move-shipment",
    guard=OF_SHIPMENT,
    summary="Take a parcel a step further",
    message="Parcel moved.",
    scope="orders:write",
    raises=(rules.ShipmentNotMovable,),
    also=(404,),
    idempotent=True,
    examples={
        "shipped": {
            "status": "shipped",
            "courier_company_name": "BlueDart",
            "awb_no": "77012345678",
        },
        "delivered": {"status": "delivered"},
    },
)
def move_shipment(ctx: Ctx, reference_number: ReferenceNumber, data: MoveShipment) -> ShipmentState:
    """A step back, or one of a cancelled order, is refused with the state of both."""
    return deeds.move_shipment(ctx, reference_number, data)


@router.expose(
    "POST",
    "/shipments/{reference_number}/resend",
    operation_id="resend-shipment",
    guard=OF_SHIPMENT,
    summary="Send what was lost or came back again",
    message="New parcel made.",
    scope="orders:write",
    raises=(rules.ShipmentNotMovable,),
    also=(404,),
    idempotent=True,
)
def resend_shipment(ctx: Ctx, reference_number: ReferenceNumber) -> ShipmentState:
    """Answers the new parcel; the old one is closed."""
    return deeds.resend_shipment(ctx, reference_number)


@router.expose(
    "POST",
    "/shipments/{reference_number}/refund",
    operation_id="refund-shipment",
    guard=OF_SHIPMENT,
    summary="Refund what was lost or came back",
    message="Refunds made.",
    scope="refunds:write",
    raises=(RefundNotMovable, RefundTooHigh),
    also=(404,),
    idempotent=True,
)
def refund_shipment(ctx: Ctx, reference_number: ReferenceNumber) -> RefundStates:
    """One refund for each way the order was paid."""
    return deeds.refund_shipment(ctx, reference_number)


@router.expose(
    "GET",
    "/orders",
    operation_id="list-orders",
    summary="List orders",
    message="Orders.",
    content="orders",
    scope="orders:read",
)
def list_orders(
    ctx: Ctx, query: Annotated[OrdersQuery, Query()]
) -> CursorPage[EncodedView[list[OrderRow]]]:
    """Orders of any customer; a queue is a list of one state."""
    return lists.list_orders(ctx, query)


@router.expose(
    "GET",
    "/orders/{order_number}",
    operation_id="get-order",
    summary="Read one order",
    message="Order.",
    scope="orders:read",
    also=(404,),
)
def get_order(
    ctx: Ctx, order_number: OrderNumberPath, query: Annotated[CustomerExpanded, Query()]
) -> EncodedView[OneOrder]:
    """Whole, as its customer sees it, and whose it is."""
    return lists.get_order(ctx, order_number, query.expand)


@router.expose(
    "GET",
    "/shipments",
    operation_id="list-shipments",
    summary="List parcels",
    message="Parcels.",
    content="shipments",
    scope="orders:read",
)
def list_shipments(
    ctx: Ctx, query: Annotated[ShipmentsQuery, Query()]
) -> CursorPage[list[ShipmentRow]]:
    """Parcels of any customer; a queue is a list of one state."""
    return lists.list_shipments(ctx, query)


@router.expose(
    "GET",
    "/shipments/{reference_number}",
    operation_id="get-shipment",
    summary="Read one parcel",
    message="Parcel.",
    scope="orders:read",
    also=(404,),
)
def get_shipment(
    ctx: Ctx, reference_number: ReferenceNumber, query: Annotated[OrderExpanded, Query()]
) -> ShipmentRow:
    """As it is now."""
    return lists.get_shipment(ctx, reference_number, query.expand)
