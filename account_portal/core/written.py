"""Money and days in messages, as English readers of the store's country write them: as pages do."""

from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from account_portal.core.money import exponent


@cache
def _locale_of(country: str) -> Locale:
    try:
        return Locale.parse(f"en_{country}")
    except UnknownLocaleError:
        return Locale("en")


@cache
def _pattern(country: str, digits: int) -> NumberPattern:
    """How a country writes money, with as many minor digits as the currency has (ISO 4217)."""
    pattern = parse_pattern(_locale_of(country).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern


def written_amount(amount: Decimal, currency: str, country: str) -> str:
    """An amount such as `₹1,49,900.00`.

    Args:
        amount: major units.
        currency: ISO 4217 code.
        country: ISO 3166 code.
    """
    locale = _locale_of(country)
    pattern = _pattern(country, exponent(currency))
    return pattern.apply(amount, locale, currency=currency, currency_digits=False)


def written_number(number: Decimal, country: str) -> str:
    """A number such as `1,250.5`, to the hundredth.

    Args:
        number: which.
        country: ISO 3166 code.
    """
    return format_decimal(number.quantize(Decimal("0.01")), locale=_locale_of(country))


def written_day(day: date, country: str) -> str:
    """A day such as `Fri, 4 Dec`.

    Args:
        day: which.
        country: ISO 3166 code.
    """
    return format_skeleton("MMMEd", day, locale=_locale_of(country))


def written_date(day: date, country: str) -> str:
    """A day with its year, such as `4 Dec 2026`.

    Args:
        day: which.
        country: ISO 3166 code.
    """
    return format_date(day, "medium", locale=_locale_of(country))


def written_full_date(day: date, country: str) -> str:
    """A day with its year and the whole name of its month, such as `4 December 2026`.

    Args:
        day: which.
        country: ISO 3166 code.
    """
    return format_date(day, "long", locale=_locale_of(country))
