"""Confirming who it is before something sensitive, in the browser and in a storefront's frame."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, update
from sqlmodel import col, select

from account_portal.core.db import Database
from account_portal.models import RateEvent, User, UserSession
from tests.e2e.conftest import (
    NARROW,
    PASSWORD,
    SAM,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.e2e.hands import Finger, Keyboard, Mouse
from tests.e2e.test_widget import OpenShop, frame_of, inside, open_shop
from tests.factories.auth import change_user, set_proof

__all__ = ["open_shop"]

ASKED = "Confirm it's you"
WAYS: dict[type[Mouse], dict[str, Any]] = {
    Mouse: {"viewport": WIDE, "scheme": "light"},
    Keyboard: {"viewport": WIDE, "scheme": "dark"},
    Finger: {"viewport": NARROW, "scheme": "dark", "has_touch": True, "is_mobile": True},
}


def grow_old(database: Database, user: User) -> None:
    """Let the last proof of somebody be too long ago."""
    set_proof(database, user, datetime.now(UTC) - timedelta(minutes=16))


def asked(page: Page) -> Locator:
    dialog = page.get_by_role("dialog", name=ASKED)
    expect(dialog).to_be_visible()
    return dialog


def fill_account(dialog: Any) -> None:
    dialog.get_by_label("Account holder").fill("Jo Doe")
    dialog.get_by_label("Bank", exact=True).fill("Test Bank")
    dialog.get_by_label("Account number").fill("50100123454321")
    dialog.get_by_label("IFSC code").fill("HDFC0000001")


@pytest.mark.parametrize("kind", list(WAYS), ids=["mouse", "keyboard", "finger"])
def test_by_password_before_the_form(
    open_page: OpenPage, database: Database, customer: User, kind: type[Mouse]
) -> None:
    page = open_page("/profile", as_=customer.email, **WAYS[kind])
    hands = kind(page)
    grow_old(database, customer)
    hands.press(page.get_by_role("button", name="Change E-mail"))
    dialog = asked(page)
    if kind is not Finger:  # there a keyboard would hide half of the dialog
        expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    expect(dialog.get_by_role("button", name="E-mail a code to j•••@example.com")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    hands.write(dialog.get_by_label("Password", exact=True), "wrong at first")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("This is not right.", exact=True)).to_be_visible()
    expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    hands.write(dialog.get_by_label("Password", exact=True), PASSWORD)
    hands.press(dialog.get_by_role("button", name="Confirm"))
    expect(dialog).to_be_hidden()
    form = page.get_by_role("dialog", name="Change your e-mail address")
    if kind is not Finger:
        expect(form.get_by_label("New e-mail address")).to_be_focused()
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    hands.press(page.get_by_role("button", name="Add Phone"))
    expect(page.get_by_role("dialog", name="Add your phone number")).to_be_visible()


@pytest.mark.parametrize("kind", list(WAYS), ids=["mouse", "keyboard", "finger"])
def test_by_code_over_the_form_and_what_was_typed_is_saved(
    open_page: OpenPage, portal: Portal, database: Database, customer: User, kind: type[Mouse]
) -> None:
    page = open_page("/profile", as_=customer.email, **WAYS[kind])
    hands = kind(page)
    hands.press(page.get_by_role("button", name="Add account"))
    form = page.get_by_role("dialog", name="New bank account")
    fill_account(form)
    grow_old(database, customer)
    save = form.get_by_role("button", name="Save account")
    hands.press(save)
    dialog = asked(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(form.get_by_label("Account number")).to_have_value("50100123454321")
    hands.press(save)
    hands.press(asked(page).get_by_role("button", name="E-mail a code"))
    code = dialog.get_by_label("Code", exact=True)
    expect(code).to_be_focused()
    expect(dialog.get_by_text("j•••@example.com")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.keyboard.type("000000")
    expect(dialog.get_by_text("This code is not right.", exact=True)).to_be_visible()
    hands.write(code, portal.code_for(customer.email))
    expect(page.get_by_text("Bank account saved.")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(form).to_be_hidden()
    expect(page.get_by_text("•••• 4321").first).to_be_visible()
    told = [message["kind"] for message in portal.messages(customer.email)]
    assert told.count("one_time_code") == 1


def test_who_signed_in_of_late_is_asked_nothing(open_page: OpenPage, customer: User) -> None:
    page = open_page("/profile", as_=customer.email)
    page.get_by_role("button", name="Change E-mail").click()
    expect(page.get_by_role("dialog", name="Change your e-mail address")).to_be_visible()
    expect(page.get_by_role("dialog", name=ASKED)).to_be_hidden()


def test_before_the_account_is_closed(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    page = open_page("/security", as_=customer.email)
    grow_old(database, customer)
    page.get_by_role("button", name="Close account…").click()
    asked(page).get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Close your account?")).to_be_visible()


def test_without_a_password_a_code_is_the_way(
    open_page: OpenPage, portal: Portal, database: Database, customer: User
) -> None:
    page = open_page("/profile", as_=customer.email)
    change_user(database, customer, password_hash=None)
    grow_old(database, customer)
    page.get_by_role("button", name="Change E-mail").click()
    dialog = asked(page)
    expect(dialog.get_by_label("Password", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="E-mail a code").click()
    dialog.get_by_role("button", name="Confirm another way").click()
    dialog.get_by_role("button", name="E-mail a code").click()
    dialog.get_by_label("Code", exact=True).fill(portal.code_for(customer.email))
    expect(page.get_by_role("dialog", name="Change your e-mail address")).to_be_visible()


def test_signing_in_again_over_a_page_is_a_proof_too(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    page = open_page("/profile", as_=customer.email)
    grow_old(database, customer)
    page.get_by_role("button", name="Change E-mail").click()
    asked(page).get_by_label("Password", exact=True).fill(PASSWORD)
    with database.session(writes=True) as db:
        mine = col(UserSession.user_id) == customer.id
        db.execute(update(UserSession).where(mine).values(revoked_at=datetime.now(UTC)))
        db.commit()
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog", name="Please sign in again")
    again.get_by_label("E-mail or phone").fill(customer.email or "")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(page.get_by_role("dialog", name="Change your e-mail address")).to_be_visible()
    expect(page.get_by_role("dialog", name=ASKED)).to_be_hidden()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_in_a_frame_a_code_is_the_way(
    open_shop: OpenShop, portal: Portal, database: Database, viewport: Any
) -> None:
    with database.session(writes=False) as db:
        sam = db.exec(select(User).where(col(User.email) == SAM)).one()
    set_proof(database, sam, None)  # of another run in the same browser
    known = len([one for one in portal.messages(SAM) if one["kind"] == "one_time_code"])
    page = open_shop(customer="sam", viewport=viewport)
    page.evaluate("document.querySelector('account-portal').setAttribute('page', 'profile')")
    frame = inside(page)
    expect(frame.get_by_text("Axis Bank")).to_be_visible()
    # What is pressed moves until the storefront has made the frame as high as its page.
    frame_of(page).wait_for_function(
        "innerHeight + 1 >= document.querySelector('[data-page]').getBoundingClientRect().height"
    )
    frame.get_by_role("button", name="Add account").click()
    dialog = frame.get_by_role("dialog", name=ASKED)
    expect(dialog).to_be_visible()  # the shop's word alone is no proof
    expect(dialog.get_by_label("Password", exact=True)).to_be_hidden()
    with database.session(writes=True) as db:  # nor did another run ask for a code just now
        db.execute(delete(RateEvent))
        db.commit()
    dialog.get_by_role("button", name="E-mail a code").click()
    dialog.get_by_label("Code", exact=True).fill(portal.code_for(SAM, known))
    form = frame.get_by_role("dialog", name="New bank account")
    expect(form.get_by_label("Account holder")).to_be_visible()
    assert_no_sideways_scroll(page)
