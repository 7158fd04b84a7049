"""Routes of payout accounts."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.bank_accounts import service
from account_portal.bank_accounts.schemas import (
    CreateOutboundBankAccount,
    CustomerBankAccount,
    UpdateOutboundBankAccount,
)
from account_portal.core.proof import FreshProofRequired
from account_portal.core.schemas import Ulid

router = ContractRouter(tag="Bank accounts")

AccountId = Annotated[Ulid, Path(description="Bank account id.")]
LIST = "/customers/{user_id}/bank-accounts"
ONE = LIST + "/{account_id}"

_SAVINGS = {
    "account_name": "Asha Rao",
    "account_number": "50100123454321",
    "ifsc_code": "HDFC0000001",
    "bank_name": "HDFC Bank",
}


@router.expose(
    "GET",
    LIST,
    operation_id="list-bank-accounts",
    summary="List payout accounts",
    message="Bank accounts.",
    content="bank_accounts",
)
def list_bank_accounts(ctx: Ctx, user_id: OwnUser) -> list[CustomerBankAccount]:
    """Oldest first, numbers masked."""
    return service.list_bank_accounts(ctx)


@router.expose(
    "POST",
    LIST,
    operation_id="create-bank-account",
    summary="Add a payout account",
    message="Bank account saved.",
    content="bank_account",
    raises=[FreshProofRequired, service.BankAccountExists],
    examples={"savings": _SAVINGS},
)
def create_bank_account(
    ctx: Ctx, user_id: OwnUser, data: CreateOutboundBankAccount
) -> CustomerBankAccount:
    """The first account becomes the default."""
    return service.create_bank_account(ctx, data)


@router.expose(
    "GET",
    ONE,
    operation_id="get-bank-account-detail",
    summary="Read a payout account",
    message="Bank account.",
    content="bank_account",
    also=[404],
)
def read_bank_account(ctx: Ctx, user_id: OwnUser, account_id: AccountId) -> CustomerBankAccount:
    """One of the caller's own."""
    return service.read_bank_account(ctx, account_id)


@router.expose(
    "PUT",
    ONE,
    operation_id="update-bank-account",
    summary="Change a payout account",
    message="Bank account changed.",
    content="bank_account",
    raises=[FreshProofRequired, service.BankAccountExists, service.BankAccountInUse],
    also=[404],
    examples={"default": {"is_default": True}},
)
def update_bank_account(
    ctx: Ctx, user_id: OwnUser, account_id: AccountId, data: UpdateOutboundBankAccount
) -> CustomerBankAccount:
    """A changed number, branch code or holder makes the account unverified again."""
    return service.update_bank_account(ctx, account_id, data)


@router.expose(
    "DELETE",
    ONE,
    operation_id="delete-bank-account",
    summary="Delete a payout account",
    message="Bank account deleted.",
    raises=[FreshProofRequired, service.BankAccountInUse],
    also=[404],
)
def delete_bank_account(ctx: Ctx, user_id: OwnUser, account_id: AccountId) -> None:
    """Settled refunds keep the masked number."""
    service.delete_bank_account(ctx, account_id)


@router.expose(
    "POST",
    ONE + "/verify",
    operation_id="verify-bank-account",
    summary="Ask for verification",
    message="The store was asked to verify this account.",
    content="bank_account",
    raises=[service.AlreadyVerified],
    also=[404],
)
def ask_for_verification(ctx: Ctx, user_id: OwnUser, account_id: AccountId) -> CustomerBankAccount:
    """Puts the account in the queue. The store decides; a body, if sent, is ignored."""
    return service.ask_for_verification(ctx, account_id)
