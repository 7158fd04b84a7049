"""How a page is sent: compressed or not, told by the headers, its length left to chance."""

import gzip

from account_portal.edge.packing import packed

PAGE = "<html>Größe</html>".encode()


def test_it_goes_as_it_is_where_nothing_else_is_understood() -> None:
    for accepted in ([], [(b"accept-encoding", b"br")]):
        body, headers = packed({"headers": accepted}, PAGE)
        assert body == PAGE
        length = str(len(PAGE)).encode()
        assert headers == [(b"vary", b"Accept-Encoding"), (b"content-length", length)]


def test_compressed_it_does_not_tell_its_length() -> None:
    scope = {"headers": [(b"accept-encoding", b"br, gzip")]}
    lengths = set()
    for _ in range(20):
        body, headers = packed(scope, PAGE)
        assert gzip.decompress(body) == PAGE
        assert dict(headers) == {
            b"vary": b"Accept-Encoding",
            b"content-encoding": b"gzip",
            b"content-length": str(len(body)).encode(),
        }
        lengths.add(len(body))
    assert len(lengths) > 1
