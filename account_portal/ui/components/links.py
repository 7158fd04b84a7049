"""Links that change the page without a reload."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from account_portal.ui.icons import icon
from account_portal.ui.variants import Child, Text, classes, pick

LinkVariant = Literal["plain", "accent", "cover"]
_LINKS: dict[LinkVariant, str] = {
    "plain": "text-text underline decoration-line-control underline-offset-4 "
    "hover:decoration-current",
    "accent": "font-medium text-accent-text underline-offset-4 hover:underline",
    # Covers its nearest `card`: the whole card is the target, its name is the link's text.
    "cover": "font-medium text-text after:absolute after:inset-0 after:rounded-box "
    "after:content-[''] "
    "group-hover:text-accent-text outline-none focus-visible:after:outline-2 "
    "focus-visible:after:outline-offset-2 focus-visible:after:outline-accent-text",
}


class PlainLink(BaseHTML):
    """A link that the router leaves alone: in a frame, and as a page is built, it writes others."""

    tag = "a"

    href: rx.Var[str]
    target: rx.Var[str]
    rel: rx.Var[str]


class RouteLink(BaseHTML):
    """A link inside the portal, wherever that stands."""

    library = "$/public/kit/links.js"
    tag = "RouteLink"

    to: rx.Var[str]
    rel: rx.Var[str]


class RouteLinks(rx.Component):
    """Follows the links of a page without a load; one for each page.

    The script of the page that a link leads to is fetched while the customer makes up their mind:
    once the pointer, a finger or the focus rests on the link.
    """

    library = "$/public/kit/links.js"
    tag = "RouteLinks"


def route_link(*children: Child, to: Text, class_name: str = "", **props: Any) -> rx.Component:
    """A bare link inside the portal, for other components to dress."""
    return RouteLink.create(*children, to=to, class_name=class_name, **props)


def link(*children: Child, to: Text, variant: LinkVariant = "accent", **props: Any) -> rx.Component:
    """A link inside the portal. `cover` makes the whole surrounding card the target."""
    return route_link(*children, to=to, class_name=pick(_LINKS, variant, "variant"), **props)


def outside_link(
    *children: Child, href: Text, new_tab: bool = True, quiet: bool = False
) -> rx.Component:
    """A link that leaves the portal; says so to screen readers.

    It is marked with an arrow, unless it is `quiet`: where a list would be full of arrows.
    """
    props = {"target": "_blank", "rel": "noopener noreferrer"} if new_tab else {}
    arrow = icon("external-link", size=15, class_name="ms-1 inline align-[-2px] rtl:-scale-x-100")
    return rx.el.a(
        *children,
        rx.fragment() if quiet else arrow,
        rx.el.span(" (opens in a new tab)", class_name="sr-only") if new_tab else rx.fragment(),
        href=href,
        class_name=_LINKS["plain" if quiet else "accent"],
        **props,
    )


def back_link(label: Text, to: Text) -> rx.Component:
    """The way up, above a page's heading."""
    return route_link(
        icon("chevron-left", size=18, class_name="-ms-1 rtl:-scale-x-100"),
        label,
        to=to,
        class_name="inline-flex min-h-8 w-fit items-center gap-1 text-small text-muted "
        "hover:text-text print:hidden",
    )


def breadcrumb(trail: Sequence[tuple[Text, Text]], here: Text) -> rx.Component:
    """Where the page stands: `(label, path)` of what is above it, then its own name."""
    steps = [
        rx.el.li(
            route_link(label, to=to, class_name="hover:text-text hover:underline"),
            icon("chevron-right", size=14, class_name="rtl:-scale-x-100"),
            class_name="flex items-center gap-1",
        )
        for label, to in trail
    ]
    last = rx.el.li(here, aria_current="page", class_name="min-w-0 truncate text-text")
    return rx.el.nav(
        rx.el.ol(*steps, last, class_name="flex min-w-0 flex-wrap items-center gap-1"),
        aria_label="Breadcrumb",
        class_name="text-small text-muted print:hidden",
    )


def skip_link(target: str = "content") -> rx.Component:
    """First thing the keyboard meets; shown while it has the focus."""
    return PlainLink.create(
        "Skip to content",
        href=f"#{target}",
        class_name=classes(
            "fixed start-4 top-4 z-50 -translate-y-32 rounded-box bg-accent px-4 py-2 font-medium",
            "text-accent-contrast focus:translate-y-0 focus:shadow-over print:hidden",
        ),
    )
