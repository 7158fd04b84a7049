"""WebM, and what of Matroska (RFC 9559) it takes: elements in elements, named by numbers.

What is kept is named, all else becomes a `Void` element of the same size: tags, chapters,
attachments, titles, and tracks that are neither picture nor sound. Segments and clusters may come
without a size, as browsers record them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from account_portal.gateways.videos.pieces import Damaged, File

_HEADER, _SEGMENT = 0x1A45DFA3, 0x18538067
_SEEK_HEAD, _SEEK, _SEEK_ID = 0x114D9B74, 0x4DBB, 0x53AB
_INFO, _MUXER, _WRITER = 0x1549A966, 0x4D80, 0x5741
_TRACKS, _TRACK, _NUMBER, _TYPE, _CODEC, _PRIVATE = 0x1654AE6B, 0xAE, 0xD7, 0x83, 0x86, 0x63A2
_CLUSTER, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0x1F43B675, 0xA3, 0xA0, 0xA1
_CUES = 0x1C53BB6B
_ELSEWHERE = frozenset({0x1254C367, 0x1941A469, 0x1043A770})  # tags, attachments, chapters

# Versions, and how long numbers and sizes may be; what kind of document it is
_OF_HEADER = frozenset({0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285})
_OF_SEGMENT = frozenset({_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES})
_OF_INFO = frozenset({0x2AD7B1, 0x4489, _MUXER, _WRITER})  # with time scale and duration
_OF_TRACK = frozenset(
    {
        # Number, UID, type; whether it is on, and first choice; lacing; caches; durations
        *(_NUMBER, 0x73C5, _TYPE, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383, 0x234E7A),
        # time scale, additions, codec, delays, picture, sound, encodings, mappings
        *(0x23314F, 0x55EE, _CODEC, _PRIVATE, 0x56AA, 0x56BB, 0xE0, 0xE1, 0x6D80, 0x41E4),
    }
)
_OF_CLUSTER = frozenset({0xE7, _SIMPLE_BLOCK, _GROUP, 0xA7, 0xAB})  # with time, place, size before
# With duration, references, padding, additions (transparency), state of the codec
_OF_GROUP = frozenset({_BLOCK, 0x9B, 0xFB, 0xFA, 0x75A2, 0x75A1, 0xA4})
_PICTURE, _SOUND = 1, 2
_MOST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class _Element:
    start: int
    number: int
    body: int
    end: int
    sized: bool


def clean(file: File) -> None:
    """Overwrite all that is not needed to play it.

    Raises:
        Damaged: it is no whole film.
    """
    header = _element_at(file, 0, file.end)
    if header.number != _HEADER or not header.sized or header.end > _MOST_TEXT:
        raise Damaged("it may be damaged")
    for _ in _keep(file, header, _OF_HEADER):
        pass
    segment = _element_at(file, header.end, file.end)
    while segment.number != _SEGMENT:
        _void(file, segment)
        segment = _element_at(file, segment.end, file.end)
    _clean_segment(file, segment)
    if segment.end < file.end:  # what stands behind the film is none of it
        _void_between(file, segment.end, file.end)


def _element_at(file: File, start: int, limit: int) -> _Element:
    file.count_box()
    head = file.read(start, min(start + 12, limit))
    width = _width(head, 4)
    number = int.from_bytes(head[:width], "big")
    more = head[width:]
    length = _width(more, 8)
    size = int.from_bytes(more[:length], "big") & ((1 << 7 * length) - 1)
    sized = size != (1 << 7 * length) - 1
    body = start + width + length
    if not sized and number not in {_SEGMENT, _CLUSTER}:
        raise Damaged("it may be damaged")
    end = body + size if sized else limit
    if end > limit:
        raise Damaged("it may be damaged or cut short")
    return _Element(start, number, body, end, sized)


def _width(head: bytes, most: int) -> int:
    """How many bytes a number has, which its first bits say."""
    width = 9 - head[0].bit_length() if head else 9
    if width > min(most, len(head)):
        raise Damaged("it may be damaged")
    return width


def _children(file: File, parent: _Element) -> Iterator[_Element]:
    at = parent.body
    while at < parent.end:
        child = _element_at(file, at, parent.end)
        if child.number == _CLUSTER and not child.sized:
            # It ends where the next thing of the segment begins, which whoever reads it finds.
            child = _Element(
                child.start, child.number, child.body, _end_of_cluster(file, child), True
            )
        yield child
        at = child.end


def _end_of_cluster(file: File, cluster: _Element) -> int:
    at = cluster.body
    while at < cluster.end:
        child = _element_at(file, at, cluster.end)
        if child.number in _OF_SEGMENT or child.number in _ELSEWHERE:
            break
        at = child.end
    return at


def _void(file: File, element: _Element) -> None:
    _void_between(file, element.start, element.end)


def _void_between(file: File, start: int, end: int) -> None:
    total = end - start
    if total < 2:
        raise Damaged("it may be damaged")
    if total < 9:
        file.write(start, bytes((0xEC, 0x80 | total - 2)))
        file.erase(start + 2, end)
    else:
        file.write(start, b"\xec\x01" + (total - 9).to_bytes(7, "big"))
        file.erase(start + 9, end)


def _keep(file: File, parent: _Element, kept: frozenset[int]) -> Iterator[_Element]:
    """The children of these numbers; others are overwritten."""
    for child in _children(file, parent):
        if child.number in kept:
            yield child
        else:
            _void(file, child)


def _clean_segment(file: File, segment: _Element) -> None:
    playing: set[int] | None = None
    for child in _keep(file, segment, _OF_SEGMENT):
        if child.number == _SEEK_HEAD:
            for seek in _keep(file, child, frozenset({_SEEK})):
                _check_seek(file, seek)
        elif child.number == _INFO:
            for text in _keep(file, child, _OF_INFO):
                if text.number in {_MUXER, _WRITER}:  # have to be there, and may be empty
                    file.erase(text.body, text.end)
        elif child.number == _TRACKS:
            playing = _clean_tracks(file, child)
        elif child.number == _CLUSTER:
            if playing is None:
                raise Damaged("it may be damaged")
            _clean_cluster(file, child, playing)
    if playing is None:
        raise Damaged("it may be damaged or cut short")


def _check_seek(file: File, seek: _Element) -> None:
    """Overwrite the place of something that is not kept."""
    for child in _children(file, seek):
        if child.number == _SEEK_ID and _unsigned(file, child) in _OF_SEGMENT:
            return
    _void(file, seek)


def _clean_tracks(file: File, tracks: _Element) -> set[int]:
    """Numbers of the tracks that are picture or sound; the others are overwritten."""
    playing: dict[int, int] = {}
    for track in _keep(file, tracks, frozenset({_TRACK})):
        known: dict[int, _Element] = {part.number: part for part in _keep(file, track, _OF_TRACK)}
        number, kind = (_unsigned(file, known.get(name)) for name in (_NUMBER, _TYPE))
        if kind not in {_PICTURE, _SOUND}:
            _void(file, track)
            continue
        playing[number] = kind
        codec, private = known.get(_CODEC), known.get(_PRIVATE)
        if codec and private and file.read(codec.body, codec.end).startswith(b"A_VORBIS"):
            _forget_comments(file, private)
    if _PICTURE not in playing.values():
        raise Damaged("it has no picture")
    return set(playing)


def _unsigned(file: File, element: _Element | None) -> int:
    if element is None or element.end - element.body > 8:
        raise Damaged("it may be damaged")
    return int.from_bytes(file.read(element.body, element.end), "big")


def _forget_comments(file: File, private: _Element) -> None:
    """Overwrite the comments of Vorbis: the second of three packets, with their lengths before."""
    content = file.read(private.body, private.end)
    at, lengths = 1, []
    if content[:1] != b"\x02":
        raise Damaged("it may be damaged")
    for _ in range(2):
        length = 0
        while content[at : at + 1] == b"\xff":
            length, at = length + 255, at + 1
        lengths.append(length + int.from_bytes(content[at : at + 1], "big"))
        at += 1
    begin, length = at + lengths[0], lengths[1]
    # Kind and name, length and name of the coder, number of comments, an end mark: all of it is
    # the name now, and that is zeros.
    name = length - 16
    if name < 0 or begin + length > len(content) or content[begin : begin + 7] != b"\x03vorbis":
        raise Damaged("it may be damaged")
    packet = b"\x03vorbis" + name.to_bytes(4, "little") + bytes(name) + bytes(4) + b"\x01"
    file.write(private.body + begin, packet)


def _clean_cluster(file: File, cluster: _Element, playing: set[int]) -> None:
    for child in _keep(file, cluster, _OF_CLUSTER):
        if child.number == _GROUP:
            blocks = [one for one in _keep(file, child, _OF_GROUP) if one.number == _BLOCK]
            if not blocks or any(_track_of(file, one) not in playing for one in blocks):
                _void(file, child)
        elif child.number == _SIMPLE_BLOCK and _track_of(file, child) not in playing:
            _void(file, child)


def _track_of(file: File, block: _Element) -> int:
    head = file.read(block.body, min(block.body + 8, block.end))
    width = _width(head, 8)
    return int.from_bytes(head[:width], "big") & ((1 << 7 * width) - 1)
