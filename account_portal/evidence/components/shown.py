"""The field that takes photos and a video of an item, and how they are shown."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from account_portal.evidence.schemas import MAX_VIDEOS
from account_portal.media.components import file_kinds, file_rules
from account_portal.ui import components as ui


def evidence_field(
    state: Any,
    field: Any,
    files: Any,
    *,
    needed: Any,
    on_add: Callable[[Any], Any],
    on_remove: Callable[[Any], Any],
) -> rx.Component:
    """Photos and a video: those that are there, each to be taken out again, and a place for more.

    Args:
        state: an `EvidenceDraft`.
        field: name of the field, unique on the page.
        files: what is there already.
        needed: whether the store asks for some.
        on_add: the event that takes the chosen files, from `rx.upload_files`.
        on_remove: the event that takes a file out, from its id.
    """
    chosen = rx.upload_files(
        field, on_upload_progress=lambda sent: state.show_progress(sent, field)
    )

    def one(file: Any) -> rx.Component:
        kind = rx.cond(file.kind == "video", " the video", " this photo")
        return ui.stack(
            _file(file),
            ui.button(
                "Remove",
                ui.hidden_text(kind),
                size="small",
                variant="quiet",
                icon_name="trash-2",
                on_click=on_remove(file.id),
            ),
            gap="tight",
        )

    return ui.stack(
        rx.cond(files.length() > 0, ui.row(rx.foreach(files, one))),
        ui.file_field(
            field,
            rx.cond(
                needed & (files.length() == 0),
                "Add a photo or video: the store asks for one",
                "Add photos or a video (optional)",
            ),
            kinds=file_kinds(MAX_VIDEOS),
            upload_id=field,
            hint=file_rules(MAX_VIDEOS),
            progress=rx.cond(state.sending_at == field, state.progress, 0),
            reset_key=state.uploads,
            error=state.errors[field],
            on_chosen=on_add(chosen),
        ),
    )


def evidence_shown(files: Any) -> rx.Component:
    """Photos and videos of an item; nothing where there are none."""
    return rx.cond(files.length() > 0, ui.row(rx.foreach(files, _file)))


def _file(file: Any) -> rx.Component:
    return rx.cond(
        file.kind == "video",
        ui.video(file.url, "Video of this item"),
        ui.photo_link(file.thumbnail_url.to(str), "Photo of this item", href=file.url),
    )
