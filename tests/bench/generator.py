"""A load generator for machines without wrk. It costs more than wrk does, so figures are lower."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any


class _Asker(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is whole."""

    def __init__(self, requests: Sequence[bytes], deadline: float) -> None:
        self.requests = requests
        self.deadline = deadline
        self.turn = 0
        self.took: list[float] = []
        self.failed = 0
        self.over = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.over.done():
            self.failed += 1
            self.over.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = b""
        now = time.perf_counter()
        self.took.append(now - self._sent)
        self.failed += not head.startswith(b"HTTP/1.1 200")
        if now < self.deadline:
            self._ask()
        else:
            self.over.set_result(None)
            self._transport.close()

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self.requests[self.turn % len(self.requests)])
        self.turn += 1


def generate(
    port: int, requests: Sequence[bytes], seconds: float, connections: int
) -> dict[str, Any]:
    """Ask over several connections at once for a while; times in milliseconds."""
    return asyncio.run(_generate(port, requests, seconds, connections))


async def _generate(
    port: int, requests: Sequence[bytes], seconds: float, connections: int
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    askers = []
    for _ in range(connections):
        _, asker = await loop.create_connection(
            lambda: _Asker(requests, began + seconds), "127.0.0.1", port
        )
        askers.append(asker)
    await asyncio.gather(*(asker.over for asker in askers))
    took = sorted(second * 1000 for asker in askers for second in asker.took)
    return {
        "requests": len(took),
        "seconds": time.perf_counter() - began,
        "p50": took[len(took) // 2],
        "p99": took[len(took) * 99 // 100],
        "failed": sum(asker.failed for asker in askers),
    }
