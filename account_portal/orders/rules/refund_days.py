"""By which day a refund is there, and which way it goes, in the words of pages and messages."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from account_portal.orders.rules.promises import Promise
from account_portal.orders.rules.refunds import POINTS, STORE_CREDIT

if TYPE_CHECKING:
    from holidays import HolidayBase

_AS_PAID = "the way you paid"
_REACH = 400
"""Calendar days that hold any number of working days a setting allows."""


@lru_cache(maxsize=4096)
def nth_working_day(begun: date, days: int, country: str) -> date:
    """The day on which as many working days have passed since a refund was begun.

    Args:
        begun: the day it was asked for; it does not count itself.
        days: working days.
        country: ISO 3166 code of the country whose weekends and public holidays count.
    """
    years = range(begun.year, (begun + timedelta(days=_REACH)).year + 1)
    # Made anew each time: a calendar grows while it is read, and calls come from many threads.
    return _calendar(country, years).get_nth_working_day(begun, days)


def _calendar(country: str, years: range) -> "HolidayBase":
    """Holidays of a country; of one that nobody knows, weekends alone."""
    import holidays  # a start that asks for no day does without it

    try:
        return holidays.country_holidays(country, years=years)
    except NotImplementedError:
        return holidays.HolidayBase(years=years)


def refund_promise(day: date, today: date) -> Promise:
    """What is promised of a refund that is to be there by a day, both days of the store's country.

    `on` stands for "by": it may come before.
    """
    if day < today:
        return Promise("late", day.isoformat())
    if day <= today + timedelta(days=1):
        return Promise("today" if day == today else "tomorrow", day.isoformat())
    return Promise("on", day.isoformat())


def refund_way(refund: Mapping[str, Any], paid_by: Sequence[Mapping[str, Any]]) -> str:
    """Where a refund goes: "to UPI", "to your Visa •••• 4242", "to your card", "as points".

    Where an order was paid in several ways, none is named unless the refund itself says which.

    Args:
        refund: its `payment_mode`, `payment_method`, `bank_name` and `bank_account_number`, and
            `payment_id` if it goes back to one payment.
        paid_by: `id`, `payment_method`, `card_type`, `card_number` and `collection` of each payment
            of its order that arrived.
    """
    method = refund["payment_method"]
    if refund["payment_mode"] == POINTS:
        return "as points"
    if method == STORE_CREDIT:
        return "as store credit"
    if refund["payment_mode"] == "bank_transfer":
        return f"to {refund['bank_name'] or 'your bank'}{_end_of(refund['bank_account_number'])}"
    named = refund.get("payment_id")
    ways = {
        _back_to(payment)
        for payment in paid_by
        if (payment["id"] == named if named else method in {None, payment["payment_method"]})
    }
    if len(ways) == 1:
        return ways.pop()
    return _to(method) if method else _AS_PAID


def _back_to(payment: Mapping[str, Any]) -> str:
    """Where money goes that goes back to a payment."""
    if payment["card_number"]:
        return f"to your {payment['card_type'] or 'card'}{_end_of(payment['card_number'])}"
    is_unnamed = payment["collection"] or not payment["payment_method"]
    return _AS_PAID if is_unnamed else _to(payment["payment_method"])


def _to(method: str) -> str:
    """A name is a place money goes to; a kind of payment is the customer's own."""
    name = " ".join(method.casefold().split())
    if name.endswith("card"):
        return "to your gift card" if name.startswith("gift") else "to your card"
    return _KINDS.get(name, f"to {method}")


_KINDS = {
    **dict.fromkeys(
        ("net banking", "netbanking", "bank transfer", "bank deposit"), "to your bank account"
    ),
    "wallet": "to your wallet",
    # Who took the money is not where it goes.
    **dict.fromkeys(("stripe", "shopify payments", "razorpay", "online"), _AS_PAID),
}


def _end_of(number: str | None) -> str:
    return f" •••• {number[-4:]}" if number else ""
