"""What all records share: strict about keys, states and amounts, lenient about history.

Texts that only tell what was are cut to what a column holds; keys are not.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, Any, ClassVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from account_portal.core import money
from account_portal.core.schemas import Email as SignInEmail
from account_portal.core.told_days import NOON, telling_zone

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _no_control_characters(name: str, text: str) -> None:
    if _CONTROL.search(text):
        raise ValueError(f"{name} must not contain control characters")


def _plain(name: str, value: Any) -> Any:
    """What a shop put into an object of no form, as JSON that both databases keep."""
    if isinstance(value, str):
        _no_control_characters(name, value)
    elif isinstance(value, dict):
        return {_plain(name, key): _plain(name, inner) for key, inner in value.items()}
    elif isinstance(value, list):
        return [_plain(name, inner) for inner in value]
    elif isinstance(value, Decimal):
        value = float(value)
        if not math.isfinite(value):
            raise ValueError(f"{name} holds a number that is too large")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(f"{name} holds a number that is too large")
    return value


class Record(BaseModel):
    """One thing of a shop's history. Empty and null fields count as missing."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True, use_enum_values=True
    )

    CUT: ClassVar[Mapping[str, int]] = {}
    """Free texts, and how much of them is kept."""

    FORMLESS: ClassVar[frozenset[str]] = frozenset()
    """Objects and lists that hold whatever the shop put into them."""

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        tidy = {}
        cut, formless = cls.CUT, cls.FORMLESS
        for name, content in value.items():
            if content is None or content == "":
                continue
            if type(content) is str:
                text = content
                # Nearly every text is printable, and that is quickest to ask.
                if not text.isprintable():
                    _no_control_characters(name, text)
                    if name.endswith("name"):
                        text = " ".join(text.split())  # names are one line
                tidy[name] = text[: cut[name]] if name in cut else text
                continue
            # What else is nested is a record of its own.
            tidy[name] = _plain(name, content) if name in formless else content
        return tidy


@lru_cache
def _fields_of(model: type[BaseModel]) -> tuple[frozenset[str], dict[str, type[BaseModel]]]:
    """The fields of a record, and of those that hold records themselves the type of these."""

    def models(annotation: Any) -> list[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return [annotation]
        return [found for one in get_args(annotation) for found in models(one)]

    fields = model.model_fields
    inner = {name: one for name, field in fields.items() for one in models(field.annotation)}
    return frozenset(fields), inner


def unknown_fields(model: type[BaseModel], data: Mapping[str, Any]) -> set[str]:
    """Fields that a record which is valid has beyond its type, as in `lines.tax_ammount`."""
    known, records = _fields_of(model)
    unknown = set(data) - known
    for name, inner in records.items():
        held = data.get(name) or ()
        for one in [held] if isinstance(held, dict) else held:
            if found := unknown_fields(inner, one):
                unknown |= {f"{name}.{field}" for field in found}
    return unknown


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        if moment.tzinfo is None:
            moment = _in_store(value, moment)
        return moment.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        raise ValueError("must be a time such as 2025-03-01T09:30:00Z") from None


def _in_store(value: Any, moment: datetime) -> datetime:
    """A time without a zone, in the store's; a day alone is noon of that day.

    An hour that comes twice, when clocks are put back, is the first one; one that is left out when
    they are put forward counts on from before it: 02:30 is 03:30.
    """
    zone = telling_zone()
    try:
        day = date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        return moment.replace(tzinfo=zone)
    return datetime.combine(day, NOON, zone)


Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time in ISO 8601, or a day; without a zone it is the store's."""

LARGEST = 10**12
_ZERO, _LARGEST = Decimal(0), Decimal(LARGEST)


_NUMBERS = (str, int, Decimal)


def _amount(value: Any) -> Decimal:
    # Written out, because pydantic takes three times as long for a bounded decimal.
    if type(value) in _NUMBERS:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise ValueError("must be a number") from None
    elif isinstance(value, float):
        amount = Decimal(repr(value))
    else:
        raise ValueError("must be a number")
    if not amount.is_finite():
        raise ValueError("must be a number")
    if not _ZERO <= amount <= _LARGEST:
        raise ValueError(f"must be between 0 and {LARGEST}")
    return amount


Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": LARGEST},
                {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
            ]
        }
    ),
]
"""Major units, a JSON number or a text; rounded half up to the currency's minor unit."""

Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64)]


_MASKED = re.compile(r"[xX*•#]{3}")
_ALL_BUT_FOUR = re.compile(r"[0-9](?=(?:[^0-9]*[0-9]){4})")


def _masked(text: str) -> str:
    return text if _MASKED.search(text) else _ALL_BUT_FOUR.sub("X", text)


MaskedNumber = Annotated[str, AfterValidator(_masked)]
"""The number of a card or an account. Of one that is not masked only the last four digits stay."""

_EMAIL: TypeAdapter[str] = TypeAdapter(SignInEmail)


_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*")


@lru_cache(maxsize=4096)
def _domain(domain: str) -> str:
    return _EMAIL.validate_python(f"a@{domain}").removeprefix("a@")


def _email(text: str) -> str:
    # A whole check takes 50 µs; histories hold few domains, and most local parts are plain.
    text = text.strip()
    local, _, domain = text.rpartition("@")
    try:
        if len(text) <= 254 and len(local) <= 64 and _PLAIN_LOCAL.fullmatch(local):
            return f"{local.lower()}@{_domain(domain)}"
        return _EMAIL.validate_python(text)
    except ValidationError:
        raise ValueError("is no e-mail address one could sign in with") from None


def _email_of(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004
    return _email(value)


Email = Annotated[
    str, PlainValidator(_email_of), WithJsonSchema({"type": "string", "format": "email"})
]
"""An e-mail address sign-in takes too; in lower case."""


_ORDER_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$"
_RESERVED = {"returns"}
"""What would be another address of the API: `/orders/returns` lists returns."""


def is_order_number(text: str) -> bool:
    """Whether an order may have this number."""
    return re.fullmatch(_ORDER_NUMBER, text) is not None and text not in _RESERVED


def _order_number(value: Any) -> str:
    text = str(value).strip().removeprefix("#") if isinstance(value, str | int) else ""
    if text in _RESERVED:
        raise ValueError(f"must not be {text}, which is an address of the API")
    if not is_order_number(text):
        raise ValueError(
            "must have 3 to 40 letters (a to z), digits, - and _, and begin with a letter or digit"
        )
    return text


OrderNumber = Annotated[
    str,
    PlainValidator(_order_number),
    WithJsonSchema({"type": "string", "pattern": _ORDER_NUMBER}),
]
"""As a shop writes it, without a leading ``#``."""
Count = Annotated[int, Field(ge=1, le=1_000_000)]
CountOrNone = Annotated[int, Field(ge=0, le=1_000_000)]


def _in_circulation(code: str) -> str:
    if not money.is_currency(code):
        raise ValueError("is no currency in circulation (ISO 4217), such as INR or EUR")
    return code


Currency = Annotated[str, StringConstraints(to_upper=True), AfterValidator(_in_circulation)]
"""A currency in circulation, by its code of ISO 4217."""
