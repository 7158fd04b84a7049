"""The little of ASGI that the wrapper speaks: types, and how headers are read and changed.

The names mirror Starlette's, but nothing here imports a framework. Names of headers are in lower
case in ASGI, both ways.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import quote

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class AnswerBroken(Exception):
    """An answer that has begun can't be finished: the connection breaks, as half looks whole."""


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """The first value of a header."""
    for key, value in headers:
        if key == name:
            return value.decode("latin-1")
    return None


def joined(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """All values of a cookie header: HTTP/2 may send each cookie in a line of its own."""
    return "; ".join(value.decode("latin-1") for key, value in headers if key == name)


def set_header(headers: Headers, name: bytes, value: str) -> None:
    """Replace a header, however often it was there."""
    headers[:] = [item for item in headers if item[0] != name]
    headers.append((name, value.encode("latin-1")))


def set_default(headers: Headers, name: bytes, value: str) -> None:
    """Add a header unless the answer already decided it."""
    if header(headers, name) is None:
        headers.append((name, value.encode("latin-1")))


def is_under(path: str, prefix: str) -> bool:
    """Whether a path is the prefix or lies below it."""
    return path == prefix or path.startswith(prefix + "/")


def moved(scope: Scope, path: str) -> Scope:
    """The same request for another path."""
    if path == scope["path"]:
        return scope
    return {**scope, "path": path, "raw_path": quote(path).encode()}
