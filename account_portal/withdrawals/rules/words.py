"""Words that somebody typed who has not shown whose mailbox it is, for a mail to that mailbox.

Anybody can state a withdrawal in anybody's name and have its receipt sent anywhere. What they typed
must not make the shop the sender of their advertisement, or of a call to open an address.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is mailed of a field.

    Attributes:
        signs: of the whole.
        figures: of the whole; a telephone number has seven or more.
        in_word: figures of a word.
    """

    signs: int
    figures: int
    in_word: int


BOUNDS: Mapping[str, Bounds] = {
    "name": Bounds(60, figures=0, in_word=0),
    # A number of an order can't be told from one that is to be called.
    "order": Bounds(40, figures=20, in_word=20),
    "goods": Bounds(200, figures=8, in_word=4),  # counts and sizes
}
LEFT_OUT = "…"

_LONGEST_WORD = 30
_AROUND = "()\"'“”„«».,;:!?#"
_WITHIN = frozenset("-'’&+_")
_LIKE_A_SIGN = (" DOT", " COLON", " FILLER", "ABBREVIATION MARK")
_OF_ANY_SCRIPT = {"DIGIT", "COMBINING", "MODIFIER"}  # the last: apostrophes of several languages
_EAST_ASIAN = frozenset(
    ["CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "HANGUL", "BOPOMOFO", "HALFWIDTH", "FULLWIDTH"]
)
_COUNT = re.compile(r"[0-9]+[.,/][0-9]+")


def harmless(text: str, field: str) -> str:
    """The words in one line that lead nowhere; what is left out shows as one ellipsis.

    Args:
        text: as it was typed.
        field: which of `BOUNDS` it is.
    """
    bounds = BOUNDS[field]
    kept: list[str] = []
    length = figures = 0
    for word in text.split():
        length += len(word) + 1
        own = sum(unicodedata.category(sign)[0] == "N" for sign in word)
        has_few = own <= bounds.in_word and figures + own <= bounds.figures
        if has_few and length <= bounds.signs + 1 and _is_plain(word):
            figures += own
            kept.append(word)
        elif kept[-1:] != [LEFT_OUT]:
            kept.append(LEFT_OUT)
    return " ".join(kept)


def mailbox_of(contact: str) -> str:
    """Which mailbox an e-mail address is of, as far as it shows, for counting what it gets.

    Many providers bring mail for `name+anything` to `name`, and some leave dots out.
    """
    name, at, domain = contact.lower().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '') or name}{at}{domain}"


def _is_plain(word: str) -> bool:
    """Whether it has no dot, slash, colon or at sign within, by which programs tell addresses."""
    inside = word.strip(_AROUND)
    if len(word) > _LONGEST_WORD or not _is_of_one_script(inside):
        return False
    return bool(_COUNT.fullmatch(inside)) or all(
        sign.isalnum() or sign in _WITHIN or unicodedata.category(sign) in {"Mn", "Mc"}
        for sign in inside
    )


def _is_of_one_script(word: str) -> bool:
    """Whether no letter or figure looks like a sign, as some do, or those of another script."""
    scripts: set[str] = set()
    for sign in unicodedata.normalize("NFC", word):
        kind, name = unicodedata.category(sign)[0], unicodedata.name(sign, "")
        if (kind == "L" and name.endswith(_LIKE_A_SIGN)) or name.startswith("COMBINING DOT"):
            return False
        script = re.split("[ -]", name.removeprefix("EXTENDED "))[0]
        if kind in "LMN" and script not in _OF_ANY_SCRIPT:
            scripts.add("EAST ASIAN" if script in _EAST_ASIAN else script)
    return len(scripts) <= 1
