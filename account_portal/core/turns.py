"""Work that takes a processor for a while is done by few at a time, and few wait for it.

Calls share a limited number of threads and connections to the database: a crowd that waits for slow
work must not hold all of them, or strangers who send passwords or pictures stop everybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from account_portal.core.errors import GatewayUnavailable


class Turns:
    """Turns at one kind of work, of one process.

    Args:
        at_once: how many do it at a time.
        waiting: how many more wait for a turn; whoever comes then is told to come again at once.
        within: seconds that somebody waits at most.

    Attributes:
        most: how many are there at most, at work or waiting.
    """

    def __init__(self, *, at_once: int, waiting: int, within: float) -> None:
        self.most = at_once + waiting
        self._places = BoundedSemaphore(self.most)
        self._turns = BoundedSemaphore(at_once)
        self._within = within

    @contextmanager
    def take(self) -> Iterator[None]:
        """Have a turn.

        Raises:
            GatewayUnavailable: too many others are there.
        """
        if not self._places.acquire(blocking=False):
            raise GatewayUnavailable
        try:
            if not self._turns.acquire(timeout=self._within):
                raise GatewayUnavailable
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
