"""Statements are received from anybody; they move something only for whoever proves the order."""

from account_portal.withdrawals.service.automatic import try_again, waiting_statements
from account_portal.withdrawals.service.carrying_out import carry_out, covered_lines, page_of
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
    "carry_out",
    "carry_out_for_shop",
    "covered_lines",
    "forget_unmatched",
    "lines_for_shop",
    "own_words",
    "page_of",
    "read_receipt",
    "settle_for_shop",
    "state_withdrawal",
    "try_again",
    "waiting_statements",
]
