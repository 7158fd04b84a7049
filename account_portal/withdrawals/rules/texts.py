"""The texts of the withdrawal function, by language: ours, and a shop's own in their place."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_OURS = Path(__file__).parent.parent / "texts"
_LANGUAGE = re.compile(r"[a-z]{2}")
_LANGUAGES = {"AT": "de", "BE": "nl", "CH": "de", "LI": "de", "LU": "fr"}
"""Of countries whose code is no language's."""

Texts = Mapping[str, str]


@cache
def texts_in(language: str, folder: str) -> Texts:
    """The texts of a language; what the shop's file leaves out is ours, in it or in English."""
    found: dict[str, str] = {}
    for name in ("en", language):
        for place in (_OURS, Path(folder) if folder else _OURS):
            file = place / f"{name}.json"
            if file.is_file():
                found |= json.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def languages(folder: str) -> frozenset[str]:
    """Languages there are texts in."""
    places = [_OURS, Path(folder)] if folder else [_OURS]
    return frozenset(file.stem for place in places for file in place.glob("[a-z][a-z].json"))


def language_of(asked: str, accepted: str, country: str, folder: str) -> str:
    """The first language there are texts in: asked for, of the browser, of the store's country.

    Args:
        asked: as the address names it; may be anything.
        accepted: the browser's `Accept-Language`.
        country: ISO 3166 code.
        folder: the shop's own texts.
    """
    known = languages(folder)
    wanted = [asked, *(part.strip() for part in accepted.split(",")[:20])]
    wanted.append(_LANGUAGES.get(country, country))
    for one in wanted:
        match = _LANGUAGE.match(one.lower())
        if match and match[0] in known:
            return match[0]
    return "en"
