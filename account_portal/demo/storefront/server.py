"""The storefront's server: a few plain pages, a pretended sign-in, and the word for its customer.

It shares nothing with the portal but the secret it vouches with, as a real one would.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import orjson

from account_portal.core.ids import new_id
from account_portal.core.settings import Settings

PAGES = Path(__file__).parent / "pages"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
COOKIE = "shop-customer"
TOKEN_LIVES = timedelta(seconds=60)

CUSTOMERS = {
    "demo": {"sub": "shop-1", "email": "demo@example.com", "given_name": "Demo"},
    "sam": {"sub": "shop-2", "email": "sam@example.com", "given_name": "Sam"},
}
"""Who can sign in at the pretended shop: by a click, as there is nothing to protect."""
BEGINS_AS = "demo"


def assertion(settings: Settings, customer: dict[str, str]) -> str:
    """The storefront's word: who its customer is, for this portal, for a minute, once."""
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        **customer,
        "email_verified": True,
        "iss": settings.storefront_origin,
        "aud": settings.origin,
        "iat": now,
        "exp": now + TOKEN_LIVES,
        "jti": new_id(),
    }
    return jwt.encode(claims, settings.embed_secret or settings.storefront_secret(), "HS256")


class _Storefront(BaseHTTPRequestHandler):
    settings: Settings
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        file = PAGES / ("index.html" if path == "/" else path.strip("/"))
        if file.parent != PAGES or file.suffix not in TYPES or not file.is_file():
            self._answer(404, b"Not found.", "text/plain")
            return
        text = file.read_text(encoding="utf-8").replace("{{portal}}", self.settings.origin)
        text = text.replace("{{customer}}", self._customer())
        self._answer(200, text.encode(), TYPES[file.suffix])

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(min(size, 10_000)).decode(errors="replace"))
        if self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            self._answer(403, b"Not from our own pages.", "text/plain")
        elif self.path == "/account-token":
            self._vouch()
        elif self.path in ("/sign-in", "/sign-out"):
            name = form.get("customer", [""])[0] if self.path == "/sign-in" else ""
            self._keep(name if name in CUSTOMERS else "")
        else:
            self._answer(404, b"Not found.", "text/plain")

    def _vouch(self) -> None:
        customer = CUSTOMERS.get(self._customer())
        if customer is None:
            self._answer(401, b"{}", "application/json")
            return
        body = orjson.dumps({"token": assertion(self.settings, customer)})
        self._answer(200, body, "application/json")

    def _customer(self) -> str:
        """Who is signed in; before anybody chose, the demo's customer, so that all is seen."""
        for pair in (self.headers.get("Cookie") or "").split(";"):
            name, _, value = pair.strip().partition("=")
            if name == COOKIE:
                return value if value in CUSTOMERS else ""
        return BEGINS_AS

    def _keep(self, customer: str) -> None:
        cookie = f"{COOKIE}={customer}; Path=/; HttpOnly; SameSite=Lax"
        self._answer(204, b"", "text/plain", [("Set-Cookie", cookie)])

    def _answer(
        self, status: int, body: bytes, kind: str, more: list[tuple[str, str]] | None = None
    ) -> None:
        self.send_response(status)
        headers = [("Content-Type", kind), ("Cache-Control", "no-store"), *(more or [])]
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: its log would stand between the portal's lines."""


def make_server(settings: Settings, port: int) -> ThreadingHTTPServer:
    """The storefront on a port of this machine, not serving yet."""
    handler = type("Storefront", (_Storefront,), {"settings": settings})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def serve(settings: Settings) -> None:
    """Serve the storefront as long as whoever started this process lives."""
    parent = os.getppid()
    with make_server(settings, urlsplit(settings.storefront_origin).port or 0) as server:
        server.timeout = 1.0  # seconds
        while os.getppid() == parent:
            server.handle_request()


@contextmanager
def storefront(settings: Settings) -> Iterator[str]:
    """The storefront in a process of its own, while the portal runs; yields its address or ''."""
    if not settings.storefront_origin or not _is_free(settings):
        yield ""
        return
    process = subprocess.Popen([sys.executable, "-m", "account_portal.demo.storefront"])
    try:
        yield settings.storefront_origin
    finally:
        process.terminate()
        process.wait(timeout=10)


def _is_free(settings: Settings) -> bool:
    try:
        make_server(settings, urlsplit(settings.storefront_origin).port or 0).server_close()
    except OSError:
        return False
    return True
