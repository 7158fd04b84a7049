"""Boxes of MP4 (ISO/IEC 14496-12): a size, a kind of four letters, and what is in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from account_portal.gateways.videos.pieces import Damaged, File


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box stands: its first byte, its content's, and the first behind it."""

    start: int
    kind: bytes
    body: int
    end: int


def box_at(file: File, start: int, limit: int, *, last: bool = False) -> Box:
    """The box there; `last`: its size may be 0, which says that it takes the rest.

    Raises:
        Damaged: there is none, or not all of it.
    """
    file.count_box()
    head = file.read(start, min(start + 16, limit))
    if len(head) < 8:
        raise Damaged("it may be damaged")
    size, kind, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
    if size == 1 and len(head) == 16:
        size, body = int.from_bytes(head[8:], "big"), start + 16
    elif size == 0 and last:
        size = limit - start
    if size < body - start or start + size > limit:
        raise Damaged("it may be damaged or cut short")
    return Box(start, kind, body, start + size)


def children(file: File, parent: Box) -> Iterator[Box]:
    """What is in a box of boxes, one after the other.

    Raises:
        Damaged: one is larger than what it is in.
    """
    at = parent.body
    while at + 8 <= parent.end:
        child = box_at(file, at, parent.end)
        yield child
        at = child.end
    file.erase(at, parent.end)  # QuickTime ends some lists by four zeros


def free(file: File, box: Box) -> None:
    """Make it one that everybody skips, of the same size."""
    file.write(box.start + 4, b"free")
    file.erase(box.body, box.end)
