"""A browser's tab without a browser: Socket.IO and forms, as far as Reflex's client speaks them."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from simple_websocket import Client, ConnectionClosed

from account_portal.core.ids import new_id
from tests.portal_server import show_errors_of

NAMESPACE = "/backend/_event"
HYDRATE = "reflex___state____state.hydrate_and_load"
READY = '"is_hydrated_rx_state_":true'
DONE = '"busy_rx_state_":""'
CLOSED = "(closed)"
WITHIN = 10  # seconds


class LiveTab:
    """A tab of a browser with a page open.

    Args:
        url: of the portal.
        cookie: what the browser sends, `name=value; …`.
        path: address of the page.
        said: what the page says of itself beside its own names; a stolen `token`, say.
        address: query of the websocket's address, before what Engine.IO adds.
    """

    def __init__(
        self,
        url: str,
        cookie: str = "",
        path: str = "/profile",
        *,
        address: str = "",
        **said: str,
    ) -> None:
        self.url, self.cookie = url, cookie
        self.said = {"token": token_hex(16), "page": token_hex(16), **said}
        self.router = {"pathname": path, "asPath": path, "query": {}}
        self.address = address
        self.heard = ""

    def connect(self, auth: Any = None) -> str:
        """Open the websocket and say who one is, or whatever is given; returns the answer."""
        headers = {"Origin": self.url, "User-Agent": "tests"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        place = self.url.replace("http", "ws", 1) + NAMESPACE
        self.socket = Client(
            f"{place}/?{self.address}EIO=4&transport=websocket", headers=headers, ping_interval=None
        )
        # Engine.IO's greeting need not be waited for (and may be held back by the client's buffer).
        self.socket.send(f"40{NAMESPACE}," + json.dumps(self.said if auth is None else auth))
        return self.hear(f"40{NAMESPACE}")

    def open(self) -> str:
        """Connect as a page does, which asks for all its data; returns what it was told."""
        event = {"name": HYDRATE, "payload": {}, "router_data": self.router}
        told = self.connect({"event": event, **self.said})
        return told if READY in told or CLOSED in told else told + self.hear(READY)

    def send(self, name: str, *, until: str = DONE, **payload: Any) -> str:
        """Send an event; returns what is said until it is done, or the connection closed."""
        self.emit("event", {"name": name, "payload": payload, "router_data": self.router})
        return self.hear(until)

    def emit(self, *words: Any) -> None:
        """Send a Socket.IO event."""
        self.socket.send(f"42{NAMESPACE}," + json.dumps(words))

    def hear(self, until: str) -> str:
        """What is said until it has that in it, or the connection is closed."""
        told, end = "", time.monotonic() + WITHIN
        while until not in told:
            try:
                message = self.socket.receive(timeout=max(0, end - time.monotonic()))
            except ConnectionClosed:
                told += CLOSED
                break
            assert message is not None, f"nothing had {until!r} in it: {told}"
            if message == "2":
                self.socket.send("3")
            told += str(message) + "\n"
        self.heard += told
        return told

    def is_closed(self) -> bool:
        """Whether the server ended the connection."""
        return self.hear(CLOSED).endswith(CLOSED)

    def close(self) -> None:
        """Close the tab, as a browser does, and wait until the server knows."""
        self.socket.send("42" + NAMESPACE + ',0["leave"]')
        self.hear(f"43{NAMESPACE}")
        self.socket.close()

    def upload(self, name: str, content: bytes, **headers: str) -> tuple[int, str]:
        """Send a file to a handler; returns the status and what was answered."""
        edge = token_hex(8)
        part = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
        part += "Content-Type: image/png\r\n\r\n"
        return send(
            f"{self.url}/backend/_upload",
            part.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Reflex-Client-Token": self.said["token"],
                "Reflex-Event-Handler": name,
                "Portal-Page": json.dumps(self.said),
                "Origin": self.url,
                "User-Agent": "tests",
                **({"Cookie": self.cookie} if self.cookie else {}),
                **headers,
            },
        )[:2]


def send(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, Any]:
    """Post; returns the status, the text and the headers of the answer."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refusal:
        if refusal.code == 500:
            show_errors_of(url)
        return refusal.code, refusal.read().decode(), refusal.headers


def post(url: str, form: str, cookie: str = "", **fields: str) -> tuple[dict[str, Any], str]:
    """Send a form of the pages; returns the content of the answer and the cookie it sets."""
    headers = {"Origin": url, "Accept": "application/json", "User-Agent": "tests"}
    if cookie:
        headers["Cookie"] = cookie
    body = urllib.parse.urlencode(fields).encode()
    status, text, told = send(f"{url}/api/session/{form}", body, headers)
    assert status == 200, text
    return json.loads(text)["content"], (told["Set-Cookie"] or "").partition(";")[0]


def somebodys_email() -> str:
    """An address that no other test has."""
    return f"{new_id().lower()}@example.com"
