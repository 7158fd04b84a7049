"""Addresses of things that others name: pictures, labels, where a parcel or a payment is.

They stand in pages, messages and answers, so that only what a browser opens as another page or a
picture is let in, and only that is ever sent out: https, http too where the settings say so, and
for pictures also a path of the portal's own.
"""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator

from account_portal.core.settings import get_settings

LONGEST = 1000
# A backslash is a slash to browsers; the rest never stands in an address that is written right.
_NEVER = re.compile(r"""[\s\\"<>\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]""")


def is_link(value: object) -> bool:
    """Whether a value is an address that may be shown as a link."""
    if not isinstance(value, str) or len(value) > LONGEST or _NEVER.search(value):
        return False
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    if not is_whole or "@" in parts.netloc:
        return False
    settings = get_settings()
    if parts.scheme == "https" or (parts.scheme == "http" and settings.http_links):
        return value.lower().startswith(f"{parts.scheme}://")
    return f"{parts.scheme}://{parts.netloc}".lower() == settings.origin.lower()


def is_picture(value: object) -> bool:
    """Whether a value is an address that may be shown as a picture: a link, or an own path."""
    if isinstance(value, str) and value.startswith("/") and not value.startswith("//"):
        return len(value) <= LONGEST and not _NEVER.search(value)
    return is_link(value)


def shown_link(value: Any) -> str | None:
    """The address, or nothing when it may not be shown: rows from before may hold anything."""
    return value if is_link(value) else None


def shown_picture(value: Any) -> str | None:
    """The address of a picture, or nothing when it may not be shown."""
    return value if is_picture(value) else None


def _required(value: Any) -> Any:
    if value is None or is_link(value):
        return value
    raise ValueError(words(pictures=False))


def _required_picture(value: Any) -> Any:
    if value is None or is_picture(value):
        return value
    raise ValueError(words(pictures=True))


def words(*, pictures: bool) -> str:
    """What is said of an address that is refused."""
    schemes = "https:// or http://" if get_settings().http_links else "https://"
    own = ", or a path of the portal that begins with /" if pictures else ""
    return f"must be an address that begins with {schemes}{own}, of at most {LONGEST} characters"


Link = Annotated[str, BeforeValidator(_required)]
"""An address that comes in; any other is refused."""
Picture = Annotated[str, BeforeValidator(_required_picture)]
"""The address of a picture that comes in; any other is refused."""
ShownLink = Annotated[str | None, BeforeValidator(shown_link)]
"""An address that goes out; any other is left out."""
ShownPicture = Annotated[str | None, BeforeValidator(shown_picture)]
"""The address of a picture that goes out; any other is left out."""
