"""Security headers, number and cache lifetime of every answer."""

from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from account_portal.core.errors import RETRY_AFTER
from account_portal.core.request_id import accept_or_make
from account_portal.core.settings import Settings
from account_portal.edge.asgi import (
    ASGIApp,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    header,
    is_under,
    set_default,
    set_header,
)
from account_portal.edge.built import BuiltPages
from account_portal.edge.connections import TRY_AGAIN_LATER
from account_portal.edge.csp import DATA_POLICY, page_policy
from account_portal.edge.envelope import send_failure
from account_portal.routes import EMBED, HAND_OVER, NEVER_FRAMED, NEW_CODES, SECURITY

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
YEAR = 365 * 24 * 3600
WIDGET = "/account-widget.js"
_LEADS_BACK = urlencode({"next": HAND_OVER}).encode()
_CODES_FIRST = urlencode({**NEW_CODES, "next": HAND_OVER}).encode()
_OURS = frozenset(
    {
        b"x-content-type-options",
        b"referrer-policy",
        b"permissions-policy",
        b"strict-transport-security",
        b"x-frame-options",
        b"cross-origin-opener-policy",
    }
)
"""Decided here, whatever the answer says."""


class ResponseHeaders:
    """Sets what a browser may do with an answer and how long it may keep it.

    A Content-Security-Policy or Cache-Control that the answer already has is left as it is, so a
    route can be stricter or cache its own media.
    """

    def __init__(self, app: ASGIApp, pages: BuiltPages, settings: Settings) -> None:
        self.app = app
        self.pages = pages
        self.connect = settings.origin.replace("http", "ws", 1)
        self.embed = " ".join(settings.framing_origins)
        self.framed = _fixed_headers(https=settings.origin.startswith("https://"))
        self.alone = [*self.framed, (b"x-frame-options", b"DENY")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "websocket":
            await self._open(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message.get("headers", ())
                page = _is_page(path, message["status"], sent)
                headers = self._secure(sent, scope, page=page)
                lifetime = _lifetime(path, message["status"], page=page)
                set_default(headers, b"cache-control", lifetime)
                if message["status"] == 503:
                    set_default(headers, b"retry-after", str(RETRY_AFTER))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_headers)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A websocket; one that is refused has an answer with headers like any other."""
        answers = "websocket.http.response" in scope.get("extensions", {})
        accepted = False

        async def refused(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._secure(message["headers"], scope, page=False)
                set_default(message["headers"], b"cache-control", "no-store")
            await send({**message, "type": f"websocket.{message['type']}"})

        async def judged(message: Message) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            if message["type"] == "websocket.close" and answers and not accepted:
                is_for_now = message.get("code") == TRY_AGAIN_LATER
                await send_failure(refused, 503 if is_for_now else 403)
            else:
                await send(message)

        await self.app(scope, receive, judged)

    def _secure(self, sent: Iterable[tuple[bytes, bytes]], scope: Scope, *, page: bool) -> Headers:
        path = scope["path"]
        framed = bool(self.embed) and page and is_under(path, EMBED)
        headers = [item for item in sent if item[0] not in _OURS]
        headers += self.framed if framed else self.alone
        headers.append((b"cross-origin-opener-policy", self._opener_policy(scope, sent)))
        if path == WIDGET:  # a storefront that isolates itself may load it all the same
            set_header(headers, b"cross-origin-resource-policy", "cross-origin")
        policy = DATA_POLICY
        if page:
            policy = page_policy(
                self.pages.hashes(path),
                connect=self.connect,
                frame_ancestors=self.embed if framed else "'none'",
            )
        set_default(headers, b"content-security-policy", policy)
        if header(headers, b"x-request-id") is None:  # of what is answered before it has a number
            number = accept_or_make(header(scope["headers"], b"x-request-id"))
            headers.append((b"x-request-id", number.encode()))
        return headers

    def _opener_policy(self, scope: Scope, sent: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Only the window in which a frame's customer signs in keeps the frame that opened it.

        A form that is sent before the page's script is there is answered by a redirect, and the
        browser reads the policy of a redirect too: it is that of the page it leads to.
        """
        if not self.embed:
            return b"same-origin"
        path, query = scope["path"], scope["query_string"]
        if (leads_to := header(sent, b"location")) is not None:
            there = urlsplit(leads_to)
            path, query = there.path, there.query.encode()
        path = path.rstrip("/")
        signing_in = path == HAND_OVER or (path in NEVER_FRAMED and _LEADS_BACK in query)
        shows_codes = path == SECURITY and query == _CODES_FIRST
        return b"unsafe-none" if signing_in or shows_codes else b"same-origin"


def _fixed_headers(*, https: bool) -> Headers:
    """What every answer has, whatever it is."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", PERMISSIONS.encode()),
    ]
    if https:
        headers.append(
            (b"strict-transport-security", f"max-age={YEAR}; includeSubDomains".encode())
        )
    return headers


def _is_page(path: str, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    if status == 304:
        # It has no content type, and its headers replace those the browser has kept for the page.
        return not is_under(path, "/api") and "." not in path
    return (header(headers, b"content-type") or "").startswith("text/html")


def _lifetime(path: str, status: int, *, page: bool) -> str:
    if is_under(path, "/api") or is_under(path, "/health") or status >= 400:
        return "no-store"
    if is_under(path, "/assets"):  # the name of such a file changes with its content
        return f"public, max-age={YEAR}, immutable"
    # An unchanged page costs one question.
    return "no-cache" if page or "." not in path else "public, max-age=3600"
