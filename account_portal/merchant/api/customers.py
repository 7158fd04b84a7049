"""Deeds on customers: points and bank accounts."""

from account_portal.api.deps import Ctx
from account_portal.merchant import deeds
from account_portal.merchant.api.deps import Id, merchant_router
from account_portal.merchant.schemas import BankAccountState, ChangePoints, PointsState

router = merchant_router("Customers")


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
def change_points(ctx: Ctx, id: Id, data: ChangePoints) -> PointsState:
    """Points given can be spent at once. `id` is the `customer_id`."""
    return deeds.change_points(ctx, id, data)


@router.expose(
    "POST",
    "/bank-accounts/{id}/verify",
    operation_id="verify-bank-account",
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
    summary="Trust a bank account no more",
    message="Account rejected.",
    scope="bank_accounts:write",
    also=(404,),
    idempotent=True,
)
def reject_bank_account(ctx: Ctx, id: Id) -> BankAccountState:
    """No refund can be sent there."""
    return deeds.decide_bank_account(ctx, id, verified=False)
