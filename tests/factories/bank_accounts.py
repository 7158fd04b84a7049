"""Payout accounts, and refunds that are paid to them."""

from datetime import UTC, datetime
from typing import Any

from account_portal.bank_accounts import rules
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import BankAccount, User
from account_portal.security import tokens

SAVINGS: dict[str, Any] = {
    "account_name": "Olivia Owner",
    "account_number": "50100123454321",
    "ifsc_code": "HDFC0000001",
    "bank_name": "HDFC Bank",
}
"""A body that is in order; `{**SAVINGS, …}` is one with a difference."""


def make_bank_account(
    database: Database, user: User, *, number: str = "", **values: Any
) -> BankAccount:
    """An account of the user, verified unless said otherwise."""
    now = datetime.now(UTC)
    identity = new_id()
    number = number or f"9{identity[-13:]}"
    account = BankAccount(
        **{
            "id": identity,
            "customer_id": user.customer_id,
            "account_name": SAVINGS["account_name"],
            "ifsc_code": SAVINGS["ifsc_code"],
            "bank_name": SAVINGS["bank_name"],
            "number_encrypted": tokens.encrypt(number),
            "number_digest": tokens.keyed_digest("bank account numbers", rules.normalise(number)),
            "number_masked": rules.mask(number),
            "verification_status": "verified",
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(account)
        db.commit()
    return account
