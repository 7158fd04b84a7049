"""MP4 (ISO/IEC 14496-12): boxes in boxes, and tables of where in the file each sample lies.

What is kept is named, all else becomes a `free` box of the same size: `udta`, `meta`, XMP in
`uuid`, and what makers invent. Of the media data only what the tables of pictures and sound point
to is kept: cameras write places there too, as tracks of their own or between the chunks.
"""

from collections.abc import Iterator, Mapping

from account_portal.gateways.videos.boxes import Box, box_at, children, free
from account_portal.gateways.videos.pieces import Damaged, File
from account_portal.gateways.videos.samples import (
    Track,
    chunks_of_all,
    fragment_chunks,
    keep_only,
)

_TOP = frozenset({b"ftyp", b"styp", b"sidx", b"moov", b"moof", b"mdat", b"mfra"})
_KEPT: Mapping[bytes, frozenset[bytes]] = {
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"mvex": frozenset({b"mehd", b"trex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset(
        {
            *(b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"stsh", b"stsc", b"stsz", b"stco"),
            *(b"co64", b"sdtp", b"sbgp", b"sgpd"),
        }
    ),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd"}),
    b"mfra": frozenset({b"tfra", b"mfro"}),
}
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_TABLES = frozenset({b"stsc", b"stsz", b"stco", b"co64"})
_MOST_TRACKS = 32


def clean(file: File) -> None:
    """Overwrite all that is not needed to play it.

    Raises:
        Damaged: it is no whole film.
    """
    boxes = _top_level(file)
    movies = [box for box in boxes if box.kind == b"moov"]
    if len(movies) != 1 or boxes[0].kind != b"ftyp" or boxes[0].end - boxes[0].start > 4096:
        raise Damaged("it may be damaged")
    tracks, sizes = _clean_movie(file, movies[0])
    if not any(track.handler == b"vide" for track in tracks):
        raise Damaged("it has no picture")
    kept, others = chunks_of_all(tracks)
    played = {track.number for track in tracks if track.is_played}
    for box in boxes:
        if box.kind == b"moof":
            kept += fragment_chunks(file, box, played, sizes)
            _clean_fragment(file, box, played)
        elif box.kind == b"mfra":
            _keep_children(file, box)
        elif box.kind not in _TOP:
            free(file, box)
    keep_only(file, [box for box in boxes if box.kind == b"mdat"], kept, others)


def _top_level(file: File) -> list[Box]:
    boxes: list[Box] = []
    seen: set[bytes] = set()
    at = 0
    while at + 8 <= file.end:
        try:
            box = box_at(file, at, file.end, last=True)
        except Damaged:
            kind = file.read(at + 4, at + 8)
            if kind in _TOP or not seen >= {b"moov", b"mdat"}:
                raise
            # Some cameras write notes of their own behind the film, which are no boxes.
            file.write(at, min(file.end - at, 0xFFFFFFFF).to_bytes(4, "big") + b"free")
            box = Box(at, b"free", at + 8, file.end)
        boxes.append(box)
        seen.add(box.kind)
        at = box.end
    file.erase(at, file.end)
    if not boxes:
        raise Damaged("it may be damaged")
    return boxes


def _keep_children(file: File, parent: Box) -> None:
    for child in children(file, parent):
        if child.kind not in _KEPT[parent.kind]:
            free(file, child)
        elif child.kind in _KEPT:
            _keep_children(file, child)


def _clean_movie(file: File, movie: Box) -> tuple[list[Track], dict[int, int]]:
    """Its tracks, of which only picture and sound stay; what samples in fragments have."""
    tracks: list[Track] = []
    sizes: dict[int, int] = {}
    for child in children(file, movie):
        if child.kind == b"trak":
            track = Track()
            _clean_track(file, child, track)
            tracks.append(track)
            if not track.is_played:
                free(file, child)
        elif child.kind == b"mvex":
            _keep_children(file, child)
            for part in children(file, child):
                if part.kind == b"trex":
                    sizes[_number(file, part, 4)] = _number(file, part, 16)
        elif child.kind == b"mvhd":
            _forget_times(file, child)
        else:
            free(file, child)
        if len(tracks) > _MOST_TRACKS:
            raise Damaged("it has too many tracks")
    return tracks, sizes


def _clean_fragment(file: File, fragment: Box, played: set[int]) -> None:
    _keep_children(file, fragment)
    for traf in children(file, fragment):
        parts = children(file, traf) if traf.kind == b"traf" else ()
        if any(part.kind == b"tfhd" and _number(file, part, 4) not in played for part in parts):
            free(file, traf)


def _number(file: File, box: Box, at: int) -> int:
    """Four bytes of its content."""
    if box.end - box.body < at + 4:
        raise Damaged("it may be damaged")
    return int.from_bytes(file.read(box.body + at, box.body + at + 4), "big")


def _clean_track(file: File, parent: Box, track: Track) -> None:
    for child in children(file, parent):
        if child.kind not in _KEPT[parent.kind]:
            free(file, child)
        elif child.kind in _TIMED:
            width = _forget_times(file, child)
            if child.kind == b"tkhd":
                track.number = _number(file, child, 4 + width)
        elif child.kind == b"hdlr":
            if parent.kind == b"mdia":
                track.handler = file.read(child.body, min(child.body + 12, child.end))[8:]
            # A name of the program, or of the track, and its maker.
            file.erase(min(child.body + 12, child.end), child.end)
        elif child.kind == b"dref":
            _forget_sources(file, child)
        elif child.kind == b"stsd":
            _forget_coders(file, child, track.handler)
        elif child.kind in _TABLES:
            track.tables[child.kind] = file.read(child.body, child.end)
        elif child.kind in _KEPT:
            _clean_track(file, child, track)


def _forget_times(file: File, box: Box) -> int:
    """Overwrite when it was made and changed; returns how many bytes that takes."""
    width = 16 if file.read(box.body, box.body + 1) == b"\x01" else 8
    if box.end - box.body < 4 + width:
        raise Damaged("it may be damaged")
    file.erase(box.body + 4, box.body + 4 + width)
    return width


def _entries(file: File, box: Box) -> Iterator[Box]:
    """Boxes in a list that says first how many they are."""
    return children(file, Box(box.start, box.kind, min(box.body + 8, box.end), box.end))


def _forget_sources(file: File, box: Box) -> None:
    """Overwrite names of files and addresses that media data came from."""
    for entry in _entries(file, box):
        file.erase(min(entry.body + 4, entry.end), entry.end)


def _forget_coders(file: File, box: Box, handler: bytes) -> None:
    """Overwrite the name of what encoded the pictures, 32 bytes of each description."""
    for entry in _entries(file, box):
        if handler == b"vide" and entry.end - entry.body >= 78:
            file.erase(entry.body + 42, entry.body + 74)
