"""Who placed an order, by what they know of it. No database, no clock."""

from collections.abc import Iterable

from account_portal.core.text import plain


def is_known_by(
    typed: str, *, emails: Iterable[str | None], postcodes: Iterable[str | None]
) -> bool:
    """Whether what was typed is an e-mail address or a postcode of the order.

    Postcodes are compared as people write them: gaps, dashes and case count for nothing.
    """
    if "@" in typed:
        wanted = typed.strip().lower()
        return any(email is not None and email.lower() == wanted for email in emails)
    wanted = _postcode(typed)
    return len(wanted) > 2 and any(_postcode(code or "") == wanted for code in postcodes)


def _postcode(text: str) -> str:
    return "".join(letter for letter in plain(text).upper() if letter.isalnum())
