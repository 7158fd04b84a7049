"""How the console writes amounts, moments and states."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

_TONES = {
    "good": {
        "delivered", "complete", "success", "approved", "verified", "sent", "done", "enabled",
        "active", "received", "paid", "accepted",
    },
    "bad": {
        "failed", "lost", "undelivered", "return_to_origin", "dead", "rejected", "refused",
        "disabled", "partially_undelivered", "partially_return_to_origin", "revoked",
    },
    "waits": {
        "pending", "created", "awaiting_approval", "confirmed", "unscheduled", "draft", "queued",
        "partially_paid", "unverified", "invited", "due", "waiting", "delivery_attempted", "open",
        "sending",
    },
}  # fmt: skip
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}


def money(amount: Any, currency: Any) -> str:
    """An amount in major units, as in ₹1,299.00; nothing for none."""
    if amount is None:
        return ""
    code = currency["code"] if isinstance(currency, dict) else currency
    return format_currency(Decimal(str(amount)), code, locale="en")


def number(value: Any) -> str:
    """A number with separators."""
    return format_decimal(Decimal(str(value)), locale="en")


def _moment(value: datetime | str) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC)


def moment(value: datetime | str | None) -> Markup:
    """A moment, as in 3 May 2026, 14:05 UTC; a dash for none."""
    if not value:
        return Markup("&ndash;")
    at = _moment(value)
    words = f"{format_date(at.date(), 'd MMM y', locale='en')}, {at:%H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), words)


def day(value: datetime | str | None) -> Markup:
    """The day of a moment, as in 3 May 2026; a dash for none."""
    if not value:
        return Markup("&ndash;")
    at = _moment(value)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), day_words(at.date()))


def day_words(value: date) -> str:
    """A day of the calendar, as in 3 May 2026."""
    return format_date(value, "d MMM y", locale="en")


def promised(told: str) -> str:
    """The day a parcel is expected, as in 3 May 2026; what the shop said if that is no day."""
    try:
        return day_words(date.fromisoformat(told[:10]))
    except ValueError:
        return told


def country(code: str) -> str:
    """The English name of a country; the code itself where it has none."""
    return Locale("en").territories.get(code, code)


def words(state: Any) -> str:
    """A state as people read it: `awaiting_shipment` is Awaiting shipment."""
    text = re.sub(r"[_.]+", " ", str(state)).strip()
    return text[:1].upper() + text[1:]


def badge(state: Any) -> Markup:
    """A state with the colour of what it means."""
    tone = _TONE_OF.get(str(state), "plain")
    return Markup('<span class="badge {}">{}</span>').format(tone, words(state))
