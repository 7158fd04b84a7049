"""Routes of orders in the contract."""

from typing import Annotated

from fastapi import Query

from account_portal.addresses.rules import AddressNotFound
from account_portal.api.deps import Ctx, OrderNumberPath
from account_portal.api.router import ContractRouter
from account_portal.core.errors import ValidationError
from account_portal.core.pagination import Page
from account_portal.core.schemas import EncodedView
from account_portal.orders import rules, service
from account_portal.orders.schemas import (
    BillFile,
    CancelChoice,
    CancelOrder,
    CancelPreview,
    ChangeDelivery,
    OrderDetail,
    OrderList,
    OrderPayment,
    OrderPaymentStatus,
    OrderQuery,
    OrderRefund,
    OrderShipment,
    RetryPayment,
    RetryPaymentResult,
    StatedWithdrawal,
)
from account_portal.orders.service import billing

router = ContractRouter(tag="Orders")


@router.expose(
    "GET",
    "/orders",
    operation_id="list-orders",
    summary="List orders",
    message="Your orders.",
    content="orders",
    inline=True,
)
def list_orders(
    ctx: Ctx, query: Annotated[OrderQuery, Query()]
) -> Page[EncodedView[list[OrderList]]]:
    """Own orders only, newest first unless `sort_by` says otherwise."""
    return service.list_orders(ctx, query)


@router.expose(
    "GET",
    "/orders/{order_number}",
    operation_id="get-order-detail",
    summary="Read an order",
    message="Your order.",
    content="order",
    also=(404,),
    inline=True,
)
def get_order(ctx: Ctx, order_number: OrderNumberPath) -> EncodedView[OrderDetail]:
    """The whole order, with its shipments and payments."""
    return service.get_order(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/shipments",
    operation_id="list-order-shipments",
    summary="List its shipments",
    message="Shipments of this order.",
    content="shipments",
    also=(404,),
    inline=True,
)
def list_shipments(ctx: Ctx, order_number: OrderNumberPath) -> EncodedView[list[OrderShipment]]:
    """Oldest first."""
    return service.list_shipments(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/payments",
    operation_id="list-order-payments",
    summary="List its payment transactions",
    message="Payments of this order.",
    content="payments",
    also=(404,),
    inline=True,
)
def list_payments(ctx: Ctx, order_number: OrderNumberPath) -> EncodedView[list[OrderPayment]]:
    """Oldest first, failed ones included."""
    return service.list_payments(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/refunds",
    operation_id="list-order-refunds",
    summary="List its refunds",
    message="Refunds of this order.",
    content="refunds",
    also=(404,),
    inline=True,
)
def list_refunds(ctx: Ctx, order_number: OrderNumberPath) -> list[OrderRefund]:
    """Oldest first, each with its stage."""
    return service.list_refunds(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/withdrawals",
    operation_id="list-order-withdrawals",
    summary="List the withdrawals from its contract",
    message="Withdrawals from this order.",
    content="withdrawals",
    also=(404,),
)
def list_withdrawals(ctx: Ctx, order_number: OrderNumberPath) -> list[StatedWithdrawal]:
    """Those stated with proof of the order, and what came of them; the latest ten, newest first."""
    return service.list_withdrawals(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/payment-status",
    operation_id="get-payment-status",
    summary="Read its payment state",
    message="Payment state of this order.",
    also=(404,),
    inline=True,
)
def get_payment_status(ctx: Ctx, order_number: OrderNumberPath) -> OrderPaymentStatus:
    """How far the order is paid, and whether a new attempt may be made."""
    return service.get_payment_status(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/receipt",
    operation_id="get-order-receipt",
    summary="Get its receipt as a PDF",
    message="Receipt of this order.",
    content="receipt",
    raises=(rules.ReceiptNotAvailable,),
    also=(404,),
)
def get_receipt(ctx: Ctx, order_number: OrderNumberPath) -> BillFile:
    """What was bought, paid and refunded so far; once a payment has arrived."""
    return billing.get_receipt(ctx, order_number)


@router.expose(
    "GET",
    "/orders/{order_number}/invoice",
    operation_id="get-order-invoice",
    summary="Get its invoice as a PDF",
    message="Invoice of this order.",
    content="invoice",
    raises=(rules.InvoicesNotEnabled, rules.InvoiceNotAvailable),
    also=(404,),
    writes=True,
)
def get_invoice(ctx: Ctx, order_number: OrderNumberPath) -> BillFile:
    """Issued when it is first asked for, once the order is paid and sent; never changes then."""
    return billing.get_invoice(ctx, order_number)


@router.expose(
    "POST",
    "/orders/{order_number}/retry-payment",
    operation_id="retry-order-payment",
    summary="Start a new payment attempt",
    message="Payment started.",
    raises=(rules.PaymentRetryNotAvailable, rules.PaymentGatewayNotEnabled),
    also=(404,),
    idempotent=True,
)
def retry_payment(
    ctx: Ctx, order_number: OrderNumberPath, data: RetryPayment
) -> RetryPaymentResult:
    """Adds a pending payment and changes no other; send the browser to `redirect_url`."""
    return service.retry_payment(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/delivery",
    operation_id="change-order-delivery",
    summary="Change where an order goes",
    message="Delivery changed.",
    content="order",
    raises=(
        rules.DeliveryNotChangeable,
        rules.DeliveryChangedMeanwhile,
        AddressNotFound,
        rules.DeliveryElsewhere,
    ),
    also=(404,),
    idempotent=True,
    examples={
        "address": {
            "address_id": "01HZX3T5V9K2M4N6P8Q0R2S4T6",
            "delivery_instructions": "Leave it with the guard",
        },
        "instructions": {"delivery_instructions": None},
    },
)
def change_delivery(
    ctx: Ctx, order_number: OrderNumberPath, data: ChangeDelivery
) -> EncodedView[OrderDetail]:
    """While nothing is packed; in the same state and country, for which it was priced."""
    return service.change_delivery(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/cancel/preview",
    operation_id="preview-cancel-order",
    summary="Say what cancelling would do",
    message="What cancelling would do.",
    content="preview",
    raises=(
        ValidationError,
        rules.BankAccountRequired,
        rules.OrderNotCancellable,
        rules.OrderAlreadyCancelled,
        rules.QuantityNotCancellable,
        rules.UnknownSku,
        rules.BankAccountNotFound,
        rules.BankAccountNotVerified,
    ),
    also=(404,),
    writes=False,
    examples={"original_payment_mode": {"refund_mode": "original_payment_mode"}},
)
def preview_cancel(ctx: Ctx, order_number: OrderNumberPath, data: CancelChoice) -> CancelPreview:
    """Changes nothing; the deed gives exactly this, or refuses with 409 `preview_outdated`."""
    return service.preview_cancel(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/cancel",
    operation_id="cancel-order",
    summary="Cancel a whole order, or items of it",
    message="Order cancelled.",
    content="order",
    raises=(
        ValidationError,
        rules.BankAccountRequired,
        rules.OrderNotCancellable,
        rules.OrderAlreadyCancelled,
        rules.QuantityNotCancellable,
        rules.UnknownSku,
        rules.PreviewOutdated,
        rules.BankAccountNotFound,
        rules.BankAccountNotVerified,
    ),
    also=(404,),
    idempotent=True,
    examples={
        "original_payment_mode": {
            "cancellation_reason": "Ordered the wrong size",
            "refund_mode": "original_payment_mode",
        },
        "items": {
            "cancellation_reason": "One is enough",
            "refund_mode": "original_payment_mode",
            "cancel_items": [{"sku": "MUG-IND-01", "quantity": 1}],
        },
        "bank_transfer": {
            "cancellation_reason": "No longer needed",
            "refund_mode": "bank_transfer",
            "bank_account_id": "01HZX3T5V9K2M4N6P8Q0R2S4T6",
            "feedback": "Delivery date moved twice.",
        },
    },
)
def cancel_order(
    ctx: Ctx, order_number: OrderNumberPath, data: CancelOrder
) -> EncodedView[OrderDetail]:
    """Sends back what was paid, points and credit too; the answer is the cancelled order."""
    return service.cancel_order(ctx, order_number, data)
