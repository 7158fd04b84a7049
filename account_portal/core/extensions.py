"""What installed packages add to the portal, found by their entry points (docs/extending.md)."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any
from urllib.parse import urlsplit

PAYMENTS = "account_portal.payments"
"""Makers of payment gateways, by what `PORTAL_PAYMENTS` calls them."""
MESSAGES = "account_portal.messages"
"""Makers of senders, by the scheme of the address that a channel is set up with."""
EVENT_SINKS = "account_portal.event_sinks"
"""Takers of events, by the name that a webhook of `sink:NAME` gives them."""
FILE_CHECKS = "account_portal.file_checks"
"""What judges files that customers send, by any name: each one is asked."""
PAGES = "account_portal.pages"
"""Pages, with their rows of the menu."""


class NotInstalled(LookupError):
    """No installed package adds a thing of this name; the text says which there are."""


@cache
def _added(group: str) -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=group)}


def names(group: str) -> list[str]:
    """What is added to a group, in the order of the alphabet."""
    return sorted(_added(group))


def load(group: str, name: str) -> Any:
    """What a package adds.

    Raises:
        NotInstalled: none does.
    """
    found = _added(group).get(name)
    if found is None:
        known = ", ".join(names(group)) or "none"
        raise NotInstalled(f"no installed package adds {name[:40]!r} to {group} (there: {known})")
    return found.load()


def distributions(group: str) -> list[str]:
    """The packages that add to a group, with their versions."""
    found = (point.dist for point in _added(group).values())
    return sorted({f"{dist.name}=={dist.version}" for dist in found if dist is not None})


def is_added_address(url: str) -> bool:
    """Whether a package sends what is for an address like this."""
    return bool(url) and urlsplit(url).scheme in _added(MESSAGES)
