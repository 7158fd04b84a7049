"""The call by which a store's own page states a withdrawal."""

from account_portal.api.deps import Ctx
from account_portal.api.router import ContractRouter
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import StateWithdrawal, WithdrawalReceipt

router = ContractRouter(tag="Guests")


@router.expose(
    "POST",
    "/withdrawals",
    operation_id="state-withdrawal",
    summary="Withdraw from a contract, with or without an account",
    message="Received.",
    access="open",
    also=(429,),
    examples={
        "whole": {
            "name": "Asha Rao",
            "order": "ORD-2026-000123",
            "contact": "asha@example.com",
            "language": "de",
        }
    },
)
def state_withdrawal(ctx: Ctx, data: StateWithdrawal) -> WithdrawalReceipt:
    """It is received from anybody, reveals nothing, and moves an order of the caller's only."""
    return service.state_withdrawal(ctx, data)
