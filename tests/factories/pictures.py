"""Picture files as strangers send them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def make_picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: Any
) -> bytes:
    """A picture whose left half is blue and whose right half is red."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    image.convert(mode).save(file, kind, **options)
    return file.getvalue()


def make_tagged_picture(kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture that tells where and by which camera it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return make_picture(kind, exif=exif, icc_profile=b"secret profile " * 10)


def make_flood(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes whose header promises billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def make_passes(more: int) -> bytes:
    """A progressive JPEG whose last pass comes so many times more: each is work for all pixels."""
    content = make_picture(progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * more + content[-2:]


def open_picture(content: bytes) -> Image.Image:
    """The picture, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image
