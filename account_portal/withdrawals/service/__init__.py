"""Statements are received from anybody; they move something only for whoever proves the order."""

from account_portal.withdrawals.service.automatic import try_again, waiting_statements
from account_portal.withdrawals.service.carrying_out import OpenedOrder, carry_out, open_order
from account_portal.withdrawals.service.shop import (
    carry_out_for_shop,
    lines_for_shop,
    settle_for_shop,
)
from account_portal.withdrawals.service.stating import (
    forget_unmatched,
    own_words,
    read_receipt,
    state_withdrawal,
)

__all__ = [
    "OpenedOrder",
    "carry_out",
    "carry_out_for_shop",
    "forget_unmatched",
    "lines_for_shop",
    "open_order",
    "own_words",
    "read_receipt",
    "settle_for_shop",
    "state_withdrawal",
    "try_again",
    "waiting_statements",
]
