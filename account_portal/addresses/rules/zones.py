"""In which time zone a place is: a promised day is a day there, whoever reads it wherever."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from account_portal.addresses.rules.countries import country_code_of, data_of, plain_name
from account_portal.core.settings import Settings

# Of countries with several zones, the one most people live in.
_USUAL = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}

# Where the state tells it; a state that is not named has its country's usual zone.
_BY_STATE: Mapping[str, Mapping[str, str]] = {
    "AU": {
        "Australia/Adelaide": "SA",
        "Australia/Brisbane": "QLD",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
    },
    "BR": {
        "America/Cuiaba": "MT MS",
        "America/Manaus": "AM RO RR",
        "America/Rio_Branco": "AC",
    },
    "CA": {
        "America/Edmonton": "AB NT",
        "America/Halifax": "NB NS PE",
        "America/Regina": "SK",
        "America/St_Johns": "NL",
        "America/Vancouver": "BC",
        "America/Whitehorse": "YT",
        "America/Winnipeg": "MB",
    },
    "ES": {"Atlantic/Canary": "GC TF"},
    "ID": {
        "Asia/Makassar": "BA NB NT KS KT KI KU SA SG SN SR ST GO",
        "Asia/Jayapura": "MA MU PA PB",
    },
    "MX": {
        "America/Cancun": "ROO",
        "America/Chihuahua": "CHH",
        "America/Hermosillo": "SON",
        "America/Mazatlan": "BCS SIN NAY",
        "America/Tijuana": "BCN",
    },
    "US": {
        "America/Anchorage": "AK",
        "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "CO ID MT NM UT WY",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Phoenix": "AZ",
        "Pacific/Honolulu": "HI",
    },
}


def zone_of(country: str | None, state: str | None = None) -> ZoneInfo:
    """The time zone of a place; UTC where the country is unknown.

    Args:
        country: its name, alias or ISO code.
        state: its name or abbreviation; it decides only where a country has several zones.
    """
    code = country_code_of(country) if country else None
    if code is None:
        return ZoneInfo("UTC")
    of_state = _zones_of_states(code).get(plain_name(state)) if state else None
    return ZoneInfo(of_state or _USUAL.get(code) or _zones_of_countries()[code])


def zone_of_store(settings: Settings) -> ZoneInfo:
    """The zone whose days are the store's: the one it names, or the usual one of its country."""
    named = settings.store_time_zone
    return ZoneInfo(named) if named else zone_of(settings.store_country)


@lru_cache(maxsize=1)
def _zones_of_countries() -> Mapping[str, str]:
    zones: dict[str, list[str]] = defaultdict(list)
    for zone, code in get_global("zone_territories").items():
        zones[code].append(zone)
    found: dict[str, str] = defaultdict(lambda: "UTC")
    found.update({code: min(of_country) for code, of_country in zones.items()})
    return found


@lru_cache(maxsize=32)
def _zones_of_states(code: str) -> Mapping[str, str]:
    """Zone by every way a state of that country is written."""
    found: dict[str, str] = {}
    by_iso = {
        iso: zone for zone, states in _BY_STATE.get(code, {}).items() for iso in states.split()
    }
    if not by_iso:
        return found
    data = data_of(code)
    columns = [
        data[name].split("~")
        for name in ("sub_isoids", "sub_keys", "sub_names", "sub_lnames")
        if name in data
    ]
    for iso, *spellings in zip(*columns, strict=True):
        for text in (iso, *spellings):
            if iso in by_iso and text:
                found[plain_name(text)] = by_iso[iso]
    return found
