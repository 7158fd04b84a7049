"""Pictures that strangers send, made harmless: decoded, turned upright and encoded anew.

What leaves here holds pixels and nothing else: no place or camera, no colour profile, no second
frame, no bytes of the sender's file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from account_portal.core.errors import InvalidInput, PayloadTooLarge, UnsupportedMediaType
from account_portal.core.turns import Turns

MAX_BYTES = 5 * 1024 * 1024
# A JPEG is decoded at a fraction of its size, so it may have more pixels than the others.
MAX_PIXELS = {"JPEG": 80_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
CONTENT_TYPE = "image/webp"
WRONG_TYPE = "Send a JPEG, PNG or WebP picture."
TOO_LARGE = "A picture may have 5 MB at most."

# Each pass over a JPEG takes a moment for all its pixels, and a hundred bytes of the file: what
# cameras and editors write has ten. A film behind the picture may look like some eighty.
MAX_PASSES = 200
_PASS = b"\xff\xda"

DECODING = Turns(at_once=1, waiting=8, within=10)
"""Decoding takes up to 200 MB for a moment; a crowd of uploads must not add that up."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """One size a picture is kept in; a smaller original is not blown up.

    Attributes:
        name: what the size is called, such as ``small``.
        pixels: length of the longer side at most.
        square: cut out the middle, instead of keeping the shape.
    """

    name: str
    pixels: int
    square: bool = False


class PictureUnreadable(InvalidInput):
    """The file claims to be a picture but is damaged, or has too many pixels."""


def sniff_format(content: bytes, *, field: str = "image") -> str:
    """Pillow's name of the format, told by the first bytes; file names and types lie.

    Raises:
        UnsupportedMediaType: neither JPEG, PNG nor WebP.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise UnsupportedMediaType(WRONG_TYPE, **{field: WRONG_TYPE})


def make_pictures(
    content: bytes, sizes: Iterable[PictureSize], *, field: str = "image"
) -> dict[str, bytes]:
    """The picture as WebP in each size, by the name of the size.

    Args:
        content: the file as it was sent.
        sizes: what to make.
        field: name of the input field, for the error.

    Raises:
        PayloadTooLarge: more than 5 MiB.
        UnsupportedMediaType: neither JPEG, PNG nor WebP.
        PictureUnreadable: damaged, cut short, or a flood of pixels.
        GatewayUnavailable: too many others are being read.
    """
    if len(content) > MAX_BYTES:
        raise PayloadTooLarge(TOO_LARGE, **{field: TOO_LARGE})
    kind = sniff_format(content, field=field)
    if kind == "JPEG" and content.count(_PASS) > MAX_PASSES:
        raise PictureUnreadable(**{field: "cannot be read; it has too many passes"})
    wanted = list(sizes)
    with DECODING.take():
        try:
            image = _decode(content, kind, longest=max(size.pixels for size in wanted))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            image = None
        except Exception:  # noqa: BLE001 - fed with damage, decoders raise whatever they like
            raise PictureUnreadable(**{field: "cannot be read; it may be damaged"}) from None
        if image is None:
            raise PictureUnreadable(**{field: "has too many pixels"})
        return {size.name: _encode(_resize(image, size)) for size in wanted}


def _decode(content: bytes, kind: str, longest: int) -> Image.Image | None:
    """The first frame, upright, as RGB or RGBA; nothing when it has too many pixels."""
    with Image.open(BytesIO(content), formats=[kind]) as image:
        # Opening reads the header only, so a flood is refused before it is decoded.
        if image.width * image.height > MAX_PIXELS[kind]:
            return None
        image.draft("RGB", (longest * 2, longest * 2))
        image.load()
        small: Image.Image = image
        factor = max(image.size) // (longest * 2)
        if factor > 1 and image.mode in {"L", "RGB", "RGBA"}:
            small = image.reduce(factor)
        ImageOps.exif_transpose(small, in_place=True)
        if small.mode.startswith("I"):
            small = small.point(lambda value: value / 256).convert("L")
        plain = small.convert("RGBA" if small.has_transparency_data else "RGB")
    plain.info.clear()
    return plain


def _resize(image: Image.Image, size: PictureSize) -> Image.Image:
    if size.square:
        side = min(size.pixels, *image.size)
        return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((size.pixels, size.pixels), Image.Resampling.LANCZOS)
    return small


def _encode(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "WEBP", quality=82, method=4)
    return file.getvalue()
