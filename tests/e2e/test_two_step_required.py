"""A shop that asks everybody for two proofs, in the browser: nobody gets past the second step."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.e2e.conftest import (
    NARROW,
    PASSWORD,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.e2e.test_two_step import CODE, NEW, by_password
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.portal_server import free_port, portal_server

HOME = re.compile(r"localhost:\d+/$")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp("required")
    port = free_port()
    settings = {"PORTAL_TWO_STEP": "required", "PORTAL_STOREFRONT_PORT": str(port)}
    with portal_server(data_dir, **settings) as url:
        yield Portal(url, data_dir, f"http://127.0.0.1:{port}")


def look(page: Page, name: str, viewport: Any, scheme: str) -> None:
    """It is in order; with `SCREENS`, a picture of it is kept in that folder."""
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=Path(folder) / f"{name}-{viewport['width']}-{scheme}.png")


def keep_codes(page: Page, name: str, viewport: Any, scheme: str) -> None:
    """They are shown before the page that was wanted, once."""
    expect(page).to_have_url(re.compile(r"/security/?\?codes=new&next=%2Forders$"))
    dialog = page.get_by_role("dialog", name="Keep your recovery codes")
    expect(dialog.get_by_role("listitem")).to_have_count(10)
    assert all(CODE.match(code) for code in dialog.get_by_role("listitem").all_inner_texts())
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    look(page, f"{name}-codes", viewport, scheme)
    dialog.get_by_role("button", name="I have kept them").click()
    expect(page).to_have_url(re.compile(r"/orders/?$"))


SIZES = [(WIDE, "light"), (NARROW, "dark")]


@pytest.mark.parametrize(("viewport", "scheme"), SIZES)
def test_a_password_is_followed_by_a_code_and_turns_it_on(
    open_page: OpenPage, portal: Portal, customer: User, viewport: Any, scheme: str
) -> None:
    page = open_page("/login?next=%2Forders", viewport=viewport, scheme=scheme)
    by_password(page, customer)
    expect(page.get_by_text("Signing in on a new device takes two different")).to_be_visible()
    look(page, "second", viewport, scheme)
    page.get_by_role("button", name=re.compile("E-mail a code to")).click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    keep_codes(page, "second", viewport, scheme)

    page.goto("/security")
    expect(page.get_by_text("10 recovery codes left.")).to_be_visible()
    expect(page.get_by_text("We ask everybody for it")).to_be_visible()
    expect(page.get_by_role("button", name="Turn off…")).to_be_hidden()
    page.get_by_text("We ask everybody for it").scroll_into_view_if_needed()
    look(page, "security", viewport, scheme)
    page.context.clear_cookies(name="portal")
    page.goto("/login?next=%2Forders")
    page.get_by_label("E-mail or phone").fill(str(customer.email))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/orders/?$"))


@pytest.mark.parametrize(("viewport", "scheme"), SIZES)
def test_who_has_a_mailbox_only_chooses_a_password(
    open_page: OpenPage, portal: Portal, database: Database, viewport: Any, scheme: str
) -> None:
    email = f"one-{new_id().lower()}@example.com"
    make_user(database, password=None, email=email)
    page = open_page("/login?next=%2Forders", viewport=viewport, scheme=scheme)
    page.get_by_label("E-mail or phone").fill(email)
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code", exact=True).fill(portal.code_for(email))
    field = page.get_by_label("New password", exact=True)
    expect(field).to_be_focused()
    assert field.get_attribute("autocomplete") == "new-password"
    look(page, "new-password", viewport, scheme)
    field.fill("password")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    look(page, "weak-password", viewport, scheme)
    field.fill(NEW)
    page.keyboard.press("Enter")
    keep_codes(page, "new-password", viewport, scheme)


@pytest.mark.parametrize(("viewport", "scheme"), SIZES)
def test_who_registers_proves_the_mailbox_before_anything_opens(
    open_page: OpenPage, portal: Portal, viewport: Any, scheme: str
) -> None:
    email = f"new-{new_id().lower()}@example.com"
    page = open_page("/register?next=%2Forders", viewport=viewport, scheme=scheme)
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("E-mail or phone").fill(email)
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look(page, "registered", viewport, scheme)
    page.get_by_role("button", name=re.compile("E-mail a code to")).click()
    page.get_by_label("Code", exact=True).fill(portal.code_for(email))
    keep_codes(page, "registered", viewport, scheme)


def test_who_forgot_the_only_second_way_is_told_to_ask_the_shop(
    open_page: OpenPage, portal: Portal, customer: User
) -> None:
    page = open_page("/forgot-password")
    page.get_by_label("E-mail or phone").fill(str(customer.email))
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_text("This account has no second way left")).to_be_visible()
    look(page, "no-way", WIDE, "light")
    page.goto("/orders")
    expect(page).to_have_url(re.compile("/login"))


def test_a_window_signs_a_frame_in_once_the_codes_are_kept(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    make_order(database, customer)
    page = open_page(f"{portal.shop}/plain.html")
    frame = page.frame_locator("account-portal >> iframe")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name=re.compile("^Sign in")).click()
    window = opened.value
    by_password(window, customer)
    window.get_by_role("button", name=re.compile("E-mail a code to")).click()
    window.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    window.get_by_role("button", name="I have kept them").click()
    expect(frame.get_by_role("link", name=re.compile("^Order ")).first).to_be_visible()
