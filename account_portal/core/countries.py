"""Countries that law puts together, and how their phones are called."""

import phonenumbers

EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Where a contract made at a distance is withdrawn from by a function of the shop's pages."""


def dialling_code(country: str) -> str:
    """The prefix of phone numbers in a country, by ISO code: `+91` for `IN`; empty: none."""
    prefix = phonenumbers.country_code_for_region(country)
    return f"+{prefix}" if prefix else ""
