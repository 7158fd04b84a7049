"""The shell around pages: bars, menu, signed-in customer. One component, wide and narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.components.actions import ICON_BUTTON
from account_portal.ui.components.links import RouteLinks, route_link, skip_link
from account_portal.ui.icons import IconName, icon, path
from account_portal.ui.shop import shop_link
from account_portal.ui.variants import Child, Flag, Text, classes

LOGOUT_PATH = "/api/session/logout"


@dataclass(frozen=True)
class MenuRow:
    """One line of the menu.

    Rows of the group `you` follow the others in the side list; the bottom bar of a phone holds the
    `main` ones and one entry "You" that leads to the first of the group.
    """

    label: str
    to: str
    icon: IconName
    group: Literal["main", "you"] = "main"


class ThemeSwitch(rx.Component):
    """System, light, dark; the choice is kept in the browser."""

    library = "$/public/kit/shell.js"
    tag = "ThemeSwitch"

    icons: rx.Var[dict[str, str]]


class RouteFocus(rx.Component):
    """Moves the focus to the heading after a change of page."""

    library = "$/public/kit/shell.js"
    tag = "RouteFocus"


class Leave(rx.Component):
    """Goes to `to` by a full load, once it is set."""

    library = "$/public/kit/shell.js"
    tag = "Leave"

    to: rx.Var[str]


def theme_switch() -> rx.Component:
    """The button that changes between system, light and dark."""
    return ThemeSwitch.create(
        icons={"system": path("monitor"), "light": path("sun"), "dark": path("moon")},
        class_name=ICON_BUTTON,
    )


def brand(store_name: Text, logo_url: Text = "", *, home: str = "/") -> rx.Component:
    """The store's logo, or its name."""
    name = rx.el.span(
        store_name, class_name="truncate text-[min(1.125rem,5.5vw)] font-semibold tracking-tight"
    )
    logo = rx.el.img(src=logo_url, alt=store_name, class_name="h-8 w-auto max-w-40 object-contain")
    mark = (
        rx.cond(logo_url, logo, name)
        if isinstance(logo_url, rx.Var)
        else logo
        if logo_url
        else name
    )
    return route_link(mark, to=home, class_name="flex min-h-10 min-w-0 items-center rounded-box")


def _here(row: MenuRow, current: str) -> dict[str, str]:
    return {"aria-current": "page"} if row.to == current else {}


def _side_link(row: MenuRow, current: str) -> rx.Component:
    return rx.el.li(
        route_link(
            icon(row.icon),
            row.label,
            to=row.to,
            custom_attrs=_here(row, current),
            class_name="flex min-h-10 items-center gap-3 rounded-box px-3 text-muted "
            "transition-colors "
            "duration-150 hover:bg-sunken hover:text-text aria-[current]:bg-accent-tint "
            "aria-[current]:font-medium aria-[current]:text-accent-text",
        )
    )


def _side_list(menu: Sequence[MenuRow], current: str) -> rx.Component:
    groups = [[row for row in menu if row.group == group] for group in ("main", "you")]
    lists = [
        rx.el.ul(
            *[_side_link(row, current) for row in rows], class_name="grid gap-0.5 py-3 first:pt-0"
        )
        for rows in groups
        if rows
    ]
    return rx.el.nav(
        *lists,
        aria_label="Account",
        class_name="sticky top-24 hidden divide-y divide-line self-start lg:block framed:hidden "
        "print:hidden",
    )


def _bottom_bar(menu: Sequence[MenuRow], current: str) -> rx.Component:
    main = [row for row in menu if row.group == "main"]
    you = [row for row in menu if row.group == "you"]
    entries = [(row, row.to == current) for row in main]
    if you:
        entries.append((MenuRow("You", you[0].to, "user"), any(row.to == current for row in you)))
    links = [
        rx.el.li(
            route_link(
                icon(row.icon, size=22),
                # Five labels must fit side by side, however large the text is set.
                rx.el.span(row.label, class_name="max-w-full truncate text-[min(1em,4vw)]"),
                to=row.to,
                custom_attrs={"aria-current": "page" if row.to == current else "true"}
                if here
                else {},
                class_name="grid min-h-14 content-center justify-items-center gap-0.5 px-0.5 "
                "text-small "
                "text-muted aria-[current]:font-medium aria-[current]:text-accent-text "
                "focus-visible:-outline-offset-2",
            ),
            class_name="min-w-0 flex-1",
        )
        for row, here in entries
    ]
    return rx.el.nav(
        rx.el.ul(*links, class_name="flex"),
        aria_label="Account",
        class_name="bar fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface "
        "pb-[env(safe-area-inset-bottom)] lg:hidden framed:hidden print:hidden",
    )


def _you_tabs(menu: Sequence[MenuRow], current: str) -> rx.Component:
    """The pages behind "You", on a phone."""
    rows = [row for row in menu if row.group == "you"]
    if current not in [row.to for row in rows]:
        return rx.fragment()
    choices = [ui.Choice(row.label, row.to, current=row.to == current) for row in rows]
    return rx.el.div(ui.tabs(choices, "You"), class_name="mb-6 lg:hidden framed:hidden")


def _top_bar(
    store_name: Text, logo_url: Text, name: Text, picture: Text | None, profile_path: str
) -> rx.Component:
    person = route_link(
        ui.screen_only(ui.avatar(name, picture, size="small")),
        rx.el.span(name, class_name="hidden max-w-48 truncate sm:block", dir="auto"),
        # Until the name is there the link is called by what it leads to, at any width.
        rx.el.span(
            "Your profile",
            class_name=rx.cond(rx.Var.create(name), "sr-only sm:hidden", "sr-only"),
        ),
        to=profile_path,
        class_name="flex min-h-10 min-w-0 items-center gap-2 rounded-box px-1.5 hover:bg-sunken",
    )
    sign_out = ui.native_form(
        rx.el.button(
            icon("log-out"),
            aria_label="Sign out",
            title="Sign out",
            type="submit",
            class_name=ICON_BUTTON,
        ),
        action=LOGOUT_PATH,
        class_name="flex",
    )
    return rx.el.header(
        rx.el.div(
            brand(store_name, logo_url),
            rx.el.div(
                shop_link(),
                person,
                theme_switch(),
                sign_out,
                class_name="flex shrink-0 items-center sm:gap-1",
            ),
            class_name="mx-auto flex h-16 max-w-[70rem] items-center justify-between gap-3 px-4 "
            "print:px-0 "
            "sm:px-6",
        ),
        class_name="bar sticky top-0 z-30 border-b border-line bg-surface framed:hidden "
        "print:static print:border-0 "
        "print:[&_form]:hidden print:[&_button]:hidden",
    )


def shell(
    *content: Child,
    menu: Sequence[MenuRow],
    current: str = "",
    store_name: Text,
    logo_url: Text = "",
    name: Text = "",
    picture: Text | None = None,
    notice: Child | None = None,
    below: Child | None = None,
    gate: Child | None = None,
    shut: Flag = False,
) -> rx.Component:
    """A page of the signed-in area.

    Args:
        *content: the page, beginning with `page_header`.
        menu: rows of the menu, in order.
        current: `to` of the row the page belongs to.
        store_name: name of the store.
        logo_url: its logo; the name is shown when empty.
        name: the signed-in customer.
        picture: address of their picture.
        notice: a `notice_region` tied to the state.
        below: a line under the page.
        gate: stands in place of the page while it is `shut`.
        shut: the page is not shown.
    """
    profile = next((row.to for row in menu if row.group == "you"), "/")
    return rx.el.div(
        skip_link(),
        RouteFocus.create(),
        RouteLinks.create(),
        _top_bar(store_name, logo_url, name, picture, profile),
        ui.connection_notice(),
        rx.el.div(
            _side_list(menu, current),
            rx.el.main(
                _you_tabs(menu, current),
                *([gate] if gate is not None else []),
                # Behind a shut gate the page stays as it is, with all that was typed into it.
                rx.el.div(
                    *content,
                    *([below] if below is not None else []),
                    class_name=rx.cond(shut, "hidden", "grid grid-cols-1 gap-8"),
                ),
                id="content",
                tab_index=-1,
                class_name="min-w-0",
            ),
            class_name="mx-auto grid max-w-[70rem] gap-x-10 px-4 pt-6 pb-28 sm:px-6 sm:pt-8 "
            "lg:grid-cols-[13rem_minmax(0,1fr)] lg:pb-16 framed:block framed:max-w-none "
            "framed:p-4 print:block print:p-0",
        ),
        *([notice] if notice is not None else []),
        _bottom_bar(menu, current),
        custom_attrs={"data-page": ""},
        class_name="min-h-dvh framed:min-h-0",
    )


def plain(
    *content: Child,
    store_name: Text,
    logo_url: Text = "",
    notice: Child | None = None,
    wide: bool = False,
) -> rx.Component:
    """A public page: the store's name above one centred card. `content` begins with an `<h1>`."""
    return rx.el.div(
        skip_link(),
        RouteFocus.create(),
        RouteLinks.create(),
        ui.connection_notice(),
        rx.el.header(
            brand(store_name, logo_url),
            rx.el.div(shop_link(), theme_switch(), class_name="flex shrink-0 items-center"),
            class_name=classes(
                "mx-auto flex w-full items-center justify-between px-4 pt-4 sm:px-0 sm:pt-12 "
                "framed:hidden",
                "max-w-2xl" if wide else "max-w-md",
            ),
        ),
        rx.el.main(
            *content,
            id="content",
            tab_index=-1,
            class_name=classes(
                "mx-auto grid w-full min-w-0 gap-6 px-4 py-6 sm:mt-4 sm:rounded-box sm:border "
                "sm:border-line sm:bg-surface sm:p-8",
                "max-w-2xl" if wide else "max-w-md",
            ),
        ),
        *([notice] if notice is not None else []),
        custom_attrs={"data-page": ""},
        class_name="min-h-dvh pb-12 framed:min-h-0",
    )
