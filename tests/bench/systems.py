"""What the shop's systems cost: a change pushed, a stream of records, events caught up."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.bench.importing import orders_of_a_shop
from tests.bench.running import ROOT, Server, environment, serve_api
from tests.portal_server import plain_environment

BASE = "/api/v1/main/merchant"
MOVES = 1000
WARM = 50
EVENTS = 10_000
PATIENCE = 300.0
SETTINGS = {
    "PORTAL_DEMO": "false",
    "PORTAL_MERCHANT_CALLS_PER_MINUTE": "1000000",
    "PORTAL_WEBHOOKS_ALLOW_PRIVATE": "on",
}


@dataclass(frozen=True, slots=True)
class Systems:
    """What was measured on one database."""

    move: float
    """Milliseconds on a processor for one parcel moved by a call of its own."""
    put: float
    """The same for one order told anew by a call of its own."""
    streamed: float
    """Orders a second that came in by a stream."""
    stream_cpu: float
    """Milliseconds on a processor for one of them."""
    by_cursor: float
    """Seconds until so many events (`EVENTS`) were read."""
    by_webhook: float
    """Seconds until so many were delivered."""

    def rows(self, imported: float) -> list[tuple[str, str, str]]:
        """What was measured, the figure and what is wanted.

        `imported` is how many orders a second the import command took in on the same database.
        """
        return [
            ("a parcel moved, CPU ms", f"{self.move:.1f}", "≤ 5 on SQLite"),
            ("an order told anew, CPU ms", f"{self.put:.1f}", "≤ 5 on SQLite"),
            ("orders a second by a stream", f"{self.streamed:,.0f}", f"≥ {imported:,.0f}"),
            ("one of them, CPU ms", f"{self.stream_cpu:.2f}", ""),
            (f"{EVENTS:,} events by cursor, s", f"{self.by_cursor:.1f}", "≤ 5"),
            (f"{EVENTS:,} events by webhook, s", f"{self.by_webhook:.1f}", "≤ 30"),
        ]


def measure_systems(folder: Path, url: str, orders: int) -> Systems:
    """Let a shop's systems work with an empty portal."""
    with serve_api(folder, url, 1, SETTINGS) as server:
        shop = Shop(server.port, make_key(folder, url))
        used = server.cpu_seconds()
        seconds = shop.stream(orders_of_a_shop(orders))
        streamed = orders / seconds, (server.cpu_seconds() - used) * 1000 / orders
        parcels = shop.pack(MOVES)
        move = _cost(server, lambda names: shop.move(names, "shipped"), parcels)
        put = _cost(server, lambda names: shop.tell(names, "A new note"), parcels)
        return Systems(move, put, *streamed, *catch_up(shop))


def _cost(server: Server, deed: Callable[[list[str]], None], names: list[str]) -> float:
    """Milliseconds on a processor for each of them, the first ones left out."""
    deed(names[:WARM])
    used = server.cpu_seconds()
    deed(names[WARM:])
    return (server.cpu_seconds() - used) * 1000 / len(names[WARM:])


def make_key(folder: Path, url: str) -> str:
    """A key that may do everything."""
    return subprocess.run(
        [sys.executable, "-m", "account_portal", "keys", "create", "bench", "--scope", "*"],
        cwd=ROOT,
        env={**plain_environment(), **environment(folder, url), **SETTINGS},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


class Shop:
    """A client with one connection."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The content of an answer, which has to be a success."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, BASE + path, sent, self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {answer}")
        return answer.get("content")

    def stream(self, records: Iterator[dict[str, Any]]) -> float:
        """Send records as NDJSON; seconds until each was answered."""
        body = b"".join(json.dumps(record).encode() + b"\n" for record in records)
        began = time.monotonic()
        self._connection.request(
            "POST",
            f"{BASE}/records",
            body,
            {**self._headers, "Content-Type": "application/x-ndjson"},
        )
        answers = self._connection.getresponse().read().splitlines()
        seconds = time.monotonic() - began
        refused = [line for line in answers if json.loads(line)["outcome"] == "refused"]
        if refused or len(answers) != body.count(b"\n"):
            raise RuntimeError(f"{len(answers)} answers, {refused[:1]}")
        return seconds

    def pack(self, number: int) -> list[str]:
        """So many orders of today, each in a parcel that is packed."""
        names = [f"BENCH-{place}" for place in range(number)]
        self._packed = {name: _packed(name, place) for place, name in enumerate(names)}
        self.stream({"type": "order", **one} for one in self._packed.values())
        return names

    def tell(self, names: list[str], note: str) -> None:
        """Tell each of these packed orders anew, with a note, by one call for each."""
        for name in names:
            record = {**self._packed[name], "customer_note": note}
            self.call("PUT", f"/orders/{name}", record)

    def move(self, parcels: list[str], status: str) -> None:
        """One call for each."""
        for parcel in parcels:
            self.call("POST", f"/shipments/{parcel}/move", {"status": status})


def _packed(name: str, place: int) -> dict[str, Any]:
    return {
        "order_number": name,
        "customer_email": f"packed{place % 200}@example.com",
        "order_date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "payment_status": "success",
        "lines": [{"sku": "MUG", "quantity": 2, "selling_price": "590.00"}],
        "shipments": [{"reference_number": name, "status": "packed"}],
    }


def catch_up(shop: Shop) -> tuple[float, float]:
    """Seconds to read what happened meanwhile, and seconds until a webhook has all of it."""
    after = None
    while (page := shop.call("GET", f"/events?limit=1000{cursor(after)}"))["has_more"]:
        after = page["next_cursor"]
    after = page["next_cursor"]
    with receiving() as receiver:
        wanted = {"url": receiver.url, "types": ["customer.created"]}
        webhook = shop.call("POST", "/webhooks", wanted)["id"]
        # The first event finds it gone, which disables it: what follows is caught up with later.
        shop.stream(customers("F", 1))
        wait_until(lambda: shop.call("GET", f"/webhooks/{webhook}")["status"] == "disabled")
        shop.stream(customers("E", EVENTS - 1))
        began = time.monotonic()
        read = 0
        while read < EVENTS:
            page = shop.call("GET", f"/events?limit=1000{cursor(after)}")
            read += sum(one["type"] == "customer.created" for one in page["events"])
            after = page["next_cursor"]
        by_cursor = time.monotonic() - began
        receiver.is_gone = False
        began = time.monotonic()
        shop.call("POST", f"/webhooks/{webhook}/enable")
        wait_until(lambda: len(receiver.ids) == EVENTS)
        return by_cursor, time.monotonic() - began


def customers(prefix: str, number: int) -> Iterator[dict[str, Any]]:
    """So many new ones."""
    for place in range(number):
        email = f"{prefix}{place}@example.com"
        yield {"type": "customer", "external_id": f"{prefix}-{place}", "email": email}


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise RuntimeError("it never came")
        time.sleep(0.02)


def cursor(after: str | None) -> str:
    return f"&after={after}" if after else ""


@dataclass
class Receiver:
    """Takes webhooks, once it is not gone any more."""

    url: str = ""
    is_gone: bool = True
    ids: set[str] = field(default_factory=set)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()

    class Server(ThreadingHTTPServer):
        request_queue_size = 100  # with five, ten connections at once wait for a second

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if not receiver.is_gone:
                receiver.ids.add(self.headers["webhook-id"])
            self.send_response(410 if receiver.is_gone else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
