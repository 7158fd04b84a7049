"""Two-step sign-in: what its calls take and answer."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from account_portal.auth.schemas.types import Otp, OtpToken
from account_portal.core.schemas import KEPT, CurrentPassword, Input, Moment, NewPassword, View

SecondProofToken = Annotated[
    str,
    StringConstraints(min_length=16, max_length=4096),
    Field(
        description="Opaque; says that the first proof was right. It opens nothing, lives ten "
        "minutes, and works once."
    ),
]
Way = Literal["password", "email", "sms", "whatsapp", "recovery_code", "passkey", "new_password"]
"""How somebody can prove who they are; `new_password`: an account with one way gets its second."""


class SecondCode(Input):
    """Ask for a code as the second proof."""

    second_proof_token: SecondProofToken
    channel: Literal["email", "sms", "whatsapp"]


class SecondProof(Input):
    """The second proof.

    Exactly one of `password`, `recovery_code`, `new_password`, or `otp` with `otp_token`.
    """

    second_proof_token: SecondProofToken
    password: CurrentPassword = KEPT
    recovery_code: Annotated[str, StringConstraints(min_length=1, max_length=40)] = KEPT
    new_password: NewPassword = KEPT
    otp_token: OtpToken = KEPT
    otp: Otp = KEPT

    @model_validator(mode="after")
    def _is_one(self) -> "SecondProof":
        given = self.model_fields_set
        if len(given & {"password", "recovery_code", "new_password", "otp"}) != 1:
            raise ValueError("give one of password, recovery_code, new_password and otp")
        if ("otp" in given) is not ("otp_token" in given):
            raise ValueError("otp and otp_token belong together")
        return self


class SecondProofAsked(View):
    """What may follow the first proof."""

    second_proof_token: SecondProofToken
    ways: list[Way] = Field(
        description="Empty: none is left. `passkey`: signing in with one takes no other proof. "
        "`new_password`: the account has no second way, so a password is chosen now."
    )
    sent_to: dict[str, str] = Field(
        description="Masked contacts a code can be sent to, by channel."
    )
    turns_on: bool = Field(
        description="The shop asks everybody for two proofs, and this account was never asked: the "
        "second one turns two-step sign-in on. Recovery codes are then made by "
        "renew-recovery-codes."
    )


class TwoStep(View):
    """Two-step sign-in of the caller's account."""

    is_on: bool
    is_required: bool = Field(description="The shop asks everybody for it: it can't be turned off.")
    on_since: Moment | None
    ways: list[Literal["password", "email", "phone", "passkey"]] = Field(
        description="Different ways the account can prove who signs in; it takes two to turn it on."
    )
    recovery_codes_left: int = Field(ge=0)


class RecoveryCodes(View):
    """One-time codes, shown this once."""

    recovery_codes: list[str]
