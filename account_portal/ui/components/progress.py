"""How far something has come: timeline, tracker, progress bar."""

from collections.abc import Sequence
from typing import Literal

import reflex as rx

from account_portal.ui.icons import icon, path
from account_portal.ui.variants import Child, Number, Text, classes, pick

EventTone = Literal["plain", "current", "success", "warn", "danger"]
_DOTS: dict[EventTone, str] = {
    "plain": "border-line-control bg-surface",
    "current": "border-accent-text bg-accent-text",
    "success": "border-success bg-success",
    "warn": "border-warn bg-warn",
    "danger": "border-danger bg-danger",
}

_STEP = "grid size-6 place-items-center rounded-full border text-small font-medium tabular-nums "


def timeline(*events: Child, label: Text = "History") -> rx.Component:
    """Events, newest first; children are `timeline_event`s or a `foreach` of them."""
    return rx.el.ol(*events, aria_label=label, class_name="grid")


def timeline_event(
    title: Child,
    *,
    when: Child | None = None,
    detail: Child | None = None,
    tone: EventTone = "plain",
) -> rx.Component:
    """One event of a `timeline`. `current` marks the latest."""
    lines = [rx.el.div(title, class_name="font-medium", dir="auto")]
    if detail is not None:
        lines.append(rx.el.div(detail, class_name="text-muted empty:hidden", dir="auto"))
    if when is not None:
        lines.append(rx.el.div(when, class_name="text-small text-muted"))
    return rx.el.li(
        rx.el.span(
            class_name=classes(
                "mt-1.5 size-3 rounded-full border-2", pick(_DOTS, tone, "event tone")
            ),
            aria_hidden=True,
        ),
        rx.el.div(*lines, class_name="min-w-0 pb-5 group-last/event:pb-0"),
        class_name="group/event relative grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-3 "
        "before:absolute before:start-[0.3125rem] before:top-5 before:bottom-0 before:w-0.5 "
        "before:bg-line last:before:hidden",
    )


# Where an order stands: index in `ORDER_STEPS`, and how it goes.
TrackTone = Literal["going", "done", "trouble", "stopped"]
ORDER_STEPS = ("Ordered", "Preparing", "On its way", "Delivered")
ORDER_TRACK: dict[str, tuple[int, TrackTone]] = {
    "draft": (0, "going"),
    "awaiting_approval": (0, "going"),
    "confirmed": (0, "going"),
    "partially_scheduled": (1, "going"),
    "awaiting_shipment": (1, "going"),
    "partially_shipped": (2, "going"),
    "shipped": (2, "going"),
    "partially_delivered": (2, "going"),
    "delivered": (3, "done"),
    "partially_undelivered": (2, "trouble"),
    "undelivered": (2, "trouble"),
    "partially_return_to_origin": (2, "trouble"),
    "return_to_origin": (2, "trouble"),
    "complete": (3, "done"),
    "cancelled": (0, "stopped"),
}


class Tracker(rx.Component):
    """Steps with the present one marked; see `tracker`."""

    library = "$/public/kit/progress.js"
    tag = "Tracker"

    steps: rx.Var[list[str]]
    current: rx.Var[int]
    tone: rx.Var[str]
    label: rx.Var[str]
    status: rx.Var[str]
    table: rx.Var[dict[str, list[int | str]]]
    icons: rx.Var[dict[str, str]]


def _track_icons() -> dict[str, str]:
    return {"done": path("check"), "trouble": path("triangle-alert")}


def tracker(
    steps: Sequence[str],
    current: int | rx.Var[int],
    *,
    tone: TrackTone | rx.Var[str] = "going",
    label: Text = "Progress",
) -> rx.Component:
    """Steps beside one another; `current` is the index of the step reached, from 0."""
    return Tracker.create(
        steps=list(steps), current=current, tone=tone, label=label, icons=_track_icons()
    )


def order_tracker(status: Text) -> rx.Component:
    """The way of an order, from its contract state. Shows nothing for a cancelled one."""
    table = {name: list(place) for name, place in ORDER_TRACK.items()}
    return Tracker.create(
        steps=list(ORDER_STEPS),
        status=status,
        table=table,
        label="Order progress",
        icons=_track_icons(),
    )


def progress_bar(
    value: Number, label: Text, *, most: Number = 100, hide_label: bool = False
) -> rx.Component:
    """How much of `most` is reached. `label` says it in words: "1,200 of 5,000 points"."""
    share = rx.Var.create(value).to(float) / rx.Var.create(most).to(float) * 100
    width = rx.cond(share > 100, 100, share)
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                class_name="h-full rounded-full bg-accent-text transition-[width] duration-200",
                style={"width": width.to_string() + "%"},
            ),
            role="progressbar",
            aria_label=label,
            aria_valuemin=0,
            aria_valuemax=most,
            aria_valuenow=value,
            class_name="h-2 overflow-hidden rounded-full bg-line",
        ),
        *(
            []
            if hide_label
            else [rx.el.p(label, class_name="text-small text-muted", aria_hidden=True)]
        ),
        class_name="grid grid-cols-1 gap-1.5",
    )


def step_list(steps: Sequence[str], current: int | rx.Var[int]) -> rx.Component:
    """Where one is in a form of several steps: "1 Items, 2 Pick-up, 3 Check"."""
    present = rx.Var.create(current).to(int)
    marks = []
    for index, name in enumerate(steps):
        here = present == index
        past = present > index
        marks.append(
            rx.el.li(
                rx.el.span(
                    rx.cond(past, icon("check", size=14), str(index + 1)),
                    class_name=rx.cond(
                        here,
                        _STEP + "border-accent-text bg-accent-text text-surface",
                        rx.cond(
                            past,
                            _STEP + "border-accent-text text-accent-text",
                            _STEP + "border-line-control text-muted",
                        ),
                    ),
                    aria_hidden=True,
                ),
                rx.el.span(
                    name,
                    class_name=rx.cond(here, "font-medium", "text-muted max-sm:sr-only"),
                ),
                rx.el.span(rx.cond(past, " (done)", ""), class_name="sr-only"),
                aria_current=rx.cond(here, "step", rx.Var("undefined")),
                class_name="flex items-center gap-2",
            )
        )
    return rx.el.ol(
        *marks, aria_label="Steps", class_name="flex flex-wrap items-center gap-x-6 gap-y-2"
    )
