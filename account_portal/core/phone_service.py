"""Services that carry messages to phones: an Apprise URL, and recipients set apart from it."""

import re
from functools import lru_cache
from typing import Any

TO = "{to}"
_PHONE = re.compile(r"\+[1-9][0-9]{4,17}")
_SOMEBODY = "+14155550100"


class UnusableService(ValueError):
    """The URL cannot be used; the text says why, without repeating it."""


def service_for(url: str, recipient: str) -> Any:
    """The Apprise service of a URL, with one recipient and no other.

    Raises:
        UnusableService: nothing is known by this URL, or it would send to somebody else.
    """
    from apprise import Apprise  # slow to import, and most machines never need it

    if not _PHONE.fullmatch(recipient):
        raise UnusableService("takes phone numbers with their prefix only")
    parts, pattern = _read(url)
    # The recipient is an entry of a list: it is never part of the text of an address.
    service = Apprise.instantiate({**parts, "targets": [pattern.replace(TO, recipient)]})
    if service is None:
        raise UnusableService("is no address Apprise understands")
    # Some services send to their own number when they are left with no other.
    if len(getattr(service, "targets", service)) != 1:
        raise UnusableService("is no service that sends to a phone")
    return service


def require_usable(url: str) -> None:
    """Refuse a URL that could not send to a customer, or would send to somebody else.

    Raises:
        UnusableService: likewise.
    """
    service_for(url, _SOMEBODY)


@lru_cache(maxsize=8)
def _read(url: str) -> tuple[dict[str, Any], str]:
    from apprise.plugins import url_to_dict

    parts = url_to_dict(  # type: ignore[no-untyped-call]
        url.replace("?to={to}", "").replace("&to={to}", "")
    )
    if not parts or "targets" not in parts:
        raise UnusableService("is no address Apprise understands, or of no service for phones")
    named = [str(target) for target in parts["targets"]]
    if len(named) > 1 or any(TO not in target for target in named):
        raise UnusableService(
            "names a recipient of its own; codes would go there. Leave it out, or write {to}"
        )
    return parts, named[0] if named else TO
