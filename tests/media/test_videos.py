"""Videos without what they tell beside picture and sound: real films, and junk of every kind."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.gateways.videos import VideoUnreadable, clean_video
from tests.factories.quicktime import PLACE, make_quicktime
from tests.factories.reviews import FILM, FILMS

SECRET = b"SECRET"
MADE = {
    path.name: path.read_bytes() for path in sorted(FILMS.glob("*.[mw]*")) if path.suffix != ".md"
}
CONTAINERS = {
    b"moov",
    b"trak",
    b"mdia",
    b"minf",
    b"dinf",
    b"stbl",
    b"edts",
    b"mvex",
    b"moof",
    b"traf",
}


def clean(content: bytes, kind: str) -> bytes:
    stream = BytesIO(content)
    clean_video(stream, kind)
    return stream.getvalue()


def kind_of(name: str) -> str:
    return name.rpartition(".")[2]


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def nested(*kinds: bytes) -> bytes:
    """Boxes in each other; the last one comes whole."""
    *outer, made = kinds
    for kind in reversed(outer):
        made = box(kind, made)
    return made


def boxes(content: bytes, base: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each box and, after it, of those in it."""
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        yield kind, base + at, base + at + size
        if kind in CONTAINERS:
            yield from boxes(content[at + 8 : at + size], base + at + 8)
        at += size


def played(content: bytes) -> list[tuple[bytes, bytes]]:
    """Boxes that hold something, without those that everybody skips."""
    found = [(kind, content[start + 8 : end]) for kind, start, end in boxes(content)]
    return [(kind, held) for kind, held in found if kind not in CONTAINERS | {b"free"}]


@pytest.mark.parametrize("name", MADE)
def test_nothing_that_was_told_is_left_and_no_byte_moves(name: str) -> None:
    content = MADE[name]
    assert content.count(SECRET) >= 5
    cleaned = clean(content, kind_of(name))
    assert len(cleaned) == len(content)
    for told in (SECRET, b"51.5", b"Lavf", b"VideoHandler"):
        assert told not in cleaned
    assert clean(cleaned, kind_of(name)) == cleaned


def test_what_plays_is_what_it_was() -> None:
    """A film in which nothing is told but its program stays as it is, but for that."""
    cleaned = clean(FILM, "webm")
    changed = {
        at for at, (one, other) in enumerate(zip(FILM, cleaned, strict=True)) if one != other
    }
    assert 0 < len(changed) < 400
    assert max(changed) < 700  # all before the first cluster


@pytest.mark.parametrize("name", ["tables-first.mp4", "tables-last.mp4"])
def test_only_samples_of_picture_and_sound_are_kept(name: str) -> None:
    content = MADE[name]
    [(start, end)] = [(start, end) for kind, start, end in boxes(content) if kind == b"mdat"]
    # Behind the last sample of a track, in the same box: where some cameras put places.
    hidden = b"SECRET of a camera" * 3
    if name == "tables-last.mp4":
        size = (end - start + len(hidden)).to_bytes(4, "big")
        content = content[:start] + size + content[start + 4 : end] + hidden + content[end:]
        end += len(hidden)
    cleaned = clean(content, "mp4")
    assert SECRET not in cleaned
    before, after = content[start + 8 : end], cleaned[start + 8 : end]
    gone = [one for one, other in zip(before, after, strict=True) if one != other and other]
    assert gone == []  # kept, or zero
    assert len(after.rstrip(b"\0")) > len(MADE[name]) // 4


def inserted(content: bytes, path: list[int], new: bytes) -> bytes:
    """The film with a box more, in the container that the numbers lead to."""
    at, parents, end = 0, [], len(content)
    for number in path:
        inside = []
        while at < end:
            size = int.from_bytes(content[at : at + 4], "big")
            inside.append((at, at + size))
            at += size
        start, stop = inside[number % len(inside)]
        if content[start + 4 : start + 8] not in CONTAINERS:
            at = stop
            break
        parents.append(start)
        at, end = start + 8, stop
    grown = bytearray(content[:at] + new + content[at:])
    for start in parents:
        size = int.from_bytes(grown[start : start + 4], "big") + len(new)
        grown[start : start + 4] = size.to_bytes(4, "big")
    return bytes(grown)


@given(
    kind=st.sampled_from(
        [b"udta", b"meta", b"uuid", b"XMP_", b"gps ", b"\xa9xyz", b"free", b"junk"]
    ),
    told=st.binary(max_size=60),
    path=st.lists(st.integers(0, 8), max_size=5),
)
def test_whatever_is_told_wherever_in_an_mp4_goes(
    kind: bytes, told: bytes, path: list[int]
) -> None:
    film = MADE["tables-last.mp4"]
    top = [found for found, _, _ in boxes(film) if found in {b"ftyp", b"free", b"mdat", b"moov"}]
    # In what stands behind the media data, so that places in it stay right.
    told_film = inserted(film, [top.index(b"moov"), *path], box(kind, SECRET + told))
    cleaned = clean(told_film, "mp4")
    assert SECRET not in cleaned
    assert played(cleaned) == played(clean(film, "mp4"))


@given(
    number=st.sampled_from(
        [
            b"\x12\x54\xc3\x67",
            b"\x19\x41\xa4\x69",
            b"\x10\x43\xa7\x70",
            b"\xec",
            b"\xbf",
            b"\x45\x67",
        ]
    ),
    told=st.binary(max_size=80),
    wide=st.booleans(),
)
def test_whatever_is_told_in_a_webm_goes(number: bytes, told: bytes, wide: bool) -> None:
    film = MADE["recorded.webm"]
    at = film.index(b"\x1f\x43\xb6\x75")
    content = SECRET + told
    size = b"\x01" + len(content).to_bytes(7, "big") if wide else bytes((0x80 | len(content),))
    element = number + size + content
    for place in (at, len(film)):
        cleaned = clean(film[:place] + element + film[place:], "webm")
        assert SECRET not in cleaned
        assert len(cleaned) == len(film) + len(element)
        if place == len(film):
            assert cleaned.startswith(clean(film, "webm"))


@given(data=st.data(), name=st.sampled_from(sorted(MADE)))
def test_junk_is_refused_or_cleaned_and_nothing_else(data: st.DataObject, name: str) -> None:
    content = bytearray(MADE[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        what = data.draw(st.sampled_from(["byte", "size", "cut", "twice"]))
        if what == "byte":
            content[at] = data.draw(st.integers(0, 255))
        elif what == "size":
            sizes = [
                b"\0\0\0\0",
                b"\0\0\0\1",
                b"\xff\xff\xff\xff",
                b"\x7f\xff\xff\xff\xff\xff\xff\xff",
            ]
            new = data.draw(st.sampled_from(sizes))
            content[at : at + len(new)] = new
        elif what == "cut":
            del content[at : at + data.draw(st.integers(1, 40))]
        else:
            content[at:at] = content[at : at + data.draw(st.integers(1, 200))]
        if not content:
            return
    with suppress(VideoUnreadable):
        cleaned = clean(bytes(content), kind_of(name))
        assert len(cleaned) == len(content)
        assert clean(cleaned, kind_of(name)) == cleaned


@given(data=st.data(), name=st.sampled_from(sorted(set(MADE) - {"recorded.webm"})))
def test_what_is_cut_short_is_refused(data: st.DataObject, name: str) -> None:
    content = MADE[name]
    # The list of fragments at the end is no part of the film.
    whole = content.find(b"mfra") - 4 if name == "fragments.mp4" else len(content)
    cut = content[: data.draw(st.integers(0, whole - 1))]
    ends = {end for _, start, end in boxes(content) if kind_of(name) == "mp4"}
    if len(cut) not in ends or name != "fragments.mp4":
        with pytest.raises(VideoUnreadable) as refused:
            clean(cut, kind_of(name))
        assert list(refused.value.fields) == ["video"]


def table(film: bytes, kind: bytes, at: int, number: int) -> bytes:
    """The film with another number in the table of that kind."""
    start = film.index(kind) + 4 + at
    return film[:start] + number.to_bytes(4, "big") + film[start + 4 :]


FIRST, LAST = MADE["tables-first.mp4"], MADE["tables-last.mp4"]
HEAD = FIRST[: int.from_bytes(FIRST[:4], "big")]
LONG = box(b"stco", bytes(9 << 20))
HOSTILE = {
    "empty": b"",
    "head alone": HEAD,
    "no picture": HEAD + box(b"moov", b"") + box(b"mdat", b""),
    "two films": FIRST + FIRST[len(HEAD) :],
    "size of 64 bits past the end": HEAD + b"\0\0\0\1moov" + b"\xff" * 8,
    "size of 64 bits that is too small": HEAD + b"\0\0\0\1moov" + b"\0" * 7 + b"\1",
    "size less than a head": HEAD + b"\0\0\0\7moov" + b"\0" * 20,
    "child larger than its parent": HEAD + box(b"moov", b"\0\0\xff\xfftrak") + box(b"mdat", b""),
    "child that takes the rest": HEAD + box(b"moov", b"\0\0\0\0trak" + b"\0" * 99),
    "four billion chunks": table(FIRST, b"stco", 4, 0xFFFFFFFF),
    "four billion samples": table(FIRST, b"stsz", 8, 0xFFFFFFFF),
    "four billion runs": table(FIRST, b"stsc", 4, 0xFFFFFFFF),
    "four billion samples in a fragment": table(MADE["fragments.mp4"], b"trun", 4, 0xFFFFFFFF),
    "many parts": HEAD + box(b"free", b"") * 300_000,
    "many tracks": HEAD + box(b"moov", box(b"trak", b"") * 40) + box(b"mdat", b""),
    "long tables": HEAD + nested(b"moov", b"trak", b"mdia", b"minf", b"stbl", LONG),
}  # fmt: skip


@pytest.mark.parametrize("handler", [b"vide", b"meta"])
def test_chunks_of_all_tracks_are_counted_together(handler: bytes) -> None:
    """Each of a few tracks may have as many as a long film; together they filled the memory."""
    chunks = 200_000
    places = box(b"stco", bytes(4) + chunks.to_bytes(4, "big") + bytes(4 * chunks))
    sizes = box(b"stsz", bytes(4) + b"\0\0\0\1" + chunks.to_bytes(4, "big"))
    tables = nested(b"minf", b"stbl", sizes + places)
    tracks = [
        box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + kind + bytes(13)) + tables))
        for kind in (b"vide", handler, handler)
    ]
    with pytest.raises(VideoUnreadable) as refused:
        clean(HEAD + box(b"moov", b"".join(tracks)) + box(b"mdat", b""), "mp4")
    assert refused.value.fields == {"video": ["cannot be read; its tables are too long"]}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mp4_is_refused(name: str) -> None:
    with pytest.raises(VideoUnreadable):
        clean(HOSTILE[name], "mp4")


EBML = MADE["recorded.webm"][: MADE["recorded.webm"].index(b"\x18\x53\x80\x67")]
HOSTILE_WEBM = {
    "empty": b"",
    "head alone": EBML,
    "number of nine bytes": EBML + b"\0" * 40,
    "no tracks": EBML + b"\x18\x53\x80\x67\x80",
    "a cluster before tracks": EBML + b"\x18\x53\x80\x67\xff\x1f\x43\xb6\x75\xff",
    "a size past the end": EBML + b"\x18\x53\x80\x67\x08\xff\xff\xff\xff",
    "tracks without a size": EBML + b"\x18\x53\x80\x67\xff\x16\x54\xae\x6b\xff",
    "many parts": MADE["recorded.webm"] + b"\xec\x80" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE_WEBM)
def test_hostile_webm_is_refused(name: str) -> None:
    with pytest.raises(VideoUnreadable):
        clean(HOSTILE_WEBM[name], "webm")


def test_a_tail_that_is_no_box_goes() -> None:
    """Some phones write notes of their own behind the film."""
    tail = b"\0\0\x0b\x0aSEFHSECRET of a phone" + b"SEFT"
    cleaned = clean(FIRST + tail, "mp4")
    assert SECRET not in cleaned
    assert cleaned.startswith(clean(FIRST, "mp4"))


def test_chunks_with_places_of_64_bits() -> None:
    """The same film with `co64`: its tables grow, so its chunks stand later."""
    film = MADE["tables-last.mp4"]
    wide = film
    while b"stco" in wide:
        [(start, end), *_] = [(a, b) for kind, a, b in boxes(wide) if kind == b"stco"]
        places = [int.from_bytes(wide[at : at + 4], "big") for at in range(start + 16, end, 4)]
        new = box(
            b"co64", wide[start + 8 : start + 16] + b"".join(p.to_bytes(8, "big") for p in places)
        )
        parents = [a for kind, a, b in boxes(wide) if kind in CONTAINERS and a < start and b >= end]
        grown = bytearray(wide[:start] + new + wide[end:])
        for parent in parents:
            size = int.from_bytes(grown[parent : parent + 4], "big") + len(new) - (end - start)
            grown[parent : parent + 4] = size.to_bytes(4, "big")
        wide = bytes(grown)
    cleaned = clean(wide, "mp4")
    assert SECRET not in cleaned
    data = [held for kind, held in played(cleaned) if kind == b"mdat"]
    assert data == [held for kind, held in played(clean(film, "mp4")) if kind == b"mdat"]


def test_what_an_iphone_records_tells_nothing_and_keeps_what_plays() -> None:
    film = make_quicktime()
    cleaned = clean(film, "mp4")
    assert len(cleaned) == len(film)
    for told in (SECRET, b"51.5", b"apple"):
        assert told in film
        assert told not in cleaned
    assert clean(cleaned, "mp4") == cleaned
    kept = [held for kind, held in played(cleaned) if kind == b"mdat"]
    [same] = [held for kind, held in played(clean(LAST, "mp4")) if kind == b"mdat"]
    assert kept == [same + bytes(len(PLACE))]


def test_places_behind_sound_of_which_no_sizes_are_told_go() -> None:
    """QuickTime's plain sound tells one size that is not its samples': a chunk ends at the next."""
    film = make_quicktime()
    _, sound, *_ = [start for kind, start, _ in boxes(film) if kind == b"stsz"]
    film = film[: sound + 12] + b"\0\0\0\1" + film[sound + 16 :]
    assert PLACE in film
    assert b"51.5" not in clean(film, "mp4")
