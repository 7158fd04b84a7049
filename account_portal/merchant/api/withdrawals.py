"""Withdrawals from contracts that wait for the shop."""

from typing import Annotated

from fastapi import Path, Query

from account_portal.api.deps import Ctx
from account_portal.core.errors import ValidationError
from account_portal.core.pagination import CursorPage
from account_portal.merchant import lists
from account_portal.merchant.api.deps import merchant_router
from account_portal.merchant.rows import WithdrawalsQuery
from account_portal.merchant.schemas import Number
from account_portal.withdrawals import service
from account_portal.withdrawals.rules import AlreadySettled, NotCarriedOut
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal, WithdrawalRow

router = merchant_router("Withdrawals")

WithdrawalReference = Annotated[Number, Path(description="Reference of the statement.")]


@router.expose(
    "GET",
    "/withdrawals",
    operation_id="list-withdrawals",
    summary="List withdrawals from contracts",
    message="Withdrawals.",
    content="withdrawals",
    scope="withdrawals:read",
)
def list_withdrawals(
    ctx: Ctx, query: Annotated[WithdrawalsQuery, Query()]
) -> CursorPage[list[WithdrawalRow]]:
    """As they were stated; those that wait for the shop are `open`."""
    return lists.list_withdrawals(ctx, query)


@router.expose(
    "GET",
    "/withdrawals/{reference}",
    operation_id="get-withdrawal",
    summary="Read one withdrawal",
    message="Withdrawal.",
    scope="withdrawals:read",
    also=(404,),
)
def get_withdrawal(ctx: Ctx, reference: WithdrawalReference) -> WithdrawalRow:
    """As it was stated, and what came of it."""
    return lists.get_withdrawal(ctx, reference)


@router.expose(
    "POST",
    "/withdrawals/{reference}/carry-out",
    operation_id="carry-out-withdrawal",
    summary="Cancel and return what a withdrawal is about",
    message="Withdrawal carried out.",
    scope="withdrawals:write",
    raises=(ValidationError, AlreadySettled, NotCarriedOut),
    also=(404,),
    idempotent=True,
    examples={
        "some": {"order_number": "NW-21357", "withdraw_items": [{"sku": "TOTE-2", "quantity": 2}]}
    },
)
def carry_out_withdrawal(
    ctx: Ctx, reference: WithdrawalReference, data: MatchWithdrawal
) -> WithdrawalRow:
    """Units that are not sent are cancelled, those that arrived become a return; all or nothing."""
    service.carry_out_for_shop(ctx, reference, data)
    return lists.get_withdrawal(ctx, reference)


@router.expose(
    "POST",
    "/withdrawals/{reference}/settle",
    operation_id="settle-withdrawal",
    summary="Say what came of a withdrawal that was settled otherwise",
    message="Withdrawal settled.",
    scope="withdrawals:write",
    raises=(ValidationError, AlreadySettled),
    also=(404,),
    idempotent=True,
    examples={"told": {"outcome": "No order of that name; asked by e-mail."}},
)
def settle_withdrawal(
    ctx: Ctx, reference: WithdrawalReference, data: SettleWithdrawal
) -> WithdrawalRow:
    """It moves nothing."""
    service.settle_for_shop(ctx, reference, data)
    return lists.get_withdrawal(ctx, reference)
