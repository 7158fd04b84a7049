"""Pictures of every page in each of its states, wide and narrow, light and dark: `var/screens`.

For people to look at: `make screens`; `ARGS='--only order'` takes those whose name holds the word.
With `--readme` it also refreshes the pictures of the README. With `--hours` it takes, instead, the
pages that speak of days at four hours in four zones, and names those that say what is not true.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from account_portal import routes
from account_portal.app import PAGES
from account_portal.console.routes.screens import SCREENS
from account_portal.core.db import Database
from account_portal.core.demo import DEMO_CONTACT, DEMO_PASSWORD, DEMO_STAFF
from account_portal.core.places import ROOT
from account_portal.core.settings import get_settings
from account_portal.demo.seed.ids import seeded_id
from account_portal.notifications.examples import examples
from tests.chromium import find_chromium
from tests.conftest import BASE
from tests.factories.extremes import make_extremes, make_many
from tests.looks import LOOKS, LOST, WITHOUT_FIRST_DATA, Look, database_away
from tests.looks.hours import day_in_question, make_customers, moments, told_at
from tests.portal_server import CLOCK, free_port, moved_server

FOLDER = ROOT / "var" / "screens"
PICTURES = ROOT / "docs" / "pictures"
SIZES: dict[str, Any] = {
    "wide": {"width": 1280, "height": 860},
    "narrow": {"width": 390, "height": 844},
}
SCHEMES: tuple[Any, ...] = ("light", "dark")
TALLEST = 6000  # of a picture; ten thousand of anything is told by its first page
PRIVATE = [page.path for page in PAGES if not page.public]
OWN = [
    look
    for look in LOOKS
    if look.path in PRIVATE and look.who == DEMO_CONTACT and look.state == "full"
]
README = (("home", routes.HOME, "wide", "light"), ("order", routes.ORDERS, "narrow", "dark"))


def sign_in(context: BrowserContext, url: str, contact: str) -> None:
    context.request.post(
        f"{url}/api/session/login",
        form={"contact": contact, "password": DEMO_PASSWORD, "next": "/"},
        headers={"Origin": url},
        max_redirects=0,
    )


def sign_in_staff(context: BrowserContext, url: str) -> None:
    context.request.post(
        f"{url}/console/login",
        form={"email": DEMO_STAFF, "password": DEMO_PASSWORD},
        headers={"Origin": url},
        max_redirects=0,
    )


def settle(page: Page) -> None:
    """Wait until data is there and pictures are drawn; scroll once, as lazy ones wait for that."""
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(100)


class Photographer:
    """Takes what is asked for, with one signed-in browser per customer and size."""

    def __init__(self, browser: Browser, url: str, only: str) -> None:
        self.browser, self.url, self.only = browser, url, only
        self.taken = self.missed = 0
        self._contexts: dict[tuple[str, str], BrowserContext] = {}

    def open(self, who: str) -> None:
        """A browser of each size, in which somebody has just signed in."""
        for size, viewport in SIZES.items():
            context = self.browser.new_context(
                base_url=self.url, viewport=viewport, reduced_motion="reduce"
            )
            if who == "staff":
                sign_in_staff(context, self.url)
            elif who:
                sign_in(context, self.url, who)
            self._contexts[who, size] = context

    def pages(self, name: str, who: str) -> Iterator[tuple[Page, str]]:
        """A fresh page of each size, if the name is asked for."""
        for size in SIZES if self.only in name else ():
            if (who, size) not in self._contexts:
                self.open(who)
            page = self._contexts[who, size].new_page()
            yield page, size
            page.close()

    def shoot(self, page: Page, name: str, size: str) -> None:
        """The whole page in both themes; the bar at the bottom stays at the bottom."""
        settle(page)
        tall = page.evaluate("document.documentElement.scrollHeight")
        if not page.locator("dialog[open]").count():
            page.set_viewport_size(SIZES[size] | {"height": min(max(tall, 860), TALLEST)})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(80)  # until each colour has changed
            page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png")
            self.taken += 1

    def take(self, look: Look) -> None:
        """One state."""
        for page, size in self.pages(look.name, look.who):
            try:
                look.reach(page)
            except Exception as error:
                print(f"{look.name} {size} was not reached: {str(error).splitlines()[0]}")
                self.missed += 1
            self.shoot(page, look.name, size)

    def take_waiting(self, look: Look) -> None:
        """The page before its data is there."""
        for page, size in self.pages(f"{look.name}-loading", look.who):
            page.set_extra_http_headers(WITHOUT_FIRST_DATA)
            page.route_web_socket("**/_event/**", lambda _socket: None)
            page.goto(look.at or look.path)
            page.wait_for_timeout(300)
            self.shoot(page, f"{look.name}-loading", size)

    def take_failed(self, look: Look) -> None:
        """The page while the database is away."""
        for page, size in self.pages(f"{look.name}-failed", look.who):
            page.goto(look.at or look.path)
            page.get_by_text(LOST).wait_for()
            self.shoot(page, f"{look.name}-failed", size)

    def take_paper(self) -> None:
        """An order in print."""
        for page, size in self.pages("order-print", DEMO_CONTACT):
            page.goto(f"{routes.ORDERS}/NW-21474")
            page.get_by_text("Price").first.wait_for()
            page.emulate_media(media="print")
            self.shoot(page, "order-print", size)

    def take_withdrawal(self) -> None:
        """Both steps of withdrawing from a contract; nothing is stated."""
        for page, size in self.pages("withdrawal", DEMO_CONTACT):
            page.goto(f"{routes.WITHDRAW}?order=NW-21474")
            self.shoot(page, "withdrawal", size)
            page.get_by_label("Your name").fill("Asha Rao")
            page.get_by_label("E-mail address").fill(DEMO_CONTACT)
            page.get_by_role("button", name="Continue").click()
            page.get_by_role("button", name="Confirm withdrawal").wait_for()
            self.shoot(page, "withdrawal-check", size)

    def take_console(self) -> None:
        """Every screen of the console."""
        said = {"name": "Asha Rao", "order": "NW-21474", "contact": DEMO_CONTACT}
        nobody = self.browser.new_context(base_url=self.url)
        stated = nobody.request.post(f"{BASE}/withdrawals", data=said).json()["content"]
        numbers = {
            "number": "NW-21474",
            "customer": seeded_id("user", "demo"),
            "reference": stated["reference"],
        }
        for screen in SCREENS:
            path = screen.path.replace(":path}", "}").format(**numbers)
            name = f"console-{path.strip('/').split('/')[0] or 'today'}"
            name += "-one" if "{" in screen.path else ""
            for page, size in self.pages(name, "staff"):
                page.goto(f"/console{path}")
                self.shoot(page, name, size)

    def take_messages(self) -> None:
        """Every e-mail, in both widths of a mail program, and the list of them."""
        for page, size in self.pages("messages", ""):
            page.goto(routes.MESSAGES)
            self.shoot(page, "messages", size)
        for name in examples(get_settings()):
            for page, size in self.pages(f"message-{name}", ""):
                page.goto(f"{routes.MESSAGES}/{name}")
                self.shoot(page, f"message-{name}", size)


def take_all(browser: Browser, url: str, data: Path, only: str) -> tuple[int, int]:
    """How many pictures there are, and how many states were not reached."""
    photographer = Photographer(browser, url, only)
    for look in LOOKS:
        photographer.take(look)
    one_each = list({look.path: look for look in reversed(OWN) if not look.steps}.values())
    for look in one_each:
        photographer.take_waiting(look)
    photographer.open(DEMO_CONTACT)  # nobody can sign in while the database is away
    with database_away(data):
        for look in one_each:
            photographer.take_failed(look)
    photographer.take_paper()
    photographer.take_withdrawal()
    photographer.take_console()
    photographer.take_messages()
    return photographer.taken, photographer.missed


def take_hours(browser: Browser, url: str, database: Database, clock: Path, only: str) -> int:
    """The pages that speak of days, on a phone: the server's clock and the browser's are moved."""
    taken = 0
    day = day_in_question(datetime.now(UTC).date())
    returns = make_customers(database, day)
    for moment in moments(day):
        clock.write_text(str((moment.at - datetime.now(UTC)).total_seconds()))
        context = browser.new_context(
            base_url=url,
            viewport=SIZES["narrow"],
            reduced_motion="reduce",
            timezone_id=moment.read_in,
            locale="en-IN" if moment.zone == "Asia/Kolkata" else "en-GB",
        )
        context.clock.set_fixed_time(moment.at)
        sign_in(context, url, moment.who)
        for told in told_at(moment, returns[moment.who]):
            name = f"hours-{moment.name}-{told.name}"
            if only not in name:
                continue
            page = context.new_page()
            try:
                told.reach(page)
            except Exception as error:
                print(f"{name} does not say it: {str(error).splitlines()[0]}")
            settle(page)
            page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
            page.close()
            taken += 1
        context.close()
    return taken


def take_for_readme(browser: Browser, url: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path, size, scheme in README:
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
        page = context.new_page()
        sign_in(context, url, DEMO_CONTACT)
        page.goto(url + path)
        settle(page)
        if name == "order":
            page.goto(f"{url}{routes.ORDERS}?text=teapot")
            settle(page)
            page.locator("main a[class*=after]").first.click()
            page.get_by_role("heading", name="Price").wait_for()
            settle(page)
        page.screenshot(path=PICTURES / f"{name}-{size}-{scheme}.png")
        context.close()


def take_storefront(browser: Browser, shop: str) -> None:
    """The widget in the demo storefront."""
    context = browser.new_context(viewport=SIZES["wide"], reduced_motion="reduce")
    context.request.post(f"{shop}/sign-in", form={"customer": "demo"})
    page = context.new_page()
    page.goto(shop)
    frame = page.frame_locator("account-portal >> iframe")
    frame.get_by_role("link", name=re.compile("^Order ")).first.wait_for()
    page.wait_for_timeout(700)
    page.screenshot(path=PICTURES / "storefront-wide-light.png")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="refresh the README's pictures too")
    parser.add_argument("--only-readme", action="store_true", help="refresh those alone")
    parser.add_argument("--only", default="", help="pictures whose name holds this")
    parser.add_argument("--hours", action="store_true", help="those at four hours in four zones")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    missed = 0
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        moved_server(Path(folder), PORTAL_STOREFRONT_PORT=str(port), PORTAL_DEBUG_OTP="1") as url,
        sync_playwright() as playwright,
    ):
        data = Path(folder)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        if asked.readme or asked.only_readme:
            take_for_readme(browser, url)
            take_storefront(browser, f"http://127.0.0.1:{port}")
        if asked.hours:
            with data_of(data) as database:
                taken = take_hours(browser, url, database, data / CLOCK, asked.only)
            print(f"{taken} pictures in {FOLDER}")
        elif not asked.only_readme:
            with data_of(data) as database:
                make_extremes(database)
                make_many(database)
            taken, missed = take_all(browser, url, data, asked.only)
            print(f"{taken} pictures in {FOLDER}")
        browser.close()
    if missed:
        sys.exit(f"{missed} states were not reached")


@contextmanager
def data_of(folder: Path) -> Iterator[Database]:
    """The server's database, to write beside it."""
    os.environ["PORTAL_DATA_DIR"] = str(folder)  # what is written beside the server has its keys
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    yield database
    database.dispose()


if __name__ == "__main__":
    main()
