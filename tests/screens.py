"""Pictures of every page, wide and narrow, light and dark, full and empty, under `var/screens`.

For people to look at: `make screens`. With `--readme` it also refreshes the pictures of the README.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from account_portal import routes
from account_portal.core.demo import DEMO_CONTACT, DEMO_PASSWORD
from account_portal.serving.build import ROOT
from tests.chromium import find_chromium
from tests.portal_server import portal_server

FOLDER = ROOT / "var" / "screens"
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"wide": {"width": 1280, "height": 860}, "narrow": {"width": 390, "height": 844}}
PUBLIC = (routes.LOGIN, routes.REGISTER, routes.FORGOT_PASSWORD, "/nowhere")
OWN = (
    routes.HOME,
    routes.ORDERS,
    routes.RETURNS,
    routes.LOYALTY,
    routes.REVIEWS,
    routes.PROFILE,
    routes.ADDRESSES,
    routes.NOTIFICATIONS,
    routes.SECURITY,
)
# Where the first link of a list leads: one order, one return.
BEHIND = {routes.ORDERS: "order", routes.RETURNS: "return"}
README = (("home", routes.HOME, "wide", "light"), ("order", routes.ORDERS, "narrow", "dark"))


def sign_in(page: Page, url: str, contact: str) -> None:
    page.context.request.post(
        f"{url}/api/session/login",
        form={"contact": contact, "password": DEMO_PASSWORD, "next": "/"},
        headers={"Origin": url},
        max_redirects=0,
    )


def settle(page: Page) -> None:
    """Wait until data is there and pictures are drawn; scroll once, as lazy ones wait for that."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(150)


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-") or "home"


def take_all(browser: Browser, url: str) -> int:
    taken = 0
    for size, viewport in SIZES.items():
        for scheme in ("light", "dark"):
            for who, contact in (("full", DEMO_CONTACT), ("empty", "new@example.com")):
                context = browser.new_context(
                    viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                paths = list(PUBLIC) if who == "full" else []
                for path in paths:
                    taken += take(page, url + path, f"{name_of(path)}-{size}-{scheme}")
                sign_in(page, url, contact)
                for path in OWN:
                    taken += take(page, url + path, f"{name_of(path)}-{who}-{size}-{scheme}")
                    if who == "full" and path in BEHIND:
                        page.locator("main a[class*=after]").nth(1).click()
                        settle(page)
                        taken += shoot(page, f"{BEHIND[path]}-{size}-{scheme}")
                context.close()
    return taken


def take(page: Page, address: str, name: str) -> int:
    page.goto(address)
    settle(page)
    return shoot(page, name)


def shoot(page: Page, name: str) -> int:
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    return 1


def take_for_readme(browser: Browser, url: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path, size, scheme in README:
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
        page = context.new_page()
        sign_in(page, url, DEMO_CONTACT)
        page.goto(url + path)
        settle(page)
        if name == "order":
            page.goto(f"{url}{routes.ORDERS}?text=teapot")
            settle(page)
            page.locator("main a[class*=after]").first.click()
            settle(page)
        page.screenshot(path=PICTURES / f"{name}-{size}-{scheme}.png")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="refresh the README's pictures too")
    parser.add_argument("--only-readme", action="store_true", help="refresh those alone")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        portal_server(Path(data)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        if asked.readme or asked.only_readme:
            take_for_readme(browser, url)
        if not asked.only_readme:
            print(f"{take_all(browser, url)} pictures in {FOLDER}")
        browser.close()


if __name__ == "__main__":
    main()
