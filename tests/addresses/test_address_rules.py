"""What each country asks of an address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.addresses import rules
from account_portal.core.errors import InvalidInput
from tests.factories.addresses import HOME

PINCODE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9 -]{1,10}[A-Za-z0-9])?$")


def faults(**values: str) -> set[str]:
    try:
        rules.require_deliverable({**HOME, **values})
    except InvalidInput as error:
        return set(error.fields)
    return set()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("India", "India"),
        ("  INDIA ", "India"),
        ("in", "India"),
        ("USA", "United States"),
        ("United States of America", "United States"),
        ("UK", "United Kingdom"),
        ("Turkey", "Türkiye"),
        ("turkiye", "Türkiye"),
        ("Cote d'Ivoire", "Côte d'Ivoire"),
        ("Côte d\u2019Ivoire", "Côte d'Ivoire"),
        ("Ivory Coast", "Côte d'Ivoire"),
        ("Trinidad and Tobago", "Trinidad & Tobago"),
        ("Saint Lucia", "St. Lucia"),
        ("The Netherlands", "Netherlands"),
        ("Hong Kong SAR China", "Hong Kong"),
        ("Czech Republic", "Czechia"),
    ],
)
def test_a_country_is_known_by_what_people_call_it(written: str, meant: str) -> None:
    assert rules.country_name_of(written) == meant


@pytest.mark.parametrize(
    "unknown", ["", "Atlantis", "zz", "European Union", "India!x", "\u0e44\u0e17\u0e22"]
)
def test_an_unknown_country_is_refused(unknown: str) -> None:
    assert rules.country_name_of(unknown) is None
    assert faults(country=unknown) == {"country"}
    with pytest.raises(InvalidInput):
        rules.address_form(unknown)


def test_every_country_has_a_form_whose_own_example_passes() -> None:
    assert len(rules.country_names()) > 240
    for country in rules.country_names():
        assert 2 <= len(country) <= 60
        form = rules.address_form(country)
        assert form.country == country
        names = [field.name for field in form.fields]
        assert len(set(names)) == len(names)
        assert {"address_line1", "city"} <= {f.name for f in form.fields if f.required}
        pincode, state = form.field("pincode"), form.field("state")
        example = pincode.example if pincode else ""
        assert PINCODE.match(example)
        area = state.choices[0] if state and state.choices else "Somewhere"
        filled = faults(country=country, pincode=example or "12345", state=area, country_code="+99")
        assert filled == set(), country


@pytest.mark.parametrize(
    ("country", "labels"),
    [
        ("India", {"pincode": "PIN code", "state": "State", "city": "City"}),
        ("United States", {"pincode": "ZIP code", "state": "State"}),
        ("United Kingdom", {"pincode": "Postcode", "city": "Town or city"}),
        ("Ireland", {"pincode": "Eircode", "state": "County"}),
        ("Japan", {"state": "Prefecture"}),
        ("United Arab Emirates", {"state": "Emirate"}),
        ("Canada", {"state": "Province", "pincode": "Postal code"}),
        ("Brazil", {"pincode": "CEP", "address_line2": "Bairro, complement"}),
        ("Germany", {"pincode": "Postal code", "address_line2": "Flat, floor or building"}),
        ("Australia", {"city": "Suburb", "pincode": "Postcode"}),
    ],
)
def test_fields_are_called_what_the_country_calls_them(
    country: str, labels: dict[str, str]
) -> None:
    form = rules.address_form(country)
    assert {name: getattr(form.field(name), "label", None) for name in labels} == labels


@pytest.mark.parametrize(
    ("country", "is_numeric"),
    [
        ("India", True),
        ("United States", True),
        ("Germany", True),
        ("Portugal", True),
        ("Brazil", True),
        ("United Kingdom", False),
        ("Canada", False),
        ("Netherlands", False),
        ("Ireland", False),
        ("Latvia", False),
    ],
)
def test_a_postcode_of_digits_is_typed_on_a_keyboard_of_digits(
    country: str, is_numeric: bool
) -> None:
    field = rules.address_form(country).field("pincode")
    assert field is not None
    assert field.is_numeric == is_numeric


def test_a_code_typed_on_a_keyboard_of_digits_is_understood_without_its_signs() -> None:
    for country in rules.country_names():
        field = rules.address_form(country).field("pincode")
        if field is not None and field.is_numeric:
            digits = re.sub("[^0-9]", "", field.example)
            assert faults(country=country, pincode=rules.postcode_of(country, digits)) == set()


@pytest.mark.parametrize(
    ("country", "knows"),
    [("India", True), ("Nigeria", True), ("Germany", False), ("Brazil", False), ("Ireland", False)],
)
def test_a_landmark_is_asked_for_where_couriers_go_by_it(country: str, knows: bool) -> None:
    assert (rules.address_form(country).field("landmark") is not None) == knows
    assert rules.knows_landmarks(country) == knows


def test_states_are_offered_by_readable_names() -> None:
    india = rules.address_form("India").field("state")
    assert india is not None
    assert {"Karnataka", "Delhi", "Tamil Nadu"} <= set(india.choices)
    emirates = rules.address_form("UAE").field("state")
    assert emirates is not None
    assert {"Dubai", "Abu Dhabi"} <= set(emirates.choices)
    assert rules.address_form("Singapore").field("state") is None


@pytest.mark.parametrize("pincode", ["056001", "56001", "5600011", "56000A"])
def test_an_indian_pincode_has_six_digits_and_no_leading_zero(pincode: str) -> None:
    assert faults(pincode=pincode) == {"pincode"}


@given(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True, alphabet="0123456789"))
def test_any_six_digits_not_starting_with_zero_are_an_indian_pincode(pincode: str) -> None:
    assert faults(pincode=pincode) == set()


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("United States", "95014-1234", "9501"),
        ("United Kingdom", "sw1a 1aa", "12345"),
        ("Canada", "K1A 0B1", "K1A"),
        ("Germany", "10115", "1011"),
        ("Netherlands", "1234 AB", "AB 1234"),
    ],
)
def test_a_postcode_has_the_form_of_its_country(country: str, good: str, bad: str) -> None:
    at = {"country": country, "state": "Ontario", "country_code": "+1"}
    assert faults(**at, pincode=good) == set()
    assert faults(**at, pincode=bad) == {"pincode"}


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("India", "560 001", "560001"),
        ("Poland", "00001", "00-001"),
        ("Portugal", "1000001", "1000-001"),
        ("Canada", "K1A-0B1", "K1A 0B1"),
        ("Japan", "\u3012150-0001", "150-0001"),
        ("Japan", "\uff11\uff15\uff10\uff0d\uff10\uff10\uff10\uff11", "150-0001"),
        ("Germany", "D-10115", "10115"),
        ("Germany", "DE 10115", "10115"),
        ("Sweden", "SE-111 22", "111 22"),
        ("Sweden", "11122", "111 22"),
        ("United States", "100010001", "10001-0001"),
        ("United States", "10001", "10001"),
        ("United Kingdom", "ec1a1bb", "EC1A 1BB"),
        ("United Kingdom", "sw1a  1aa", "SW1A 1AA"),
        ("Ireland", "d02af30", "D02 AF30"),
        ("Jersey", "je2 3ab", "JE2 3AB"),
        ("Latvia", "1073", "LV-1073"),
        ("France", "75 001", "75001"),
        ("Brazil", "40301110", "40301-110"),
        ("India", "56000A", "56000A"),
        ("Germany", "F-10115", "F-10115"),
        ("Bahamas", "A-1", "A-1"),
        ("Atlantis", "1 2", "1 2"),
        ("India", "", ""),
    ],
)
def test_a_postcode_is_kept_as_its_country_writes_it(country: str, typed: str, kept: str) -> None:
    assert rules.postcode_of(country, typed) == kept
    assert rules.postcode_of(country, kept) == kept


def test_every_countrys_own_example_is_kept_as_it_is() -> None:
    for country in rules.country_names():
        pincode = rules.address_form(country).field("pincode")
        if pincode is not None and country != "Sweden":
            assert rules.postcode_of(country, pincode.example) == pincode.example


@given(st.sampled_from(rules.country_names()), st.text(max_size=14))
def test_tidying_twice_changes_nothing_more(country: str, typed: str) -> None:
    once = rules.postcode_of(country, typed)
    assert rules.postcode_of(country, once) == once


def test_a_country_that_uses_no_postcode_takes_any_or_none() -> None:
    for pincode in ("", "00000", "A-1"):
        assert faults(country="Bahamas", pincode=pincode, state="") == set()


def test_what_the_contract_leaves_open_may_be_left_out_and_the_form_asks_for_it() -> None:
    assert faults(state="", pincode="") == set()
    india, germany = rules.address_form("India"), rules.address_form("Germany")
    needed = {field.name for field in india.fields if field.required}
    assert {"state", "pincode"} <= needed
    assert "state" not in {field.name for field in germany.fields if field.required}


@given(st.from_regex(r"[0-9]{4,14}", fullmatch=True, alphabet="0123456789"))
def test_an_indian_phone_has_ten_digits(phone: str) -> None:
    assert faults(phone=phone) == (set() if len(phone) == 10 else {"phone"})
    assert faults(phone=phone, country_code="+44") == set()


def test_what_nobody_touches_is_not_complained_about() -> None:
    odd = {**HOME, "pincode": "", "phone": "12345", "state": ""}
    rules.require_deliverable(odd, changed=["city", "nickname"])
    with pytest.raises(InvalidInput) as caught:
        rules.require_deliverable({**odd, "pincode": "1"}, changed=["pincode"])
    assert set(caught.value.fields) == {"pincode"}
    with pytest.raises(InvalidInput) as caught:
        rules.require_deliverable({**odd, "country": "Narnia"}, changed=["country"])
    assert set(caught.value.fields) == {"country"}


@pytest.mark.parametrize(
    ("prefix", "country"),
    [
        ("+91", "India"),
        ("49", "Germany"),
        ("+1", "United States"),
        ("+999", None),
        ("", None),
        ("+", None),
        ("+9 1", None),
        ("٩١", None),
    ],
)
def test_a_prefix_tells_a_country(prefix: str, country: str | None) -> None:
    assert rules.country_of_prefix(prefix) == country


@pytest.mark.parametrize("country", ["United States", "USA", "US", "United States of America"])
def test_a_country_is_written_its_way_however_a_shop_calls_it(country: str) -> None:
    assert country in rules.state_beside_city()
    assert country not in rules.postcode_first()
    assert {"Germany", "DE", "Holland"} <= set(rules.postcode_first())
