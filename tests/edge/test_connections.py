"""Open pages are hung up while their Redis does not answer, and refused until it does."""

import asyncio
from typing import Any

import pytest

from account_portal.core.settings import get_settings
from account_portal.edge import connections
from account_portal.edge.asgi import Message, Receive, Scope, Send
from account_portal.edge.built import BuiltPages
from account_portal.edge.connections import PageConnections
from account_portal.edge.headers import ResponseHeaders
from account_portal.edge.uploads import PAGE_UPLOADS
from tests.edge.asgi_client import call

SCOPE: Scope = {
    "type": "websocket",
    "path": "/backend/_event",
    "query_string": b"",
    "headers": [],
    "client": ("10.0.0.9", 1),
    "scheme": "ws",
    "extensions": {"websocket.http.response": {}},
}


class Redis:
    """Answers until it is gone."""

    is_there = True

    def ping(self) -> None:
        if not self.is_there:
            raise ConnectionError("gone")


class Browser:
    """One side of a connection."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self._coming: asyncio.Queue[Message] = asyncio.Queue()
        self.say("websocket.connect")

    def say(self, kind: str, **more: Any) -> None:
        self._coming.put_nowait({"type": kind, **more})

    async def receive(self) -> Message:
        return await self._coming.get()

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "websocket.close":
            self.say("websocket.disconnect", code=1005)  # as servers tell the app

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.sent]


async def echo(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": "heard"})
    await send({"type": "websocket.send", "text": "too late"})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LOOKS_EVERY", 0.01)


def test_a_page_is_hung_up_when_redis_goes_and_let_in_when_it_is_back() -> None:
    async def run() -> tuple[Browser, Browser, Browser]:
        redis = Redis()
        app = PageConnections(echo, redis.ping)
        first, second, third = Browser(), Browser(), Browser()
        open_page = asyncio.create_task(app(SCOPE, first.receive, first.send))
        first.say("websocket.receive", text="hello")
        await asyncio.sleep(0.05)
        redis.is_there = False
        await asyncio.wait_for(open_page, 5)
        await app(SCOPE, second.receive, second.send)
        redis.is_there = True
        third.say("websocket.disconnect")
        await app(SCOPE, third.receive, third.send)
        return first, second, third

    first, second, third = asyncio.run(run())
    assert first.kinds == ["websocket.accept", "websocket.send"]  # the server closes it
    assert second.kinds == ["websocket.close"]
    assert third.kinds[0] == "websocket.accept"


def test_a_refused_page_is_told_503_and_when_to_come_again() -> None:
    async def run() -> Browser:
        redis, page = Redis(), Browser()
        redis.is_there = False
        app = ResponseHeaders(PageConnections(echo, redis.ping), BuiltPages(), get_settings())
        await app(SCOPE, page.receive, page.send)
        return page

    [start, _body] = asyncio.run(run()).sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 503)
    assert b"retry-after" in dict(start["headers"])


def test_a_redis_that_hangs_is_one_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWERS_WITHIN", 0.01)

    async def run() -> Browser:
        page = Browser()
        hangs = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ping() -> None:
            asyncio.run_coroutine_threadsafe(hangs.wait(), loop).result()

        await PageConnections(echo, ping)(SCOPE, page.receive, page.send)
        hangs.set()
        return page

    assert asyncio.run(run()).kinds == ["websocket.close"]


@pytest.mark.parametrize("goes", ["before", "meanwhile", "never"])
def test_an_upload_without_redis_is_503_and_says_when_to_come_again(goes: str) -> None:
    """What Reflex makes of it is a 500; one for another reason stays what it is."""
    redis = Redis()
    redis.is_there = goes != "before"

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        redis.is_there = goes == "never"
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})

    answer = call(PageConnections(app, redis.ping), PAGE_UPLOADS, method="POST")
    told = "retry-after" in answer.headers
    assert (answer.status, told) == ((500, False) if goes == "never" else (503, True))
    assert (b"Internal" in answer.body) == (goes == "never")
