"""Which passwords are good enough."""

import unicodedata
from collections.abc import Iterable
from math import log10

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
ELSEWHERE = ("azerty", "contrasena", "motdepasse", "parola", "qwertz", "senha", "woaini")
"""What lists of English speakers have no word of."""
GUESSES = 6
"""A password must outlast ten to the power of this: the 10,000 most used ones with 100 endings."""
ESTIMATED = 72
"""Signs that are looked at; more make no password worse."""
SHORTEST_WORD = 4
"""Letters of a name from which on it counts as a word: shorter ones stand in too much else."""
SHORTEST_CORE = 8
"""Signs of a common password from which on it stays one with a few more."""
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
    name = (email or "").partition("@")[0]
    if (email and email in plain) or (name and plain == name):
        raise WeakPassword(None, **{field: "must not contain the e-mail address"})
    if phone and phone in plain:
        raise WeakPassword(None, **{field: "must not contain the phone number"})
    near = {*CONTEXT, *_words(store)}
    if _is_made_of(plain, near):
        raise WeakPassword(
            None, **{field: "is little more than the shop's name or a word of signing in"}
        )
    if _is_guessed_first(plain, {*near, *ELSEWHERE, *_words(name)}):
        raise WeakPassword(None, **{field: "is one of the most used passwords, or much like one"})


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


def _is_guessed_first(plain: str, words: Iterable[str]) -> bool:
    # Loaded with the first password that is set: its lists take a tenth of a second and 15 MB.
    from zxcvbn import zxcvbn
    from zxcvbn.matching import RANKED_DICTIONARIES

    if not plain:
        return True
    guesses = zxcvbn(plain[:ESTIMATED], user_inputs=sorted(words))["guesses"]
    if log10(guesses) < GUESSES:
        return True
    core = _core(plain)
    is_common = len(core) >= SHORTEST_CORE and core in RANKED_DICTIONARIES["passwords"]
    return is_common and len(plain) - len(core) < OWN_SIGNS
