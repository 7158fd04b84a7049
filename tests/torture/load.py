"""Load of writes that are acknowledged, and the book of what was acknowledged."""

import http.client
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Self

from tests.torture.portal import Answer, Line, Lost
from tests.torture.shop import Deed

CLIENTS = 6
SETTLE_WITHIN = 60.0  # seconds
REFUSED = (503, "request_in_progress")


@dataclass
class Book:
    """What clients know of their deeds."""

    answers: dict[str, bytes] = field(default_factory=dict)
    """The first answer by key, of those that were acknowledged."""
    unsure: list[Deed] = field(default_factory=list)
    """Sent, and neither done nor refused as far as the client knows."""
    refused: int = 0
    """Answered with 503: nothing was changed, ask again."""
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, deed: Deed, answer: Answer | None) -> None:
        """Write down an answer, or that none came."""
        with self.lock:
            if answer is None:
                self.unsure.append(deed)
                return
            self.slowest = max(self.slowest, answer.seconds)
            if answer.status == 200:
                self._note_done(deed, answer)
            elif answer.status == 503 or answer.code == "request_in_progress":
                self.refused += answer.status == 503
                if answer.status == 503 and not answer.retry_after:
                    self.wrong.append(f"{deed.kind}: a 503 without Retry-After")
                self.unsure.append(deed)
            else:
                self.wrong.append(f"{deed.kind}: {answer.status} {answer.body[:200]!r}")

    def _note_done(self, deed: Deed, answer: Answer) -> None:
        first = self.answers.setdefault(deed.key, answer.body)
        if first != answer.body:
            self.wrong.append(f"{deed.kind}: repeated with its key, another answer")


class Load:
    """Clients that send deeds, each as soon as the one before was answered."""

    def __init__(self, port: int, deeds: Iterable[Deed], book: Book) -> None:
        self._port = port
        self._waiting = deque(deeds)
        self._book = book
        self._stop = Event()
        self.busy = Event()
        """The first answer came."""
        self._threads = [Thread(target=self._run, daemon=True) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def is_done(self) -> bool:
        """Whether nothing waits to be sent."""
        return not self._waiting

    def wait_until_done(self, within: float = 120.0) -> None:
        """Until each was sent."""
        deadline = time.monotonic() + within
        while not self.is_done:
            if time.monotonic() > deadline:
                raise Lost(f"{len(self._waiting)} deeds were not sent in {within:g} s")
            time.sleep(0.05)

    def _run(self) -> None:
        line = Line(self._port)
        while not self._stop.is_set():
            try:
                deed = self._waiting.popleft()
            except IndexError:
                break
            try:
                answer = line.ask("POST", deed.path, deed.body, deed.headers)
            except ConnectionRefusedError:
                self._waiting.appendleft(deed)  # it was not sent
                time.sleep(0.05)
                continue
            except (OSError, http.client.HTTPException):
                self._book.note(deed, None)
                continue
            self._book.note(deed, answer)
            self.busy.set()
        line.close()


def settle(port: int, deeds: Iterable[Deed], book: Book) -> None:
    """Repeat each deed with its key until it is done: acknowledged ones get their first answer."""
    line = Line(port)
    for deed in deeds:
        deadline = time.monotonic() + SETTLE_WITHIN
        while True:
            try:
                answer = line.ask("POST", deed.path, deed.body, deed.headers)
            except (OSError, http.client.HTTPException):
                answer = None
            is_over = answer is not None and not (
                answer.status == 503 or answer.code == "request_in_progress"
            )
            if is_over and answer is not None:
                book.note(deed, answer)
                break
            if time.monotonic() > deadline:
                book.wrong.append(f"{deed.kind}: not done in {SETTLE_WITHIN:g} s")
                break
            time.sleep(0.1)
    line.close()
