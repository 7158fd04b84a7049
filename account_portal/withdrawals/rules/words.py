"""Words that somebody typed who has not shown whose mailbox it is, for a mail to that mailbox.

Anybody can state a withdrawal in anybody's name and have its receipt sent anywhere. What they typed
must not make the shop the sender of their advertisement, or of a call to open an address.
"""

import re
import unicodedata

LONGEST = {"name": 60, "order": 40, "goods": 200}
"""Signs of each that are mailed."""
LEFT_OUT = "…"

_MOST_FIGURES = 20
_LONGEST_WORD = 30
_AROUND = "()\"'“”„«».,;:!?#"
_WITHIN = frozenset("-'’&+_")
_COUNT = re.compile(r"[0-9]+[.,/][0-9]+")


def harmless(text: str, longest: int) -> str:
    """The words in one line that lead nowhere; what is left out shows as one ellipsis.

    Args:
        text: as it was typed.
        longest: signs that are kept at most.
    """
    kept: list[str] = []
    length = figures = 0
    for word in text.split():
        length += len(word) + 1
        figures += sum(sign.isdigit() for sign in word)
        if _is_plain(word) and length <= longest + 1 and figures <= _MOST_FIGURES:
            kept.append(word)
        elif kept[-1:] != [LEFT_OUT]:
            kept.append(LEFT_OUT)
    return " ".join(kept)


def _is_plain(word: str) -> bool:
    """Whether it has no dot, slash, colon or at sign within, by which programs tell addresses."""
    inside = word.strip(_AROUND)
    if len(word) > _LONGEST_WORD:
        return False
    return bool(_COUNT.fullmatch(inside)) or all(
        sign.isalnum() or sign in _WITHIN or unicodedata.category(sign) in {"Mn", "Mc"}
        for sign in inside
    )
