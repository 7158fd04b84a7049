"""Passkeys in the browser, kept by Chromium's virtual authenticator."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.models import Passkey, User, UserSession
from tests.e2e.conftest import (
    NARROW,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.e2e.hands import Keyboard
from tests.factories.auth import set_proof
from tests.factories.records import rows


class Keeper:
    """A virtual authenticator of a page."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = {"authenticatorId": added["authenticatorId"]}

    def verify(self, *, succeeds: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {**self.id, "isUserVerified": succeeds})

    def kept(self) -> list[Any]:
        return self.cdp.send("WebAuthn.getCredentials", self.id)["credentials"]


# The virtual authenticator chooses by itself what a customer would in the field's suggestions.
BUTTON_ONLY = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


def add(page: Page) -> None:
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog", name="Add a passkey")
    dialog.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_text("Passkey added")).to_be_visible()
    expect(dialog).to_be_hidden()


def sign_out(page: Page) -> None:
    page.context.clear_cookies(name="portal")
    page.goto("/login")


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_a_passkeys_life(
    open_page: OpenPage, customer: User, database: Database, viewport: Any
) -> None:
    page = open_page("/security", as_=customer.email, viewport=viewport)
    page.context.add_init_script(BUTTON_ONLY)
    keeper = Keeper(page)
    expect(page.get_by_text("No passkey yet")).to_be_visible()
    expect(page.get_by_text("Codes by SMS can be read by")).to_be_visible()
    add(page)
    [kept] = keeper.kept()
    assert kept["isResidentCredential"]
    assert kept["rpId"] == "localhost"
    expect(page.get_by_text("Not used yet")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)

    page.get_by_role("button", name=re.compile("^Rename ")).click()
    dialog = page.get_by_role("dialog", name="Rename this passkey")
    dialog.get_by_label("Name").fill("My laptop")
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Passkey renamed.")).to_be_visible()
    expect(page.get_by_text("My laptop", exact=True)).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))
    page.goto("/security")
    expect(page.get_by_text("Last used").filter(has_text="Added")).to_be_visible()
    expect(page.get_by_text("· Passkey")).to_be_visible()

    page.get_by_role("button", name="Remove My laptop").click()
    dialog = page.get_by_role("dialog", name="Remove this passkey?")
    assert_accessible(page)
    dialog.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_text("Passkey removed.")).to_be_visible()
    expect(page.get_by_text("No passkey yet")).to_be_visible()
    assert [one for one in rows(database, Passkey) if one.user_id == customer.id] == []

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("opens no account here any more").first).to_be_visible()
    assert_accessible(page)


def test_the_field_offers_a_passkey(open_page: OpenPage, customer: User) -> None:
    """The virtual authenticator chooses what the field suggests, as a customer would."""
    page = open_page("/security", as_=customer.email)
    Keeper(page)
    add(page)
    page.context.clear_cookies(name="portal")
    page.goto("/login?next=%2Forders")
    expect(page).to_have_url(re.compile("/orders$"))
    field = open_page("/login").get_by_label("E-mail or phone")
    expect(field).to_have_attribute("autocomplete", "username webauthn")


def test_by_keyboard_alone(open_page: OpenPage, customer: User) -> None:
    page = open_page("/security", as_=customer.email)
    page.context.add_init_script(BUTTON_ONLY)
    Keeper(page)
    hands = Keyboard(page)
    hands.press(page.get_by_role("button", name="Add a passkey"))
    hands.press(page.get_by_role("button", name="Create passkey"))
    expect(page.get_by_text("Passkey added")).to_be_visible()
    sign_out(page)
    page.wait_for_load_state("networkidle")
    hands.press(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_what_goes_wrong_is_told_and_can_be_tried_again(
    open_page: OpenPage, customer: User
) -> None:
    page = open_page("/security", as_=customer.email)
    page.context.add_init_script(BUTTON_ONLY)
    keeper = Keeper(page)
    keeper.verify(succeeds=False)
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog", name="Add a passkey")
    dialog.get_by_role("button", name="Create passkey").click()
    expect(dialog.get_by_text("No passkey was made.")).to_be_visible()
    assert_accessible(page)
    keeper.verify(succeeds=True)
    dialog.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_text("Passkey added")).to_be_visible()

    page.get_by_role("button", name="Add a passkey").click()
    dialog.get_by_role("button", name="Create passkey").click()
    expect(dialog.get_by_text("keeps a passkey for your account already")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()

    sign_out(page)
    keeper.verify(succeeds=False)
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.click()
    expect(page.get_by_text("No passkey was used.").first).to_be_visible()
    keeper.verify(succeeds=True)
    button.click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))


def test_signing_in_again_over_a_page(
    open_page: OpenPage, customer: User, database: Database
) -> None:
    page = open_page("/security", as_=customer.email)
    page.context.add_init_script(BUTTON_ONLY)
    Keeper(page)
    add(page)
    page.get_by_label("New password").fill("typed before")
    with database.session(writes=True) as db:
        own = col(UserSession.user_id) == customer.id
        db.execute(update(UserSession).where(own).values(revoked_at=utc_now()))
        db.commit()
    page.get_by_role("button", name=re.compile("^Rename ")).click()
    dialog = page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_role("button", name="Sign in with a passkey").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("New password")).to_have_value("typed before")
    page.get_by_role("button", name=re.compile("^Rename ")).click()
    expect(page.get_by_role("dialog", name="Rename this passkey")).to_be_visible()


def test_a_browser_without_passkeys_is_offered_none(open_page: OpenPage) -> None:
    page = open_page("/theme.css")
    page.context.add_init_script("delete window.PublicKeyCredential")
    page.goto("/login")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="E-mail me a code")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_a_passkey_confirms_who_it_is(
    open_page: OpenPage, customer: User, database: Database, viewport: Any
) -> None:
    page = open_page("/security", as_=customer.email, viewport=viewport)
    keeper = Keeper(page)
    add(page)
    set_proof(database, customer, utc_now() - timedelta(minutes=16))
    page.get_by_role("button", name=re.compile("^Remove ")).click()
    dialog = page.get_by_role("dialog", name="Confirm it's you")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    keeper.verify(succeeds=False)
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(dialog.get_by_text("No passkey was used.").first).to_be_visible()
    keeper.verify(succeeds=True)
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Remove passkey", exact=True).click()
    expect(page.get_by_text("No passkey yet")).to_be_visible()
