"""When an account can be deleted, and how long its books are kept. No database, no clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from account_portal.core.errors import Conflict
from account_portal.personal_data.schemas import Obstacle, ObstacleCode

BOOKS_YEARS = {
    "AT": 7,
    "BE": 10,
    "CH": 10,
    "DE": 10,
    "DK": 5,
    "ES": 6,
    "FR": 10,
    "GB": 6,
    "IE": 6,
    "IN": 8,
    "IT": 10,
    "LU": 10,
    "NL": 7,
    "PL": 5,
    "PT": 10,
    "SE": 7,
    "US": 7,
}
"""Years for which sellers of a country keep their books, as far as is known here."""
LONGEST = 10
"""Of countries that are not named."""


class AccountNotDeletable(Conflict):
    """Something of the account is under way."""

    code = "account_not_deletable"
    message = "Something of your account is still under way."

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(" ".join(one.message for one in obstacles) or None)
        self.fields = {}
        for one in obstacles:
            self.fields.setdefault(one.code, []).append(one.message)


def books_until(moment: datetime, country: str, years: int) -> datetime:
    """Until when amounts are kept: to the end of the year in which the time is over.

    Args:
        moment: when the account is deleted.
        country: the store's.
        years: a setting; 0: those of the country.
    """
    kept = years or BOOKS_YEARS.get(country, LONGEST)
    return moment.replace(
        year=moment.year + kept + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
    ) - timedelta(microseconds=1)


_WORDS: dict[ObstacleCode, str] = {
    "open_order": "Order {} is under way: cancel it if you can, or wait until it has arrived.",
    "open_return": "Return {} is under way: cancel it if you can, or wait until it is settled.",
    "open_claim": "Report {} is open: withdraw it, or wait until it is decided.",
    "open_withdrawal": "Withdrawal {} waits: wait until the store has dealt with it.",
    "open_refund": "Refund {} has not arrived: wait until it has, or write to us if it failed.",
    "active_subscription": "Repeating delivery {} is active: write to us to end it.",
}


def obstacle(code: ObstacleCode, number: str, order_number: str | None) -> Obstacle:
    """What has to be settled first."""
    message = _WORDS[code].format(number)
    return Obstacle(code=code, number=number, order_number=order_number, message=message)
