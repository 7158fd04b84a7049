"""What follows from a bank account and its state. No database, no clock."""

from collections.abc import Collection

from account_portal.states import RefundStatus, VerificationStatus

UNFINISHED = (RefundStatus.PENDING, RefundStatus.APPROVED)
"""States of a refund whose money is still to come."""

_IDENTIFYING = frozenset({"account_name", "account_number", "ifsc_code"})


def mask(number: str) -> str:
    """The number with all but its last four characters hidden."""
    return "X" * (len(number) - 4) + number[-4:]


def short_number(masked: str) -> str:
    """The end of a masked number, as banks print it: ``•••• 4321``."""
    return f"•••• {masked[-4:]}"


def normalise(number: str) -> str:
    """The number as it is compared: banks don't tell the cases of letters apart."""
    return number.upper()


def is_verified(status: str) -> bool:
    """Whether a refund may be paid to the account."""
    return status == VerificationStatus.VERIFIED


def needs_new_verification(changed: Collection[str]) -> bool:
    """Whether a change makes it another account: its number, branch or holder."""
    return not _IDENTIFYING.isdisjoint(changed)
