"""Cards, sections, page headers, disclosures: the frame of content."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx

from account_portal.ui.components.layout import heading
from account_portal.ui.components.links import back_link
from account_portal.ui.icons import icon
from account_portal.ui.variants import Child, Text, classes, pick

CardVariant = Literal["plain", "link", "quiet"]
_CARDS: dict[CardVariant, str] = {
    "plain": "border border-line bg-surface",
    # Hovering anywhere on it is hovering its `link(variant="cover")`.
    "link": "group relative border border-line bg-surface transition-colors duration-150 "
    "hover:border-line-control has-[a:focus-visible]:border-accent-text",
    "quiet": "bg-sunken",
}
Padding = Literal["none", "small", "medium"]
_PADDING: dict[Padding, str] = {"none": "", "small": "p-3", "medium": "p-4 sm:p-5"}


def card(
    *children: Child,
    variant: CardVariant = "plain",
    padding: Padding = "medium",
    footer: Child | None = None,
    **props: Any,
) -> rx.Component:
    """A framed piece. `link` makes one `link(variant="cover")` in it cover the whole card.

    `footer` stands at its lower end: on one line with those of the cards beside it.
    """
    end = [rx.el.div(footer, class_name="mt-auto pt-4 empty:hidden")] if footer is not None else []
    look = classes(
        "min-w-0 rounded-box",
        pick(_CARDS, variant, "card variant"),
        pick(_PADDING, padding, "padding"),
        "flex flex-col" if end else "",
    )
    return rx.el.div(*children, *end, class_name=look, **props)


def card_header(title: Child, *actions: Child) -> rx.Component:
    """The name of a card, and `icon_button`s on the line of its first words."""
    return rx.el.div(
        heading(title),
        rx.el.div(*actions, class_name="-my-2 -me-2.5 flex shrink-0 pointer-coarse:-my-2.5"),
        class_name="flex min-w-0 items-start justify-between gap-3",
    )


def card_list(*cards: Child, label: Text | None = None) -> rx.Component:
    """Cards under one another, told as a list; children are `card`s or a `foreach` of them."""
    props = {} if label is None else {"aria_label": label}
    return rx.el.div(*cards, role="group", class_name="grid grid-cols-1 gap-3", **props)


def each(things: Any, shown: Callable[[Any], rx.Component], *, key: str) -> rx.Component:
    """Things that come and go while they are looked at, one component for each.

    `key` names the attribute that tells them apart: what is open in one, or has the focus, stays
    with it, and does not pass to the next one when it goes.
    """
    return rx.foreach(things, lambda one: rx.fragment(shown(one), key=one[key]))


def rows(*children: Child) -> rx.Component:
    """Children in one card, hairlines between them."""
    return rx.el.div(
        *children,
        class_name="divide-y divide-line rounded-box border border-line bg-surface "
        "[&>*]:px-4 [&>*]:py-3 sm:[&>*]:px-5",
    )


def section(
    title: Text,
    *children: Child,
    action: Child | None = None,
    description: Text | None = None,
    id: str | None = None,
) -> rx.Component:
    """A titled part of a page. `action` stands at the end of the title's line."""
    note = (
        [rx.el.p(description, class_name="max-w-[72ch] text-muted")]
        if description is not None
        else []
    )
    end = [action] if action is not None else []
    props = {} if id is None else {"id": id}
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, class_name="text-lead font-semibold tracking-tight"),
                *note,
                class_name="grid min-w-0 grid-cols-1 gap-1",
            ),
            *end,
            class_name="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 sm:flex-nowrap "
            "sm:[&>:last-child:not(:first-child)]:shrink-0",
        ),
        *children,
        class_name="grid min-w-0 grid-cols-1 gap-4",
        **props,
    )


def page_header(
    title: Child,
    *,
    back: tuple[Text, Text] | None = None,
    description: Child | None = None,
    actions: list[Child] | None = None,
    meta: Child | None = None,
) -> rx.Component:
    """The `<h1>` of a page, the way up above it, what one can do beside it."""
    note = (
        [rx.el.div(description, class_name="max-w-[72ch] text-muted")]
        if description is not None
        else []
    )
    end = [rx.el.div(*actions, class_name="flex flex-wrap gap-2 print:hidden")] if actions else []
    return rx.el.header(
        *([back_link(*back)] if back else []),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h1(
                        title,
                        class_name="min-w-0 text-title font-semibold tracking-tight "
                        "sm:text-display",
                        dir="auto",
                    ),
                    *([meta] if meta is not None else []),
                    # On one line with what stands beside it.
                    class_name=classes(
                        "flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1",
                        "min-h-10 pointer-coarse:min-h-11" if actions else "",
                    ),
                ),
                *note,
                class_name="grid min-w-0 flex-1 basis-40 gap-1",
            ),
            *end,
            class_name="flex flex-wrap items-start justify-between gap-x-6 gap-y-3",
        ),
        class_name="grid grid-cols-1 gap-1",
    )


def disclosure(summary: Child, *children: Child, open: bool = False) -> rx.Component:
    """A part that is folded away until asked for."""
    props = {"open": True} if open else {}
    return rx.el.details(
        rx.el.summary(
            rx.el.span(summary, class_name="min-w-0"),
            icon(
                "chevron-down",
                size=18,
                class_name="turns text-muted transition-[rotate] duration-150",
            ),
            class_name="flex min-h-10 list-none items-center justify-between gap-3 font-medium",
        ),
        rx.el.div(*children, class_name="grid grid-cols-1 gap-3 pt-2 pb-1"),
        class_name="disclosure min-w-0",
        **props,
    )


def facts(*pairs: tuple[Child, Child]) -> rx.Component:
    """Names and values, as a definition list: name above value on a phone, beside it above that."""
    lines = [
        rx.el.div(
            rx.el.dt(name, class_name="text-muted"),
            rx.el.dd(value, class_name="min-w-0", dir="auto"),
            class_name="grid gap-x-4 sm:grid-cols-[10rem_minmax(0,1fr)]",
        )
        for name, value in pairs
    ]
    return rx.el.dl(*lines, class_name="grid grid-cols-1 gap-2")
