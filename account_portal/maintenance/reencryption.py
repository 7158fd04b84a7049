"""Encrypt anew what an earlier key encrypted, so that this key can go."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from account_portal.bank_accounts.service import number_columns
from account_portal.core.db import Database
from account_portal.models import BankAccount, StaffMember, WebhookEndpoint
from account_portal.security import tokens

BATCH = 500
"""Rows of a transaction."""

ENCRYPTED: tuple[tuple[type[SQLModel], str], ...] = (
    (BankAccount, "number_encrypted"),
    (StaffMember, "totp_secret"),
    (WebhookEndpoint, "secret"),
    (WebhookEndpoint, "old_secret"),
)
"""All columns that stay encrypted. Messages that wait are gone within half an hour."""


@dataclass
class Count:
    """Encrypted values by the key that reads them.

    Attributes:
        present: by the key in use.
        earlier: by one of the earlier ones.
        unreadable: by none.
    """

    present: int = 0
    earlier: int = 0
    unreadable: int = 0


def look(database: Database) -> Count:
    """Which keys read what is stored."""
    found = Count()
    for table, column in ENCRYPTED:
        for rows in _batches(database, table, column):
            for _, text in rows:
                if tokens.is_by_present_key(text):
                    found.present += 1
                elif _plain(text) is None:
                    found.unreadable += 1
                else:
                    found.earlier += 1
    return found


def reencrypt(database: Database) -> Count:
    """Encrypt anew, with the key in use, what an earlier one encrypted.

    The portal may be used meanwhile, and the command be run again: a value that somebody changes at
    the same moment is left as they wrote it.

    Returns:
        What was there: `earlier` were encrypted anew, `unreadable` were left as they are.
    """
    found = Count()
    for table, column in ENCRYPTED:
        for rows in _batches(database, table, column):
            with database.session(writes=True) as db:
                for row_id, text in rows:
                    if tokens.is_by_present_key(text):
                        found.present += 1
                        continue
                    plain = _plain(text)
                    if plain is None:
                        found.unreadable += 1
                        continue
                    found.earlier += 1
                    is_same = col(table.id) == row_id, getattr(table, column) == text  # type: ignore[attr-defined]
                    db.execute(update(table).where(*is_same).values(_anew(table, column, plain)))
                db.commit()
    return found


def _plain(text: str) -> str | None:
    try:
        return tokens.decrypt(text)
    except ValueError:
        return None


def _anew(table: type[SQLModel], column: str, plain: str) -> dict[str, str]:
    # By its digest an account number is found again, by the same key.
    return number_columns(plain) if table is BankAccount else {column: tokens.encrypt(plain)}


def _batches(
    database: Database, table: type[SQLModel], column: str
) -> Iterator[list[tuple[str, str]]]:
    row_id: Any = col(table.id)  # type: ignore[attr-defined]
    value: Any = getattr(table, column)
    after = ""
    while True:
        with database.session(writes=False) as db:
            found = db.execute(
                select(row_id, value)
                .where(row_id > after, value.is_not(None))
                .order_by(row_id)
                .limit(BATCH)
            ).all()
        if not found:
            return
        yield [(key, text) for key, text in found]
        after = found[-1][0]
