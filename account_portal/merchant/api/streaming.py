"""A stream of records, in and out at the same time, in little memory.

The import runs in a thread. It asks for the body as fast as it takes it, and leaves answers in a
spool, from which they are sent as fast as the caller takes them: a caller that reads nothing before
it has sent everything gets its answers then.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from account_portal.api.errors import error_response
from account_portal.api.router import Headers
from account_portal.core.errors import PortalError
from account_portal.edge.asgi import AnswerBroken
from account_portal.merchant.importing.sources import Lines

NDJSON = "application/x-ndjson"
IDLE_SECONDS = 60.0
"""How long a caller may send nothing."""
_IN_MEMORY = 1 << 20
_PIECE = 1 << 16

OnLines = Callable[[bytes], None]
Work = Callable[[Lines, OnLines], None]


class _Body(io.RawIOBase):
    """The body of a request, read by a thread as it comes."""

    def __init__(self, request: Request) -> None:
        self._chunks = request.stream()
        self._loop = asyncio.get_running_loop()
        self._left = memoryview(b"")
        self._asked: Future[bytes] | None = None
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and not self._is_over:
            self._asked = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            try:
                self._left = memoryview(self._asked.result(IDLE_SECONDS))
            except TimeoutError:
                self._asked.cancel()
                raise _Idle from None
        size = min(len(self._left), len(buffer))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    async def _next(self) -> bytes:
        async for chunk in self._chunks:
            if chunk:
                return chunk
        self._is_over = True
        return b""

    def stop(self) -> None:
        """Wake the thread that waits for more."""
        self._is_over = True
        if self._asked is not None:
            self._asked.cancel()


class _Spool:
    """Answers on their way out; what nobody has read yet lies on the disk."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._lock = Lock()
        self._written = self._read = 0
        self._is_done = False
        self._loop = asyncio.get_running_loop()
        self._more = asyncio.Event()

    def write(self, lines: bytes) -> None:
        """Add lines, from any thread."""
        with self._lock:
            self._file.seek(self._written)
            self._file.write(lines)
            self._written += len(lines)
        self._loop.call_soon_threadsafe(self._more.set)

    def finish(self) -> None:
        """Nothing more will come."""
        self._is_done = True
        self._more.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """All that was written and is going to be."""
        while True:
            self._more.clear()
            is_done = self._is_done
            with self._lock:
                self._file.seek(self._read)
                piece = self._file.read(_PIECE)
                self._read += len(piece)
            if piece:
                yield piece
            elif is_done:
                return
            else:
                await self._more.wait()

    def close(self) -> None:
        """Drop what was not read."""
        self._file.close()


class _Idle(PortalError):
    """The caller stopped sending in the middle."""

    status = 400
    code = "validation_error"
    message = "The request ended too early."


async def stream(
    request: Request, scope: Scope, receive: Receive, send: Send, work: Work, headers: Headers
) -> None:
    """Answer a request line by line while it comes in.

    A failure before the first line is an answer like any other; after it, the connection breaks.
    """
    body = _Body(request)
    try:
        job = partial(work, io.BufferedReader(body, _PIECE))
        await _Answer(scope, receive, send, headers).of(job)
    finally:
        body.stop()


async def take_whole(
    request: Request, scope: Scope, receive: Receive, send: Send, work: Work, headers: Headers
) -> None:
    """Answer a request line by line once all of it is here and was taken in."""
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
        file.seek(0)
        await _Answer(scope, receive, send, headers).of(partial(work, file), hold=True)


class _Answer:
    """Sends what a job writes."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        self._asgi = scope, receive, send
        self._headers = headers
        self._is_started = False

    async def of(self, job: Callable[[OnLines], None], *, hold: bool = False) -> None:
        """Run the job in a thread; `hold`: nothing is sent before it is done."""
        with closing(_Spool()) as spool:
            task = asyncio.ensure_future(run_in_threadpool(job, spool.write))
            task.add_done_callback(lambda _task: spool.finish())
            try:
                if hold:
                    await task
                async for piece in spool.pieces():
                    await self._send(piece)
                await task
            except ClientDisconnect:
                return
            except PortalError as error:
                if self._is_started:
                    raise AnswerBroken from error
                await error_response(error, self._headers)(*self._asgi)
            else:
                await self._send(b"", is_last=True)

    async def _send(self, piece: bytes, *, is_last: bool = False) -> None:
        _, _, send = self._asgi
        if not self._is_started:
            self._is_started = True
            headers = [(b"content-type", NDJSON.encode()), *self._headers]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": piece, "more_body": not is_last})
