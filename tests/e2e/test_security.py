"""Security and notifications in the browser, and a session that ends while a page is open."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select, update

from account_portal.core.db import Database
from account_portal.models import User, UserSession
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    PASSWORD,
    SAM,
    OpenPage,
    assert_accessible,
)

LONG = "a passphrase nobody else has"


def end_other_sessions(open_page: OpenPage, who: str) -> Page:
    page = open_page("/security", as_=who)
    page.get_by_role("button", name="Sign out all others").click()
    expect(page.get_by_text("All others are signed out.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out all others")).to_be_hidden()
    return page


def sign_in_again(page: Page, who: str) -> None:
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("E-mail or phone")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(who)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong at first")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Wrong e-mail, phone or password").first).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("who", [DEMO, SAM])
def test_nothing_typed_is_lost_when_the_session_ends(open_page: OpenPage, who: str) -> None:
    page = open_page("/security", as_=who, viewport=NARROW)
    page.get_by_label("Current password").fill("not the present one")
    page.get_by_label("New password").fill(LONG)
    end_other_sessions(open_page, who)
    sign_in_again(page, who)
    expect(page.get_by_text("Nothing you typed was lost.")).to_be_visible()
    expect(page.get_by_label("Current password")).to_have_value("not the present one")
    expect(page.get_by_label("New password")).to_have_value(LONG)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("This is not right.").first).to_be_visible()
    page.get_by_role("link", name="Orders").first.click()
    expect(page).to_have_url(re.compile(r"/orders/?$"))
    page.reload()
    expect(page).to_have_url(re.compile(r"/orders/?$"))
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()


def test_somebody_else_signing_in_over_a_page_gets_their_own(open_page: OpenPage) -> None:
    page = open_page("/security", as_=SAM)
    page.get_by_label("Current password").fill("of sam")
    end_other_sessions(open_page, SAM)
    sign_in_again(page, NEW)
    expect(page.get_by_label("Current password")).to_have_value("")
    expect(page.get_by_text("This device")).to_be_visible()


def test_password_is_changed_and_this_page_stays(open_page: OpenPage) -> None:
    page = open_page("/register")
    page.wait_for_load_state("networkidle")
    page.get_by_label("First name").fill("Chan")
    page.get_by_label("E-mail or phone").fill("changing@example.com")
    page.get_by_label("Password", exact=True).fill("the first of two")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/register" not in url)
    page.goto("/security")
    page.get_by_label("Current password").fill("the first of two")
    page.get_by_label("New password").fill("the second of two")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    expect(page.get_by_label("Current password")).to_have_value("")
    page.reload()
    expect(page.get_by_text("This device")).to_be_visible()


def test_account_is_closed_in_two_steps(open_page: OpenPage) -> None:
    page = open_page("/register")
    page.wait_for_load_state("networkidle")
    page.get_by_label("First name").fill("Lea")
    page.get_by_label("E-mail or phone").fill("leaving@example.com")
    page.get_by_label("Password", exact=True).fill("not here for long")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/register" not in url)
    page.goto("/security")
    page.get_by_role("button", name="Close account").click()
    dialog = page.get_by_role("dialog", name="Close your account?")
    expect(dialog.get_by_text("Orders on their way still arrive")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Continue").click()
    assert_accessible(page)
    dialog.get_by_role("button", name="Close my account").click()
    expect(page.get_by_text("Your account is closed")).to_be_visible()
    page.get_by_label("E-mail or phone").fill("leaving@example.com")
    page.get_by_label("Password", exact=True).fill("not here for long")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This account is closed. Write to").first).to_be_visible()


def test_switches_save_themselves(open_page: OpenPage) -> None:
    page = open_page("/notifications", as_=NEW)
    switch = page.get_by_role("switch", name="Offers by E-mail")
    expect(switch).to_be_visible()
    before = switch.is_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_be_checked(checked=not before)
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(switch).to_be_checked(checked=not before)


def expire_sessions(database: Database, contact: str) -> None:
    """By time, of which open pages hear nothing."""
    theirs = select(col(User.id)).where(col(User.email) == contact)
    with Session(database.engine) as db:
        db.execute(
            update(UserSession)
            .where(col(UserSession.user_id).in_(theirs))
            .values(expires_at=datetime.now(UTC))
        )
        db.commit()


def test_a_switch_that_cannot_be_saved_goes_back(open_page: OpenPage, database: Database) -> None:
    page = open_page("/notifications", as_=NEW)
    switch = page.get_by_role("switch", name="Newsletter by SMS")
    expect(switch).to_be_visible()
    before = switch.is_checked()
    page.wait_for_load_state("networkidle")  # it is alive: what it asks first was answered
    expire_sessions(database, NEW)
    switch.click()
    sign_in_again(page, NEW)
    expect(switch).to_be_checked(checked=before)
    switch.click()
    expect(switch).to_be_checked(checked=not before)
