"""What goes into payout accounts and what comes out; names are the contract's."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from account_portal.core.schemas import KEPT, Changes, Input, Moment, Ulid, View

Text = Annotated[str, StringConstraints(min_length=2, max_length=150)]
AccountNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{6,34}$")]
BranchCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{4}0[A-Z0-9]{6}$"),
    Field(description="Branch code; IFSC for India.", examples=["HDFC0000001"]),
]


class CreateOutboundBankAccount(Input):
    """A new payout account."""

    account_type: Literal["outbound"] = "outbound"
    account_name: Text
    account_number: AccountNumber
    ifsc_code: BranchCode
    bank_name: Text
    is_default: StrictBool = False


class UpdateOutboundBankAccount(Changes):
    """Changes. A changed number, branch code or holder makes the account unverified again."""

    account_name: Text = KEPT
    account_number: AccountNumber = KEPT
    ifsc_code: BranchCode = KEPT
    bank_name: Text = KEPT
    is_default: StrictBool = KEPT


class CustomerBankAccount(View):
    """A payout account, its number masked."""

    id: Ulid
    account_type: Literal["outbound"] = Field(
        default="outbound", description="Only payout accounts are kept here."
    )
    account_name: str = Field(description="Name of the holder.")
    account_number: str = Field(
        description="Masked to its last four characters.",
        examples=["XXXXXXXX4321"],
    )
    ifsc_code: str
    bank_name: str
    is_default: bool
    is_verified: bool = Field(description="Only a verified account can take a refund.")
    verification_status: Literal["unverified", "pending", "verified", "rejected"]
    created_at: Moment
    modified_at: Moment
