"""Who placed an order, by what they know of it. No database, no clock."""

from collections.abc import Iterable

from account_portal.core.text import plain


def as_compared(typed: str) -> str:
    """An e-mail address or a postcode, however it is typed: case counts for nothing.

    Postcodes are compared as people write them: nor do gaps and dashes count.
    """
    if "@" in typed:
        return typed.strip().lower()
    return "".join(letter for letter in plain(typed).upper() if letter.isalnum())


def is_known_by(
    typed: str, *, emails: Iterable[str | None], postcodes: Iterable[str | None]
) -> bool:
    """Whether what was typed is an e-mail address or a postcode of the order."""
    wanted = as_compared(typed)
    if "@" in typed:
        return any(email is not None and as_compared(email) == wanted for email in emails)
    return len(wanted) > 2 and any(as_compared(code or "") == wanted for code in postcodes)
