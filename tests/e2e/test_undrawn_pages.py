"""Where the server draws no pages the browser does: the shop's name, the customer's data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DEMO, OpenPage, Portal
from tests.portal_server import portal_server

NAME = "Tea & Sons"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data_dir: Path = tmp_path_factory.mktemp("undrawn")
    settings = {"PORTAL_DRAW_PAGES": "false", "PORTAL_STORE_NAME": NAME}
    with portal_server(data_dir, **settings) as url:
        yield Portal(url, data_dir, "")


@pytest.mark.parametrize(
    ("path", "who", "title", "shown"),
    [
        ("/login", None, "Sign in", "text=This is a demo"),
        ("/orders", DEMO, "Orders", "main a[href^='/orders/']"),
        ("/nowhere", None, "Page not found", "main h1"),
    ],
)
def test_a_page_shows_shop_and_data_once_it_lives(
    open_page: OpenPage, path: str, who: str | None, title: str, shown: str
) -> None:
    page = open_page("/theme.css", as_=who)
    answer = page.goto(path)
    assert answer
    assert f"<title>{title} · Tea &amp; Sons</title>" in answer.text()
    expect(page.locator(shown).first).to_be_visible()
    expect(page).to_have_title(f"{title} · {NAME}")
    brand = page.locator("header").get_by_role("link", name=NAME)
    expect(brand).to_be_visible()
    expect(page.get_by_role("link", name="Back to the shop").first).to_be_visible()
