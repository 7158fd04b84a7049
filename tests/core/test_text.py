"""What people type: digits of other scripts, accents, phone numbers with their trunk zero."""

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.text import folded, plain
from account_portal.core.validation import national_number, readable_phone

CODES = sorted({f"+{code}" for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("\u0666\u0665\u0660\u0663\u0667\u0663", "650373"),
        ("\uff18\uff10\uff18\uff11\uff13\uff17", "808137"),
        ("\u096f\u096e\u096d", "987"),
        ("\U0001d7d8\U0001d7e1", "09"),
        ("\uff11\uff15\uff10\uff0d\uff10", "150-0"),
        ("1\u20132\u22123", "1-2-3"),
    ],
)
def test_digits_and_dashes_of_any_script_are_read(typed: str, read: str) -> None:
    assert plain(typed) == read


@given(st.characters(categories=["Nd"]))
def test_every_decimal_digit_is_read_as_its_value(letter: str) -> None:
    assert plain(letter) == str(unicodedata.decimal(letter))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00c9CLAIR", "eclair"),
        ("e\u0301clair", "\u00e9clair"),
        ("\u0130stanbul \u00e7ay", "istanbul cay"),
        ("I\u015eIK", "\u0131\u015f\u0131k"),
        ("Stra\u00dfe", "STRASSE"),
        ("\u0141\u00f3d\u017a", "lodz"),
        ("\uff21\uff22\uff23", "abc"),
    ],
)
def test_searches_find_what_differs_in_case_and_accents(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text(max_size=40))
def test_what_was_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("typed", "code", "number"),
    [
        ("07911 123456", "+44", "7911123456"),
        ("7911123456", "+44", "7911123456"),
        ("+44 (0)7911-123456", "+44", "7911123456"),
        ("098765 43210", "+91", "9876543210"),
        ("06 698 12345", "+39", "0669812345"),  # Italy: the zero is part of the number
        ("8 (912) 345-67-89", "+7", "9123456789"),
        ("06 20 123 4567", "+36", "201234567"),
        ("\u0660\u0667\u0669\u0661\u0661\u0661\u0662\u0663\u0664\u0665\u0666", "+44", "7911123456"),
        ("12345", "+91", "12345"),
        ("123456789", "+999", "123456789"),
        ("0123", "+44", "0123"),
        ("call me", "+44", "callme"),
    ],
)
def test_a_phone_number_is_kept_one_way(typed: str, code: str, number: str) -> None:
    assert national_number(typed, code) == number


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_number_as_its_country_writes_it_is_the_one_that_is_dialled_from_abroad(
    region: str,
) -> None:
    number = phonenumbers.example_number(region)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    wanted = phonenumbers.national_significant_number(number)
    assert national_number(written, f"+{number.country_code}") == wanted
    assert national_number(wanted, f"+{number.country_code}") == wanted


@given(st.from_regex(r"[0-9]{4,14}", fullmatch=True, alphabet="0123456789"), st.sampled_from(CODES))
def test_any_digits_stay_a_number_that_can_be_kept(digits: str, code: str) -> None:
    number = national_number(digits, code)
    assert number.isdecimal()
    assert 4 <= len(number) <= 14


@pytest.mark.parametrize(
    ("code", "phone", "written"),
    [
        ("+91", "9876543210", "+91 98765 43210"),
        ("+44", "7911123456", "+44 7911 123456"),
        ("+39", "0612345678", "+39 06 1234 5678"),
        ("+91", "12", "+91 12"),
        ("+0", "none", "+0 none"),
        (None, "98765", "98765"),
        ("+91", None, "+91"),
        (None, None, ""),
    ],
)
def test_a_phone_is_read_in_the_groups_of_its_country(
    code: str | None, phone: str | None, written: str
) -> None:
    assert readable_phone(code, phone) == written
