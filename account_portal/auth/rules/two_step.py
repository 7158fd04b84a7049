"""Two-step sign-in: which proofs are different ones, and the errors it has of its own."""

from collections.abc import Collection
from typing import Any

from account_portal.core.errors import Conflict, Forbidden, InvalidInput

RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of recovery codes: none that look alike."""

_KINDS = {"sms": "phone", "whatsapp": "phone"}


def kind_of(way: str) -> str:
    """What a way proves: codes by SMS and by WhatsApp prove the same phone."""
    return _KINDS.get(way, way)


def kinds_of(ways: Collection[str]) -> set[str]:
    """What several ways prove together."""
    return {kind_of(way) for way in ways}


class SecondProofRequired(Forbidden):
    """The first proof was right, and another kind of proof has to follow."""

    code = "second_proof_required"
    message = "Confirm it's you in a second way."
    keeps_changes = True

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__()
        self.state = state


class SecondProofExpired(InvalidInput):
    """The first proof is too long ago, was followed already, or the account changed since."""

    code = "second_proof_expired"
    message = "That took too long. Sign in again from the beginning."


class SecondProofUnfit(InvalidInput):
    """What came proves nothing that the first proof did not, or is no way of this account."""

    code = "second_proof_unfit"
    message = "Confirm it in another way than before."


class RecoveryCodeWrong(InvalidInput):
    """It is none of the account's, or was used."""

    code = "recovery_code_wrong"
    message = "This recovery code is not right, or was used before."
    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(recovery_code="is not right, or was used before")


class TwoStepNeedsWays(Conflict):
    """An account with one way to sign in has no second one."""

    code = "two_step_needs_ways"
    message = (
        "Two-step sign-in needs two different ways to sign in: a password, a verified e-mail "
        "address, a verified phone number, a passkey."
    )


class TwoStepIsRequired(Conflict):
    """The shop asks everybody for it."""

    code = "two_step_is_required"
    message = "This shop asks everybody for two-step sign-in, so it can't be turned off."


class TwoStepIsOn(Conflict):
    """It is on already, and its recovery codes are not shown again."""

    code = "two_step_is_on"
    message = "Two-step sign-in is on already."


class TwoStepIsOff(Conflict):
    """It is not on."""

    code = "two_step_is_off"
    message = "Two-step sign-in is not on."
