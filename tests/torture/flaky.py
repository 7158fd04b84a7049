"""A way to PostgreSQL that breaks on purpose, at one request of the driver."""

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import Literal, Self

Fault = Literal["unsent", "ended", "unanswered"]
"""The connection is lost before the server hears of a request; the server ends it, as a restart or
`pg_terminate_backend` does; the server does what was asked, and its answer is lost."""

_END = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
_ASKS = (b"", b"S", b"Q")
"""Kinds of messages for which a client waits: the first one (which has no kind), Sync, Query."""
_READY = b"Z\0\0\0\5"
"""How the server's last message of an answer begins; one letter follows."""


class FlakyPostgres:
    """A proxy before a server; counts requests, and lets one of them fail.

    Args:
        host: of the server.
        port: of the server.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[_Link] = set()
        self._lock = Lock()
        self.arm(0)

    def arm(self, at: int, fault: Fault = "unsent", *, stays_away: bool = False) -> None:
        """Count anew.

        Args:
            at: number of the request that fails, from 1; none for 0.
            fault: how.
            stays_away: then all connections are lost, and nobody is let in until this is called
                again.
        """
        with self._lock:
            self.asked, self.at, self.fault = 0, at, fault
            self._stays_away, self.is_away = stays_away, False

    def fails_now(self) -> bool:
        """Whether the request that is about to be sent fails; counts it."""
        with self._lock:
            self.asked += 1
            if self.asked != self.at:
                return False
            self.is_away = self._stays_away
            return True

    def __enter__(self) -> Self:
        Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Break all connections."""
        for link in list(self._open):
            link.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                if self.is_away:
                    client.close()
                    continue
                link = _Link(self, client, socket.create_connection(self._server))
                self._open.add(link)
                Thread(target=link.carry, args=(self._open.discard,), daemon=True).start()


class _Link:
    """One client's connection."""

    def __init__(self, way: FlakyPostgres, client: socket.socket, server: socket.socket) -> None:
        self._way, self._client, self._server = way, client, server
        self._is_answer_lost = False
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up on both sides."""
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def carry(self, done: object) -> None:
        """Carry messages until somebody hangs up."""
        answers = Thread(target=self._carry_back, daemon=True)
        answers.start()
        with suppress(OSError):
            request = kind = b""
            while True:
                request += kind + self._sized()
                if kind in _ASKS:
                    if not self._send(request):
                        break
                    request = b""
                kind = self._read(1)
        answers.join()
        self.close()
        done(self)  # type: ignore[operator]

    def _send(self, request: bytes) -> bool:
        """Send what the client asks; whether it is connected still."""
        if not self._way.fails_now():
            self._server.sendall(request)
            return True
        if self._way.fault == "unanswered":
            self._is_answer_lost = True
            self._server.sendall(request)
            return False  # `_carry_back` hangs up once it has been done
        if self._way.fault == "ended":
            self._client.sendall(b"E" + (len(_END) + 4).to_bytes(4, "big") + _END)
        self._lose()
        return False

    def _lose(self) -> None:
        self.close()
        if self._way.is_away:
            self._way.hang_up()

    def _carry_back(self) -> None:
        with suppress(OSError):
            while answer := self._server.recv(65536):
                if not self._is_answer_lost:
                    self._client.sendall(answer)
                elif answer[-6:-1] == _READY:
                    break
        self._lose()

    def _sized(self) -> bytes:
        size = self._read(4)
        return size + self._read(int.from_bytes(size, "big") - 4)

    def _read(self, size: int) -> bytes:
        read = b""
        while len(read) < size:
            part = self._client.recv(size - len(read))
            if not part:
                raise ConnectionError
            read += part
        return read
