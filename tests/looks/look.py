"""A page in one of its states: where it is, whose it is, and what is pressed to get there."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

DEMO, SAM, NEW = "demo@example.com", "sam@example.com", "new@example.com"
State = Literal["full", "one", "nothing", "no match", "missing", "dialog", "form", "said"]
Reach = Callable[[Page], object]

LOST = "No connection. What you typed is kept; we are trying again."
"""What a page says while nobody knows whose it is: its server has no database."""

# Headers of a page that is fetched in advance: it comes without its first data.
WITHOUT_FIRST_DATA = {"Sec-Purpose": "prefetch"}


@dataclass(frozen=True)
class Look:
    """One state of one page.

    Attributes:
        name: of the picture.
        path: its row in the table of pages.
        state: what kind of state it is.
        seen: words that stand on the page once it is reached.
        at: address, if that is not `path`.
        who: who is signed in; nobody when empty.
        steps: what is pressed there, one after another.
    """

    name: str
    path: str
    state: State
    seen: str
    at: str = ""
    who: str = DEMO
    steps: tuple[Reach, ...] = ()

    def reach(self, page: Page) -> None:
        """Open the page and bring it into the state."""
        page.goto(self.at or self.path)
        for step in self.steps:
            step(page)
        shown = page.get_by_text(self.seen).filter(visible=True)
        expect(shown.first).to_be_visible()


def press(name: str, role: Any = "button") -> Reach:
    """Press the first one of a name."""
    return lambda page: page.get_by_role(role, name=re.compile(name)).first.click()


def press_once(name: str, then: str) -> Reach:
    """Press a button whose work stays: in the next browser there are those words instead."""

    def step(page: Page) -> None:
        button, done = page.get_by_role("button", name=name), page.get_by_text(then)
        expect(button.or_(done).first).to_be_visible()
        if button.is_visible():
            button.click()

    return step


def press_inside(name: str) -> Reach:
    """Press a button of the open dialog, whatever the page thinks of its form."""

    def step(page: Page) -> None:
        dialog = opened(page)
        expect(dialog).to_be_visible()
        leave_to_the_server(page)
        dialog.get_by_role("button", name=name).last.click()

    return step


def leave_to_the_server(page: Page) -> None:
    """Let forms be sent with whatever is in them: nothing is required, everything is text."""
    page.evaluate(
        """() => document.querySelectorAll("form :is(input, select, textarea)").forEach((field) => {
          for (const rule of ["required", "minlength", "pattern"]) field.removeAttribute(rule);
          if (field.type === "email") field.type = "text";
        })"""
    )


def opened(page: Page) -> Locator:
    """The dialog that is open."""
    return page.locator("dialog[open]")


def wait_for(text: str) -> Reach:
    """Wait until words are there."""
    return lambda page: expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def follow(name: str, seen: str) -> tuple[Reach, ...]:
    """Follow the first link of a name."""
    return press(name, "link"), wait_for(seen)


@contextmanager
def database_away(data_dir: Path) -> Iterator[None]:
    """While it lasts the server finds none of its tables, as if the database had gone."""
    kept = "name NOT LIKE 'sqlite%' AND name NOT LIKE 'away_%'"
    _rename(data_dir, kept, lambda name: f"away_{name}")
    try:
        yield
    finally:
        _rename(data_dir, "name LIKE 'away_%'", lambda name: name.removeprefix("away_"))


def _rename(data_dir: Path, which: str, new: Callable[[str], str]) -> None:
    path = data_dir / "portal.db"
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as db:
        db.execute("PRAGMA legacy_alter_table = ON")  # the tables still refer to one another
        db.execute("BEGIN IMMEDIATE")
        query = f"SELECT name FROM sqlite_master WHERE type = 'table' AND {which}"
        for (name,) in db.execute(query).fetchall():
            db.execute(f'ALTER TABLE "{name}" RENAME TO "{new(name)}"')
        db.execute("COMMIT")
