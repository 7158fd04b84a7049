"""Files that a page sends: from customers, and who found an order of theirs, only.

Reflex takes a whole upload in before any handler can ask who sends it. A review's photos and videos
are many megabytes, which lie on the disk meanwhile; strangers shall not be able to fill it.
"""

from collections.abc import Awaitable, Callable

from account_portal.core.errors import PortalError
from account_portal.edge.asgi import ASGIApp, Receive, Scope, Send, header, set_header
from account_portal.edge.envelope import enveloped, send_failure

PAGE_UPLOADS = "/backend/_upload"
HANDLER = b"reflex-event-handler"
"""Header that names the handler of the page."""
TAB = b"reflex-client-token"
"""Header in which Reflex looks for the key of the tab's state."""

CLOSE = [(b"connection", b"close")]
"""Header of an answer before which the body was not read to its end."""


def is_upload(scope: Scope) -> bool:
    """Whether a request sends files of a page."""
    return scope["type"] == "http" and scope["path"].rstrip("/") == PAGE_UPLOADS


class PageUploads:
    """Refuses, without reading what is sent, who is neither of them, and wrong handlers.

    What Reflex itself refuses leaves in the contract's envelope too.

    Args:
        app: what is inside.
        admit: the key of the state that an upload is for; raises a `PortalError` to refuse it.
        takes_files: whether a page's handler of that name exists and takes files.
    """

    def __init__(
        self,
        app: ASGIApp,
        admit: Callable[[Scope], Awaitable[str]],
        takes_files: Callable[[str], bool],
    ) -> None:
        self.app = app
        self.admit = admit
        self.takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if not is_upload(scope):
            await self.app(scope, receive, send)
            return
        try:
            key = await self.admit(scope)
        except PortalError as error:
            await send_failure(send, error.status, CLOSE)
            return
        if not self.takes_files(header(scope["headers"], HANDLER) or ""):
            await send_failure(send, 400, CLOSE)
            return
        set_header(scope["headers"], TAB, key)
        await self.app(scope, receive, enveloped(send))
