"""Money: integers of minor units in the database, `Decimal` in rules, numbers in the contract."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import UnknownLocaleError
from babel.numbers import (
    UnknownCurrencyError,
    get_currency_name,
    get_currency_symbol,
)

from account_portal.core.currencies import DIGITS

POINT_SCALE = 100
"""Loyalty points are kept in hundredths."""


def exponent(currency: str) -> int:
    """Digits after the point: 2 for INR, 0 for JPY, 3 for KWD (ISO 4217).

    Raises:
        KeyError: no currency in circulation; the doors let none in.
    """
    return DIGITS[currency]


def is_currency(code: str) -> bool:
    """Whether the code is a currency in circulation (ISO 4217, list one)."""
    return code in DIGITS


@cache
def currency_name(code: str) -> str:
    """Name in English, or the code itself when nobody knows it."""
    try:
        return get_currency_name(code, locale="en")
    except (UnknownCurrencyError, UnknownLocaleError):
        return code


@cache
def currency_symbol(code: str) -> str:
    """Symbol such as ``₹``, or the code itself when it has none."""
    return get_currency_symbol(code, locale="en")


def to_minor(amount: Decimal | int | str, currency: str) -> int:
    """Minor units of an amount, rounded half up."""
    scaled = Decimal(amount).scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_major(minor: int, currency: str) -> Decimal:
    """The amount in major units, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def to_points(hundredths: int) -> Decimal:
    """Loyalty points from their stored hundredths."""
    return Decimal(hundredths) / POINT_SCALE


def round_half_up(value: Decimal) -> int:
    """The nearest whole number; halves go up."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts add up to it exactly.

    Each part is within one unit of its exact share; left-over units go to the largest remainders,
    earlier parts first. All weights zero: the first part takes all.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [total, *([0] * (len(weights) - 1))]
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -remainders[index])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
