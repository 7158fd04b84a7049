"""Money, numbers and time as the viewer writes them: `Intl` in the browser, plain text before.

The page is built once for everybody and cannot know who reads it; so the value travels, and a small
component of ours writes it in the viewer's language and time zone.
"""

from datetime import datetime
from typing import Any, Literal

import reflex as rx

from account_portal.core.told_days import told_day
from account_portal.ui.variants import Text, pick

Amount = int | float | str | rx.Var[Any]
DateStyle = Literal[
    "date",
    "short",
    "day",
    "weekday",
    "month",
    "time",
    "datetime",
    "binding",
    "near",
    "coming",
    "ago",
]
_STYLES: dict[DateStyle, str] = {
    "date": "3 May 2026",
    "short": "3 May 2026, month shortened",
    "day": "Sunday, 3 May",
    "weekday": "Sun, 3 May",
    "month": "May 2026",
    "time": "14:05",
    "datetime": "3 May 2026, 14:05",
    "binding": "3 May 2026 at 14:05 CEST: a date that binds names its zone",
    "near": "yesterday, today, tomorrow, else Fri, 8 May",
    "coming": "today, tomorrow, else Fri, 8 May: of a day at a place that may be far away",
    "ago": "5 minutes ago",
}


@rx.serializer(to=str, overwrite=True)
def serialized_moment(moment: datetime) -> str:
    """A moment as pages get it; what was told as a day alone, as that day, the same for all."""
    return told_day(moment) or str(moment)


VIEWER_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)
"""Name of the zone that dates are shown in, such as `Asia/Kolkata`; for arguments of events."""


class Money(rx.Component):
    """See `money`."""

    library = "$/public/kit/values.js"
    tag = "Money"

    amount: rx.Var[Any]
    currency: rx.Var[str]
    exact: rx.Var[bool]
    minus: rx.Var[bool]


class NumberText(rx.Component):
    """See `number`."""

    library = "$/public/kit/values.js"
    tag = "NumberText"

    value: rx.Var[Any]


class DateTime(rx.Component):
    """See `date`."""

    library = "$/public/kit/values.js"
    tag = "DateTime"

    value: rx.Var[Any]
    look: rx.Var[str]
    capitalised: rx.Var[bool]


class InLanguage(rx.Component):
    """See `in_language`."""

    library = "$/public/kit/values.js"
    tag = "InLanguage"

    texts: rx.Var[Any]


def in_language(texts: Any) -> rx.Component:
    """Words in the viewer's language, of those in which there are any; marked as that language.

    Args:
        texts: pairs of a language (ISO 639-1) and its words; the first is shown to all others.
    """
    return InLanguage.create(texts=texts)


def money(
    amount: Amount, currency: Text, *, exact: bool = True, minus: bool = False, strong: bool = False
) -> rx.Component:
    """An amount in major units of an ISO 4217 currency, in tabular digits.

    Args:
        amount: a number, or its text; nothing is shown for null.
        currency: such as `INR`.
        exact: false leaves ".00" out, for headlines only.
        minus: writes it as a saving, negative.
        strong: in bold.
    """
    look = "font-semibold" if strong else ""
    return Money.create(amount=amount, currency=currency, exact=exact, minus=minus, class_name=look)


def number(value: Amount) -> rx.Component:
    """A count with the viewer's separators: 12,345."""
    return NumberText.create(value=value)


def date(value: Text, style: DateStyle = "date", *, capitalised: bool = False) -> rx.Component:
    """A moment (`2026-05-03T12:05:00Z`) in the viewer's zone, or a day (`2026-05-03`) as it is.

    Nothing is shown for null; a text that is no date is shown as it stands (couriers write such).
    Use `binding` for deadlines. `near`, `coming` and `ago` speak the language of the page.
    """
    pick(_STYLES, style, "date style")
    return DateTime.create(value=value, look=style, capitalised=capitalised)
