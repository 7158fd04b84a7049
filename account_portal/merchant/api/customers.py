"""Deeds on customers: their accounts, points and bank accounts."""

from typing import Annotated

from fastapi import Query

from account_portal.api.deps import Ctx
from account_portal.auth.rules import AccountIsDeleted, AccountIsOpen
from account_portal.core.pagination import CursorPage
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import CustomerName, Id, merchant_router
from account_portal.merchant.rows import (
    BankAccountRow,
    BankAccountsQuery,
    CustomerExpanded,
    CustomerRow,
    CustomersQuery,
)
from account_portal.merchant.schemas import BankAccountState, ChangePoints, PointsState

router = merchant_router("Customers")
OF_CUSTOMER = deeds.guard("customer")
OF_BANK_ACCOUNT = deeds.guard("bank_account")


@router.expose(
    "POST",
    "/customers/{id}/points",
    operation_id="change-points",
    summary="Give points, or let some lapse",
    message="Points changed.",
    scope="loyalty:write",
    also=(404,),
    idempotent=True,
    examples={"give": {"points": 50, "remarks": "Thank you"}, "lapse": {"points": -20}},
)
def change_points(ctx: Ctx, id: CustomerName, data: ChangePoints) -> PointsState:
    """Points given can be spent at once."""
    return deeds.change_points(ctx, id, data)


@router.expose(
    "POST",
    "/bank-accounts/{id}/verify",
    operation_id="verify-bank-account",
    guard=OF_BANK_ACCOUNT,
    summary="Let refunds go to a bank account",
    message="Account verified.",
    scope="bank_accounts:write",
    also=(404,),
    idempotent=True,
)
def verify_bank_account(ctx: Ctx, id: Id) -> BankAccountState:
    """Only a verified account can be chosen for a refund."""
    return deeds.decide_bank_account(ctx, id, verified=True)


@router.expose(
    "POST",
    "/bank-accounts/{id}/reject",
    operation_id="reject-bank-account",
    guard=OF_BANK_ACCOUNT,
    summary="Trust a bank account no more",
    message="Account rejected.",
    scope="bank_accounts:write",
    also=(404,),
    idempotent=True,
)
def reject_bank_account(ctx: Ctx, id: Id) -> BankAccountState:
    """No refund can be sent there."""
    return deeds.decide_bank_account(ctx, id, verified=False)


@router.expose(
    "GET",
    "/customers",
    operation_id="list-customers",
    summary="List customers",
    message="Customers.",
    content="customers",
    scope="customers:read",
)
def list_customers(
    ctx: Ctx, query: Annotated[CustomersQuery, Query()]
) -> CursorPage[list[CustomerRow]]:
    """All who have an account, closed ones included."""
    return lists.list_customers(ctx, query)


@router.expose(
    "GET",
    "/customers/{id}",
    operation_id="get-customer",
    summary="Read one customer",
    message="Customer.",
    scope="customers:read",
    also=(404,),
)
def get_customer(ctx: Ctx, id: CustomerName) -> CustomerRow:
    """As they are now."""
    return lists.get_customer(ctx, id)


@router.expose(
    "POST",
    "/customers/{id}/reactivate",
    operation_id="reactivate-customer",
    guard=OF_CUSTOMER,
    summary="Open a closed account again",
    message="Account opened again.",
    scope="customers:write",
    raises=(AccountIsOpen, AccountIsDeleted),
    also=(404,),
    idempotent=True,
)
def reactivate_customer(ctx: Ctx, id: CustomerName) -> CustomerRow:
    """Its customer closed it and asks for it; they sign in as before, and every contact is told."""
    return deeds.reactivate_customer(ctx, id)


@router.expose(
    "GET",
    "/bank-accounts",
    operation_id="list-bank-accounts",
    summary="List bank accounts",
    message="Bank accounts.",
    content="bank_accounts",
    scope="bank_accounts:read",
)
def list_bank_accounts(
    ctx: Ctx, query: Annotated[BankAccountsQuery, Query()]
) -> CursorPage[list[BankAccountRow]]:
    """Bank accounts of any customer; a queue is a list of one state."""
    return lists.list_bank_accounts(ctx, query)


@router.expose(
    "GET",
    "/bank-accounts/{id}",
    operation_id="get-bank-account",
    summary="Read one bank account",
    message="Bank account.",
    scope="bank_accounts:read",
    also=(404,),
)
def get_bank_account(
    ctx: Ctx, id: Id, query: Annotated[CustomerExpanded, Query()]
) -> BankAccountRow:
    """As it is now."""
    return lists.get_bank_account(ctx, id, query.expand)
