"""Where webhooks may go: public addresses only, whatever names, redirects and resolvers say.

A name is resolved once for a connection. All its addresses are looked at, and the connection is
made to one that was: a name that points elsewhere a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpcore
from typing_extensions import override

from account_portal.core.settings import get_settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

RESOLVE_WITHIN = 5.0
"""Seconds."""
_TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)
"""IPv6 addresses that stand for IPv4 ones, by which a private address could be dressed up."""


_NOT_OF_THE_INTERNET = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocols, and what some clouds tell their machines
            "192.88.99.0/24",
            "168.63.129.16/32",  # a cloud's host
            "fec0::/10",
            "3fff::/20",
        ),
    )
)
"""What `ipaddress` takes for global, at least in some versions of Python."""


class AddressRefused(Exception):
    """Nothing is sent there; the text says why."""


def fault_of_url(url: str) -> str | None:
    """Why an address can't be an endpoint, as far as it can be told without asking anybody."""
    allow_private = get_settings().webhooks_allow_private
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "is no address"
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname:
        return f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if parts.username is not None or parts.password is not None:
        return "must hold no user name"
    if parts.fragment:
        return "must hold no fragment"
    if not url.isascii() or any(char <= " " for char in url):
        return "must be written in ASCII, as browsers send it"
    return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's, not of this host, its network or its cloud."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    if any(address in network for network in _NOT_OF_THE_INTERNET):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def require_public(found: Iterable[str]) -> list[str]:
    """The addresses, if all of them may be sent to.

    Raises:
        AddressRefused: one of them may not.
    """
    addresses = list(dict.fromkeys(found))
    if not get_settings().webhooks_allow_private:
        for text in addresses:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise AddressRefused("the address is not on the public internet")
    return addresses


def require_sendable(url: str) -> None:
    """Look a new endpoint's name up: nobody should wait for the first event to be told.

    A name that nobody knows yet may be known when the first event is there.

    Raises:
        AddressRefused: it is not on the public internet.
    """
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    require_public(str(one[4][0]) for one in found)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were looked at, and to no other."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVE_WITHIN):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpcore.ConnectError("the name has no address") from error
        fault: Exception = httpcore.ConnectError("the name has no address")
        for address in require_public(str(one[4][0]) for one in found):
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault

    @override
    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
