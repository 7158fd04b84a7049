"""Open pages without a browser: what one costs in memory, and how many clicks a process answers."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from simple_websocket import AioClient

from account_portal.orders.state import OrderDetailState
from account_portal.security.cookies import session_cookie_name
from tests.bench.running import Server

NAMESPACE = "/backend/_event"
HELD = 200
"""Pages held open to see what one needs."""
CLICKING = 20
"""Customers who click at once, each as soon as the last click was answered."""
CLICK = f"{OrderDetailState.get_full_name()}.choose_refund_mode"


@dataclass(frozen=True, slots=True)
class Sockets:
    """What a process does for its open pages. Times are milliseconds."""

    kilobytes: float
    """Memory for one page."""
    events: float
    """Answered a second."""
    p50: float
    p95: float


class OpenPage:
    """A tab with a page open: Engine.IO and Socket.IO as far as Reflex's client speaks them."""

    def __init__(self, port: int, cookie: str, path: str, number: int) -> None:
        self.origin = f"localhost:{port}"
        self.cookie = cookie
        self.router = {"pathname": path, "asPath": path}
        self.token = f"00000000-0000-4000-8000-{number:012}"

    async def open(self) -> None:
        """Connect, and wait for the page's data."""
        self.socket = await AioClient.connect(
            f"ws://{self.origin}{NAMESPACE}/?EIO=4&transport=websocket",
            headers={
                "Origin": f"http://{self.origin}",
                "Cookie": f"{session_cookie_name()}={self.cookie}",
            },
        )
        hydrate = {"name": "reflex___state____state.hydrate_and_load", "router_data": self.router}
        said = {"token": self.token, "page": self.token, "event": hydrate}
        await self.socket.send(f"40{NAMESPACE}," + json.dumps(said))
        await self._hear('"is_hydrated_rx_state_":true')

    async def click(self, turn: int) -> None:
        """Change something, and wait until the page was told."""
        mode = ("original_payment_mode", "bank_account")[turn % 2]
        event = {"name": CLICK, "payload": {"mode": mode}, "router_data": self.router}
        await self.socket.send(f"42{NAMESPACE}," + json.dumps(["event", event]))
        await self._hear(f'"refund_mode_rx_state_":"{mode}"')

    async def close(self) -> None:
        """Close the tab."""
        await self.socket.close()

    async def _hear(self, wanted: str) -> None:
        async with asyncio.timeout(60):
            while True:
                message: Any = await self.socket.receive()
                if message == "2":
                    await self.socket.send("3")
                elif wanted in message:
                    return


def measure_sockets(server: Server, cookies: Sequence[str], path: str, seconds: float) -> Sockets:
    """Hold pages open, then click on some of them as fast as they answer."""
    return asyncio.run(_measure(server, cookies, path, seconds))


async def _measure(server: Server, cookies: Sequence[str], path: str, seconds: float) -> Sockets:
    numbers = count()

    async def opened(amount: int) -> list[OpenPage]:
        pages = [
            OpenPage(server.port, cookies[number % len(cookies)], path, number)
            for number in (next(numbers) for _ in range(amount))
        ]
        for start in range(0, amount, CLICKING):
            await asyncio.gather(*(page.open() for page in pages[start : start + CLICKING]))
        return pages

    first = await opened(CLICKING)  # what every process loads once is no cost of a page
    before = server.megabytes()
    held = await opened(HELD)
    kilobytes = (server.megabytes() - before) * 1000 / HELD
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def click_on(page: OpenPage) -> None:
        for turn in count(1):
            began = time.perf_counter()
            if began > end:
                return
            await page.click(turn)
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(click_on(page) for page in first))
    await asyncio.gather(*(page.close() for page in (*first, *held)))
    took.sort()
    return Sockets(
        kilobytes, len(took) / seconds, took[len(took) // 2], took[len(took) * 95 // 100]
    )
