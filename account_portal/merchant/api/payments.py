"""Deeds on payments and refunds."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from account_portal.api.deps import Ctx
from account_portal.core.pagination import CursorPage
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import RequestNumber, merchant_router
from account_portal.merchant.rows import (
    OrderExpanded,
    PaymentRow,
    PaymentsQuery,
    RefundRow,
    RefundsQuery,
)
from account_portal.merchant.schemas import (
    MOST_AT_ONCE,
    Outcome,
    PaymentState,
    Redirection,
    RefundState,
    RetryRefund,
    Settlement,
    SettleOne,
)
from account_portal.orders import rules
from account_portal.orders.service.refunds import RefundNotMovable

payments = merchant_router("Payments")
refunds = merchant_router("Refunds")
OF_PAYMENT, OF_REFUND = deeds.guard("payment"), deeds.guard("refund")

Settlements = Annotated[list[SettleOne], Field(min_length=1, max_length=MOST_AT_ONCE)]
AS_IT_WAS_PAID = RetryRefund()
_SETTLED = {"success": {"status": "success", "reference": "pay_7K2M9Q"}}
_ALL_SETTLED = {
    "success": [{"request_number": "PAY-20318", "status": "success", "reference": "pay_7K2M9Q"}]
}


@payments.expose(
    "POST",
    "/payment-settlements",
    operation_id="settle-payments",
    summary="Tell what became of many payments",
    message="Payments settled.",
    content="outcomes",
    scope="payments:write",
    idempotent=True,
    examples=_ALL_SETTLED,
)
def settle_payments(ctx: Ctx, data: Settlements) -> list[Outcome]:
    """Answers for each payment, in the order they were sent."""
    return deeds.settle_payments(ctx, data)


@payments.expose(
    "POST",
    "/payments/{request_number}/settle",
    operation_id="settle-payment",
    guard=OF_PAYMENT,
    summary="Tell what became of a payment",
    message="Payment settled.",
    scope="payments:write",
    also=(404,),
    idempotent=True,
    examples=_SETTLED,
)
def settle_payment(ctx: Ctx, request_number: RequestNumber, data: Settlement) -> PaymentState:
    """The first word counts, but for money that arrives after all; the answer tells which it was.

    What arrives for a cancelled order, or twice, is owed back: a refund appears.
    """
    return deeds.settle_payment(ctx, request_number, data)


@refunds.expose(
    "POST",
    "/refund-settlements",
    operation_id="settle-refunds",
    summary="Tell of many refunds whether they arrived",
    message="Refunds settled.",
    content="outcomes",
    scope="refunds:write",
    idempotent=True,
    examples=_ALL_SETTLED,
)
def settle_refunds(ctx: Ctx, data: Settlements) -> list[Outcome]:
    """Answers for each refund, in the order they were sent."""
    return deeds.settle_refunds(ctx, data)


@refunds.expose(
    "POST",
    "/refunds/{request_number}/approve",
    operation_id="approve-refund",
    guard=OF_REFUND,
    summary="Agree to a refund",
    message="Refund approved.",
    scope="refunds:write",
    raises=(RefundNotMovable,),
    also=(404,),
    idempotent=True,
)
def approve_refund(ctx: Ctx, request_number: RequestNumber) -> RefundState:
    """Approving it again changes nothing."""
    return deeds.approve_refund(ctx, request_number)


@refunds.expose(
    "POST",
    "/refunds/{request_number}/settle",
    operation_id="settle-refund",
    guard=OF_REFUND,
    summary="Tell whether a refund arrived",
    message="Refund settled.",
    scope="refunds:write",
    raises=(RefundNotMovable,),
    also=(404,),
    idempotent=True,
    examples=_SETTLED,
)
def settle_refund(ctx: Ctx, request_number: RequestNumber, data: Settlement) -> RefundState:
    """One that failed is owed still: a new refund appears in its place, to be tried again."""
    return deeds.settle_refund(ctx, request_number, data)


@refunds.expose(
    "POST",
    "/refunds/{request_number}/retry",
    operation_id="retry-refund",
    guard=OF_REFUND,
    summary="Try a refund that failed again",
    message="Refund tried again.",
    scope="refunds:write",
    raises=(RefundNotMovable, rules.BankAccountNotFound, rules.BankAccountNotVerified),
    also=(404,),
    idempotent=True,
    examples={"as it was paid": {}},
)
def retry_refund(
    ctx: Ctx, request_number: RequestNumber, data: RetryRefund = AS_IT_WAS_PAID
) -> RefundState:
    """Approves the refund that was made in its place, and answers it."""
    return deeds.retry_refund(ctx, request_number, data)


@refunds.expose(
    "POST",
    "/refunds/{request_number}/redirect",
    operation_id="redirect-refund",
    guard=OF_REFUND,
    summary="Send a refund to a bank account instead",
    message="Refund redirected.",
    scope="refunds:write",
    raises=(RefundNotMovable, rules.BankAccountNotFound, rules.BankAccountNotVerified),
    also=(404,),
    idempotent=True,
    examples={"account": {"bank_account_id": "01HZX3T5V9K2M4N6P8Q0R2S4T6"}},
)
def redirect_refund(ctx: Ctx, request_number: RequestNumber, data: Redirection) -> RefundState:
    """One that waits, to a verified account of the customer."""
    return deeds.redirect_refund(ctx, request_number, data.bank_account_id)


@payments.expose(
    "GET",
    "/payments",
    operation_id="list-payments",
    summary="List payments",
    message="Payments.",
    content="payments",
    scope="payments:read",
)
def list_payments(
    ctx: Ctx, query: Annotated[PaymentsQuery, Query()]
) -> CursorPage[list[PaymentRow]]:
    """Payments of any customer; a queue is a list of one state."""
    return lists.list_payments(ctx, query)


@payments.expose(
    "GET",
    "/payments/{request_number}",
    operation_id="get-payment",
    summary="Read one payment",
    message="Payment.",
    scope="payments:read",
    also=(404,),
)
def get_payment(
    ctx: Ctx, request_number: RequestNumber, query: Annotated[OrderExpanded, Query()]
) -> PaymentRow:
    """As it is now."""
    return lists.get_payment(ctx, request_number, query.expand)


@refunds.expose(
    "GET",
    "/refunds",
    operation_id="list-refunds",
    summary="List refunds",
    message="Refunds.",
    content="refunds",
    scope="refunds:read",
)
def list_refunds(ctx: Ctx, query: Annotated[RefundsQuery, Query()]) -> CursorPage[list[RefundRow]]:
    """Refunds of any customer; a queue is a list of one state."""
    return lists.list_refunds(ctx, query)


@refunds.expose(
    "GET",
    "/refunds/{request_number}",
    operation_id="get-refund",
    summary="Read one refund",
    message="Refund.",
    scope="refunds:read",
    also=(404,),
)
def get_refund(
    ctx: Ctx, request_number: RequestNumber, query: Annotated[OrderExpanded, Query()]
) -> RefundRow:
    """As it is now."""
    return lists.get_refund(ctx, request_number, query.expand)
