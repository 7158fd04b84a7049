"""The fields an address has in each country, and how they are called there."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from account_portal.addresses.rules.countries import country_code_of, data_of, names, plain_name
from account_portal.addresses.schemas import AddressField, AddressForm
from account_portal.core.countries import dialling_code
from account_portal.core.errors import InvalidInput

_AREA_LABELS = {
    "area": "Area",
    "county": "County",
    "department": "Department",
    "district": "District",
    "do_si": "Province or city",
    "emirate": "Emirate",
    "island": "Island",
    "oblast": "Region",
    "parish": "Parish",
    "prefecture": "Prefecture",
    "province": "Province",
    "state": "State",
}
_CITY_LABELS = {
    "city": "City",
    "district": "District",
    "post_town": "Town or city",
    "suburb": "Suburb",
}
_CODE_LABELS = {"eircode": "Eircode", "pin": "PIN code", "postal": "Postal code", "zip": "ZIP code"}
# What the data calls by the general name.
_OWN_CODE_LABELS = {
    "BR": "CEP",
    **dict.fromkeys(("AU", "GB", "GG", "IM", "JE", "MY", "NL", "NZ", "ZA"), "Postcode"),
}
# A second line holds what the data calls the dependent locality, too.
_SECOND_LINE = "Flat, floor or building"
_OWN_SECOND_LINES = {
    "BR": "Bairro, complement",
    "CA": "Apartment, suite or unit",
    "MX": "Colonia, apartment or floor",
    "US": "Apartment, suite or unit",
}
# Where streets have no names or houses no numbers, couriers go by what stands near.
_WITH_LANDMARKS = frozenset({
    "AE", "AF", "BD", "BH", "BT", "CM", "CR", "ET", "GH", "IN", "KE", "KH", "KW", "LA", "LK",
    "MM", "MV", "NG", "NI", "NP", "OM", "PH", "PK", "QA", "RW", "SA", "TZ", "UG", "YE", "ZM",
})  # fmt: skip


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha())


def _area_choices(data: Mapping[str, Any]) -> list[str]:
    """Names of states, in Latin letters where the data has them."""
    spellings = [
        data[key].split("~") for key in ("sub_lnames", "sub_names", "sub_keys") if data.get(key)
    ]
    names = []
    for variants in zip(*spellings, strict=False):
        known = [name for name in variants if name]
        if known:
            names.append(next(filter(_is_latin, known), known[0]))
    return sorted(names, key=plain_name)


@lru_cache(maxsize=256)
def form_of(code: str) -> AddressForm:
    """The form of a country, by ISO code."""
    data = data_of(code)
    written = data.get("lfmt") or data["fmt"]
    letters = [letter for letter in re.findall(r"%([ACSZ])", written) if letter != "A"]
    if "C" not in letters:
        # The contract asks for a city everywhere, also where the post does not.
        letters.insert(0, "C")
    required = set(data["require"])
    fields = [
        _field("address_line1", "Address", required=True),
        _field("address_line2", _OWN_SECOND_LINES.get(code, _SECOND_LINE), required=False),
    ]
    if code in _WITH_LANDMARKS:
        fields.append(_field("landmark", "Landmark", required=False))
    for letter in letters:
        match letter:
            case "C":
                label = _CITY_LABELS.get(data["locality_name_type"], "City")
                fields.append(_field("city", label, required=True))
            case "S":
                label = _AREA_LABELS.get(data["state_name_type"], "State or region")
                choices = _area_choices(data)
                fields.append(_field("state", label, required="S" in required, choices=choices))
            case _:
                fields.append(_code_field(code, data, required="Z" in required))
    return AddressForm(country=names()[code], country_code=dialling_code(code), fields=fields)


def _field(name: str, label: str, *, required: bool, choices: Iterable[str] = ()) -> AddressField:
    return AddressField(
        name=name, label=label, required=required, choices=list(choices), example=""
    )


def _code_field(code: str, data: Mapping[str, Any], *, required: bool) -> AddressField:
    usual = _CODE_LABELS.get(data["zip_name_type"], "Postal code")
    pattern = data.get("zip", "")
    return AddressField(
        name="pincode",
        label=_OWN_CODE_LABELS.get(code, usual),
        required=required,
        choices=[],
        example=data.get("zipex", "").split(",")[0],
        # Dashes and gaps need no key: `postcode_of` puts them in.
        is_numeric=bool(pattern) and not re.search("[A-Za-z]", pattern.replace("\\d", "")),
    )


def address_form(country: str) -> AddressForm:
    """The fields an address of the country has.

    Raises:
        InvalidInput: the country is unknown.
    """
    code = country_code_of(country)
    if code is None:
        raise InvalidInput(country="is not a country we know")
    return form_of(code)


_UNTIL_KNOWN = "IN"
"""Whose form is shown until a country is chosen."""

PLACE = ("city", "state", "pincode")
"""Fields that not every country has, or calls the same."""


def second_line(country: str) -> str:
    """What stands in the second line of an address there."""
    field = form_of(country_code_of(country) or _UNTIL_KNOWN).field("address_line2")
    return field.label if field else _SECOND_LINE


def knows_landmarks(country: str) -> bool:
    """Whether couriers there go by what stands near."""
    return (country_code_of(country) or _UNTIL_KNOWN) in _WITH_LANDMARKS


def place_fields(country: str) -> tuple[list[AddressField], list[str]]:
    """`PLACE` as the country has it, and its states to choose from; India's until one is known."""
    form = form_of(country_code_of(country) or _UNTIL_KNOWN)
    fields = [field for field in form.fields if field.name in PLACE]
    states = next((field.choices for field in fields if field.name == "state"), [])
    return [field.model_copy(update={"choices": []}) for field in fields], list(states)
