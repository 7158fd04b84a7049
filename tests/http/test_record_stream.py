"""A stream of records against a running server: in and out at the same time."""

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from tests.http.conftest import Server

PATH = "/api/v1/main/merchant/records"


def product(place: int) -> bytes:
    record = {"type": "product", "product_id": f"P-{place}", "name": "Stoneware mug"}
    return json.dumps(record).encode() + b"\n"


class Stream:
    """A request whose body is sent piece by piece."""

    def __init__(self, server: Server, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        self._connection.putrequest("POST", PATH)
        for name, value in {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-ndjson",
            "Transfer-Encoding": "chunked",
        }.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()

    def send(self, data: bytes) -> None:
        self._connection.send(b"%x\r\n%s\r\n" % (len(data), data))

    def end(self) -> None:
        self._connection.send(b"0\r\n\r\n")

    def answer(self) -> http.client.HTTPResponse:
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


def outcome(line: bytes) -> dict[str, Any]:
    return dict(json.loads(line))


def test_answers_come_while_records_go(server: Server) -> None:
    key = server.command("keys", "create", "stream", "--scope", "records:write")
    with closing(Stream(server, key)) as stream:
        stream.send(b"".join(map(product, range(1500))))
        answer = stream.answer()
        assert answer.status == 200
        first = [outcome(answer.readline()) for _ in range(1000)]
        assert {one["outcome"] for one in first} == {"created"}
        stream.send(product(1500))
        stream.send(product(0))
        stream.end()
        rest = [outcome(line) for line in answer]
    assert [one["line"] for one in first + rest] == list(range(1, 1503))
    assert rest[-1]["outcome"] == "unchanged"


def test_a_caller_may_read_when_it_has_sent_everything(server: Server) -> None:
    key = server.command("keys", "create", "late reader", "--scope", "records:write")
    with closing(Stream(server, key)) as stream:
        for start in range(0, 8000, 1000):
            stream.send(b"".join(map(product, range(start, start + 1000))))
        stream.end()
        assert sum(1 for _ in stream.answer()) == 8000


def test_a_stream_that_breaks_off_leaves_the_server_well(server: Server) -> None:
    key = server.command("keys", "create", "breaking", "--scope", "records:write")
    for _ in range(3):
        with closing(Stream(server, key)) as stream:
            stream.send(product(9001) + b'{"type": "product", "prod')
    with closing(Stream(server, key)) as stream:
        stream.send(product(9000))
        stream.end()
        assert [outcome(line)["outcome"] for line in stream.answer()] == ["created"]
    assert "Traceback" not in (server.data_dir / "server.log").read_text()
