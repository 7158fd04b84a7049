"""The texts of the withdrawal function, by language: ours, and a shop's own in their place."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

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
        found |= _ours(name)
        if folder:
            found |= _read(Path(folder) / f"{name}.json")[0]
    return found


def faults_of(folder: str) -> list[str]:
    """What of a shop's own texts cannot be used, in words; ours stand in their place."""
    return [fault for file in _files(Path(folder)) for fault in _read(file)[1]]


def _ours(language: str) -> dict[str, str]:
    file = _OURS / f"{language}.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return found


def _read(file: Path) -> tuple[dict[str, str], list[str]]:
    """Texts of a shop that say no more than ours could, and what is wrong with the others.

    A withdrawal must be received whatever a file says, so a text that could not be filled in is
    left out.
    """
    if not file.is_file():
        return {}, []
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        return {}, [f"{file.name}: {error}"]
    if not isinstance(told, dict):
        return {}, [f"{file.name}: is no JSON object"]
    english = _ours("en")
    wrong = {
        name: fault for name, text in told.items() if (fault := _fault(text, english.get(name)))
    }
    sound = {name: text for name, text in told.items() if name not in wrong}
    return sound, [f"{file.name}: {name}: {fault}" for name, fault in wrong.items()]


def _fault(text: object, ours: str | None) -> str:
    if ours is None:
        return "no text has this name"
    if not isinstance(text, str) or not text.strip():
        return "is no text"
    try:
        unknown = _placeholders(text) - _placeholders(ours)
    except ValueError as error:
        return str(error)
    return f"{{{min(unknown)}}} is not known here" if unknown else ""


def _placeholders(text: str) -> set[str]:
    parts = Formatter().parse(text)
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
        for _, name, form, conversion in parts
        if name is not None
    }


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[a-z][a-z].json"))


@cache
def languages(folder: str) -> frozenset[str]:
    """Languages there are texts in."""
    places = [_OURS, Path(folder)] if folder else [_OURS]
    return frozenset(file.stem for place in places for file in _files(place))


def titles(country: str, folder: str) -> list[tuple[str, str]]:
    """What the withdrawal function is called in each language, that of the store's country first.

    Args:
        country: ISO 3166 code.
        folder: the shop's own texts.
    """
    own = language_of("", "", country, folder)
    ordered = sorted(languages(folder), key=lambda name: (name != own, name))
    return [(name, texts_in(name, folder)["title"].format()) for name in ordered]


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
