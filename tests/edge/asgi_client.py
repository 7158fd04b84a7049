"""Calls an ASGI app the way a server does, and tiny apps to call."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Answer:
    status: int
    pairs: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.pairs)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def call(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    query: str = "code=123456",
    headers: dict[str, str] | None = None,
    chunks: Iterable[bytes] = (b"",),
) -> Answer:
    """One request; `chunks` arrive one after the other."""
    body = list(chunks)
    incoming: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": place < len(body) - 1}
        for place, chunk in enumerate(body)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = dict(headers or {})
    if any(body) and "content-length" not in {name.lower() for name in headers}:
        headers["transfer-encoding"] = "chunked"  # without either, there is no body
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("10.0.0.9", 4711),
        "scheme": "http",
    }
    asyncio.run(app(scope, receive, send))
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1, "an answer begins once"
    return Answer(
        starts[0]["status"],
        [(key.decode().lower(), value.decode()) for key, value in starts[0]["headers"]],
        b"".join(message.get("body", b"") for message in sent),
    )


class Echo:
    """Answers with a fixed status, type and body, and remembers what it was asked."""

    def __init__(
        self,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        body: bytes = b"<p>hello</p>",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.headers = {"content-type": content_type, **(headers or {})}
        self.body = body
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class ReadsAll:
    """Reads the whole body and says how long it was."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(length).encode()})


class Crashes:
    """Fails before it answers."""

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("the secret is 4711")
