"""Accounts that nobody proved to own become the shop's customers' when it speaks of them."""

from account_portal.auth.service.proving import take_from_opener
from account_portal.core.bulk import Row
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.phones import PhoneKey
from account_portal.merchant.importing.tables import fetch
from account_portal.models import User


def hold(batch: Batch, users: list[Row]) -> bool:
    """Lock users that were read, so that they stay as they are.

    Returns:
        Whether they were as they had been read: not when somebody proves a contact just then. Then
        they are to be read again; they are locked by now.
    """
    if not users:
        return True
    locked = fetch(batch.db, User, "id", [row["id"] for row in users], tuple(users[0]), lock=True)
    return {row["id"]: row for row in locked} == {row["id"]: row for row in users}


def claim(
    batch: Batch, opened: list[Row], named: list[tuple[str | None, str | None, PhoneKey | None]]
) -> None:
    """Make accounts that nobody proved to own the shop's customers', with the contacts it named.

    An e-mail address names a customer alone: a phone stays beside it only where one record has
    both, as the opener may have a record of their own in the batch. They are held (`hold`).
    """
    emails = {email for _, email, _ in named if email}
    phones = {phone for _, _, phone in named if phone}
    together = {(email, phone) for _, email, phone in named}
    taken: dict[str, str] = {}
    dropped: dict[str, str] = {}
    for row in opened:
        email, phone = row["email"], (row["country_code"], row["phone"])
        if email in emails:
            if row["phone"] and (email, phone) not in together:
                dropped[row["id"]] = "phone"
                row |= {"country_code": None, "phone": None}
        elif phone in phones:
            dropped[row["id"]] = "email"
            row["email"] = None
        else:
            continue  # the same digits in another country
        taken[row["id"]] = row["customer_id"]
        row |= {"is_unproven": False, "password_hash": None}
    if taken:
        take_from_opener(batch.db, taken, dropped, batch.now)
