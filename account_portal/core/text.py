"""What people type, in the one way it is compared and kept."""

import re
import unicodedata

_UNSEEN = re.compile(
    "[\x80-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Signs that show nothing and turn or hide what stands beside them; joiners spell words."""

# Letters that have no accent to take off, but are searched for without their stroke.
_BASE_LETTERS = str.maketrans(
    {"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


def plain(text: str) -> str:
    """Digits of every script as `0` to `9`, every dash as `-`, full-width letters as usual ones."""
    if text.isascii():
        return text
    return "".join(_plain_letter(letter) for letter in unicodedata.normalize("NFKC", text))


def _plain_letter(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    # Minus is a sign of mathematics, not a dash.
    return "-" if letter == "\u2212" or unicodedata.category(letter) == "Pd" else letter


def without_unseen(text: str) -> str:
    """A text without signs that show nothing, such as those that turn the direction of reading."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def without_number_sign(text: str) -> str:
    """What people look for, without the sign that is put before an order's number: # or №."""
    return text.strip().lstrip("#\uff03\ufe5f№").strip()


def folded(text: str) -> str:
    """A text as searches compare it: without case and accents, however its letters are encoded."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.translate(_BASE_LETTERS)


def full_name(first: str | None, last: str | None) -> str:
    """The names there are, as one."""
    return " ".join(part for part in (first, last) if part)
