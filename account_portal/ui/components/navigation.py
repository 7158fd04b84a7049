"""Ways through a list: tabs, chips, pager. All are links, so that Back, reload and sharing work."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from account_portal.ui.components.actions import link_button
from account_portal.ui.components.feedback import empty
from account_portal.ui.components.links import route_link
from account_portal.ui.format import number
from account_portal.ui.icons import icon
from account_portal.ui.variants import Child, Flag, Text


@dataclass(frozen=True)
class Choice:
    """One tab or chip. `current` is true for the one that is shown."""

    label: Text
    to: Text
    current: Flag = False
    count: int | rx.Var[int] | None = None


def _current(flag: Flag) -> rx.Var[str]:
    return rx.cond(flag, "page", rx.Var("undefined"))


def _choice(choice: Choice, look: str) -> rx.Component:
    count = (
        [rx.el.span(choice.count, class_name="tabular-nums")] if choice.count is not None else []
    )
    return route_link(
        choice.label,
        *count,
        to=choice.to,
        class_name=look,
        custom_attrs={"aria-current": _current(choice.current)},
        prevent_scroll_reset=True,
    )


def tabs(choices: Sequence[Choice], label: Text) -> rx.Component:
    """Parts of one page, on a line; scrolls sideways where they don't fit."""
    look = (
        "inline-flex min-h-11 shrink-0 items-center gap-2 border-b-2 border-transparent "
        "whitespace-nowrap "
        "text-muted transition-colors duration-150 hover:text-text "
        "aria-[current]:border-accent-text "
        "aria-[current]:font-medium aria-[current]:text-text"
    )
    return rx.el.nav(
        *[_choice(choice, look) for choice in choices],
        aria_label=label,
        custom_attrs={"data-scrolls": ""},
        class_name="relative flex gap-6 overflow-x-auto border-b border-line px-0.5 "
        "[scrollbar-width:none] "
        "print:hidden",
    )


def chips(choices: Sequence[Choice], label: Text) -> rx.Component:
    """A filter: one of few. Scrolls sideways on a phone."""
    look = (
        "inline-flex min-h-9 shrink-0 items-center gap-2 rounded-full border border-line-control "
        "px-3.5 "
        "text-small font-medium whitespace-nowrap transition-colors duration-150 hover:bg-sunken "
        "aria-[current]:border-accent-text aria-[current]:bg-accent-tint "
        "aria-[current]:text-accent-text pointer-coarse:min-h-11"
    )
    return rx.el.nav(
        *[_choice(choice, look) for choice in choices],
        aria_label=label,
        custom_attrs={"data-scrolls": ""},
        class_name="relative -mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] "
        "sm:mx-0 "
        "sm:flex-wrap sm:px-0.5 print:hidden",
    )


_PAGER = (
    "inline-flex min-h-10 items-center gap-1 rounded-box border border-line-control bg-surface "
    "px-3 "
    "font-medium transition-colors duration-150 hover:bg-sunken pointer-coarse:min-h-11"
)
_PAGER_OFF = (
    "inline-flex min-h-10 items-center gap-1 rounded-box border border-line px-3 text-muted "
    "pointer-coarse:min-h-11"
)


def _step(
    label: str, to: Text, before: Child | None, after: Child | None, rel: str
) -> rx.Component:
    inner = [part for part in (before, rx.el.span(label), after) if part is not None]
    return rx.cond(
        to,
        route_link(*inner, to=to, class_name=_PAGER, rel=rel),
        rx.el.span(*inner, class_name=_PAGER_OFF, aria_disabled=True, role="link"),
    )


def no_such_page(*, first: Text) -> rx.Component:
    """Stands in a list whose address asks for a page beyond its last; leads to its `first`."""
    return empty("no_match", "There is no such page", action=link_button("First page", to=first))


def pager(
    page: int | rx.Var[int],
    pages: int | rx.Var[int],
    *,
    previous_to: Text,
    next_to: Text,
    label: Text = "Pages",
) -> rx.Component:
    """Previous, "Page 3 of 40", next. An empty address marks an end; nothing for a single page."""
    bar = rx.el.nav(
        _step(
            "Previous",
            previous_to,
            icon("chevron-left", size=18, class_name="rtl:-scale-x-100"),
            None,
            "prev",
        ),
        rx.el.span(
            "Page ",
            number(page),
            " of ",
            number(pages),
            class_name="text-small text-muted",
        ),
        _step(
            "Next",
            next_to,
            None,
            icon("chevron-right", size=18, class_name="rtl:-scale-x-100"),
            "next",
        ),
        aria_label=label,
        class_name="flex flex-wrap items-center justify-between gap-3 print:hidden",
    )
    if isinstance(pages, int):
        return bar if pages > 1 else rx.fragment()
    # Beyond the last page there is nothing to page through.
    return rx.cond((pages > 1) & (rx.Var.create(page).to(int) <= pages), bar, rx.fragment())
