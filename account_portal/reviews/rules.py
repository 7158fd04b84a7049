"""Rules of reviews: pure, no database, no clock. Ratings are half stars, 2 to 10."""

from decimal import ROUND_HALF_UP, Decimal

from account_portal.core.errors import (
    Conflict,
    PayloadTooLarge,
    Unprocessable,
    UnsupportedMediaType,
)
from account_portal.states import ReviewStatus

MAX_VIDEO_BYTES = 50 * 1024 * 1024
NO_VIDEO = "Send an MP4 or WebM video."
VIDEO_TOO_LARGE = "A video may have 50 MB at most."

# Major and compatible brands of files that browsers play as MP4; pictures and other cousins of the
# format begin alike.
_MP4_BRANDS = frozenset(
    {
        *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"),
        *(b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"mmp4"),
    }
)


class ProductNotPurchased(Unprocessable):
    """The caller has no such order, or it did not arrive, or the product is not in it."""

    code = "product_not_purchased"
    message = "You can review what you received with this order."


class ReviewExists(Conflict):
    """The caller reviewed the product before."""

    code = "review_exists"
    message = "You have reviewed this product already."


def half_stars(rating: Decimal) -> int:
    """A rating of 1 to 5 as it is stored."""
    return int(rating * 2)


def stars(rating: int) -> Decimal:
    """A stored rating as it is shown."""
    return Decimal(rating) / 2


def average(rating_sum: int, rating_count: int) -> Decimal:
    """Mean of stored ratings in stars, to two decimals; zero when there are none."""
    if rating_count <= 0:
        return Decimal(0)
    mean = Decimal(rating_sum) / (2 * rating_count)
    return mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def may_write(existing: ReviewStatus | None) -> bool:
    """Whether a review may be written where there is one of that state, or none."""
    return existing in {None, ReviewStatus.REJECTED}


def counts(status: ReviewStatus) -> bool:
    """Whether a review is part of its product's rating."""
    return status is ReviewStatus.APPROVED


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
