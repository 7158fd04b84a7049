"""What the page says about itself: loading, empty, failed, done."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from account_portal.ui.components.actions import button
from account_portal.ui.icons import IconName, icon, path
from account_portal.ui.variants import Child, Text, classes, given, pick

NoticeTone = Literal["success", "info", "warn", "danger"]
_ICONS: dict[NoticeTone, IconName] = {
    "success": "circle-check",
    "info": "info",
    "warn": "triangle-alert",
    "danger": "circle-alert",
}
_TINTS: dict[NoticeTone, str] = {
    "success": "bg-success-tint text-success",
    "info": "bg-info-tint text-info",
    "warn": "bg-warn-tint text-warn",
    "danger": "bg-danger-tint text-danger",
}
_INKS: dict[NoticeTone, str] = {
    "success": "[&>svg]:text-success",
    "info": "[&>svg]:text-info",
    "warn": "[&>svg]:text-warn",
    "danger": "[&>svg]:text-danger",
}


def loading(*bones: Child, label: Text = "Loading") -> rx.Component:
    """Skeletons in the shape of what will come. Invisible for the first 150 ms, then faded in."""
    return rx.el.div(
        rx.el.span(label, class_name="sr-only"),
        rx.el.div(*bones, class_name="grid grid-cols-1 gap-3", aria_hidden=True),
        role="status",
        class_name="animate-appear-late",
    )


BoneShape = Literal["line", "title", "short", "button", "picture", "circle", "card", "row"]
_BONES: dict[BoneShape, str] = {
    "line": "h-3 my-1.5 w-full",
    "title": "h-7 my-1 w-56 max-w-full",
    "short": "h-3 my-1.5 w-28 max-w-full",
    "button": "h-10 w-32 max-w-full",
    "picture": "size-[48px] shrink-0 rounded-box sm:size-[64px]",
    "circle": "size-10 shrink-0 rounded-full",
    "card": "h-28 w-full rounded-box",
    "row": "h-16 w-full rounded-box",
}


def skeleton(shape: BoneShape = "line") -> rx.Component:
    """A grey piece, as large as what it stands for; cards and rows have theirs in a frame."""
    look = pick(_BONES, shape, "skeleton shape")
    if shape not in ("card", "row"):
        return rx.el.span(class_name=classes("bone", look))
    words = rx.el.span(
        rx.el.span(class_name="bone h-3 w-2/5"),
        rx.el.span(class_name="bone h-3 w-3/5"),
        class_name="grid flex-1 gap-3",
    )
    picture = [skeleton("picture")] if shape == "card" else []
    return rx.el.span(
        *picture,
        words,
        class_name=classes(
            "flex items-center gap-4 border border-line bg-surface px-4 sm:px-5", look
        ),
    )


def skeleton_cards(count: int = 3, shape: Literal["card", "row"] = "card") -> list[rx.Component]:
    """`count` pieces in the shape of cards or rows."""
    return [skeleton(shape) for _ in range(count)]


EmptyKind = Literal["nothing", "no_match", "failed", "not_found"]
_EMPTY: dict[EmptyKind, IconName] = {
    "nothing": "package",
    "no_match": "search",
    "failed": "triangle-alert",
    "not_found": "circle-alert",
}


def empty(
    kind: EmptyKind,
    title: Text,
    message: Text | None = None,
    *,
    action: Child | None = None,
    icon_name: IconName | None = None,
) -> rx.Component:
    """A place without content, which says why and leads on.

    `nothing` (yet; the action is the next step), `no_match` (the filter hit nothing; clear it),
    `failed` (our side could not answer; try again), `not_found` (isn't there, or isn't yours).
    """
    by_kind = pick(_EMPTY, kind, "kind of empty state")
    shape = by_kind if icon_name is None else icon_name
    lines = [rx.el.p(title, class_name="text-lead font-semibold", dir="auto")]
    if message is not None:
        lines.append(rx.el.p(message, class_name="max-w-[46ch] text-muted", dir="auto"))
    props = {"role": "alert"} if kind == "failed" else {}
    return rx.el.div(
        rx.el.span(
            icon(shape, size=26),
            class_name="mb-2 grid size-14 place-items-center rounded-full bg-sunken text-muted",
        ),
        *lines,
        *([rx.el.div(action, class_name="mt-3 empty:hidden")] if action is not None else []),
        class_name="grid justify-items-center gap-1 px-4 py-8 text-center",
        **props,
    )


def by_phase(
    phase: rx.Var[str],
    ready: Child,
    *,
    bones: list[Child] | None = None,
    missing: Child | None = None,
    retry: Any = None,
) -> rx.Component:
    """A page's content by how far its data has come.

    Args:
        phase: `loading`, `ready`, `missing` or `failed`.
        ready: the content.
        bones: skeletons in its shape.
        missing: what stands for a thing that isn't there, or isn't the customer's.
        retry: event that loads again, for the button of the failed state.
    """
    gone = missing or empty(
        "not_found", "This isn't here", "It may have been removed, or belong to another account."
    )
    again = [] if retry is None else [button("Try again", icon_name="refresh-cw", on_click=retry)]
    failed = empty(
        "failed",
        "This could not be loaded",
        "Something went wrong on our side. Nothing is lost; please try again in a moment.",
        action=again[0] if again else None,
    )
    waiting = loading(*(bones or skeleton_cards()))
    return rx.match(phase, ("ready", ready), ("missing", gone), ("failed", failed), waiting)


def alert(
    *message: Child,
    tone: NoticeTone = "info",
    title: Text | None = None,
    action: Child | None = None,
    announce: bool = False,
) -> rx.Component:
    """A message that stays in the page. `announce` reads it out when it appears."""
    head = [rx.el.p(title, class_name="font-semibold", dir="auto")] if title is not None else []
    props = {"role": "alert"} if announce else {}
    return rx.el.div(
        icon(pick(_ICONS, tone, "tone"), class_name="mt-0.5"),
        rx.el.div(
            *head,
            rx.el.div(*message, class_name="text-text", dir="auto"),
            *([rx.el.div(action, class_name="mt-2")] if action is not None else []),
            class_name="min-w-0 flex-1",
        ),
        class_name=classes("flex min-w-0 gap-3 rounded-box px-4 py-3", _TINTS[tone]),
        **props,
    )


class Notice(rx.Component):
    """A polite live region; see `notice_region`."""

    library = "$/public/kit/shell.js"
    tag = "Notice"

    message: rx.Var[str]
    tone: rx.Var[str]
    stamp: rx.Var[int]
    classes: rx.Var[dict[str, str]]
    icons: rx.Var[dict[str, str]]
    on_dismiss: rx.EventHandler[rx.event.passthrough_event_spec(int)]


def notice_region(
    message: Text,
    *,
    tone: Text = "success",
    stamp: Any = None,
    on_dismiss: Any = None,
) -> rx.Component:
    """Where a page says what was done ("Address saved."). Once a page: the shell holds it.

    Args:
        message: the text; empty shows nothing.
        tone: `success`, `info`, `warn` or `danger`.
        stamp: changes with each message, so that the same text twice is told twice.
        on_dismiss: clears the message of a stamp in the state, after it was read or closed.
    """
    return Notice.create(
        message=message,
        tone=tone,
        icons={tone: path(name) for tone, name in _ICONS.items()} | {"close": path("x")},
        classes={
            "region": "notices pointer-events-none fixed inset-x-4 bottom-20 z-40 grid "
            "justify-items-center "
            "lg:bottom-6 print:hidden",
            "box": "pointer-events-auto flex max-w-[min(32rem,100%)] animate-appear items-start "
            "gap-3 "
            "rounded-box border border-line bg-surface py-2 ps-4 pe-2 shadow-over [&>svg]:mt-1.5",
            "text": "min-w-0 flex-1 py-1",
            "close": "grid size-8 shrink-0 place-items-center rounded-box text-muted "
            "hover:bg-sunken "
            "hover:text-text",
            **_INKS,
        },
        **given(stamp=stamp, on_dismiss=on_dismiss),
    )


def connection_notice() -> rx.Component:
    """Says that the connection is lost, and goes away when it is back."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.p(
                icon("wifi-off", size=18),
                "No connection. What you typed is kept; we are trying again.",
                class_name="flex animate-appear-late items-center justify-center gap-2 "
                "bg-warn-tint px-4 "
                "py-2 text-small font-medium text-warn",
            ),
        ),
        role="status",
        class_name="bar sticky top-16 z-20 print:hidden",
    )
