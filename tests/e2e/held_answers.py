"""A connection that is slower than its user."""

import re
import time

from playwright.sync_api import Page, WebSocketRoute


class HeldAnswers:
    """What the server says to a page, held back and let go all at once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []
        self._from: str | None = None
        self.asked = 0
        """Events of the page since its answers are held."""
        page.route_web_socket(re.compile("/_event/"), self._join)
        page.reload()

    def _join(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda words: self._take(socket, words))

        def ask(words: str | bytes) -> None:
            self.asked += '"event",' in str(words)
            server.send(words)

        socket.on_message(ask)

    def _take(self, socket: WebSocketRoute, words: str | bytes) -> None:
        if self._kept or (self._from is not None and self._from in str(words)):
            self._kept.append((socket, words))
        else:
            socket.send(words)

    def hold(self, words: str = "") -> None:
        """Hold back all from the next on that has these words in it."""
        self._from, self.asked = words, 0

    def wait_until_asked(self, times: int) -> None:
        """Wait until the page has said so much since its answers are held."""
        end = time.monotonic() + 10
        while self.asked < times:
            assert time.monotonic() < end, "the page said nothing"
            self._page.wait_for_timeout(20)

    def let_go(self, *, after: str) -> None:
        """Let all go once something was said that has `after` in it."""
        end = time.monotonic() + 10
        while not any(after in str(words) for _, words in self._kept):
            assert time.monotonic() < end, "the server said nothing of it"
            self._page.wait_for_timeout(20)
        self._from = None
        for socket, words in self._kept:
            socket.send(words)
        self._kept.clear()
