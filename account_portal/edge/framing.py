"""`/embed/...`: the same pages, made for a frame in a storefront.

The built page is the same file. Its router is told where it lives, and one script is put before all
others (`frame.js`), which knows the frame's ways. No page is built, or written, twice.
"""

from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from account_portal.edge.asgi import (
    ASGIApp,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    header,
    is_under,
)
from account_portal.edge.envelope import send_failure
from account_portal.edge.packing import packed
from account_portal.edge.scripts import inline_script
from account_portal.routes import EMBED, NEVER_FRAMED

_ROOT = '"basename":"/"'
_FRAMED = f'"basename":"{EMBED}"'
_HEAD = "<head>"
# The page leaves here in another shape than it was built in.
_OF_THE_FILE = (b"content-length", b"content-encoding", b"etag", b"last-modified", b"accept-ranges")
# Nor is it anybody's: whose data it shows, the frame finds out by itself.
_OF_THE_REQUEST = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"cookie")


@lru_cache(maxsize=1)
def _script() -> str:
    return inline_script(Path(__file__).parent / "frame.js")


def framed_html(html: str) -> str:
    """A built page as it is sent into a frame."""
    return html.replace(_HEAD, f"{_HEAD}<script>{_script()}</script>", 1).replace(_ROOT, _FRAMED)


class Framing:
    """Answers below `/embed` with the page of the same name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http" or not is_under(scope["path"], EMBED):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(EMBED) or "/"
        if scope["method"] not in ("GET", "HEAD"):
            await send_failure(send, 405, [(b"allow", b"GET, HEAD")])
            return
        if path.rstrip("/") in NEVER_FRAMED:
            path = "/404"
        await self._page(scope, path, receive, send)

    async def _page(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        kept = [item for item in scope["headers"] if item[0] not in _OF_THE_REQUEST]
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                body.extend(message.get("body", b""))

        inner = {
            **scope,
            "method": "GET",
            "path": path,
            "raw_path": quote(path).encode(),
            "headers": kept,
            "extensions": {},  # the server would be asked to send the file by itself
        }
        await self.app(inner, receive, collect)
        headers: Headers = [item for item in start["headers"] if item[0] not in _OF_THE_FILE]
        page = bytes(body)
        if (header(headers, b"content-type") or "").startswith("text/html"):
            page, packing = packed(scope, framed_html(page.decode()).encode())
            headers += packing
        else:
            headers.append((b"content-length", str(len(page)).encode()))
        await send({**start, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else page
        await send({"type": "http.response.body", "body": shown})
