"""What an address has to look like, country by country."""

from account_portal.addresses.rules.checking import (
    MAX_ADDRESSES,
    AddressNotFound,
    faults,
    require_deliverable,
    tidied,
    unfilled,
)
from account_portal.addresses.rules.countries import (
    country_code_of,
    country_name_of,
    country_names,
    country_of_prefix,
    dialling_codes,
    postcode_first,
    state_beside_city,
)
from account_portal.addresses.rules.forms import (
    PLACE,
    address_form,
    knows_landmarks,
    place_fields,
    second_line,
)
from account_portal.addresses.rules.postcodes import (
    postcode_of,
)
from account_portal.addresses.rules.zones import zone_of, zone_of_store

__all__ = [
    "MAX_ADDRESSES",
    "PLACE",
    "AddressNotFound",
    "address_form",
    "country_code_of",
    "country_name_of",
    "country_names",
    "country_of_prefix",
    "dialling_codes",
    "faults",
    "knows_landmarks",
    "place_fields",
    "postcode_first",
    "postcode_of",
    "require_deliverable",
    "second_line",
    "state_beside_city",
    "tidied",
    "unfilled",
    "zone_of",
    "zone_of_store",
]
