"""Which files customers may send: pure, no database, no clock."""

from account_portal.core.errors import PayloadTooLarge, UnsupportedMediaType
from account_portal.gateways.pictures import MAX_BYTES
from account_portal.media.schemas import MAX_IMAGES

MAX_VIDEO_BYTES = 50 * 1024 * 1024
NO_VIDEO = "Send an MP4, MOV or WebM video."
VIDEO_TOO_LARGE = "A video may have 50 MB at most."

# Major and compatible brands of files that browsers play as MP4; pictures and other cousins of the
# format begin alike.
_MP4_BRANDS = frozenset(
    {
        *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"),
        *(b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"mmp4"),
        b"qt  ",  # QuickTime, which the format comes from: so iPhones record
    }
)


def upload_limit(videos: int) -> int:
    """Bytes of a form with all the photos, and so many videos."""
    return MAX_IMAGES * MAX_BYTES + videos * MAX_VIDEO_BYTES + 1024 * 1024


def check_video_size(byte_count: int, *, field: str = "video") -> None:
    """`field` names the input field, for the error.

    Raises:
        PayloadTooLarge: more than 50 MiB.
    """
    if byte_count > MAX_VIDEO_BYTES:
        raise PayloadTooLarge(VIDEO_TOO_LARGE, **{field: VIDEO_TOO_LARGE})


def video_kind(head: bytes, *, field: str = "video") -> str:
    """`mp4` or `webm`, told by the first bytes; file names and types lie.

    Raises:
        UnsupportedMediaType: neither.
    """
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))}
        if brands & _MP4_BRANDS and head[8:12] not in {b"heic", b"heix", b"mif1", b"avif"}:
            return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    raise UnsupportedMediaType(NO_VIDEO, **{field: NO_VIDEO})


def readable_size(byte_count: int) -> str:
    """Size of a file for people, such as ``3.4 MB``."""
    return f"{max(byte_count / 1_000_000, 0.1):.1f} MB"
