"""Photos and videos on pages: what a field takes, and what is said of those that are not taken."""

from collections.abc import Sequence
from typing import Any

from account_portal.core.schemas import Upload
from account_portal.media.rules import MAX_VIDEO_BYTES
from account_portal.media.schemas import MAX_IMAGES
from account_portal.ui import components as ui

_VIDEO_ENDINGS = (".mp4", ".webm", ".mov", ".m4v")


def file_kinds(videos: int) -> list[ui.FileKind]:
    """What a field takes: photos, and so many videos."""
    return [
        ui.FileKind("photo", "photos", "JPEG, PNG or WebP photos", limit=MAX_IMAGES),
        ui.FileKind(
            "video",
            "videos",
            "MP4, MOV or WebM videos",
            accept="video/mp4,video/quicktime,video/webm,.mov",
            limit=videos,
            max_bytes=MAX_VIDEO_BYTES,
        ),
    ]


def file_rules(videos: int) -> str:
    """The same in words."""
    some = "1 video" if videos == 1 else f"{videos} videos"
    each = "" if videos == 1 else " each"
    return (
        f"Up to {MAX_IMAGES} photos (JPEG, PNG or WebP, 5 MB each) and {some} "
        f"(MP4, MOV or WebM, 50 MB{each})"
    )


def sorted_files(files: Sequence[Any]) -> dict[str, list[Upload]]:
    """What a page sent as `images` and `videos`; what each is, the service tells by its content."""
    uploads = [Upload.received(file) for file in files]
    return {
        "images": [file for file in uploads if not _is_video(file)],
        "videos": [file for file in uploads if _is_video(file)],
    }


def _is_video(file: Upload) -> bool:
    return file.content_type.startswith("video/") or file.filename.lower().endswith(_VIDEO_ENDINGS)


def fault_of_files(name: str, text: str, sent: dict[str, list[Upload]], videos: int) -> str:
    """What to say at the one field for all files of a fault; empty: it is not about files.

    Args:
        name: the field of the fault, such as `images.0`.
        text: the fault.
        sent: as `sorted_files` gave it.
        videos: how many are allowed.
    """
    kind, _, place = name.partition(".")
    if kind not in sent:
        return ""
    if place.isdecimal() and int(place) < len(sent[kind]):
        return f"{sent[kind][int(place)].filename}: {text}"
    if kind == "images":
        return f"Choose {MAX_IMAGES} photos at most."
    return "Choose 1 video at most." if videos == 1 else f"Choose {videos} videos at most."
