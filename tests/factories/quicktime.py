"""A film as iPhones record it: boxes of QuickTime, with place, camera and day in them."""

from collections.abc import Iterator

from tests.factories.reviews import FILMS

_LISTS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}
PLACE = b"+51.5074-000.1278+011.000/SECRET"
"""As each second of a recording holds it, in a track of its own."""


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        end = at + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : end]
        at = end


def _handler(component: bytes, kind: bytes) -> bytes:
    name = b"SECRET Core Media"
    content = bytes(4) + component + kind + b"appl" + bytes(8) + bytes([len(name)]) + name
    return box(b"hdlr", content)


def _as_quicktime(kind: bytes, content: bytes) -> bytes:
    if kind == b"hdlr":
        return _handler(b"mhlr", content[8:12])
    if kind == b"dref":
        return box(kind, content[:8] + box(b"alis", b"\0\0\0\1SECRET volume"))
    if kind in _LISTS:
        content = b"".join(_as_quicktime(*inner) for inner in _boxes(content))
    if kind == b"minf":
        content += _handler(b"dhlr", b"alis")
    elif kind == b"trak":
        content += box(b"tapt", box(b"clef", bytes(4) + b"SECRET??"))
    return box(kind, content)


def _places(at: int) -> bytes:
    """The track of places, whose one chunk stands there."""
    table = {
        b"stsd": b"\0\0\0\1" + box(b"mebx", bytes(6) + b"\0\1SECRET keys"),
        b"stts": b"\0\0\0\1" + b"\0\0\0\1" + b"\0\0\x03\xe8",
        b"stsc": b"\0\0\0\1" + b"\0\0\0\1" * 3,
        b"stsz": bytes(4) + b"\0\0\0\1" + len(PLACE).to_bytes(4, "big"),
        b"stco": b"\0\0\0\1" + at.to_bytes(4, "big"),
    }
    tables = b"".join(box(kind, bytes(4) + content) for kind, content in table.items())
    sources = box(b"dinf", box(b"dref", bytes(4) + b"\0\0\0\1" + box(b"alis", b"\0\0\0\1")))
    minf = box(b"gmhd", box(b"gmin", bytes(16))) + sources + box(b"stbl", tables)
    times = bytes(12) + b"\0\0\x03\xe8\0\0\x03\xe8" + bytes(4)
    media = box(b"mdhd", times) + _handler(b"mhlr", b"meta") + box(b"minf", minf)
    head = bytes(12) + b"\0\0\0\x09" + bytes(68)
    described = box(b"tref", box(b"cdsc", b"\0\0\0\1"))
    return box(b"trak", box(b"tkhd", head) + described + box(b"mdia", media))


def make_quicktime() -> bytes:
    """A second that plays, with `wide` before its data and places within it."""
    film = (FILMS / "tables-last.mp4").read_bytes()
    parts = dict(_boxes(film))
    # As long as the head it replaces, so that the places in the tables stay right.
    head = box(b"ftyp", b"qt  " + bytes(4) + b"qt  " + bytes(4)) + box(b"wide", b"")
    assert len(head) == 8 + len(parts[b"ftyp"])
    data = head + box(b"free", parts[b"free"]) + box(b"mdat", parts[b"mdat"] + PLACE)
    name = b"com.apple.quicktime.location.ISO6709"
    keys = box(b"keys", bytes(4) + b"\0\0\0\1" + box(b"mdta", name))
    told = box(b"\0\0\0\1", box(b"data", b"\0\0\0\1" + bytes(4) + PLACE))
    tags = box(b"meta", _handler(b"mhlr", b"mdta") + keys + box(b"ilst", told))
    movie = _as_quicktime(b"moov", parts[b"moov"])[8:]
    return data + box(b"moov", movie + _places(len(data) - len(PLACE)) + tags)
