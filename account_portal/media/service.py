"""Pictures and other files that belong to a customer's things.

Decoding is slow, so it is done before a writing transaction begins: `prepare_picture` first,
then `store_media` in the transaction of what the file belongs to. Files follow the transaction:
written at once, removed again when it is rolled back; those of deleted rows go after the commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from os import SEEK_END
from typing import BinaryIO

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.schemas import Upload
from account_portal.gateways.file_checks import check_file
from account_portal.gateways.pictures import (
    CONTENT_TYPE,
    MAX_BYTES,
    PictureSize,
    make_pictures,
)
from account_portal.gateways.storage import Storage
from account_portal.gateways.videos import clean_video
from account_portal.media import rules
from account_portal.models import Media
from account_portal.security.media_links import is_ours, media_url, picture_url

PORTRAIT = (PictureSize("small", 96, square=True), PictureSize("large", 512, square=True))
PHOTO = (PictureSize("small", 320), PictureSize("large", 1600))

CONTENT_TYPES = {"webp": CONTENT_TYPE, "mp4": "video/mp4", "webm": "video/webm"}


def prepare_picture(
    upload: Upload, sizes: tuple[PictureSize, ...], *, field: str = "image"
) -> dict[str, bytes]:
    """An uploaded picture as files by name, such as ``small.webp``; needs no transaction.

    Raises:
        PayloadTooLarge: more than 5 MiB.
        UnsupportedMediaType: neither JPEG, PNG nor WebP, whatever it is called.
        PictureUnreadable: damaged, or too many pixels.
        FileRefused: a check that the shop installed does not let it in.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) <= MAX_BYTES:
        check_file(BytesIO(content), field=field)
    pictures = make_pictures(content, sizes, field=field)
    return {f"{size}.webp": content for size, content in pictures.items()}


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A photo or a video that was sent, ready to be kept."""

    kind: str
    content_type: str
    files: Mapping[str, bytes | BinaryIO]


def prepare_files(
    images: Sequence[Upload], videos: Sequence[Upload], *, kinds: tuple[str, str]
) -> list[PreparedFile]:
    """Photos and videos that were sent, checked and made harmless; needs no transaction.

    Args:
        images: photos.
        videos: videos.
        kinds: what the two are called, as in `Media`.

    Raises:
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable, VideoUnreadable, FileRefused: one
            cannot be taken; the fields say which, such as `images.0`.
    """
    image, video = kinds
    found = [
        PreparedFile(image, CONTENT_TYPE, prepare_picture(upload, PHOTO, field=f"images.{place}"))
        for place, upload in enumerate(images)
    ]
    for place, upload in enumerate(videos):
        field = f"videos.{place}"
        rules.check_video_size(upload.measure(), field=field)
        kind = rules.video_kind(upload.read(4096), field=field)
        check_file(upload.file, field=field)
        clean_video(upload.file, kind, field=field)
        # Not read into memory: it goes from the file it came in to the file it is kept in.
        found.append(PreparedFile(video, CONTENT_TYPES[kind], {f"video.{kind}": upload.file}))
    return found


def store_media(
    ctx: Context,
    kind: str,
    files: Mapping[str, bytes | BinaryIO],
    content_type: str = CONTENT_TYPE,
    *,
    customer_id: str | None = None,
) -> Media:
    """Keep files of the caller, or of a customer for whom the shop adds them.

    `kind` as in `Media`. Large ones come as streams.

    The row is flushed, so that other rows can refer to it at once.
    """
    media = Media(
        customer_id=customer_id or ctx.customer_id,
        kind=kind,
        content_type=content_type,
        sizes=",".join(files),
        byte_count=sum(map(_length, files.values())),
        created_at=ctx.now,
    )
    ctx.db.add(media)
    ctx.db.flush()
    # Kept apart from the row, which a rollback takes away.
    storage, identity, names = ctx.gateways.storage, media.id, media.sizes
    ctx.after_rollback.append(lambda: _remove_files(storage, identity, names))
    for name, content in files.items():
        storage.write(f"{identity}/{name}", content)
    return media


def _length(content: bytes | BinaryIO) -> int:
    return len(content) if isinstance(content, bytes) else content.seek(0, SEEK_END)


def delete_media(ctx: Context, media_id: str) -> None:
    """Remove a file of the caller; nothing may refer to its row any more.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    remove_media(ctx, ctx.get_owned(Media, lock=True, id=media_id))


def remove_media(ctx: Context, media: Media) -> None:
    """Remove a file that is known to be the caller's, or unused."""
    storage, identity, names = ctx.gateways.storage, media.id, media.sizes
    ctx.db.delete(media)
    ctx.db.flush()
    ctx.after_commit.append(lambda: _remove_files(storage, identity, names))


def _remove_files(storage: Storage, media_id: str, names: str) -> None:
    for name in names.split(","):
        storage.delete(f"{media_id}/{name}")


def open_media(storage: Storage, media_id: str, name: str, signature: str) -> tuple[BinaryIO, str]:
    """A file and its content type, for whoever has its address. Whoever opens it closes it.

    Raises:
        NotFound: the address is not one we gave out, or the file is gone.
    """
    content_type = CONTENT_TYPES.get(name.rpartition(".")[2])
    if content_type is None or not is_ours(media_id, name, signature):
        raise NotFound
    file = storage.open(f"{media_id}/{name}")
    if file is None:
        raise NotFound
    return file, content_type


__all__ = [
    "CONTENT_TYPES",
    "PHOTO",
    "PORTRAIT",
    "PreparedFile",
    "delete_media",
    "media_url",
    "open_media",
    "picture_url",
    "prepare_files",
    "prepare_picture",
    "remove_media",
    "store_media",
]
