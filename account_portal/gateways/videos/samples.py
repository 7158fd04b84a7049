"""Where in an MP4 the samples of its tracks lie: tables for a whole film, or for a fragment."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from sys import byteorder

from account_portal.gateways.videos.boxes import Box, children
from account_portal.gateways.videos.pieces import Damaged, File

_MOST_CHUNKS = 500_000


@dataclass(slots=True)
class Track:
    """What is known of a track.

    Attributes:
        number: what fragments call it.
        handler: `vide` for pictures, `soun` for sound.
        tables: the content of the tables that say where its samples lie.
    """

    number: int = 0
    handler: bytes = b""
    tables: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def is_played(self) -> bool:
        """Whether it is picture or sound."""
        return self.handler in {b"vide", b"soun"}


Pieces = list[tuple[int, int | None]]
"""Where pieces of the file begin and end; without an end where the next one begins."""


def chunks_of_all(tracks: Iterable[Track]) -> tuple[Pieces, list[int]]:
    """The chunks of what is played, and where those of all else begin.

    Raises:
        Damaged: tables do not fit each other, or are too long together.
    """
    kept: Pieces = []
    others: list[int] = []
    for track in tracks:
        if track.is_played:
            kept += _chunks_of(track)
        else:
            others += _starts_of(track)
        _check_count(len(kept) + len(others))
    return kept, others


def _check_count(chunks: int) -> None:
    if chunks > _MOST_CHUNKS:
        raise Damaged("its tables are too long")


def _chunks_of(track: Track) -> Pieces:
    """The chunks of a track, as the tables of the film say."""
    tables = track.tables
    starts = _starts_of(track)
    sizes = tables.get(b"stsz", b"")
    if len(sizes) < 12:
        raise Damaged("it may be damaged")
    if any(sizes[4:8]):
        # All of one size. In QuickTime that may be the size of something else.
        return [(start, None) for start in starts]
    places = array("Q", accumulate(_numbers(sizes, 8, 4), initial=0))
    runs = _numbers(tables.get(b"stsc", b""), 4, 4, each=3)
    chunks: Pieces = []
    first = 0
    run = in_chunk = 0
    for number, start in enumerate(starts, 1):
        while run + 2 < len(runs) and runs[run] <= number:
            in_chunk, run = runs[run + 1], run + 3
        after = min(first + in_chunk, len(places) - 1)
        chunks.append((start, start + places[after] - places[first]))
        first = after
    return chunks


def _starts_of(track: Track) -> "array[int]":
    """Where its chunks begin."""
    wide = b"co64" in track.tables
    starts = _numbers(track.tables.get(b"co64" if wide else b"stco", b""), 4, 8 if wide else 4)
    _check_count(len(starts))
    return starts


def _numbers(table: bytes, counted_at: int, width: int, *, each: int = 1) -> "array[int]":
    """Numbers of a table that says before them how many entries it has, of so many numbers `each`.

    Raises:
        Damaged: it has fewer.
    """
    begin = counted_at + 4
    length = int.from_bytes(table[counted_at:begin], "big") * each * width
    if len(table) < begin + length:
        raise Damaged("it may be damaged")
    return _unpacked(table[begin : begin + length], "Q" if width == 8 else "I")


def _unpacked(content: bytes, code: str) -> "array[int]":
    numbers = array(code, content)
    if byteorder == "little":
        numbers.byteswap()
    return numbers


def fragment_chunks(
    file: File, fragment: Box, played: Iterable[int], sizes: Mapping[int, int]
) -> Pieces:
    """The pieces of tracks in a fragment (`moof`).

    Args:
        file: the film.
        fragment: the box.
        played: numbers of the tracks that are wanted.
        sizes: by the track's number, what a sample has of which nothing is said.

    Raises:
        Damaged: its tables do not fit.
    """
    chunks: Pieces = []
    wanted, base = set(played), fragment.start
    for traf in children(file, fragment):
        if traf.kind != b"traf":
            continue
        parts = list(children(file, traf))
        flags, number, own_base, size = _header_of(
            [file.read(part.body, part.end) for part in parts if part.kind == b"tfhd"]
        )
        if own_base is not None:
            base = own_base
        elif flags & 0x20000:
            base = fragment.start
        at = base
        for part in parts:
            if part.kind == b"trun":
                told, length = _run(file.read(part.body, part.end), size or sizes.get(number, 0))
                at = base + told if told is not None else at
                if number in wanted:
                    chunks.append((at, at + length))
                at += length
        base = at
    return chunks


def _header_of(found: Sequence[bytes]) -> tuple[int, int, int | None, int]:
    """Flags, number of the track, the place that others count from, and the size of samples."""
    if len(found) != 1 or len(found[0]) < 8:
        raise Damaged("it may be damaged")
    content = found[0]
    flags = int.from_bytes(content[1:4], "big")
    at, told = 8, {}
    for flag, width in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4)):
        if flags & flag:
            told[flag] = _number(content, at, width)
            at += width
    return flags, _number(content, 4, 4), told.get(0x1), told.get(0x10, 0)


def _run(content: bytes, size: int) -> tuple[int | None, int]:
    """Where samples begin, if it is said, and how many bytes they have together."""
    flags, count, at = _number(content, 1, 3), _number(content, 4, 4), 8
    begin = None
    if flags & 0x1:
        begin = _number(content, at, 4)
        begin -= (begin >> 31) << 32  # signed
        at += 4
    if flags & 0x4:
        at += 4
    if not flags & 0x200:
        return begin, count * size
    told = [flag for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag]
    if len(content) < at + count * 4 * len(told):
        raise Damaged("it may be damaged")
    numbers = _unpacked(content[at : at + count * 4 * len(told)], "I")
    return begin, sum(numbers[told.index(0x200) :: len(told)])


def _number(content: bytes, at: int, width: int) -> int:
    if len(content) < at + width:
        raise Damaged("it may be damaged")
    return int.from_bytes(content[at : at + width], "big")


def keep_only(file: File, data: Sequence[Box], kept: Pieces, others: Iterable[int] = ()) -> None:
    """Overwrite all media data that is in no piece that is kept; at `others` begins what goes."""
    _check_count(len(kept))
    begins = sorted({*(start for start, _ in kept), *others})

    def end_of(start: int, end: int | None) -> int:
        if end is not None:
            return end
        after = bisect_right(begins, start)
        return begins[after] if after < len(begins) else file.end

    left = sorted(((start, end_of(start, end)) for start, end in kept), reverse=True)
    until = 0
    for box in data:
        at = max(box.body, min(until, box.end))
        while left and left[-1][0] < box.end:
            start, end = left.pop()
            file.erase(at, max(at, start))
            until = max(until, end)
            at = max(at, min(until, box.end))
        file.erase(at, box.end)
