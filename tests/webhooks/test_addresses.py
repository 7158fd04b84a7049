"""Where webhooks may go: nowhere but to the public internet, unless the shop says otherwise."""

import asyncio
import ipaddress
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput
from account_portal.models import WebhookEndpoint
from account_portal.webhooks.addresses import GuardedNetwork, fault_of_url, is_public
from account_portal.webhooks.sending import Outcome, Parcel, new_secret, send_all
from tests.factories.records import rows
from tests.webhooks.conftest import Makes
from tests.webhooks.receiver import Receiver, receiving

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:1::1",
    "2001:db8::1", "fec0::1", "3fff::1", "192.0.0.192", "192.88.99.1", "168.63.129.16",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8")
PARCEL = [Parcel("01HK153X000000000000000000", "{}")]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_hosts_networks_and_clouds_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_maps(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(mapped) == is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example/hook",
        "//shop.example/hook",
        "shop.example",
        "https://",
        "https://user@shop.example/hook",
        "https://user:password@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:port/",
        "https://[::1/",
        "https://shop.example/a b",
        "https://shöp.example/",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_of_a_web_server_is_refused(
    database: Database, makes: Makes, url: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        makes(url)
    assert list(refused.value.fields) == ["url"]
    assert rows(database, WebhookEndpoint) == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0x7f.1", "2130706433", "127.1", "[::]"],
)
def test_an_endpoint_inside_is_refused_at_once(database: Database, makes: Makes, host: str) -> None:
    with pytest.raises(InvalidInput, match="not valid"):
        makes(f"https://{host}:8443/hook")
    assert rows(database, WebhookEndpoint) == []


def test_a_name_that_nobody_knows_yet_may_be_an_endpoint(makes: Makes) -> None:
    assert makes("https://not-yet.invalid/hook").url == "https://not-yet.invalid/hook"


def send(url: str) -> Outcome:
    [outcome] = asyncio.run(send_all(url, [new_secret()], PARCEL, datetime.now(UTC)))
    return outcome


class Resolver:
    """Names, and how often each was asked for."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        found = self.answers[min(self.asked, len(self.answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Any:
    def answer(*answers: list[str]) -> Resolver:
        resolver = Resolver(*answers)
        monkeypatch.setattr(
            asyncio.BaseEventLoop, "getaddrinfo", lambda _loop, *a, **k: resolver(*a, **k)
        )
        return resolver

    return answer


def test_a_name_that_points_inside_is_not_connected_to(resolves: Any) -> None:
    with receiving() as inside:
        resolver = resolves(["127.0.0.1"])
        port = inside.url.split(":")[2].split("/")[0]
        outcome = send(f"https://rebound.example:{port}/hook")
        assert outcome == Outcome(
            succeeded=False, error="the address is not on the public internet"
        )
        assert (resolver.asked, inside.got) == (1, [])


def test_one_private_address_among_public_ones_is_enough_to_refuse(resolves: Any) -> None:
    resolves(["8.8.8.8", "10.0.0.1"])
    assert send("https://mixed.example/").error == "the address is not on the public internet"


def test_the_connection_goes_to_the_address_that_was_looked_at(
    resolves: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resolver that answers something else the second time is not asked a second time."""
    resolver = resolves(["8.8.8.8"], ["127.0.0.1"])
    connected = []

    async def connect(_self: Any, host: str, port: int, *_: Any) -> Any:
        connected.append((host, port))
        raise OSError("no network here")

    import httpcore

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    assert not send("https://rebinding.example/").succeeded
    assert connected == [("8.8.8.8", 443)]
    assert resolver.asked == 1
    assert isinstance(GuardedNetwork(), httpcore.AsyncNetworkBackend)


def test_a_redirect_inside_is_not_followed(receiver: Receiver) -> None:
    with receiving() as inside:
        receiver.answers, receiver.location = lambda _: 307, inside.url
        assert send(receiver.url).status == 307
        assert inside.got == []


def test_inside_is_allowed_when_the_shop_says_so(private: None, receiver: Receiver) -> None:
    assert fault_of_url("http://localhost:1/") is None
    assert send(receiver.url).succeeded


def test_what_was_made_when_it_was_allowed_is_not_sent_to_when_it_is_not(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.core.settings import get_settings

    monkeypatch.delenv("PORTAL_WEBHOOKS_ALLOW_PRIVATE")
    get_settings.cache_clear()
    assert not send(receiver.url).succeeded
    assert not send(receiver.url.replace("http:", "https:")).succeeded
    assert receiver.got == []


def test_an_answer_without_end_is_not_waited_for(
    private: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.webhooks import sending

    monkeypatch.setattr(sending, "ANSWER_WITHIN", 0.5)

    gone: asyncio.Event

    async def endless(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 500 No\r\ncontent-type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            pass
        finally:
            writer.close()
            gone.set()

    async def run() -> Outcome:
        nonlocal gone
        gone = asyncio.Event()
        server = await asyncio.start_server(endless, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        [outcome] = await send_all(
            f"http://127.0.0.1:{port}/", [new_secret()], PARCEL, datetime.now(UTC)
        )
        await asyncio.wait_for(gone.wait(), 10)  # it hung up: nothing is left open
        server.close()
        await server.wait_closed()
        return outcome

    outcome = asyncio.run(run())
    assert not outcome.succeeded
    assert outcome.error is not None
