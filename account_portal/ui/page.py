"""A page as a row of a table: its address, its content, its line in the menu."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from account_portal.ui.layout import MenuRow


@dataclass(frozen=True)
class Page:
    """One row of the table of pages.

    Attributes:
        path: address, from `routes`; parts that vary in brackets.
        content: makes the page, without the bars around it.
        title: text of the browser's tab, before the store's name.
        load: events each time the page is opened.
        public: shown without signing in.
        frame: what surrounds it: bars and menu, the store's name only, one or the other as somebody
            is signed in or not, or nothing.
        menu: its line in the menu, if it has one.
        under: path of the menu line that stands for it, if it has none itself.
        number: part of the address that follows the title, so that tabs can be told apart.
    """

    path: str
    content: Callable[[], rx.Component]
    title: str
    load: Sequence[Any] = ()
    public: bool = False
    frame: Literal["shell", "plain", "either", "none"] = "shell"
    menu: MenuRow | None = None
    under: str = ""
    number: str = ""

    @property
    def is_guarded(self) -> bool:
        """Whether opening it asks who is there first (`page_load`)."""
        return any(getattr(getattr(one, "fn", one), "is_guarded", False) for one in self.load)


def open_page(path: str, content: Callable[[], rx.Component], title: str, *load: Any) -> Page:
    """A page for whoever comes, under the store's name only."""
    return Page(path, content, title, load=load, public=True, frame="plain")


def page_of_one(
    path: str, content: Callable[[], rx.Component], title: str, load: Any, under: str
) -> Page:
    """A page of one thing, which its address names; the menu's line is that of its list."""
    number = path.partition("[")[2].partition("]")[0]
    return Page(path, content, title, load=(load,), under=under, number=number)
