"""Postal codes as people write them, and as their country does."""

import re
from collections.abc import Iterable
from functools import lru_cache

from account_portal.addresses.rules.countries import country_code_of, data_of
from account_portal.core.text import plain

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


@lru_cache(maxsize=256)
def postcode_pattern(code: str) -> re.Pattern[str] | None:
    """What a postal code of the country (by ISO code) looks like, or nothing where any will do."""
    if code == "IN":
        return re.compile(r"[1-9][0-9]{5}")
    form = data_of(code).get("zip")
    return re.compile(form, re.ASCII | re.IGNORECASE) if form else None


def postcode_of(country: str, typed: str) -> str:
    """A postal code in the form its country writes it: "k1a-0b1" of Canada is "K1A 0B1".

    What can't be one of the country stays as it was typed.
    """
    code = country_code_of(country)
    pattern = postcode_pattern(code) if code else None
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
    examples = data_of(code).get("zipex", "")
    usual, other = ("-", " ") if "-" in examples else (" ", "-")
    if usual not in examples and code not in _WITH_A_GAP:
        yield bare
    for gap in (usual, other):
        for place in range(1, len(bare)):
            yield f"{bare[:place]}{gap}{bare[place:]}"
    yield bare
