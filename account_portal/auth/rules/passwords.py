"""Which passwords are good enough."""

from account_portal.auth.rules.common_passwords import COMMON
from account_portal.auth.rules.errors import PasswordMismatch, WeakPassword


def require_same(password: str, repeated: str) -> None:
    """The repetition must be equal.

    Raises:
        PasswordMismatch: it is not.
    """
    if password != repeated:
        raise PasswordMismatch


def require_good_password(
    password: str, *, email: str | None, phone: str | None, field: str
) -> None:
    """Refuse passwords that are guessed first.

    Length says more than rules about signs, so there are none of those.

    Raises:
        WeakPassword: it is common, one sign repeated, or made of the e-mail address or phone.
    """
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 3:
        raise WeakPassword(None, **{field: "is one of the most used passwords"})
    name = (email or "").partition("@")[0]
    if (email and email in plain) or (name and plain == name):
        raise WeakPassword(None, **{field: "must not contain the e-mail address"})
    if phone and phone in plain:
        raise WeakPassword(None, **{field: "must not contain the phone number"})
