"""Two-step sign-in in the browser: turned on, and used with each second proof."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User, UserSession
from tests.e2e.conftest import (
    NARROW,
    PASSWORD,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.e2e.test_passkeys import BUTTON_ONLY, Keeper, add
from tests.factories.users import make_user

CODE = re.compile(r"^[2-9a-z]{5}(-[2-9a-z]{5}){2}$")
NEW = "a passphrase nobody else has"


def turn_on(page: Page) -> list[str]:
    """On the security page; returns the recovery codes."""
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    dialog = page.get_by_role("dialog", name="Keep your recovery codes")
    expect(dialog.get_by_role("listitem")).to_have_count(10)
    codes = dialog.get_by_role("listitem").all_inner_texts()
    assert all(CODE.match(code) for code in codes)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    dialog.get_by_role("button", name="I have kept them").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("10 recovery codes left.")).to_be_visible()
    return codes


def by_password(page: Page, customer: User) -> None:
    page.get_by_label("E-mail or phone").fill(str(customer.email))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_it_is_turned_on_and_asks_on_a_new_device(
    open_page: OpenPage, portal: Portal, customer: User, viewport: Any
) -> None:
    page = open_page("/security", as_=customer.email, viewport=viewport)
    codes = turn_on(page)
    assert_accessible(page)
    assert_no_sideways_scroll(page)

    other = open_page("/login?next=%2Forders", viewport=viewport)
    by_password(other, customer)
    assert_accessible(other)
    assert_no_sideways_scroll(other)
    masked = f"{str(customer.email)[0]}•••@example.com"
    other.get_by_role("button", name=f"E-mail a code to {masked}").click()
    expect(other.get_by_text(f"Enter the code we sent to {masked}")).to_be_visible()
    field = other.get_by_label("Code", exact=True)
    expect(field).to_be_focused()
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert_accessible(other)
    right = portal.code_for(str(customer.email))
    field.fill(f"{(int(right) + 1) % 1_000_000:06d}")
    expect(other.get_by_text("This code is not right.").first).to_be_visible()
    field.fill(right)
    expect(other).to_have_url(re.compile(r"/orders/?$"))

    other.goto("/security")
    expect(other.get_by_text("Password and code by e-mail").first).to_be_visible()
    other.context.clear_cookies(name="portal")  # the device stays known
    other.goto("/login")
    other.get_by_label("E-mail or phone").fill(str(customer.email))
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(re.compile(r"localhost:\d+/$"))

    third = open_page("/login", viewport=viewport)
    by_password(third, customer)
    third.get_by_role("link", name="Use a recovery code").click()
    field = third.get_by_label("Recovery code")
    expect(field).to_be_focused()
    assert_accessible(third)
    field.fill("wrong")
    third.keyboard.press("Enter")
    expect(third.get_by_text("This code is not right, or was used before.").first).to_be_visible()
    field.fill(codes[0])
    third.keyboard.press("Enter")
    expect(third).to_have_url(re.compile(r"localhost:\d+/$"))
    third.goto("/security")
    expect(third.get_by_text("9 recovery codes left.")).to_be_visible()

    third.get_by_role("button", name="Turn off…").click()
    dialog = third.get_by_role("dialog", name="Turn off two-step sign-in?")
    assert_accessible(third)
    dialog.get_by_role("button", name="Turn off").click()
    expect(third.get_by_text("Two-step sign-in is off.")).to_be_visible()
    expect(third.get_by_role("button", name="Turn on two-step sign-in")).to_be_visible()


def test_a_code_is_followed_by_the_password(
    open_page: OpenPage, portal: Portal, customer: User
) -> None:
    turn_on(open_page("/security", as_=customer.email))
    page = open_page("/login")
    page.get_by_label("E-mail or phone").fill(str(customer.email))
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("E-mail a code"))).to_be_hidden()
    field = page.get_by_label("Password", exact=True)
    expect(field).to_be_focused()
    field.fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This password is not right.").first).to_be_visible()
    field.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_a_passkey_is_enough(open_page: OpenPage, customer: User) -> None:
    page = open_page("/security", as_=customer.email)
    page.context.add_init_script(BUTTON_ONLY)
    Keeper(page)
    add(page)
    turn_on(page)
    page.context.clear_cookies()
    page.goto("/login")
    by_password(page, customer)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_a_new_password_waits_for_the_second_proof(
    open_page: OpenPage, portal: Portal, customer: User
) -> None:
    codes = turn_on(open_page("/security", as_=customer.email))
    page = open_page("/forgot-password")
    page.get_by_label("E-mail or phone").fill(str(customer.email))
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[4])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_signing_in_again_over_a_page_goes_on_in_place(
    open_page: OpenPage, portal: Portal, customer: User, database: Database
) -> None:
    page = open_page("/security", as_=customer.email)
    turn_on(page)
    page.get_by_label("Current password").fill("not the present one")
    page.get_by_label("New password").fill(NEW)
    page.context.clear_cookies(name="portal-device")
    with database.session(writes=True) as db:
        own = col(UserSession.user_id) == customer.id
        db.execute(update(UserSession).where(own).values(revoked_at=utc_now()))
        db.commit()
    page.get_by_role("button", name="Change password").click()
    dialog = page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("E-mail or phone").fill(str(customer.email))
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name=re.compile("E-mail a code to")).click()
    expect(dialog.get_by_label("Code", exact=True)).to_be_focused()
    assert_accessible(page)
    dialog.get_by_label("Code", exact=True).fill(portal.code_for(str(customer.email)))
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Current password")).to_have_value("not the present one")
    expect(page.get_by_label("New password")).to_have_value(NEW)


def test_one_way_is_told_to_be_too_few(open_page: OpenPage, database: Database) -> None:
    email = f"one-{new_id().lower()}@example.com"
    make_user(database, password=PASSWORD, email=email, is_email_verified=False)
    page = open_page("/security", as_=email)
    expect(page.get_by_text("You have one way to sign in so far.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on two-step sign-in")).to_be_hidden()
    assert_accessible(page)
