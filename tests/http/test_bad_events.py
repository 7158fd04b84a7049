"""What no page sends over a websocket ends it, is one line of the log, and changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import ConnectionClosed

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.profile.state.profile import ProfileState
from tests.e2e.conftest import PASSWORD
from tests.factories.users import make_user
from tests.live_tab import CLOSED, NAMESPACE, LiveTab, post, somebodys_email
from tests.portal_server import portal_server

SECRET = "hunter2-in-an-event"
PROFILE = ProfileState.get_full_name()
RENAME = f"{PROFILE}.save_name"
PLACE = {"pathname": "/profile", "asPath": "/profile", "query": {}}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: Any) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("portal")
    with portal_server(folder, PORTAL_PASSWORD_MEMORY_KIB="64") as url:
        yield url, folder / "server.log"


@pytest.fixture
def customer(portal: tuple[str, Path]) -> Iterator[User]:
    database = Database(f"sqlite:///{portal[1].parent / 'portal.db'}")
    yield make_user(database, password=PASSWORD, email=somebodys_email(), first_name="Kept")
    database.dispose()


@pytest.fixture
def tab(portal: tuple[str, Path], customer: User) -> LiveTab:
    assert customer.email
    _, cookie = post(portal[0], "login", contact=customer.email, password=PASSWORD)
    tab = LiveTab(portal[0], cookie)
    assert customer.email in tab.open()
    return tab


def event(name: Any = RENAME, payload: Any = None, router_data: Any = None, **more: Any) -> str:
    """An event as a page would send it, but for what is said."""
    form = {"first_name": SECRET, "last_name": SECRET}
    sent = {"name": name, "payload": {"form": form} if payload is None else payload}
    sent["router_data"] = PLACE if router_data is None else router_data
    return f"42{NAMESPACE}," + json.dumps(["event", {**sent, **more}])


BAD = {
    "no packet": SECRET,
    "no packet of Socket.IO": f"49{SECRET}",
    "an empty packet": "4",
    "no JSON": f'42{NAMESPACE},["event",{{{SECRET}',
    "no list": f'42{NAMESPACE},{{"event":"{SECRET}"}}',
    "an empty list": f"42{NAMESPACE},[]",
    "an event without a name": f"42{NAMESPACE},[null]",
    "a number for a name": f'42{NAMESPACE},[7,"{SECRET}"]',
    "an unknown kind": f'42{NAMESPACE},["{SECRET}"]',
    "a method of the server": f'42{NAMESPACE},["event_namespace"]',
    "a connection made up": f"42{NAMESPACE},"
    + json.dumps(
        ["connect", {"QUERY_STRING": "token=x", "asgi.scope": {"client": ["203.0.113.66", 1]}}]
    ),
    "a disconnection made up": f'42{NAMESPACE},["disconnect","{SECRET}"]',
    "an event too many": f'42{NAMESPACE},["event",{{}},"{SECRET}"]',
    "a text for an event": f"42{NAMESPACE}," + json.dumps(["event", json.dumps({"name": RENAME})]),
    "nothing for an event": f'42{NAMESPACE},["event"]',
    "an unknown handler": event(f"{PROFILE}.{SECRET}"),
    "a method that is no handler": event(f"{PROFILE}._show"),
    "a setter of any var": event(f"{PROFILE}.setvar", {"var_name": "sent_to", "value": SECRET}),
    "a handler of uploads": event(f"{PROFILE}.save_picture", {"files": [SECRET]}),
    "a number for a handler": event(7),
    "a list for arguments": event(payload=[SECRET]),
    "a text for arguments": event(payload=SECRET),
    "an argument too few": event(payload={}),
    "an argument too many": event(payload={"form": {}, "self": SECRET}),
    "an argument that is none": event(payload={SECRET: 1}),
    "a text for a place": event(router_data=SECRET),
    "a list for a query": event(router_data={**PLACE, "query": [SECRET]}),
    "a number for an address": event(router_data={**PLACE, "asPath": 7}),
    "an address that is none": event(router_data={**PLACE, "asPath": f"http://[{SECRET}"}),
    "another connection's room": f"40/other,{SECRET}",
    "a second greeting": f"40{NAMESPACE}," + json.dumps({"token": SECRET}),
    "half of a binary event": f'451-{NAMESPACE},["event",{{"_placeholder":true,"num":0}}]',
}

DELIVERY = "account_portal.messages"


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
def test_it_ends_the_connection_with_one_line(
    portal: tuple[str, Path], tab: LiveTab, customer: User, said: str
) -> None:
    url, log = portal
    before = log.read_bytes().count(b"\n")
    tab.socket.send(said)
    if said.startswith("451-"):
        tab.socket.send(SECRET.encode())
    if said.startswith("40"):
        refusal = tab.hear("44")
        assert SECRET not in refusal
    else:
        assert tab.is_closed()
    lines = log.read_bytes().decode().splitlines()[before:]
    # Meanwhile the server may have sent a message that was due.
    told = [one for line in lines if (one := json.loads(line))["logger"] != DELIVERY]
    assert [line["level"] for line in told] in (["warning"], []), lines
    assert SECRET not in "".join(lines)
    again = LiveTab(url, tab.cookie, token=tab.said["token"])
    assert '"first_name":"Kept"' in again.open()
    again.close()


@pytest.mark.parametrize(
    "auth",
    [
        {},
        {"token": SECRET},
        {"token": "t" * 20},
        {"token": "t" * 20, "page": ["p" * 20]},
        {"token": "../" + "t" * 20, "page": "p" * 20},
        {"token": "t" * 65, "page": "p" * 20},
        {"token": "t" * 20, "page": "p" * 20, "frame": "top"},
        {"token": "t" * 20, "page": "p" * 20, "frame": "plain", "proof": SECRET * 1000},
        {"token": "t" * 20, "page": "p" * 20, "event": {"name": "no.such", "payload": SECRET}},
        {"token": "t" * 20, "page": "p" * 20, "event": SECRET},
        [SECRET],
        SECRET,
    ],
)
def test_who_does_not_begin_as_pages_do_is_not_connected(
    portal: tuple[str, Path], auth: Any
) -> None:
    url, log = portal
    tab = LiveTab(url)
    assert CLOSED in tab.connect(auth)
    assert SECRET not in log.read_text(errors="replace")


def test_an_event_before_the_greeting_ends_the_connection(portal: tuple[str, Path]) -> None:
    tab = LiveTab(portal[0])
    tab.connect({"token": "t" * 20, "page": "p" * 20})
    tab.close()
    with pytest.raises(ConnectionClosed):
        tab.socket.send(event())


@pytest.mark.parametrize("query", [{}, {"order_number": "NW-BEFORE"}])
def test_a_page_is_where_its_address_says(
    portal: tuple[str, Path], customer: User, query: dict[str, str]
) -> None:
    """A page that moves on may still send the parts of the address before."""
    assert customer.email
    _, cookie = post(portal[0], "login", contact=customer.email, password=PASSWORD)
    tab = LiveTab(portal[0], cookie, "/orders/NW%20AFTER")
    tab.router["query"] = query
    assert '"order_number_rx_state_":"NW AFTER"' in tab.open()
