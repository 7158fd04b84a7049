"""What a withdrawal says, and in which language. No database, no clock."""

from account_portal.core.errors import Conflict
from account_portal.withdrawals.rules.texts import (
    Texts,
    faults_of,
    language_of,
    texts_in,
    titles,
)

EXEMPT = ("digital", "made_to_order", "perishable", "hygiene", "unsealed_media")
"""Codes of goods that the law exempts. A final sale is a rule of the shop, no exemption."""


class NotCarriedOut(Conflict):
    """The goods cannot be cancelled or returned as they stand; people have to look at it."""

    code = "withdrawal_not_carried_out"
    message = "Not all of it can be cancelled or returned as it stands."


class AlreadySettled(Conflict):
    """Somebody settled the withdrawal before."""

    code = "withdrawal_settled"
    message = "This withdrawal is settled already."


__all__ = [
    "EXEMPT",
    "AlreadySettled",
    "NotCarriedOut",
    "Texts",
    "faults_of",
    "language_of",
    "texts_in",
    "titles",
]
