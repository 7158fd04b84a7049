"""Placing things: stacks, rows, grids, text; in 4 px steps, start and end for left and right."""

from typing import Literal

import reflex as rx

from account_portal.ui.variants import Child, Text, classes, pick

Gap = Literal["none", "tight", "small", "medium", "large", "huge"]
Align = Literal["start", "center", "end", "baseline", "stretch"]
Justify = Literal["start", "center", "end", "between"]
Size = Literal["small", "base", "lead", "title", "display"]
Tone = Literal["text", "muted", "accent", "success", "warn", "danger"]
Level = Literal[1, 2, 3, 4]

_GAPS: dict[Gap, str] = {
    "none": "gap-0",
    "tight": "gap-1",
    "small": "gap-2",
    "medium": "gap-4",
    "large": "gap-6",
    "huge": "gap-10",
}
_ALIGN: dict[Align, str] = {
    "start": "items-start",
    "center": "items-center",
    "end": "items-end",
    "baseline": "items-baseline",
    "stretch": "items-stretch",
}
_JUSTIFY: dict[Justify, str] = {
    "start": "justify-start",
    "center": "justify-center",
    "end": "justify-end",
    "between": "justify-between",
}
_SIZES: dict[Size, str] = {
    "small": "text-small",
    "base": "text-base",
    "lead": "text-lead",
    "title": "text-title",
    "display": "text-display",
}
_TONES: dict[Tone, str] = {
    "text": "text-text",
    "muted": "text-muted",
    "accent": "text-accent-text",
    "success": "text-success",
    "warn": "text-warn",
    "danger": "text-danger",
}
_COLUMNS = {
    2: "sm:grid-cols-2",
    3: "sm:grid-cols-2 lg:grid-cols-3",
    4: "grid-cols-2 lg:grid-cols-4",
}


def stack(*children: Child, gap: Gap = "medium", align: Align = "stretch") -> rx.Component:
    """Children under one another."""
    look = classes("flex min-w-0 flex-col", pick(_GAPS, gap, "gap"), pick(_ALIGN, align, "align"))
    return rx.el.div(*children, class_name=look)


def row(
    *children: Child,
    gap: Gap = "small",
    align: Align = "center",
    justify: Justify = "start",
    wrap: bool = True,
) -> rx.Component:
    """Children beside one another; they wrap unless told not to."""
    look = classes(
        "flex min-w-0 [&>*]:min-w-0",
        "flex-wrap" if wrap else "",
        pick(_GAPS, gap, "gap"),
        pick(_ALIGN, align, "align"),
        pick(_JUSTIFY, justify, "justify"),
    )
    return rx.el.div(*children, class_name=look)


def split(start: Child, end: Child) -> rx.Component:
    """Two things at the ends of a line; on a phone always one below the other."""
    return rx.el.div(
        start,
        end,
        class_name="flex min-w-0 flex-col gap-2 [&>*]:min-w-0 sm:flex-row sm:items-center "
        "sm:justify-between sm:gap-4",
    )


def grow(*children: Child) -> rx.Component:
    """Takes the room that is left in a `row`, if that is enough for a word or two."""
    return rx.el.div(*children, class_name="min-w-0 flex-1 basis-20")


def grid(
    *children: Child,
    columns: Literal[2, 3, 4] = 2,
    gap: Gap = "medium",
    align: Align = "stretch",
) -> rx.Component:
    """Equal columns where they fit; one below another (two for four) on a phone."""
    look = classes(
        "grid min-w-0",
        pick(_GAPS, gap, "gap"),
        pick(_ALIGN, align, "align"),
        pick(_COLUMNS, columns, "columns"),
    )
    return rx.el.div(*children, class_name=look)


def columns(
    main: Child,
    side: Child,
    *,
    below: Child | None = None,
    side_first: bool = False,
    gap: Gap = "large",
) -> rx.Component:
    """A wide column and a narrow one beside it, where both fit; else one below the other.

    What stands `below` goes on in the wide column, however long the narrow one is.
    """
    # Asked of the place, not of the window: text set larger needs more of it.
    rest = [] if below is None else [rx.el.div(below, class_name="min-w-0 empty:hidden")]
    pair = rx.el.div(
        rx.el.div(
            main,
            class_name=classes(
                "min-w-0", "order-last @min-[51rem]:order-none" if side_first else ""
            ),
        ),
        rx.el.div(side, class_name=classes("min-w-0", "@min-[51rem]:row-span-2" if rest else "")),
        *rest,
        class_name=classes(
            "grid grid-cols-1 items-start @min-[51rem]:grid-cols-[minmax(0,1fr)_19rem] "
            "@min-[51rem]:gap-x-8",
            "@min-[51rem]:grid-rows-[auto_1fr]" if rest else "",
            pick(_GAPS, gap, "gap"),
        ),
    )
    return rx.el.div(pair, class_name="@container min-w-0")


def lead_row(start: Child, *lines: Child, end: Child | None = None) -> rx.Component:
    """A picture or icon, lines beside it, and something at the end; on a phone that goes below.

    Where the text is set so large that no word fits beside the picture, it goes below too.
    """
    tail = [rx.el.div(end, class_name="min-w-0 sm:ms-auto sm:text-end")] if end is not None else []
    words = rx.el.div(
        *lines,
        class_name=classes(
            "grid min-w-0 flex-1 basis-32 grid-cols-1 gap-1", "max-sm:basis-full" if tail else ""
        ),
    )
    return rx.el.div(
        start,
        rx.el.div(
            words,
            *tail,
            class_name="flex min-w-0 flex-1 basis-32 flex-wrap items-center gap-x-4 gap-y-1",
        ),
        class_name=classes(
            "flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2",
            "max-sm:items-start" if tail else "",
        ),
    )


def divider() -> rx.Component:
    """A hairline."""
    return rx.el.hr(class_name="border-t border-line")


def text(
    *children: Child,
    size: Size = "base",
    tone: Tone = "text",
    strong: bool = False,
    inline: bool = False,
    line: bool = False,
    as_typed: bool = False,
) -> rx.Component:
    """A paragraph, or a span when `inline`.

    Args:
        *children: texts and what stands among them.
        size: how large.
        tone: its colour.
        strong: heavier than what surrounds it.
        inline: within a line.
        line: kept on one line, on a phone on two, the end cut off.
        as_typed: a text that a person wrote keeps its lines.
    """
    look = classes(
        pick(_SIZES, size, "size"),
        pick(_TONES, tone, "tone"),
        "font-medium" if strong else "",
        "line-clamp-2 min-w-0 wrap-anywhere sm:line-clamp-1" if line else "min-w-0",
        "" if inline or line else "max-w-[72ch]",
        "whitespace-pre-line" if as_typed else "",
    )
    # Names are in any script: a text takes its direction from its own first letter.
    return (rx.el.span if inline else rx.el.p)(*children, class_name=look, dir="auto")


def heading(
    *children: Child, level: Level = 2, size: Size | None = None, id: str | None = None
) -> rx.Component:
    """A heading; `level` is its place in the outline, `size` how large it looks."""
    elements = {1: rx.el.h1, 2: rx.el.h2, 3: rx.el.h3, 4: rx.el.h4}
    element = pick(elements, level, "level")
    by_level: dict[int, Size] = {1: "display", 2: "lead", 3: "base", 4: "base"}
    look = classes(
        pick(_SIZES, size or by_level[level], "size"),
        "min-w-0 font-semibold tracking-tight text-text",
    )
    props = {} if id is None else {"id": id}
    return element(*children, class_name=look, dir="auto", **props)


class StepFocus(rx.Component):
    """See `step_focus`."""

    library = "$/public/kit/shell.js"
    tag = "StepFocus"

    step: rx.Var[str]


def step_focus(step: Text) -> rx.Component:
    """Moves the focus to the heading beside it, else to the page's, once the step changes.

    For steps without an address of their own: what was pressed is gone with the step before.
    """
    return StepFocus.create(step=step)


def unbroken(*children: Child) -> rx.Component:
    """A number or name within a heading, on one line where it fits on one."""
    return rx.el.span(*children, class_name="inline-block max-w-full")


def hidden_text(*children: Child) -> rx.Component:
    """Read out, not shown."""
    return rx.el.span(*children, class_name="sr-only")


def screen_only(*children: Child) -> rx.Component:
    """Left out in print."""
    return rx.el.div(*children, class_name="contents print:hidden")


def print_only(*children: Child) -> rx.Component:
    """Shown in print only."""
    return rx.el.div(*children, class_name="hidden print:block")


def framed_only(*children: Child) -> rx.Component:
    """Shown in a storefront's frame only."""
    return rx.el.div(*children, class_name="hidden framed:block print:hidden")


def unframed_only(*children: Child) -> rx.Component:
    """Left out in a storefront's frame."""
    return rx.el.div(*children, class_name="contents framed:hidden")
