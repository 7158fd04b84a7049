"""Turns what pydantic says of bad input into words for people, by dotted field name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import phonenumbers
import pydantic
from phonenumbers import NumberParseException

from account_portal.core.errors import ValidationError
from account_portal.core.text import plain

_WORDS = {
    "missing": "is required",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "is not in the right form",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "json_invalid": "is not valid JSON",
    "none_required": "must be empty",
    "extra_forbidden": "is not known",
    "string_unicode": "must be a text",
    "is_instance_of": "must be a file",
}

_CAMEL_CASE = re.compile(r"[a-z][A-Za-z]*")
_OF_TEXTS = {"string_too_short", "string_pattern_mismatch"}
"""What pydantic says of a text that is empty; to people it is missing."""


def words_of(fault: Mapping[str, Any]) -> str:
    """What pydantic says of one fault, in words that follow the name of its field."""
    kind, context = fault["type"], fault.get("ctx") or {}
    if kind in _OF_TEXTS and (context.get("min_length") == 1 or fault.get("input") == ""):
        return "is required"
    if kind == "value_error":
        text = str(context.get("error") or fault["msg"])
        return "is not a valid e-mail address" if "email address" in text else text
    words = _WORDS.get(kind)
    return words.format(**context) if words else "is not valid"


def to_fields(
    faults: Iterable[Mapping[str, Any]], prefix: tuple[str, ...] = ()
) -> dict[str, list[str]]:
    """Reasons by dotted field name; ``_`` is the request as a whole."""
    fields: dict[str, list[str]] = {}
    for fault in faults:
        location = [*prefix, *(str(part) for part in fault["loc"] if _is_field(part))]
        texts = fields.setdefault(".".join(location) or "_", [])
        sentence = words_of(fault)
        if sentence not in texts:
            texts.append(sentence)
    return fields


def _is_field(part: int | str) -> bool:
    # Branches of a union and validators appear in the location too; fields of the contract are
    # lower case, bracketed like status[], or in WebAuthn's spelling like rawId.
    if isinstance(part, int) or _CAMEL_CASE.fullmatch(part):
        return True
    return part == part.lower() and "(" not in part


def invalid(error: pydantic.ValidationError) -> ValidationError:
    """The contract's error for what pydantic found."""
    return ValidationError(to_fields(error.errors(include_url=False)))


def phone_fault(country_code: str | None, phone: str) -> str | None:
    """Why a number cannot be one of its prefix, or nothing when it can."""
    if country_code == "+91" and len(phone) != 10:
        return "must have ten digits"
    return None


_NATIONAL = re.compile(r"[0-9]{4,14}")


def national_number(typed: str, country_code: str) -> str:
    """A phone number as people write or paste it, without prefix, trunk zero, blanks and signs.

    Where the zero belongs to the number, as in Italy, it stays.
    """
    digits = re.sub(r"[\s().\-/]+", "", plain(typed))
    digits = digits.removeprefix(country_code) if country_code else digits
    bare = _without_trunk_prefix(digits, country_code)
    return bare if _NATIONAL.fullmatch(bare) else digits


def readable_phone(country_code: str | None, phone: str | None) -> str:
    """A number with its prefix, in the groups its country reads it in: `+91 98765 43210`.

    What cannot be a number stays as it is.
    """
    written = " ".join(filter(None, (country_code, phone)))
    if not (country_code and phone):
        return written
    try:
        number = phonenumbers.parse(country_code + phone)
    except NumberParseException:
        return written
    if not phonenumbers.is_possible_number(number):
        return written
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


class HasPhone(Protocol):
    """A number as the contract has it, in two parts."""

    country_code: str | None
    phone: str | None


def readable_phones(*addresses: HasPhone | None) -> dict[str, str]:
    """How the numbers of addresses are read, by prefix and number together: `+919876543210`."""
    return {
        f"{one.country_code or ''}{one.phone}": readable_phone(one.country_code, one.phone)
        for one in addresses
        if one and one.phone
    }


def _without_trunk_prefix(digits: str, country_code: str) -> str:
    prefix = country_code.removeprefix("+")
    if not (digits.isdecimal() and prefix.isdecimal()):
        return digits
    try:
        number = phonenumbers.parse(digits, phonenumbers.region_code_for_country_code(int(prefix)))
    except NumberParseException:
        return digits
    is_of_prefix = str(number.country_code) == prefix
    return phonenumbers.national_significant_number(number) if is_of_prefix else digits
