"""Which passwords are good enough."""

import unicodedata
from collections.abc import Iterable

from account_portal.auth.rules.common_passwords import COMMON
from account_portal.auth.rules.errors import PasswordMismatch, WeakPassword

CONTEXT = frozenset(
    [
        "account",
        "admin",
        "customer",
        "kennwort",
        "konto",
        "kunde",
        "login",
        "order",
        "passwort",
        "password",
        "portal",
        "secret",
        "shop",
        "store",
        "user",
        "welcome",
    ]
)
"""Words that stand near at hand where a password is asked for."""
SHORTEST_WORD = 4
"""Letters of a name from which on it counts as a word: shorter ones stand in too much else."""
OWN_SIGNS = 6
"""How many signs a password must have beside the words that are guessed first."""
_LOOK_ALIKES = str.maketrans("@4310$57!", "aaeiossti")


def require_same(password: str, repeated: str) -> None:
    """The repetition must be equal.

    Raises:
        PasswordMismatch: it is not.
    """
    if _normal(password) != _normal(repeated):
        raise PasswordMismatch


def require_good_password(
    password: str, *, email: str | None, phone: str | None, field: str, store: str = ""
) -> None:
    """Refuse passwords that are guessed first.

    Length says more than rules about signs, so there are none of those.

    Raises:
        WeakPassword: it is common, one sign repeated, made of the e-mail address, the phone, the
            store's name or words of signing in, or one of these with a few signs more.
    """
    plain = _normal(password).casefold()
    if plain in COMMON or len(set(plain)) < 3 or _is_varied_common(plain):
        raise WeakPassword(None, **{field: "is one of the most used passwords"})
    name = (email or "").partition("@")[0]
    if (email and email in plain) or (name and plain == name):
        raise WeakPassword(None, **{field: "must not contain the e-mail address"})
    if phone and phone in plain:
        raise WeakPassword(None, **{field: "must not contain the phone number"})
    if _is_made_of(plain, {*CONTEXT, *_words(store)}):
        raise WeakPassword(
            None, **{field: "is little more than the shop's name or a word of signing in"}
        )


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _words(name: str) -> set[str]:
    """The words of a name, and all of them in one."""
    plain = _normal(name).casefold()
    parts = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return {word for word in (*parts, "".join(parts)) if len(word) >= SHORTEST_WORD}


def _is_made_of(plain: str, words: Iterable[str]) -> bool:
    """Whether too little is left when the words are taken out, look-alike signs read as letters."""
    for text in (plain, plain.translate(_LOOK_ALIKES)):
        rest = text
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != text and len(rest) < OWN_SIGNS:
            return True
    return False


def _core(plain: str) -> str:
    """The password without figures and signs at its ends, look-alike signs read as letters."""
    start, end = 0, len(plain)
    while start < end and not plain[start].isalpha():
        start += 1
    while end > start and not plain[end - 1].isalpha():
        end -= 1
    return plain[start:end].translate(_LOOK_ALIKES)


def _is_varied_common(plain: str) -> bool:
    core = _core(plain)
    return core in _CORES and len(plain) - len(core) < OWN_SIGNS


_CORES = frozenset(core for core in map(_core, COMMON) if len(core) >= SHORTEST_WORD)
