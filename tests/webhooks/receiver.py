"""A receiver of webhooks: checks signatures with the kept library, and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Answers = Callable[["Received"], int]


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def verified_by(self, secret: str) -> bool:
        """Whether the library takes its signature; raises if not."""
        return bool(Webhook(secret).verify(self.body, self.headers))


@dataclass
class Receiver:
    """What came so far, and what is answered."""

    url: str = ""
    answers: Answers = lambda _: 204
    location: str = ""
    got: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.got]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [one.event for one in self.got]


@contextmanager
def receiving(answers: Answers = lambda _: 204) -> Iterator[Receiver]:
    """A receiver on a port of this machine."""
    receiver = Receiver(answers=answers)

    class Server(ThreadingHTTPServer):
        request_queue_size = 100  # with five, ten connections at once wait for a second

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.path, headers, body)
            with receiver.lock:
                receiver.got.append(received)
            status = receiver.answers(received)
            self.send_response(status)
            if receiver.location:
                self.send_header("location", receiver.location)
            # Nothing stays open when the test is over.
            self.send_header("connection", "close")
            self.send_header("content-length", "5" if status >= 400 else "0")
            self.end_headers()
            if status >= 400:
                self.wfile.write(b"no\tgo")

        def log_message(self, *_: Any) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
