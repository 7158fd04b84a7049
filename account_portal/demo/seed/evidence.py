"""Photos by which the demo customer shows a stuck zip and a cracked cap, drawn by code."""

from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter
from sqlmodel import SQLModel

from account_portal.core.schemas import Upload
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.orders import Written
from account_portal.evidence.service import KINDS
from account_portal.gateways.pictures import CONTENT_TYPE
from account_portal.gateways.storage import Storage
from account_portal.media.service import PHOTO, prepare_picture
from account_portal.models import Claim, ClaimItem, Evidence, Media, OrderReturn, ReturnItem

_SIZE = (800, 600)
_BLUR = 3
"""Pixels over which edges run out, as in a hurried photo."""


def _stuck_zip(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, *_SIZE), fill="#4a5d4e")
    draw.polygon([(330, 0), (470, 0), (410, 330), (390, 330)], fill="#20251f")
    for y in range(0, 600, 18):
        gap = max(0, (330 - y) // 5)
        for x in (392 - gap, 408 + gap):
            draw.rectangle((x - 9, y, x + 9, y + 9), fill="#c9b458")
    draw.rounded_rectangle((372, 318, 428, 386), 12, fill="#8d7a2f")
    draw.polygon([(428, 330), (520, 352), (428, 372)], fill="#3b4a3e")  # the cloth it has bitten


def _cracked_cap(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, *_SIZE), fill="#b98f5f")
    draw.ellipse((170, 430, 660, 590), fill="#a9971f")
    draw.rounded_rectangle((320, 190, 480, 540), 30, fill="#4f5a1c")
    draw.rectangle((365, 100, 435, 200), fill="#5d691f")
    draw.rounded_rectangle((350, 50, 450, 120), 10, fill="#2d2d2d")
    draw.line([(372, 50), (392, 78), (380, 96), (402, 122)], fill="#e8e2d0", width=6)
    draw.line([(402, 122), (392, 260), (404, 430)], fill="#c9b832", width=10)


_SHOWN: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "A zip is stuck.": _stuck_zip,
    "The cap was cracked, and half of the oil ran into the box.": _cracked_cap,
}
"""What the photo shows of the item of which this is said."""


def evidence_rows(orders: Sequence[Written], storage: Storage) -> list[SQLModel]:
    """The photos; their files are written at once."""
    rows: list[SQLModel] = []
    for written in orders:
        asked = {row.id: row for row in written.rows if isinstance(row, OrderReturn | Claim)}
        for item in written.rows:
            if isinstance(item, ReturnItem) and item.return_reason in _SHOWN:
                rows += _photo(item.return_reason, asked[item.return_id], item, storage)
            elif isinstance(item, ClaimItem) and item.details in _SHOWN:
                rows += _photo(item.details, asked[item.claim_id], item, storage)
    return rows


def _photo(
    words: str, asked: OrderReturn | Claim, item: ReturnItem | ClaimItem, storage: Storage
) -> list[SQLModel]:
    image = Image.new("RGB", _SIZE)
    _SHOWN[words](ImageDraw.Draw(image))
    drawn = BytesIO()
    image.filter(ImageFilter.GaussianBlur(_BLUR)).save(drawn, "PNG")
    upload = Upload("photo.png", "image/png", drawn.tell(), drawn)
    files = prepare_picture(upload, PHOTO)
    media = Media(
        id=seeded_id("photo", words),
        kind=KINDS[0],
        content_type=CONTENT_TYPE,
        sizes=",".join(files),
        byte_count=sum(map(len, files.values())),
        customer_id=asked.customer_id,
        created_at=asked.created_at,
    )
    shown = Evidence(
        id=seeded_id("evidence", words),
        order_id=asked.order_id,
        media_id=media.id,
        return_item_id=item.id if isinstance(item, ReturnItem) else None,
        claim_item_id=item.id if isinstance(item, ClaimItem) else None,
        customer_id=asked.customer_id,
        created_at=asked.created_at,
    )
    for name, content in files.items():
        storage.write(f"{media.id}/{name}", content)
    return [media, shown]
