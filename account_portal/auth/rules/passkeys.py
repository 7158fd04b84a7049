"""Where passkeys work, what they are called, and the errors they have of their own."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from account_portal.core.errors import InvalidInput, NotFound, Unprocessable

MOST_PASSKEYS = 20
LONGEST_NAME = 60

_KEEPERS = {
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "Apple Passwords",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "Apple Passwords",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
    "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
    "fdb141b2-5d84-443e-8a35-4698c205a502": "KeePassXC",
    "b84e4048-15dc-4dd0-8640-f4f60813c8af": "NordPass",
    "0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
}
"""What keeps passkeys, by AAGUID. What is not among them is called after the browser."""


class PasskeyInvalid(InvalidInput):
    """What the passkey signed does not fit: not ours, not this challenge, not this site."""

    code = "passkey_invalid"
    message = "This passkey could not be checked. Try again."
    keeps_changes = True


class PasskeyUnknown(InvalidInput):
    """There is no such passkey, or not any more."""

    code = "passkey_unknown"
    message = "This passkey opens no account here any more. Sign in another way."
    keeps_changes = True


class PasskeyExpired(InvalidInput):
    """The challenge is too old, was used, or was made for somebody or something else."""

    code = "passkey_expired"
    message = "That took too long. Try again."


class PasskeyLimitReached(Unprocessable):
    """There are as many as an account may have."""

    code = "passkey_limit_reached"
    message = f"An account can have {MOST_PASSKEYS} passkeys. Remove one first."


class PasskeysNotAvailable(NotFound):
    """Browsers have no passkeys for the portal's address."""

    code = "passkeys_not_available"
    message = "Passkeys need an https address with a name."


def web_origin(address: str) -> str:
    """An origin as browsers write it: lower case, without the usual port."""
    parts = urlsplit(address.lower())
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def relying_party_id(address: str) -> str:
    """The host that passkeys of a portal at this address belong to.

    Raises:
        PasskeysNotAvailable: browsers make none there: it is a number, or not secure.
    """
    parts = urlsplit(address.lower())
    host = parts.hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not is_local:
        raise PasskeysNotAvailable
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    raise PasskeysNotAvailable


def name_passkey(aaguid: str, browser: str, taken: Collection[str]) -> str:
    """What a new passkey is called until its owner says otherwise; unlike those there are."""
    base = _KEEPERS.get(aaguid, browser)[: LONGEST_NAME - 4]
    names = (base, *(f"{base} {number}" for number in range(2, MOST_PASSKEYS + 2)))
    return next(name for name in names if name not in taken)
