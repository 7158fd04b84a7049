"""Pictures of people and products, stars, file drop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import reflex as rx
from reflex_components_core.core.upload import Upload, UploadFilesProvider

from account_portal.ui.components.fields.frame import ERROR, error_place
from account_portal.ui.icons import icon, path
from account_portal.ui.variants import Number, Text, classes, given, pick

AvatarSize = Literal["small", "medium", "large"]
# In pixels: where text is set larger, it needs the room that pictures would take.
_AVATARS: dict[AvatarSize, str] = {
    "small": "size-[32px] text-[13px]",
    "medium": "size-[44px] text-[15px]",
    "large": "size-[80px] text-[22px]",
}
ThumbnailSize = Literal["small", "medium", "large", "fluid"]
_THUMBNAILS: dict[ThumbnailSize, str] = {
    "small": "size-[48px]",
    "medium": "size-[64px]",
    "large": "size-[96px]",
    "fluid": "size-[48px] sm:size-[64px]",
}

_FILM = "h-[136px] rounded-box border border-line bg-sunken text-muted"


class Picture(rx.Component):
    """An image with something to show in its place; see `thumbnail` and `avatar`."""

    library = "$/public/kit/media.js"
    tag = "Picture"

    src: rx.Var[Any]
    alt: rx.Var[str]
    img_class: rx.Var[str]
    eager: rx.Var[bool]


class Initials(rx.Component):
    """First letters of a name."""

    library = "$/public/kit/media.js"
    tag = "Initials"

    name: rx.Var[str]


def avatar(name: Text, src: Text | None = None, *, size: AvatarSize = "medium") -> rx.Component:
    """A person's picture, or their initials. Decoration: the name stands beside it."""
    return Picture.create(
        Initials.create(name=name),
        alt="",
        img_class="size-full object-cover",
        class_name=classes(
            "inline-grid shrink-0 select-none place-items-center overflow-hidden rounded-full "
            "bg-accent-tint leading-none font-semibold text-accent-text",
            pick(_AVATARS, size, "avatar size"),
        ),
        **given(src=src),
    )


def thumbnail(
    src: Text | None, alt: Text = "", *, size: ThumbnailSize = "medium", eager: bool = False
) -> rx.Component:
    """A product's picture, an icon when there is none. Empty `alt` where the name is near."""
    return Picture.create(
        icon("image", size=22),
        alt=alt,
        eager=eager,
        img_class="size-full object-cover",
        class_name=classes(
            "inline-grid shrink-0 place-items-center overflow-hidden rounded-box border "
            "border-line "
            "bg-sunken text-muted",
            pick(_THUMBNAILS, size, "thumbnail size"),
        ),
        **given(src=src),
    )


def photo_link(src: Text, alt: Text, *, href: Text) -> rx.Component:
    """A photo as tall as a `video` beside it; pressed it opens whole, in a new tab."""
    return rx.el.a(
        Picture.create(
            icon("image", size=22),
            src=src,
            alt=alt,
            img_class="size-full object-cover",
            class_name=classes(_FILM, "grid aspect-square place-items-center overflow-hidden"),
        ),
        rx.el.span(" (opens in a new tab)", class_name="sr-only"),
        href=href,
        target="_blank",
        rel="noopener noreferrer",
        class_name="rounded-box",
    )


def video(src: Text, label: Text) -> rx.Component:
    """A video to play in place; nothing but its first picture is loaded before."""
    return rx.el.video(
        src=src,
        controls=True,
        preload="metadata",
        plays_inline=True,
        aria_label=label,
        class_name=classes(_FILM, "aspect-video max-w-full"),
    )


def thumbnail_stack(pictures: list[Text] | rx.Var[Any], *, more: Number = 0) -> rx.Component:
    """Up to three pictures overlapped, the first in front, then "+4". Decoration only."""
    look = (
        "relative -ms-[36px] flex rounded-box leading-none ring-2 ring-surface first:ms-0 "
        "sm:-ms-[48px]"
    )

    def one(src: Any, index: Any) -> rx.Component:
        in_front = {"zIndex": 3 - index}
        return rx.el.span(thumbnail(src, size="fluid"), class_name=look, style=in_front)

    shown = (
        [rx.foreach(pictures[:3], one)]
        if isinstance(pictures, rx.Var)
        else [one(src, index) for index, src in enumerate(pictures[:3])]
    )
    rest = rx.Var.create(more).to(int)
    return rx.el.span(
        *shown,
        rx.cond(
            rest > 0,
            rx.el.span(
                "+",
                rest,
                class_name="absolute -end-2 -bottom-2 z-4 rounded-full border border-line "
                "bg-surface px-1.5 text-small font-medium text-muted tabular-nums",
            ),
        ),
        # As wide for one as for three, so that the texts of a list stand in line.
        class_name="relative isolate flex w-[72px] shrink-0 items-center sm:w-[96px]",
        aria_hidden=True,
    )


def stars(rating: Number, *, size: int = 18) -> rx.Component:
    """A rating of 1 to 5, to be read."""
    value = rx.Var.create(rating)
    row = [icon("star", size=size) for _ in range(5)]
    return rx.el.span(
        *row,
        rx.el.span(*[icon("star", size=size) for _ in range(5)], class_name="stars-filled"),
        role="img",
        aria_label=value.to_string() + " out of 5 stars",
        class_name="stars",
        style={"--stars": value.to_string()},
    )


class FileDrop(rx.Component):
    """A native file input with previews; see `file_field`."""

    library = "$/public/kit/file-drop.js"
    tag = "FileDrop"
    _is_form_control = True

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    upload_id: rx.Var[str]
    kinds: rx.Var[list[dict[str, Any]]]
    reset_key: rx.Var[Any]
    progress: rx.Var[int]
    described_by: rx.Var[str]
    invalid: rx.Var[bool]
    icons: rx.Var[dict[str, str]]
    on_picked: rx.EventHandler[rx.event.passthrough_event_spec(int)]
    on_chosen: rx.EventHandler[rx.event.passthrough_event_spec(int)]

    @staticmethod
    def _get_app_wrap_components() -> dict[tuple[int, str], rx.Component]:
        # Holds the picked files for `rx.upload_files`, without Reflex's drop zone library.
        return {(5, "UploadFilesProvider"): UploadFilesProvider.create()}


@dataclass(frozen=True)
class FileKind:
    """Files that a field takes; the server checks again.

    Attributes:
        one: what one of them is called.
        many: what several are called.
        types: which of them, in words.
        accept: media types or endings, separated by commas.
        limit: most files at once.
        max_bytes: largest size of one file.
    """

    one: str = "picture"
    many: str = "pictures"
    types: str = "a JPEG, PNG or WebP picture"
    accept: str = "image/jpeg,image/png,image/webp"
    limit: int = 1
    max_bytes: int = 5 * 1024 * 1024


def file_field(
    name: Text,
    label: Text,
    *,
    kinds: Sequence[FileKind] = (FileKind(),),
    upload_id: Text | None = None,
    reset_key: Any = None,
    progress: int | rx.Var[int] | None = None,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    on_picked: Any = None,
    on_chosen: Any = None,
) -> rx.Component:
    """Files to pick or drop, with previews; each can be taken out again.

    While they are sent nothing can be changed; when the field goes away meanwhile, sending stops.

    Args:
        name: field name when sent by `native_form(multipart=True)`.
        label: what to do: "Choose a picture".
        kinds: what it takes.
        upload_id: hands the files to `on_click=State.save(rx.upload_files(upload_id))`.
        reset_key: empties the field whenever it changes, such as the address of the new picture.
        progress: percent of an upload under way.
        id: element id, if not `name`.
        hint: what is allowed, in words.
        error: what the server said.
        on_picked: told how many files are picked.
        on_chosen: the same once there are some and they can be sent: what sends them at once.
    """
    id = id or name
    if upload_id is not None:
        Upload.is_used = True  # Reflex offers its upload address only to apps that say so
    return rx.el.div(
        FileDrop.create(
            id=id,
            name=name,
            label=label,
            kinds=[asdict(kind) for kind in kinds],
            described_by=f"{id}-error",
            icons={"upload": path("upload"), "remove": path("x"), "play": path("play")},
            **given(
                hint=hint,
                upload_id=upload_id,
                reset_key=reset_key,
                progress=progress,
                on_picked=on_picked,
                on_chosen=on_chosen,
                invalid=None if error is None else rx.Var.create(error).bool(),
            ),
        ),
        error_place(error, id=f"{id}-error", class_name=ERROR),
        class_name="grid min-w-0 grid-cols-1 gap-1.5",
    )
